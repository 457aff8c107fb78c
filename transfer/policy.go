package transfer

import (
	"context"
	"fmt"
	"time"
)

// Policy says what is done about a target that exists.
type Policy int

// The policies.
const (
	Refuse    Policy = iota // fail
	Ask                     // let the Asker choose one of the others
	Overwrite               // replace it, once the new file is whole
	NewerOnly               // replace it if the source is newer; equal times, to the second, are not
	Rename                  // leave it, and use the first free name of NAME.1 to NAME.99
	Resume                  // go on where it ends
	Skip                    // leave it, and move nothing
)

// Conflict is a target that exists, as it is put to somebody who can decide.
type Conflict struct {
	Target string
	Upload bool
	Part   bool // Old is the beginning of New, from a transfer that broke off: the answer is Resume or Overwrite
	Old    Version
	New    Version
}

// Version is one of the two files of a conflict.
type Version struct {
	Size int64     // bytes; -1 unknown
	Time time.Time // zero unknown
}

// Asker decides a conflict, with any policy but Ask.
type Asker func(ctx context.Context, c Conflict) (Policy, error)

// choose is the policy that holds for a conflict.
func (p Policy) choose(ctx context.Context, ask Asker, c Conflict) (Policy, error) {
	switch {
	case p != Ask:
		return p, nil
	case ask == nil:
		return Refuse, nil
	}
	return ask(ctx, c)
}

// asks says that somebody is asked about a conflict.
func (p Policy) asks(ask Asker) bool { return p == Ask && ask != nil }

// skips says why nothing is moved under a policy; empty when the transfer goes ahead.
func (p Policy) skips(c Conflict) string {
	switch {
	case p == Skip:
		return "it exists already"
	case p == NewerOnly && !isNewer(c.New.Time, c.Old.Time):
		return "the other is not newer"
	}
	return ""
}

// lastName is how far Rename counts.
const lastName = 99

// freeName finds the first of NAME.1 to NAME.99 that is not taken.
func freeName(name string, taken func(string) (bool, error)) (string, error) {
	for i := 1; i <= lastName; i++ {
		candidate := fmt.Sprintf("%s.%d", name, i)
		if is, err := taken(candidate); err != nil || !is {
			return candidate, err
		}
	}
	return "", fmt.Errorf("the names up to %s.%d are all taken", name, lastName)
}
