package trace

import (
	"strings"
	"time"

	"ftpsh/internal/wire"
)

// LogFilter chooses events of a log.
type LogFilter struct {
	Verb string        // those of a command; empty for all
	Slow time.Duration // those of what took at least so long; 0 for all
}

// Choose returns the events that fit, in their order. The lines of one command and its replies, and the data
// connection that it used, fit together or not at all.
func (f LogFilter) Choose(events []wire.Event) (chosen []wire.Event) {
	groups := group(events)
	fits := map[int]bool{}
	for i, e := range events {
		if e.Since >= f.Slow && (f.Verb == "" || strings.EqualFold(verbOf(e), f.Verb)) {
			fits[groups[i]] = true
		}
	}
	for i, e := range events {
		if fits[groups[i]] {
			chosen = append(chosen, e)
		}
	}
	return chosen
}

// verbOf is the command that an event belongs to.
func verbOf(e wire.Event) string {
	if e.Data != nil {
		verb, _, _ := strings.Cut(e.Data.Command, " ")
		return verb
	}
	return e.Verb
}

// group numbers the events by what they belong to: the index of the command's own event, or their own where
// there is none.
func group(events []wire.Event) []int {
	groups := make([]int, len(events))
	waiting := map[int][]int{} // by connection
	sent := map[sending]int{}
	for i, e := range events {
		groups[i] = i
		queue := waiting[e.Conn]
		switch {
		case e.Kind == wire.Sent:
			waiting[e.Conn] = append(queue, i)
			sent[sending{e.Conn, e.Text}] = i
		case e.Kind == wire.Connected:
			waiting[e.Conn] = nil
		case e.Kind == wire.Received && e.Verb != "" && len(queue) > 0:
			groups[i] = queue[0]
			if e.Last && e.Code >= 200 {
				waiting[e.Conn] = queue[1:]
			}
		case e.Data != nil:
			if at, ok := sent[sending{e.Conn, e.Data.Command}]; ok {
				groups[i] = at
			}
		}
	}
	return groups
}

// sending is a command line on a connection.
type sending struct {
	conn int
	line string
}
