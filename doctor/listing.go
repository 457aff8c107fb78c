package doctor

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"ftpsh/internal/listing"
	"ftpsh/internal/wire"
)

// This file is what listings tell: whether they can be read, their charset, and the server's clock.

// listFacts is what was found in listings.
type listFacts struct {
	byLIST listing.Listing
	byMLSD listing.Listing

	mlsdRefused  string   // the answer to MLSD of a server that claims it
	mlsdErr      error    // MLSD was agreed to and then failed
	mlsdMissing  []string // names that LIST has and MLSD has not
	badNames     []string // names that are no UTF-8
	zone         time.Duration
	zoneOff      bool          // the times of LIST are off by zone
	ahead        time.Duration // how far in the future the newest file is
	clockErr     time.Duration // how far the server's clock is off, seen on a file of our own
	clockChecked bool
}

// readText reads what LIST has sent in the first trial that worked. All further steps use its mode.
func readText(x *examination, _ context.Context) finding {
	x.conn.ChangeData(func(d *wire.DataOptions) { *d = x.moved().how })
	parser := listing.New(time.Now(), x.Site.Options.Location)
	var err error
	x.byLIST, err = parser.ReadAll(strings.NewReader(strings.Join(x.moved().lines, "\n")), listing.Limits{})
	switch {
	case err != nil:
		return finding{Fail, err.Error()}
	case len(x.byLIST.Unparsed) > 0:
		return finding{Fail, fmt.Sprintf("%d of %d lines are in no known format: %s", len(x.byLIST.Unparsed), x.byLIST.Summary.Lines, x.byLIST.Unparsed[0])}
	}
	return finding{Pass, plural(len(x.byLIST.Entries), "entry", "entries")}
}

// moved is the first trial whose listing arrived.
func (x *examination) moved() *trial { return x.trial((*trial).works) }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// readFacts lists the same directory by MLSD (RFC 3659 section 7), where the server claims to have it.
func readFacts(x *examination, ctx context.Context) finding {
	if !x.conn.Features().Has("MLST") {
		return finding{Skip, "not offered"}
	}
	parser, limits := listing.NewFacts(), listing.Limits{}
	x.observed.reset()
	var lines []string
	err := x.conn.Lines(ctx, "list", "MLSD", "", func(line string) error {
		if len(lines) < mostLines {
			lines = append(lines, line)
		}
		return nil
	})
	if err != nil {
		if r := refusalIn(err); r.Class() == 5 {
			x.mlsdRefused = fmt.Sprintf("%d %s", r.Code, lastLine(r.Text()))
		} else {
			x.mlsdErr = err
		}
		return finding{Fail, err.Error()}
	}
	x.factsOf(parser, lines, limits)
	switch {
	case len(x.byMLSD.Unparsed) > 0:
		return finding{Fail, "without facts: " + x.byMLSD.Unparsed[0]}
	case len(x.mlsdMissing) > 0:
		return finding{Fail, "lacks what LIST shows: " + strings.Join(x.mlsdMissing[:min(3, len(x.mlsdMissing))], ", ")}
	}
	return finding{Pass, plural(len(x.byMLSD.Entries), "entry", "entries")}
}

func (x *examination) factsOf(parser *listing.Parser, lines []string, limits listing.Limits) {
	x.byMLSD, _ = parser.ReadAll(strings.NewReader(strings.Join(lines, "\n")), limits) // what it could not read is in Unparsed
	if len(x.byMLSD.Entries) > 0 {
		return
	}
	for _, e := range x.byLIST.Entries {
		if !e.IsDot() {
			x.mlsdMissing = append(x.mlsdMissing, e.Name)
		}
	}
}

// readNames looks at the bytes of the names. A server that announces UTF8 is to send it (RFC 2640).
func readNames(x *examination, _ context.Context) finding {
	entries := x.entries()
	for _, e := range entries {
		if !utf8.ValidString(e.Name) {
			x.badNames = append(x.badNames, e.Name)
		}
	}
	switch {
	case len(entries) == 0:
		return finding{Skip, "the directory is empty"}
	case len(x.badNames) == 0:
		return finding{Pass, "all names are UTF-8"}
	}
	return finding{Fail, plural(len(x.badNames), "name is", "names are") + " not UTF-8: " + x.badNames[0]}
}

// entries are those of the better listing.
func (x *examination) entries() []listing.Entry {
	if len(x.byMLSD.Entries) > 0 {
		return x.byMLSD.Entries
	}
	return x.byLIST.Entries
}

// odd is how far a time may be off without anybody minding.
const odd = 10 * time.Minute

// farAhead is where a file in the future is a file with a strange date, not a sign of a wrong clock.
const farAhead = 48 * time.Hour

// readTimes compares the times of LIST, which have no zone, with those of MLSD or MDTM, which are UTC, and
// the newest of them with now.
func readTimes(x *examination, ctx context.Context) finding {
	exact := x.exactTimes(ctx)
	if len(exact) == 0 {
		return finding{Skip, "the server tells no exact time of any file"}
	}
	for _, at := range exact {
		if ahead := time.Until(at); ahead > odd && ahead < farAhead {
			x.ahead = max(x.ahead, ahead)
		}
	}
	x.compareZones(exact)
	switch {
	case x.zoneOff:
		return finding{Fail, fmt.Sprintf("LIST is %s of UTC", signed(x.zone))}
	case x.ahead > 0:
		return finding{Fail, fmt.Sprintf("the newest file is from %v in the future", x.ahead.Round(time.Minute))}
	}
	return finding{Pass, "LIST and exact times agree"}
}

// exactTimes are the times of files by name.
func (x *examination) exactTimes(ctx context.Context) map[string]time.Time {
	exact := map[string]time.Time{}
	for _, e := range x.byMLSD.Entries {
		if e.Precise && !e.Time.IsZero() {
			exact[e.Name] = e.Time
		}
	}
	if len(exact) > 0 || !x.conn.Features().Has("MDTM") {
		return exact
	}
	for _, e := range x.byLIST.Entries {
		if e.Type == listing.File && hasClock(e.Time) && len(exact) < 3 {
			if at, err := x.conn.ModTime(ctx, e.Name); err == nil {
				exact[e.Name] = at
			}
		}
	}
	return exact
}

// hasClock says that a time of LIST is more than a date.
func hasClock(at time.Time) bool { return at.Unix()%(24*60*60) != 0 }

// compareZones finds the offset that the times of LIST have. A zone with summer time has two of them; a single
// time that agrees says that there is none.
func (x *examination) compareZones(exact map[string]time.Time) {
	offsets := map[time.Duration]int{}
	for _, e := range x.byLIST.Entries {
		at, known := exact[e.Name]
		if known && !e.Precise && !e.Time.IsZero() && hasClock(e.Time) {
			offsets[e.Time.Sub(at.Truncate(time.Minute)).Round(15*time.Minute)]++
		}
	}
	for offset, n := range offsets {
		if n > offsets[x.zone] && offset.Abs() <= widestZone {
			x.zone = offset
		}
	}
	x.zoneOff = x.zone != 0 && offsets[0] == 0
}

// widestZone is the farthest that a zone is from UTC.
const widestZone = 14 * time.Hour

// signed is an offset in words: 2h0m0s ahead, 5h0m0s behind.
func signed(d time.Duration) string {
	if d < 0 {
		return short(-d) + " behind"
	}
	return short(d) + " ahead"
}

func short(d time.Duration) string {
	text := strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	if hours, whole := strings.CutSuffix(text, "h0m"); whole {
		return hours + "h"
	}
	return text
}

// mostBytes is the largest file that is fetched to see how that goes.
const mostBytes = 1 << 20
