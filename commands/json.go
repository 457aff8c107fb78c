package commands

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"ftpsh/internal/listing"
	"ftpsh/internal/term"
)

// jsonEntry is an entry as ls --json and stat --json print it. Bytes that are no UTF-8 come as U+FFFD; a
// member whose name ends in _bytes then has the text in base64.
type jsonEntry struct {
	Name        string  `json:"name"`
	NameBytes   []byte  `json:"name_bytes,omitempty"`
	Type        string  `json:"type"`
	Size        *int64  `json:"size"`
	Time        *string `json:"time"`
	Precise     bool    `json:"time_precise"`
	Perm        string  `json:"perm"`
	Owner       string  `json:"owner"`
	Group       string  `json:"group"`
	Target      string  `json:"target"`
	TargetBytes []byte  `json:"target_bytes,omitempty"`
	Raw         string  `json:"raw"`
	RawBytes    []byte  `json:"raw_bytes,omitempty"`
}

// writeJSON writes one entry as a line.
func writeJSON(w io.Writer, e *listing.Entry) { writeJSONLine(w, jsonOf(e)) }

// jsonOf is an entry as JSON has it. Unknown sizes and times are null.
func jsonOf(e *listing.Entry) *jsonEntry {
	j := &jsonEntry{
		Name: e.Name, Type: e.Type.String(), Precise: e.Precise,
		Perm: e.Perm, Owner: e.Owner, Group: e.Group, Target: e.Target, Raw: e.Raw,
		NameBytes: lostBytes(e.Name), TargetBytes: lostBytes(e.Target), RawBytes: lostBytes(e.Raw),
	}
	if e.Size >= 0 {
		j.Size = &e.Size
	}
	if !e.Time.IsZero() {
		text := e.Time.UTC().Format(time.RFC3339)
		j.Time = &text
	}
	return j
}

// lostBytes is a text that JSON cannot hold, nil for any other.
func lostBytes(text string) []byte {
	if utf8.ValidString(text) {
		return nil
	}
	return []byte(text)
}

// writeJSONLine writes any value as one line, without the HTML escapes that JSON does not need, and
// with those that a terminal does: JSON leaves DEL, C1 and bidi controls as they are.
func writeJSONLine(w io.Writer, value any) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err == nil {
		text := strings.ReplaceAll(strings.TrimSuffix(line.String(), "\n"), "\x7f", `\u007f`)
		fmt.Fprintln(w, term.Safe(text))
	}
}
