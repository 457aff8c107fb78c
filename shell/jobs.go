package shell

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"ftpsh/commands"
	"ftpsh/internal/lang"
	"ftpsh/remote"
	"ftpsh/transfer"
)

// jobs are what runs beside the prompt: the table, and where each runs.
type jobs struct {
	table *transfer.Jobs

	mu       sync.Mutex
	seats    map[*transfer.Background]*seat
	front    *transfer.Background // that fg has brought to the front
	suspends []chan struct{}      // who wants to know of Ctrl-Z, the innermost last
}

// statusSuspended is that of a command that SIGTSTP has stopped, as shells have it.
const statusSuspended = 148

// Suspend is Ctrl-Z while something runs: it goes on as a job. It does not block.
func (sh *Shell) Suspend() {
	j := &sh.jobs
	j.mu.Lock()
	defer j.mu.Unlock()
	if last := len(j.suspends) - 1; last >= 0 {
		select {
		case j.suspends[last] <- struct{}{}:
		default: // it was pressed before
		}
	}
}

// onSuspend tells of Ctrl-Z until forget is called.
func (j *jobs) onSuspend() (suspended <-chan struct{}, forget func()) {
	pressed := make(chan struct{}, 1)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.suspends = append(j.suspends, pressed)
	return pressed, func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.suspends = slices.DeleteFunc(j.suspends, func(other chan struct{}) bool { return other == pressed })
	}
}

// breakFront drops the connection of what runs in front: of a job, or by other.
func (j *jobs) breakFront(other func()) {
	j.mu.Lock()
	front := j.front
	j.mu.Unlock()
	if front != nil {
		other = front.Break
	}
	other()
}

// settle gives a seat to a job, behind.
func (j *jobs) settle(at *seat, title string, begun time.Time, stop context.CancelCauseFunc) *transfer.Background {
	job := j.table.Begin(&transfer.Background{
		Title: title, Begun: begun, Stop: stop,
		Break: at.session.Conn.Interrupt,
		Rows:  at.session.Activity.Rows,
	})
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.seats == nil {
		j.seats = map[*transfer.Background]*seat{}
	}
	j.seats[job] = at
	at.isJob.Store(true)
	at.hide(job)
	return job
}

// hide takes a seat behind. Results are marked for a person only; a program that reads them gets them as
// they are.
func (at *seat) hide(job *transfer.Background) {
	mark := fmt.Sprintf("[%d] ", job.Number())
	outMark := mark
	if !at.session.Print.OutIsTerminal() {
		outMark = ""
	}
	at.outlet.hide(outMark, mark)
}

// launch is [commands.Session.Launch].
func (sh *Shell) launch(ctx context.Context, title string, run commands.LaunchFunc) error {
	from, _ := ctx.Value(seatKey{}).(*seat)
	return sh.launchFrom(ctx, from, title, from.runner.StateDuring(ctx), func(ctx context.Context, at *seat) error {
		return run(ctx, at.session, func(ctx context.Context, line string) error {
			return at.told(at.runner.Run(ctx, line, ""))
		})
	})
}

// launchFrom begins a job: it runs at a seat of its own, on a connection of its own, in the directories of
// the seat that it comes from. If there is no further connection to be had, it runs there, at once.
func (sh *Shell) launchFrom(ctx context.Context, from *seat, title string, state *lang.State, run func(context.Context, *seat) error) error {
	session := from.session.Beside()
	conn, err := spare(ctx, from.session.Conn, session)
	var crowded *remote.CrowdedError
	if errors.As(err, &crowded) {
		from.session.Print.Note("%v; it runs here", err)
		conn = from.session.Conn
	} else if err != nil {
		return err
	}
	session.Conn = conn
	at, err := sh.newSeat(session, state, true)
	if err != nil {
		return err
	}
	if crowded != nil {
		defer (&host{from}).Fork(ctx)() // else the next command finds an error where it stands
		return at.told(run(at.mark(ctx), at))
	}
	running, stop := context.WithCancelCause(at.mark(context.WithoutCancel(ctx)))
	job := sh.jobs.settle(at, title, time.Now(), stop)
	if from.session.Interactive {
		from.session.Print.Note("[%d] %s", job.Number(), title)
	}
	go func() { sh.over(job, run(running, at), conn.Release) }()
	return nil
}

// told reports what ended a source as a whole; its commands have reported for themselves.
func (at *seat) told(err error) error {
	var exit *lang.ExitError
	var reported *reportedError
	if err == nil || errors.As(err, &exit) || errors.As(err, &reported) {
		return err
	}
	if !errors.Is(err, context.Canceled) {
		report(at.session, err)
	}
	return &reportedError{err}
}

// spare is a connection for the session of a job; a closed one if there is none to be like.
func spare(ctx context.Context, conn *remote.Conn, job *commands.Session) (*remote.Conn, error) {
	if !conn.Opened() {
		return conn.Twin(ctx, job.Hooks())
	}
	if err := conn.Ready(ctx); err != nil {
		return nil, err
	}
	return conn.Spare(ctx)
}

// over ends a job: it has reported all but what ended it as a whole.
func (sh *Shell) over(job *transfer.Background, err error, leave func()) {
	sh.jobs.mu.Lock()
	at := sh.jobs.seats[job]
	delete(sh.jobs.seats, job)
	sh.jobs.mu.Unlock()
	err = at.told(err)
	at.outlet.flush()
	leave()
	job.End(err)
}

// detach makes a source that runs at the prompt a job, which takes the connection along. The prompt goes on
// with another one; if that cannot be had, the source stays where it is.
func (sh *Shell) detach(w *work) bool {
	s := w.seat.session
	if c := w.seat.command.Load(); c != nil && c.Alone {
		s.Print.Note("%s cannot become a job; it goes on here", c.Name)
		return false
	}
	next, err := sh.successor(w)
	if err != nil {
		s.Print.Note("%v; it goes on here", err)
		return false
	}
	job := sh.jobs.settle(w.seat, s.Table.Masked(w.source), w.begun, w.stop)
	sh.prompt.Store(next)
	s.Latest.Follow(next.session.Conn.Number())
	next.session.Print.Note("[%d] goes on beside the prompt: %s", job.Number(), job.Title)
	go func() {
		sh.over(job, <-w.ended, s.Conn.Leave) // nothing is left to lose
	}()
	return true
}

// successor is a seat for the prompt, as the one was that a job takes along.
func (sh *Shell) successor(w *work) (*seat, error) {
	next := w.seat.session.Fork()
	var err error
	if next.Conn, err = w.seat.session.Conn.Twin(w.ctx, next.Hooks()); err != nil {
		return nil, err
	}
	return sh.newSeat(next, w.before, false)
}

// foreground is [commands.Session.Foreground].
func (sh *Shell) foreground(ctx context.Context, job *transfer.Background) error {
	suspended, forget := sh.jobs.onSuspend()
	defer forget()
	sh.session().Print.Note("%s", job.Title) // whoever sees this may press Ctrl-Z
	at := sh.jobs.toFront(job)
	if at == nil { // it is over
		return job.Err()
	}
	defer sh.jobs.toBack(job, at)
	select {
	case <-suspended:
		sh.session().Print.Note("[%d] goes on beside the prompt: %s", job.Number(), job.Title)
		return nil
	case <-ctx.Done():
		job.Stop(context.Cause(ctx))
		<-job.Over()
	case <-job.Over():
	}
	return job.Err()
}

// toFront shows a job; nil if it is over.
func (j *jobs) toFront(job *transfer.Background) *seat {
	j.mu.Lock()
	defer j.mu.Unlock()
	at := j.seats[job]
	if at != nil {
		j.front = job
		at.outlet.show()
	}
	return at
}

func (j *jobs) toBack(job *transfer.Background, at *seat) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.front = nil
	at.hide(job)
}

// tellEnded tells a person which jobs are over, once.
func (sh *Shell) tellEnded() {
	s := sh.session()
	if !s.Interactive {
		return
	}
	for _, job := range sh.jobs.table.TakeEnded() {
		s.Print.Note("%s", commands.JobLine(job))
		sh.seat().tab.remote.Reset()
	}
}

// TellProgress says how far everything is that runs.
func (sh *Shell) TellProgress() {
	s := sh.session()
	rows := s.Activity.Rows()
	for _, job := range sh.jobs.table.Running() {
		for _, row := range job.Rows() {
			rows = append(rows, fmt.Sprintf("[%d] %s", job.Number(), row))
		}
	}
	if len(rows) == 0 {
		rows = []string{"nothing is being moved"}
	}
	for _, row := range rows {
		s.Print.Note("%s", row)
	}
}

// patience is how long jobs may take to end when the program does.
const patience = 5 * time.Second

// Finish ends the run: a script waits for its jobs, whose failure is then its own, and so is a queue that it
// has left stopped; a run that was ended from outside ends them.
func (sh *Shell) Finish(ctx context.Context, status int) int {
	if sh.interactive && ctx.Err() == nil { // leaving has asked
		return status
	}
	for _, job := range sh.jobs.table.All() {
		err := job.Wait(ctx)
		if status == 0 && ctx.Err() == nil {
			status = commands.ExitStatus(err)
		}
	}
	if ctx.Err() != nil {
		sh.jobs.table.EndAll(context.Cause(ctx), patience)
		return commands.ExitStatus(context.Cause(ctx))
	}
	if left := sh.session().Queue.Left(); left != nil {
		return cmp.Or(status, sh.Fail(left))
	}
	return status
}
