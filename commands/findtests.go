package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"ftpsh/internal/lang"
	"ftpsh/internal/listing"
	"ftpsh/internal/term"
)

func findTests() []findWord {
	return []findWord{
		{Flag: Flag{Long: "name", Value: "pattern", Help: "the name fits"}, read: readName(nameOf, false)},
		{Flag: Flag{Long: "iname", Value: "pattern", Help: "the name fits, in upper or lower case"}, read: readName(nameOf, true)},
		{Flag: Flag{Long: "path", Value: "pattern", Help: "the path as it is printed fits; * takes slashes too"}, read: readName(pathOf, false)},
		{Flag: Flag{Long: "ipath", Value: "pattern", Help: "the same in upper or lower case"}, read: readName(pathOf, true)},
		{Flag: Flag{Long: "type", Value: "f|d|l", Help: "a file, a directory, a link"}, read: readType},
		{Flag: Flag{Long: "size", Value: "n", Help: "a file of that size: +10M, -1k; in a unit, rounded up to it"}, read: readSize},
		{Flag: Flag{Long: "empty", Help: "a file of no bytes"}, read: always(func(at sighting) bool { return at.isFile() && at.Size == 0 })},
		{Flag: Flag{Long: "mtime", Value: "n", Help: "changed so many days of 24 hours ago: +7, -1"}, read: readAge(24 * time.Hour)},
		{Flag: Flag{Long: "mmin", Value: "n", Help: "changed so many minutes ago"}, read: readAge(time.Minute)},
		{Flag: Flag{Long: "newer", Value: "file", Kind: LocalPath, Help: "changed later than a file here, or else one on the server"}, read: readNewer},
		{Flag: Flag{Long: "maxdepth", Value: "n", Help: "so many levels below the paths, 0 for the paths alone"}, read: readLevel(func(f *finding) *int { return &f.max })},
		{Flag: Flag{Long: "mindepth", Value: "n", Help: "only what is so many levels below the paths"}, read: readLevel(func(f *finding) *int { return &f.min })},
		{Flag: Flag{Long: "depth", Help: "what is in a directory comes before it"}, read: func(f *finding, _ []string) (test, error) {
			f.last = true
			return yes, nil
		}},
	}
}

func yes(context.Context, sighting) (bool, error) { return true, nil }

// always is a word without a value.
func always(holds func(sighting) bool) func(*finding, []string) (test, error) {
	return func(*finding, []string) (test, error) { return when(holds), nil }
}

// when is a test that asks nobody.
func when(holds func(sighting) bool) test {
	return func(_ context.Context, at sighting) (bool, error) { return holds(at), nil }
}

func nameOf(at sighting) string { return at.Name }
func pathOf(at sighting) string { return at.path }

func readName(part func(sighting) string, fold bool) func(*finding, []string) (test, error) {
	return func(_ *finding, values []string) (test, error) {
		wildcard := lang.NewWildcard(values[0], fold)
		return when(func(at sighting) bool { return wildcard.Match(part(at)) }), nil
	}
}

// typesOfFind are the letters of -type.
var typesOfFind = map[string]listing.Type{"f": listing.File, "d": listing.Dir, "l": listing.Link}

func readType(_ *finding, values []string) (test, error) {
	wanted, known := typesOfFind[values[0]]
	if !known {
		return nil, fmt.Errorf("%q is none of f, d and l", values[0])
	}
	return when(func(at sighting) bool { return at.Type == wanted }), nil
}

// comparison is a number with + or - before it, or neither.
func comparison(text string) (compare func(n, than int64) bool, number string) {
	switch number = strings.TrimLeft(text, "+-"); {
	case strings.HasPrefix(text, "+"):
		return func(n, than int64) bool { return n > than }, number
	case strings.HasPrefix(text, "-"):
		return func(n, than int64) bool { return n < than }, number
	}
	return func(n, than int64) bool { return n == than }, number
}

// readSize compares bytes. Without + or - it asks for what find has always taken for equal: the size
// rounded up to the unit.
func readSize(_ *finding, values []string) (test, error) {
	compare, number := comparison(values[0])
	number = strings.TrimSuffix(number, "c")
	wanted, err := term.ParseSize(number)
	if err != nil {
		return nil, err
	}
	unit := int64(1)
	if plain := strings.TrimRight(number, "kKmMgGtTiIbB"); number == values[0] && plain != number {
		unit, _ = term.ParseSize("1" + number[len(plain):])
	}
	return when(func(at sighting) bool {
		return at.isFile() && at.Size >= 0 && compare((at.Size+unit-1)/unit*unit, wanted)
	}), nil
}

// readAge compares whole units of time since the last change. What has no time has no age.
func readAge(unit time.Duration) func(*finding, []string) (test, error) {
	return func(f *finding, values []string) (test, error) {
		compare, number := comparison(values[0])
		wanted, err := strconv.ParseInt(number, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("%q is not a number such as 7, +7 or -7", values[0])
		}
		return when(func(at sighting) bool {
			return !at.Time.IsZero() && compare(int64(f.now.Sub(at.Time)/unit), wanted)
		}), nil
	}
}

// readNewer looks at a file here first. One on the server is asked for once, when it is needed.
func readNewer(f *finding, values []string) (test, error) {
	name := values[0]
	if info, err := os.Stat(f.Local.Abs(name)); err == nil {
		return newerThan(info.ModTime()), nil
	}
	var newer test
	return func(ctx context.Context, at sighting) (bool, error) {
		if newer == nil {
			than, err := f.changed(ctx, name)
			if err != nil {
				return false, err
			}
			newer = newerThan(than)
		}
		return newer(ctx, at)
	}, nil
}

// changed is when a file on the server was changed.
func (s *Session) changed(ctx context.Context, name string) (time.Time, error) {
	e, err := s.Conn.Stat(ctx, name)
	if err == nil && e.Precise {
		return e.Time, nil
	}
	if t, timeErr := s.Conn.ModTime(ctx, name); timeErr == nil {
		return t, nil
	}
	if err == nil && e.Time.IsZero() {
		err = &StateError{Op: "find", Problem: name + ": the server does not tell when it was changed", Status: StatusFailed}
	}
	return e.Time, err
}

func newerThan(than time.Time) test {
	than = than.Truncate(time.Second)
	return when(func(at sighting) bool { return !at.Time.IsZero() && at.Time.Truncate(time.Second).After(than) })
}

func readLevel(level func(*finding) *int) func(*finding, []string) (test, error) {
	return func(f *finding, values []string) (test, error) {
		n, err := strconv.Atoi(values[0])
		if err != nil || n < 0 {
			return nil, errors.New(strconv.Quote(values[0]) + " is not a number of levels")
		}
		*level(f) = n
		return yes, nil
	}
}
