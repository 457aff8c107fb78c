package script

import (
	"fmt"
	"regexp"
	"strings"
)

// This file finds the exchange that answers a command. A client may ask in another order, ask again, or leave
// out what the recorded one asked: it gets what the server would have said at that point.

// track is a Talk and where to find what in it.
type track struct {
	*Talk
	home    string // the directory that the login led to
	steps   []step
	by      map[string][]int // steps by key
	entered bool             // a login was recorded
}

// step is an Exchange and the directory that it left the client in.
type step struct {
	*Exchange
	after string
}

func newTrack(talk *Talk) *track {
	t := &track{Talk: talk, home: talk.home(), by: map[string][]int{}}
	place := t.home
	for i := range talk.Exchanges {
		e := &talk.Exchanges[i]
		t.add(key(e.Command, place), i)
		t.add(looseKey(e.Command, place), i)
		place = e.leads(place)
		t.steps = append(t.steps, step{e, place})
	}
	t.entered = len(t.by["USER"]) > 0
	return t
}

func (t *track) add(key string, i int) {
	if key != "" {
		t.by[key] = append(t.by[key], i)
	}
}

// lookUp finds a line in this Talk, by its place, or else in any.
func (p *player) lookUp(line, directory string) (i int, other *step) {
	for _, wanted := range []string{key(line, directory), looseKey(line, directory)} {
		if i = p.find(wanted); i >= 0 {
			return i, nil
		}
		if other = p.elsewhere(wanted); other != nil {
			return i, other
		}
	}
	return -1, nil
}

// find returns the exchange for a key, -1 if there is none: the next one that was not played and that no
// change of the server's state separates from here; else what was said the last time; else the first.
func (p *player) find(wanted string) int {
	first, again := -1, -1
	for _, i := range p.by[wanted] {
		switch {
		case p.played[i]:
			again = i
		case i >= p.next && !p.changesBefore(i):
			return i
		case first < 0:
			first = i
		}
	}
	if again >= 0 {
		return again
	}
	return first
}

// changesBefore says that an exchange still to be played, between here and i, has changed the server.
func (p *player) changesBefore(i int) bool {
	for j := p.next; j < i; j++ {
		if !p.played[j] && p.Exchanges[j].changes() {
			return true
		}
	}
	return false
}

// elsewhere finds an exchange that was answered in any Talk.
func (p *player) elsewhere(wanted string) *step {
	for _, t := range p.replay.tracks {
		for _, i := range t.by[wanted] {
			if t.steps[i].answered() {
				return &t.steps[i]
			}
		}
	}
	return nil
}

// hint names what the recording has next.
func (p *player) hint() string {
	for i := p.next; i < len(p.Exchanges); i++ {
		if !p.played[i] {
			return fmt.Sprintf("next recorded: %q", shown(p.Exchanges[i].Command))
		}
	}
	return "nothing more was recorded"
}

// following is the transfer that the data connection arranged by exchange i was for; nil for none.
func (p *player) following(i int) *Exchange {
	for j := i + 1; j < len(p.Exchanges); j++ {
		verb, _ := split(p.Exchanges[j].Command)
		switch {
		case p.Exchanges[j].Data != nil:
			return &p.Exchanges[j]
		case verb == "EPSV" || verb == "PASV":
			return nil
		}
	}
	return nil
}

// home is the directory that the login led to: what the first PWD says, if nothing came in between.
func (t *Talk) home() string {
	for i := range t.Exchanges {
		verb, _ := split(t.Exchanges[i].Command)
		switch strings.TrimPrefix(verb, "X") {
		case "PWD":
			if d, ok := quotedPath(&t.Exchanges[i]); ok {
				return d
			}
		case "CWD", "CUP", "CDUP":
			return "/"
		}
	}
	return "/"
}

// moving are the verbs after which the client is somewhere else, or knows where it is.
var moving = []string{"CWD", "XCWD", "CDUP", "XCUP", "PWD", "XPWD"}

// leads is the directory after the exchange, said in directory.
func (e *Exchange) leads(directory string) string {
	verb, argument := split(e.Command)
	switch {
	case !e.succeeded():
	case verb == "PWD" || verb == "XPWD":
		if d, ok := quotedPath(e); ok {
			return d
		}
	case verb == "CDUP" || verb == "XCUP":
		return clean(directory + "/..")
	case verb != "CWD" && verb != "XCWD":
	case strings.HasPrefix(argument, "/"):
		return clean(argument)
	default:
		return clean(directory + "/" + argument)
	}
	return directory
}

var inQuotes = regexp.MustCompile(`^257[ -]"((?:[^"]|"")*)"`)

// quotedPath is the path in a 257 (RFC 959 appendix II).
func quotedPath(e *Exchange) (string, bool) {
	if len(e.Answers) == 0 {
		return "", false
	}
	found := inQuotes.FindStringSubmatch(e.Answers[0].Text)
	if found == nil || !strings.HasPrefix(found[1], "/") {
		return "", false
	}
	return clean(strings.ReplaceAll(found[1], `""`, `"`)), true
}
