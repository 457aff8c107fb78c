package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ftpsh/internal/term"
	"ftpsh/transfer"
)

// LaunchFunc is what a job does: in a session of its own, where line runs a line and reports its failure.
type LaunchFunc func(ctx context.Context, s *Session, line func(ctx context.Context, source string) error) error

// jobArg names a job.
var jobArg = Arg{Name: "job", Optional: true}

// backgroundCommands are about what runs beside the prompt.
func backgroundCommands() []Command {
	return []Command{
		{
			Name: "jobs", Group: Scripting,
			Short: "show what runs beside the prompt",
			Flags: []Flag{{Letter: 'v', Long: "verbose", Help: "how far each is"}},
			Details: `COMMAND & runs a command beside the prompt: on a connection of its own, in the directories of the
moment. Ctrl-Z makes a job of what runs; it keeps its connection, and the prompt gets another one.
At the prompt, and on a terminal without control sequences, Ctrl-Z suspends ftpsh itself. Lines that
a job prints begin with its number. It asks nothing: what would be asked takes the safe answer or
fails. Where a server allows no second connection the command runs at once.

A job is named by its number, 2 or %2, by the beginning of its line, %get, or by a part of it,
%?iso; %% is the latest, %- the one before. What a job has come to is told once, before the next
prompt. At its end a script waits for its jobs; leaving the prompt asks what to do with them. The
signals SIGUSR1 and SIGINFO print how far everything is.`,
			Examples: []string{"jobs", "jobs -v"},
			Run:      runJobs,
		},
		{
			Name: "fg", Group: Scripting, Alone: true,
			Short:    "bring a job to the front",
			Args:     []Arg{jobArg},
			Details:  "The latest one, if none is named. Ctrl-C ends it there, Ctrl-Z sends it back. Its exit status is that\nof the job.",
			Examples: []string{"fg", "fg %1"},
			Run:      runFg,
		},
		{
			Name: "wait", Group: Scripting, Alone: true,
			Short:    "wait until jobs are over",
			Args:     []Arg{{Name: "job", Optional: true, Many: true}},
			Details:  "For all of them, if none is named. The exit status is that of the first that failed. Ctrl-C ends the\nwaiting, not the jobs.",
			Examples: []string{"wait", "wait %1 %3"},
			Run:      runWait,
		},
		{
			Name: "kill", Group: Scripting, Alone: true,
			Short:    "end jobs",
			Args:     []Arg{{Name: "job", Many: true}},
			Details:  "What they have moved is kept, for get -c and put -c. A job that does not end loses its connection\nwhen it is killed again.",
			Examples: []string{"kill %1"},
			Run:      runKill,
		},
		queueCommand,
	}
}

func runJobs(_ context.Context, s *Session, c *Call) error {
	for _, job := range s.Jobs.All() {
		s.Print.Printf("%s\n", term.Safe(JobLine(job)))
		if !job.Running() {
			s.Jobs.Take(job)
			continue
		}
		if c.Has("verbose") {
			for _, row := range job.Rows() {
				s.Print.Printf("    %s\n", term.Safe(row))
			}
		}
	}
	return nil
}

// JobLine is a job in one line: its number, its state, and what it is.
func JobLine(job *transfer.Background) string {
	state := "done"
	var killed transfer.KilledError
	switch status := ExitStatus(job.Err()); {
	case job.Running():
		state = "running for " + time.Since(job.Begun).Round(time.Second).String()
	case errors.As(job.Err(), &killed):
		state = "killed"
	case status != 0:
		state = fmt.Sprintf("failed with exit status %d", status)
	}
	return fmt.Sprintf("[%d] %s: %s", job.Number(), state, job.Title)
}

// findJobs looks jobs up; all of them if no name is given.
func (s *Session) findJobs(c *Call) (jobs []*transfer.Background, err error) {
	if !c.Given("job") {
		return s.Jobs.All(), nil
	}
	for _, name := range c.Args("job") {
		job, err := s.Jobs.Find(name.Text)
		if err != nil {
			return nil, &StateError{Op: c.Verb, Problem: err.Error(), Next: "jobs shows what there is"}
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}

func runFg(ctx context.Context, s *Session, c *Call) error {
	job, err := s.Jobs.Find(c.Arg("job"))
	if err != nil {
		return &StateError{Op: c.Verb, Problem: err.Error(), Next: "jobs shows what there is"}
	}
	if !job.Running() {
		s.Jobs.Take(job)
		s.Print.Note("%s", JobLine(job))
		return ofJob(job.Err())
	}
	err = s.Foreground(ctx, job)
	if job.Running() {
		return err // it was sent back
	}
	s.Jobs.Take(job)
	return ofJob(err)
}

// ofJob is what a job has come to, which has told about it itself, as the failure of a command.
func ofJob(err error) error {
	if status := ExitStatus(err); status != 0 {
		return &ToldError{Words: fmt.Sprintf("a job failed with exit status %d", status), Status: Status(status)}
	}
	return nil
}

func runWait(ctx context.Context, s *Session, c *Call) error {
	jobs, err := s.findJobs(c)
	if err != nil {
		return err
	}
	return s.await(ctx, jobs)
}

// await waits for jobs, and returns the failure of the first that failed.
func (s *Session) await(ctx context.Context, jobs []*transfer.Background) (failure error) {
	for _, job := range jobs {
		err := job.Wait(ctx)
		if job.Running() {
			return err // the waiting was ended
		}
		s.Jobs.Take(job)
		if s.Interactive {
			s.Print.Note("%s", JobLine(job))
		}
		if failure == nil {
			failure = ofJob(err)
		}
	}
	return failure
}

func runKill(_ context.Context, s *Session, c *Call) error {
	jobs, err := s.findJobs(c)
	for _, job := range jobs {
		s.Jobs.Kill(job, transfer.KilledError{})
	}
	return err
}

// leaveChoices are the answers to what is to become of the jobs of somebody who leaves.
var leaveChoices = []choice{
	{'w', "wait", "leave when they are over; Ctrl-C comes back to the prompt"},
	{'k', "kill", "end them; what they have moved is kept"},
	{'C', "cancel", "stay"},
}

// leaveJobs asks a person who leaves what is to become of the jobs. Whoever has lost the terminal ends them.
func (s *Session) leaveJobs(ctx context.Context) error {
	running := s.Jobs.Running()
	if s.Ask == nil {
		return nil
	}
	if len(running) == 0 {
		return s.leaveQueue(ctx)
	}
	for _, job := range running {
		s.Print.Note("%s", JobLine(job))
	}
	if waiting := s.Queue.Waiting(); waiting > 0 {
		s.Print.Note("%s in the queue", counted(waiting, "line waits", "lines wait"))
	}
	key, err := s.choose(ctx, s.Ask, counted(len(running), "job runs;", "jobs run;")+" what about that?", leaveChoices)
	switch {
	case isCancelled(err), err == nil && key == 'c':
		return errStays
	case err == nil && key == 'w':
		if err := s.await(ctx, running); isCancelled(err) {
			return err
		}
		return s.leaveQueue(ctx)
	}
	s.Jobs.EndAll(transfer.KilledError{}, farewell)
	return nil
}

// errStays is a leave that was taken back.
var errStays = &StateError{Op: "bye", Problem: "you stay", Status: StatusInterrupted}

// leaveQueue asks a person who leaves before the queue has run all its lines.
func (s *Session) leaveQueue(ctx context.Context) error {
	left := s.Queue.Left()
	if left == nil {
		return nil
	}
	yes, err := s.Ask.Confirm(ctx, left.Problem+"; leave all the same?")
	if isCancelled(err) || err == nil && !yes {
		return errStays
	}
	return nil // nobody is there who could stay
}

// farewell is how long jobs may take to end when somebody leaves.
const farewell = 5 * time.Second
