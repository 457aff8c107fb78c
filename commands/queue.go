package commands

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"ftpsh/internal/term"
)

// Queue is lines that wait for their turn: one connection runs them, one after the other. The zero value is
// empty. Any goroutine may use it.
type Queue struct {
	mu      sync.Mutex
	waiting []queuedLine
	at      string // the line that runs; empty when none does
	running bool   // there is a job for it
	stopped bool
}

// queuedLine is a line, and where it was typed.
type queuedLine struct{ line, remote, local string }

var queueCommand = Command{
	Name: "queue", Group: Scripting, Alone: true, Raw: true,
	Short: "run commands one after the other, beside the prompt",
	Args: []Arg{
		{Name: "action", Kind: Choice, Choices: []string{"add", "list", "move", "remove", "start", "stop"}, Optional: true},
		{Name: "words", Kind: CommandLine, After: "add", Optional: true, Many: true},
	},
	Details: `queue add COMMAND puts a command at the end; several in quotes are one entry. All run on one
connection, which is a job, each in the directories in which it was added. What fails is told, and
the next one follows.

queue list shows what waits, queue move N M gives one another place, queue remove N takes one out.
queue stop lets the one that runs end and begins no other, queue start goes on.`,
	Examples: []string{"queue add get big.iso", "queue add 'cd pub; get a b'", "queue", "queue move 3 1", "queue stop"},
	Run:      runQueue,
}

// queueActions are what the command does by its first word.
var queueActions = map[string]func(context.Context, *Session, *Call, []Word) error{
	"add": queueAdd, "list": queueList, "move": queueMove, "remove": queueRemove, "start": queueStart, "stop": queueStop,
}

func runQueue(ctx context.Context, s *Session, c *Call) error {
	action := queueActions[cmp.Or(c.Arg("action"), "list")]
	return action(ctx, s, c, c.Args("words"))
}

func queueAdd(ctx context.Context, s *Session, c *Call, words []Word) error {
	if len(words) == 0 {
		return usage(c.Command, "what is to be added?")
	}
	line := words[0].Text
	if len(words) > 1 {
		line = ""
		for _, w := range words {
			line += w.Source() + " "
		}
	}
	q := s.Queue
	q.mu.Lock()
	q.waiting = append(q.waiting, queuedLine{strings.TrimSpace(line), s.Conn.Dir(), s.Local.Dir()})
	q.mu.Unlock()
	return s.runQueued(ctx)
}

func queueList(_ context.Context, s *Session, _ *Call, _ []Word) error {
	q := s.Queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.at != "" {
		s.Print.Printf("running  %s\n", term.Safe(s.Table.Masked(q.at)))
	}
	for i, l := range q.waiting {
		s.Print.Printf("%7d  %s\n", i+1, term.Safe(s.Table.Masked(l.line)))
	}
	if q.stopped && len(q.waiting) > 0 {
		s.Print.Note("the queue is stopped")
		s.Print.Hint("queue start")
	}
	return nil
}

func queueMove(_ context.Context, s *Session, c *Call, words []Word) error {
	q := s.Queue
	q.mu.Lock()
	defer q.mu.Unlock()
	places, err := q.places(c, words, 2)
	if err != nil {
		return err
	}
	l := q.waiting[places[0]]
	q.waiting = slices.Insert(slices.Delete(q.waiting, places[0], places[0]+1), places[1], l)
	return nil
}

func queueRemove(_ context.Context, s *Session, c *Call, words []Word) error {
	q := s.Queue
	q.mu.Lock()
	defer q.mu.Unlock()
	places, err := q.places(c, words, 1)
	if err == nil {
		q.waiting = slices.Delete(q.waiting, places[0], places[0]+1)
	}
	return err
}

// places reads so many numbers of lines that wait, as indexes. The lock is held.
func (q *Queue) places(c *Call, words []Word, count int) (places []int, err error) {
	if len(words) != count {
		return nil, usage(c.Command, "%s takes %s", c.Arg("action"), counted(count, "number", "numbers"))
	}
	for _, w := range words {
		n, err := strconv.Atoi(w.Text)
		if err != nil || n < 1 || n > len(q.waiting) {
			return nil, &StateError{Op: c.Verb, Problem: "nothing waits at place " + w.Text, Next: "queue list"}
		}
		places = append(places, n-1)
	}
	return places, nil
}

func queueStart(ctx context.Context, s *Session, _ *Call, _ []Word) error {
	s.Queue.stop(false)
	return s.runQueued(ctx)
}

func queueStop(_ context.Context, s *Session, _ *Call, _ []Word) error {
	s.Queue.stop(true)
	return nil
}

func (q *Queue) stop(stopped bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stopped = stopped
}

// Waiting is how many lines wait.
func (q *Queue) Waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

// Left is what is wrong with leaving now: a queue that is stopped has lines that wait. It is nil when nothing is.
func (q *Queue) Left() *StateError {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.running || len(q.waiting) == 0 {
		return nil
	}
	return &StateError{
		Op:      "queue",
		Problem: counted(len(q.waiting), "line waits", "lines wait") + " in the queue, which is stopped",
		Next:    "queue start",
		Status:  StatusIncomplete,
	}
}

// next takes the line whose turn it is, and says whether there is one.
func (q *Queue) next() (l queuedLine, more bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.at, q.running = "", false
	if q.stopped || len(q.waiting) == 0 {
		return l, false
	}
	l = q.waiting[0]
	q.waiting = slices.Delete(q.waiting, 0, 1)
	q.at, q.running = l.line, true
	return l, true
}

// begin says whether a job is to be made for what waits.
func (q *Queue) begin() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.stopped || q.running || len(q.waiting) == 0 {
		return false
	}
	q.running = true
	return true
}

// cut ends the run of a queue that was killed; what waits is kept.
func (q *Queue) cut() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.at, q.running, q.stopped = "", false, len(q.waiting) > 0
}

// runQueued makes a job for what waits, unless there is one.
func (s *Session) runQueued(ctx context.Context) error {
	if !s.Queue.begin() {
		return nil
	}
	err := s.Launch(ctx, "queue", s.Queue.run)
	if err != nil && s.Queue.Waiting() > 0 {
		s.Queue.cut()
	}
	return err
}

// run runs one line after the other, and returns the first failure.
func (q *Queue) run(ctx context.Context, s *Session, line func(context.Context, string) error) (failure error) {
	for l, more := q.next(); more; l, more = q.next() {
		err := s.goTo(ctx, l)
		if err != nil {
			s.Print.Error("queue: %s: %v", s.Table.Masked(l.line), err)
		} else {
			err = line(ctx, l.line)
		}
		if ctx.Err() != nil {
			q.cut()
			return context.Cause(ctx)
		}
		if failure == nil {
			failure = err
		}
	}
	return failure
}

// goTo goes to where a line was typed.
func (s *Session) goTo(ctx context.Context, l queuedLine) error {
	if l.remote != "" && l.remote != s.Conn.Dir() {
		if err := s.Conn.Chdir(ctx, l.remote); err != nil {
			return err
		}
	}
	return s.Local.Change(l.local)
}
