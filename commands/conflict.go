package commands

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
	"unicode"

	"ftpsh/internal/term"
	"ftpsh/transfer"
)

// conflictChoice is an answer to the question about a file that exists already.
type conflictChoice struct {
	choice
	policy transfer.Policy
	forAll bool // it answers for the rest of the command too
}

var conflictChoices = []conflictChoice{
	{choice{'y', "yes", "replace this one"}, transfer.Overwrite, false},
	{choice{'N', "no", "keep this one"}, transfer.Skip, false},
	{choice{'a', "all", "replace this one and all that follow"}, transfer.Overwrite, true},
	{choice{'o', "none", "keep this one and all that follow"}, transfer.Skip, true},
	{choice{'r', "rename", "keep it, and give the new one the first free name of NAME.1 to NAME.99"}, transfer.Rename, false},
	{choice{'g', "go on", "it is the beginning of the new one: transfer what it lacks"}, transfer.Resume, false},
	{choice{'w', "newer", "replace this one and all that follow where the new one is newer"}, transfer.NewerOnly, true},
}

// conflictAsker puts a file that exists already to the person at the terminal.
func (s *Session) conflictAsker() transfer.Asker {
	var choices []choice
	for _, c := range conflictChoices {
		choices = append(choices, c.choice)
	}
	var mu sync.Mutex // one question at a time, whoever asks
	var settled *transfer.Policy
	return func(ctx context.Context, c transfer.Conflict) (transfer.Policy, error) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case c.Part:
			return s.askAboutPart(ctx, c)
		case settled != nil:
			return *settled, nil
		}
		s.Print.Note("%s", describeConflict(c, s.Values().Zone()))
		key, err := s.choose(ctx, s.Ask, "replace "+term.Safe(c.Target)+"?", choices)
		if err != nil {
			return transfer.Refuse, err
		}
		answer := conflictChoices[slices.IndexFunc(choices, func(c choice) bool { return unicode.ToLower(c.key) == key })]
		if answer.forAll {
			settled = &answer.policy
		}
		return answer.policy, nil
	}
}

var partChoices = []choice{
	{'G', "go on", "fetch what is missing; the end of what is here is compared first"},
	{'a', "anew", "fetch all of it; what is here is kept until there is more"},
}

// askAboutPart asks what is to be done with what an earlier transfer has left.
func (s *Session) askAboutPart(ctx context.Context, c transfer.Conflict) (transfer.Policy, error) {
	s.Print.Note("%d bytes of %s are here from a transfer that broke off; the server's file is %s", c.Old.Size, c.Target, describeFile(c.New, s.Values().Zone()))
	key, err := s.choose(ctx, s.Ask, "go on from there?", partChoices)
	if key == 'g' {
		return transfer.Resume, err
	}
	return transfer.Overwrite, err
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
