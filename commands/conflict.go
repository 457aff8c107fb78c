package commands

import (
	"context"
	"fmt"
	"time"

	"ftpsh/internal/term"
	"ftpsh/transfer"
)

// conflictAsker puts a file that exists already to the person at the terminal. "All" and "none"
// answer for the rest of the command too.
func (s *Session) conflictAsker() transfer.Asker {
	var settled *transfer.Policy
	return func(ctx context.Context, c transfer.Conflict) (transfer.Policy, error) {
		if settled != nil {
			return *settled, nil
		}
		s.Print.Note("%s", describeConflict(c, s.Values().Zone()))
		key, err := s.Ask.Choose(ctx, "replace "+term.Safe(c.Target)+": yes, no, all, none, rename, go on, newer?", "yNaorgw")
		if err != nil {
			return transfer.Refuse, err
		}
		policy, forAll := conflictAnswer(key)
		if forAll {
			settled = &policy
		}
		return policy, nil
	}
}

// conflictAnswer is what a key means, and whether it holds for the rest as well.
func conflictAnswer(key rune) (policy transfer.Policy, forAll bool) {
	switch key {
	case 'y':
		return transfer.Overwrite, false
	case 'a':
		return transfer.Overwrite, true
	case 'o':
		return transfer.Skip, true
	case 'r':
		return transfer.Rename, false
	case 'g':
		return transfer.Resume, false
	case 'w':
		return transfer.NewerOnly, true
	}
	return transfer.Skip, false
}

// describeConflict sets the two files side by side.
func describeConflict(c transfer.Conflict, zone *time.Location) string {
	where, other := "here", "the server's"
	if c.Upload {
		where, other = "on the server", "the local one"
	}
	return fmt.Sprintf("%s exists %s: %s; %s is %s", c.Target, where, describeFile(c.Old, zone), other, describeFile(c.New, zone))
}

func describeFile(v transfer.Version, zone *time.Location) string {
	size, changed := "of unknown size", "of unknown time"
	if v.Size >= 0 {
		size = fmt.Sprintf("%d bytes", v.Size)
	}
	if !v.Time.IsZero() {
		changed = v.Time.In(zone).Format("2006-01-02 15:04:05")
	}
	return size + ", " + changed
}
