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

func counted(n int, one, many string) string {
	return fmt.Sprintf("%d %s", n, plural(n, one, many))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
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
	if r.Checksum != "" {
		line += "; " + r.Checksum + " agrees"
	}
	if r.SourceRemoved {
		line += "; removed at the source"
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
