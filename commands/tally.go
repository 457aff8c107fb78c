package commands

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"ftpsh/internal/term"
	"ftpsh/transfer"
)

// tell says in a line what a transfer came to. An error is left to be told by others, but one that was
// interrupted may have left something to go on from.
func (s *Session) tell(r transfer.Result, err error) {
	for _, note := range r.Notes {
		s.Print.Note("%s", note)
	}
	switch {
	case isCancelled(err) && r.Kept != "":
		s.Print.Note("%s: broken off; what has moved is in %s", r.Source, r.Kept)
		s.Print.Hint("%s", r.Next)
	case err != nil:
	case r.Skipped != "":
		s.Print.Note("%s: skipped: %s", r.Source, r.Skipped)
	default:
		s.Print.Note("%s", resultLine(r))
	}
	if r.NoRename {
		site := s.Conn.Site()
		s.remember(&site, "upload-temp", "off")
	}
}

// tally counts what the transfers of one command came to.
type tally struct {
	moved, skipped, directories, failed int
	bytes                               int64
	took                                time.Duration
}

func (t *tally) add(r transfer.Result, err error) {
	switch {
	case err != nil:
	case r.Skipped != "":
		t.skipped++
	default:
		t.moved++
	}
	t.bytes += r.Bytes
	t.took += r.Took
}

// each runs a transfer for every operand that the question says yes to, and tells the sum. A directory
// that a pattern has matched is passed over; any other problem is kept for the end, with expansion before
// all, unless there is no server any more.
func (t *tally) each(ctx context.Context, s *Session, operands []operand, expansion error, ask func(context.Context, string) (bool, error), run func(context.Context, string) error) error {
	failed := []error{expansion}
	for i, o := range operands {
		err := t.one(ctx, s, o, ask, run)
		if isCancelled(err) && ctx.Err() == nil {
			err = &StoppedError{Done: i, Of: len(operands)}
		}
		failed = append(failed, err)
		if isCancelled(err) || isUnreachable(err) {
			break
		}
	}
	return t.end(s, errors.Join(failed...))
}

// one deals with one operand.
func (t *tally) one(ctx context.Context, s *Session, o operand, ask func(context.Context, string) (bool, error), run func(context.Context, string) error) error {
	if o.isDir() {
		t.directories++
		return nil
	}
	yes, err := ask(ctx, o.path)
	if err == nil && yes {
		err = run(ctx, o.path)
	}
	if o.matched() && errors.Is(err, transfer.ErrDirectory) { // a link, whose listing did not tell
		t.directories++
		return nil
	}
	return err
}

// end adds the sum to the errors of several transfers, or tells it where there are none.
func (t *tally) end(s *Session, err error) error {
	t.failed = countErrors(err)
	if t.moved+t.skipped+t.directories+t.failed < 2 {
		return err
	}
	if err != nil {
		return &SummedError{Err: err, Sum: t.String()}
	}
	s.Print.Note("%s", t)
	return nil
}

// String is the sum in words.
func (t *tally) String() string {
	text := counted(t.moved, "file", "files") + ", " + amount(t.bytes, t.took)
	if t.skipped > 0 {
		text += fmt.Sprintf("; %d skipped", t.skipped)
	}
	if t.directories > 0 {
		text += "; " + counted(t.directories, "directory", "directories") + " skipped"
	}
	if t.failed > 0 {
		text += fmt.Sprintf("; %d failed", t.failed)
	}
	return text
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// SummedError is what went wrong with some of many files, with the sum of all.
type SummedError struct {
	Err error
	Sum string
}

func (e *SummedError) Error() string { return e.Err.Error() }

func (e *SummedError) Unwrap() error { return e.Err }

// countErrors counts what errors.Join has joined. To be stopped by one's user is no failure.
func countErrors(err error) int {
	several, ok := err.(interface{ Unwrap() []error })
	switch {
	case err == nil, isCancelled(err) && !ok:
		return 0
	case !ok:
		return 1
	}
	n := 0
	for _, one := range several.Unwrap() {
		n += countErrors(one)
	}
	return n
}

// resultLine is what one transfer came to. The target is told if it has another name.
func resultLine(r transfer.Result) string {
	line := r.Source
	if lastPart(filepath.ToSlash(r.Source)) != lastPart(filepath.ToSlash(r.Target)) {
		line += " -> " + r.Target
	}
	line += ": " + amount(r.Bytes, r.Took)
	if !r.Verified {
		line += "; not verified: " + r.How
	}
	return line
}

// amount is bytes, time and rate.
func amount(bytes int64, took time.Duration) string {
	text := fmt.Sprintf("%d bytes in %s", bytes, brief(took))
	if took > 0 && bytes > 0 {
		text += fmt.Sprintf(" (%s/s)", term.HumanSize(int64(float64(bytes)/took.Seconds())))
	}
	return text
}

// brief is a time with as many digits as anybody cares for.
func brief(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 100*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}

func isCancelled(err error) bool { return errors.Is(err, context.Canceled) }
