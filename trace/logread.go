package trace

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"ftpsh/internal/wire"
)

// longestLine is how long a line of a log may be, in bytes; ours are shorter by far.
const longestLine = 16 << 20

// LogReader reads a log, session by session.
type LogReader struct {
	in      *bufio.Reader
	name    string
	line    int // number of the latest line
	headers int
	events  int
	torn    bool // the latest line is not whole
	next    []byte
}

// NewLogReader reads from in; the name is for errors.
func NewLogReader(in io.Reader, name string) *LogReader {
	return &LogReader{in: bufio.NewReader(in), name: name}
}

// LogError is a log that cannot be read.
type LogError struct {
	Name    string
	Line    int
	Problem string
}

func (e *LogError) Error() string { return fmt.Sprintf("%s, line %d: %s", e.Name, e.Line, e.Problem) }

// Entry is a line of a log: the Header of a session, or one of its events.
type Entry struct {
	Header *Header // nil for an event
	Event  wire.Event
}

// Next returns the next line, io.EOF after the last one, and a *LogError for what is no log. A log may have
// been cut off anywhere, in the middle of a line too, by the end of the program or of the disk: what is whole
// is read, and then [LogReader.Cut] says where it ends. So may every session in a log that was gone on with.
func (r *LogReader) Next() (Entry, error) {
	for {
		line, err := r.readLine()
		if err != nil {
			return Entry{}, err
		}
		entry, known, err := r.parse(line)
		switch {
		case err != nil && r.headers > 0 && r.cutHere():
			r.torn = true
		case err != nil:
			return Entry{}, &LogError{Name: r.name, Line: r.line, Problem: err.Error()}
		case known:
			return entry, nil
		}
	}
}

// All returns all that there is up to the first error, which is not io.EOF.
func (r *LogReader) All() (headers []Header, events []wire.Event, err error) {
	for {
		switch entry, err := r.Next(); {
		case err == io.EOF:
			return headers, events, nil
		case err != nil:
			return headers, events, err
		case entry.Header != nil:
			headers = append(headers, *entry.Header)
		default:
			events = append(events, entry.Event)
		}
	}
}

// Cut says where the log was cut off; empty for one that was not.
func (r *LogReader) Cut() string {
	switch {
	case r.headers == 0:
		return r.name + " is cut off before its first line ends"
	case r.torn:
		return fmt.Sprintf("%s is cut off after event %d", r.name, r.events)
	}
	return ""
}

// readLine returns a line without its end. The beginning of a file that ends before its first line does is
// io.EOF, so that any beginning of a log can be read.
func (r *LogReader) readLine() ([]byte, error) {
	if line := r.next; line != nil {
		r.next = nil
		return line, nil
	}
	var line []byte
	for {
		part, err := r.in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > longestLine:
			return nil, &LogError{Name: r.name, Line: r.line + 1, Problem: "too long for a line of a log"}
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == io.EOF && len(line) > 0:
			r.torn = true
			if r.headers == 0 && !bytes.HasPrefix(headerStart, line[:min(len(line), len(headerStart))]) {
				return nil, &LogError{Name: r.name, Line: 1, Problem: notALog}
			}
			return nil, io.EOF
		case err != nil:
			return nil, err
		}
		r.line++
		return bytes.TrimRight(line, "\r\n"), nil
	}
}

// headerStart is how every log begins.
var headerStart = []byte(`{"format":"` + logFormat + `"`)

const notALog = "not a log of ftpsh: a log begins with " + `{"format":"` + logFormat + `"`

// parse reads a line; known is false for one to be passed over.
func (r *LogReader) parse(line []byte) (entry Entry, known bool, err error) {
	if bytes.HasPrefix(line, headerStart) {
		entry.Header, err = parseHeader(line)
		if err == nil {
			r.headers++
		}
		return entry, true, err
	}
	if r.headers == 0 {
		return entry, false, errors.New(notALog)
	}
	entry.Event, known, err = decodeEvent(line)
	if err != nil {
		return entry, false, errors.New("not an event of a log")
	}
	r.events++
	return entry, known, nil
}

func parseHeader(line []byte) (*Header, error) {
	var h Header
	switch err := json.Unmarshal(line, &h); {
	case err != nil:
		return nil, errors.New("not a whole header of a log")
	case h.Version < 1 || h.Version > logVersion:
		return nil, fmt.Errorf("version %d of the log format, and this ftpsh reads up to %d", h.Version, logVersion)
	}
	return &h, nil
}

// cutHere says that the line just read may be broken because its session was cut off: nothing follows, or the
// header of the next session does.
func (r *LogReader) cutHere() bool {
	next, err := r.readLine()
	if err != nil {
		return err == io.EOF
	}
	r.next = next
	return bytes.HasPrefix(next, headerStart)
}
