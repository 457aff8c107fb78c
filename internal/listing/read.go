package listing

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits bound what a server can make us hold. A zero field takes its value from DefaultLimits.
type Limits struct {
	Line    int   // bytes of a line without its end
	Entries int   // lines of a listing that are shown: entries and unknown ones
	Bytes   int64 // of the whole listing
}

// DefaultLimits are 32 KiB a line, a million entries and 64 MiB a listing.
var DefaultLimits = Limits{Line: 32 << 10, Entries: 1_000_000, Bytes: 64 << 20}

// ErrLimit is wrapped by the error about a listing that passes one of its Limits.
var ErrLimit = errors.New("listing too large")

// Summary accounts for a listing: Lines is the sum of the four counts below it.
type Summary struct {
	Lines    int
	Entries  int
	Unparsed int  // lines that no family knows
	Headings int  // blank lines, totals, headings of tables
	Joined   int  // first lines of entries that took two
	Cut      bool // the last line had no end: the server or the connection may have stopped within it
}

// Listing is a listing as a whole.
type Listing struct {
	Summary    Summary
	Entries    []Entry
	Unparsed   []string // the lines that no family knows, to be shown as they are
	Incomplete bool     // reading ended with an error: never decide by what is absent
}

// Each reads a listing to its end and calls visit for each entry and each line that no family knows (Unknown,
// with Raw), as they come. It returns the error of r, of visit, or one about limits that wraps ErrLimit; what
// was visited before stands.
func (p *Parser) Each(r io.Reader, limits Limits, visit func(Entry, Verdict) error) (Summary, error) {
	limits = limits.withDefaults()
	pass := reading{parser: p, most: limits.Entries, visit: visit}
	err := eachChunk(r, limits, pass.chunk)
	if err == nil {
		err = pass.end()
	}
	return pass.sum, err
}

// eachChunk calls take with as many whole lines as arrive together. The last chunk may lack its line end.
func eachChunk(r io.Reader, limits Limits, take func(chunk string) error) error {
	buf := make([]byte, limits.Line+len("\r\n"))
	held := 0 // bytes of a line whose end has not come
	for left := limits.Bytes; ; {
		n, err := r.Read(buf[held:])
		if left -= int64(n); left < 0 {
			return fmt.Errorf("%w: more than %d bytes", ErrLimit, limits.Bytes)
		}
		whole := 0
		if at := bytes.LastIndexByte(buf[held:held+n], '\n'); at >= 0 {
			whole = held + at + 1
		}
		held += n
		if err == io.EOF {
			whole = held
		}
		if whole > 0 {
			if err := take(string(buf[:whole])); err != nil {
				return err
			}
			held = copy(buf, buf[whole:held])
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case held == len(buf):
			return fmt.Errorf("%w: a line of more than %d bytes", ErrLimit, limits.Line)
		}
	}
}

func (l Limits) withDefaults() Limits {
	if l.Line == 0 {
		l.Line = DefaultLimits.Line
	}
	if l.Entries == 0 {
		l.Entries = DefaultLimits.Entries
	}
	if l.Bytes == 0 {
		l.Bytes = DefaultLimits.Bytes
	}
	return l
}

// A reading is one pass over a listing.
type reading struct {
	parser *Parser
	sum    Summary
	most   int
	visit  func(Entry, Verdict) error
}

func (r *reading) chunk(chunk string) error {
	for line := range strings.Lines(chunk) {
		line, ended := strings.CutSuffix(line, "\n")
		r.sum.Cut = !ended
		if err := r.line(line); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) line(line string) error {
	r.sum.Lines++
	e, verdict := r.parser.Line(line)
	if err := r.showOrphan(); err != nil {
		return err
	}
	switch verdict {
	case Heading:
		r.sum.Headings++
		return nil
	case Pending:
		r.sum.Joined++
		return nil
	}
	return r.show(e, verdict)
}

// end is what follows the last line.
func (r *reading) end() error {
	r.parser.End()
	return r.showOrphan()
}

// showOrphan shows a first line that turned out to be all of its entry.
func (r *reading) showOrphan() error {
	e, ok := r.parser.Orphan()
	if !ok {
		return nil
	}
	r.sum.Joined--
	return r.show(e, Found)
}

func (r *reading) show(e Entry, verdict Verdict) error {
	if verdict == Found {
		r.sum.Entries++
	} else {
		r.sum.Unparsed++
	}
	if r.sum.Entries+r.sum.Unparsed > r.most {
		return fmt.Errorf("%w: more than %d entries", ErrLimit, r.most)
	}
	return r.visit(e, verdict)
}

// ReadAll reads a listing to its end. With an error the listing holds what came before it.
func (p *Parser) ReadAll(r io.Reader, limits Limits) (Listing, error) {
	limits = limits.withDefaults()
	var chunks []string
	lines := 1
	readErr := eachChunk(r, limits, func(chunk string) error {
		chunks = append(chunks, chunk)
		lines += strings.Count(chunk, "\n")
		return nil
	})
	// Entries are large: growing the slice by append would touch twice the memory, and take twice the time.
	all := Listing{Entries: make([]Entry, 0, min(lines, limits.Entries))}
	pass := reading{parser: p, most: limits.Entries, visit: all.add}
	var err error
	for i := 0; i < len(chunks) && err == nil; i++ {
		err = pass.chunk(chunks[i])
	}
	if err == nil && readErr == nil {
		err = pass.end()
	}
	err = cmp.Or(err, readErr)
	all.Summary, all.Incomplete = pass.sum, err != nil
	return all, err
}

func (l *Listing) add(e Entry, verdict Verdict) error {
	if verdict == Found {
		l.Entries = append(l.Entries, e)
	} else {
		l.Unparsed = append(l.Unparsed, e.Raw)
	}
	return nil
}
