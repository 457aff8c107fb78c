package script

import (
	"strconv"
	"strings"
	"time"
)

// asAsked is the flow in the form that the client has asked for: what was recorded as MLSD may be wanted as LIST
// or NLST.
func (f *Flow) asAsked(recorded, asked string) *Flow {
	verb, _ := split(recorded)
	if verb != "MLSD" || asked == "MLSD" || f.Missing {
		return f
	}
	var content strings.Builder
	for line := range strings.Lines(string(f.Content)) {
		if converted := fromFacts(strings.TrimRight(line, "\r\n"), asked); converted != "" {
			content.WriteString(converted + "\r\n")
		}
	}
	asList := *f
	asList.Content, asList.Length = []byte(content.String()), int64(content.Len())
	return &asList
}

// fromFacts makes a line of LIST, or of NLST, of one of MLSD (RFC 3659 section 7); empty for the directory itself
// and its parent.
func fromFacts(line, asked string) string {
	facts, name, _ := strings.Cut(line, " ")
	var dir bool
	var size int64
	var changed time.Time
	for fact := range strings.SplitSeq(strings.ToLower(facts), ";") {
		switch kind, value, _ := strings.Cut(fact, "="); {
		case kind == "type" && (value == "cdir" || value == "pdir"):
			return ""
		case kind == "type":
			dir = value == "dir"
		case kind == "size":
			size, _ = strconv.ParseInt(value, 10, 64) // 0 will do
		case kind == "modify":
			changed, _ = time.Parse(timeFormat, value) // and the year 1
		}
	}
	if asked == "NLST" {
		return name
	}
	return listLine(name, dir, size, changed)
}
