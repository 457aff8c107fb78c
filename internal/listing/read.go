package listing

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
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
	in := bufio.NewReaderSize(r, limits.Line+len("\r\n"))
	for left := limits.Bytes; ; {
		line, err := in.ReadSlice('\n')
		left -= int64(len(line))
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return pass.sum, fmt.Errorf("%w: a line of more than %d bytes", ErrLimit, limits.Line)
		case left < 0:
			return pass.sum, fmt.Errorf("%w: more than %d bytes", ErrLimit, limits.Bytes)
		case err == io.EOF:
			return pass.sum, pass.end(string(line))
		case err != nil:
			return pass.sum, err
		}
		if err := pass.line(string(line[:len(line)-1])); err != nil {
			return pass.sum, err
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

// end takes what stands behind the last LF.
func (r *reading) end(rest string) error {
	if rest != "" {
		r.sum.Cut = true
		if err := r.line(rest); err != nil {
			return err
		}
	}
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
	var all Listing
	sum, err := p.Each(r, limits, func(e Entry, verdict Verdict) error {
		if verdict == Found {
			if len(all.Entries) == cap(all.Entries) { // append alone would copy a large listing ten times over
				all.Entries = slices.Grow(all.Entries, len(all.Entries)+64)
			}
			all.Entries = append(all.Entries, e)
		} else {
			all.Unparsed = append(all.Unparsed, e.Raw)
		}
		return nil
	})
	all.Summary, all.Incomplete = sum, err != nil
	return all, err
}
