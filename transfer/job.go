package transfer

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"ftpsh/remote"
)

// Job moves many files by a plan, over several connections at once. What is found in a tree is moved
// while the rest of it is still looked for, and what was moved is forgotten: a job needs as much memory
// as its largest directory, not as its tree.
//
// What goes wrong with one file is told and counted, and the job goes on. A connection that breaks is
// brought back, and its file tried again from where it was. A job that did not do all can be run again
// and does what is left.
type Job struct {
	Op       string        // the command, for errors
	Conn     *remote.Conn  // of the session; further ones are its spares
	Workers  int           // connections at most; 0 is DefaultWorkers
	Retries  int           // how often one file is tried again
	Pause    time.Duration // before it is
	FailFast bool          // stop at the first failure
	DryRun   bool          // only say what would be done
	Observer Observer      // may be nil

	halted   atomic.Bool // a failure has ended it
	noRename atomic.Bool // the server has shown that it renames nothing
	strays   strays
	mu       sync.Mutex
	queue    *queue
	summary  Summary
	first    error
}

// DefaultWorkers is how many connections a job has at most if nothing else is said.
const DefaultWorkers = 8

// Plan says what a job is to do. Those that there are, are in this package.
type Plan interface {
	// begin puts the first tasks into the job's queue.
	begin(ctx context.Context, j *Job) error
	// end does what can be done only after all else, if all else has been tried, and frees what begin took.
	end(ctx context.Context, j *Job, tried bool) error
}

// Action is what is done with one name of a plan.
type Action int

// The actions.
const (
	MoveFile Action = iota
	MakeDirectory
	RemoveFile
	RemoveDirectory
	PassOver // something that is no file, or need not be moved
)

// String is the action as a plan is shown.
func (a Action) String() string {
	return [...]string{"move", "mkdir", "delete", "rmdir", "skip"}[a]
}

// Ended is one action of a job that has come to its end, or would be taken in a dry run.
type Ended struct {
	Action Action
	Path   string // what it was about, as its user knows it
	Size   int64  // of a file; -1 unknown
	Why    string // what makes it necessary, or why it is passed over
	Result Result // of a MoveFile
	Err    error
}

// Observer is told how a job goes, by several goroutines at once.
type Observer interface {
	// Found says that so many more files are to be moved, some of unknown size, and the bytes of the
	// others. What is below 0 is not to be expected any more, such as a size that was unknown.
	Found(files, unsized int, bytes int64)
	Progress() Progress // of one file
	Ended(e Ended)
	Known()           // all that is to be moved has been found
	Note(text string) // something worth a line
}

// Summary is what a job came to.
type Summary struct {
	Moved   int // files
	Same    int // files that were on the other side already
	Skipped int // what is no file, is left out, or was not to be replaced
	Made    int // directories
	Removed int // files and directories, on the side that the job changes
	Cleared int // sources of moved files that were removed
	Failed  int
	Left    int // files and directories that it did not come to; what they hold is not counted
	Bytes   int64
	Took    time.Duration
}

// onlyFailed says that there was one thing to do, and that it failed.
func (s *Summary) onlyFailed() bool {
	return s.Failed == 1 && s.Left+s.Moved+s.Same+s.Skipped+s.Made+s.Removed == 0
}

// JobError is a job that did not do all of its work.
type JobError struct {
	Op           string
	Failed, Left int
	First        error // the first failure
}

// Error tells how much is missing. The failures have been told one by one.
func (e *JobError) Error() string {
	if e.Left == 0 {
		return fmt.Sprintf("%s: %d failed", e.Op, e.Failed)
	}
	return fmt.Sprintf("%s: %d failed, and %d or more were not tried", e.Op, e.Failed, e.Left)
}

func (e *JobError) Unwrap() error { return e.First }

// Hint says how to go on.
func (e *JobError) Hint() string {
	if own, ok := e.First.(interface{ Hint() string }); ok && e.Failed+e.Left == 1 {
		return own.Hint()
	}
	return "the same command again does what is left"
}

// Run does what the plan says. The error is a *JobError if something failed, the failure itself if there
// was nothing else to do, what kept the plan from beginning, or the cause of the context's end.
func (j *Job) Run(ctx context.Context, plan Plan) (Summary, error) {
	started := time.Now()
	err := plan.begin(ctx, j)
	if err == nil {
		err = j.work(ctx, j.workers())
		j.tidy(ctx)
	}
	err = cmp.Or(err, plan.end(ctx, j, err == nil && !j.halted.Load()))
	j.summary.Took = time.Since(started)
	if err == nil && j.summary.onlyFailed() {
		err = j.first
	}
	if err == nil && j.summary.Failed+j.summary.Left > 0 {
		err = &JobError{Op: j.Op, Failed: j.summary.Failed, Left: j.summary.Left, First: j.first}
	}
	return j.summary, err
}

func (j *Job) workers() int {
	if j.Workers > 0 {
		return j.Workers
	}
	return DefaultWorkers
}

// todo is the queue of the work that begins next.
func (j *Job) todo() *queue {
	if j.queue == nil {
		j.queue = newQueue(4*j.workers(), j.known)
	}
	return j.queue
}

// work does what has been put into the queue, and what is added meanwhile.
func (j *Job) work(ctx context.Context, most int) error {
	q := j.todo()
	err := (&crew{job: j, queue: q, most: most}).work(ctx)
	j.summary.Left += q.left()
	j.queue = nil
	return err
}

// tell reports an action and counts it.
func (j *Job) tell(e Ended) {
	j.mu.Lock()
	j.count(e)
	j.mu.Unlock()
	if j.Observer != nil {
		j.Observer.Ended(e)
	}
	if e.Err != nil && j.FailFast {
		j.halt()
	}
}

// halt lets what moves come to its end, and nothing else begin.
func (j *Job) halt() {
	j.halted.Store(true)
	j.todo().stop()
}

// moved reports a file that has come, or in a dry run one that would.
func (j *Job) moved(e Ended, result Result) {
	if j.DryRun && result.Skipped == "" {
		e.Size, result.Bytes = result.Size, max(0, result.Size)
	}
	e.Result = result
	j.tell(e)
}

func (j *Job) count(e Ended) {
	s := &j.summary
	s.Bytes += e.Result.Bytes
	if e.Result.SourceRemoved {
		s.Cleared++
	}
	switch {
	case e.Err != nil:
		if s.Failed++; j.first == nil {
			j.first = e.Err
		}
	case e.Action == MoveFile && e.Result.Skipped != "", e.Action == PassOver:
		s.Skipped++
	case e.Action == MoveFile:
		s.Moved++
	case e.Action == MakeDirectory:
		s.Made++
	default:
		s.Removed++
	}
}

// fail reports a task that did not do its work.
func (j *Job) fail(t task, err error) {
	e := Ended{Path: t.name(), Size: -1, Err: err}
	if m, ok := t.(*move); ok {
		e.Action, e.Size = MoveFile, m.node.Size
	}
	if f, ok := t.(interface{ outlook() *expected }); ok {
		f.outlook().turnsOut(j, 0)
	}
	if p, ok := t.(*pair); ok {
		p.mirror.Removals.distrust(err)
	}
	j.tell(e)
}

// problems reports what is wrong with a directory that was read.
func (j *Job) problems(dir string, problems []error) {
	for _, err := range problems {
		j.tell(Ended{Path: dir, Size: -1, Err: err})
	}
}

// same counts a file that needs nothing.
func (j *Job) same() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.summary.Same++
}

func (j *Job) known() {
	if j.Observer != nil {
		j.Observer.Known()
	}
}

func (j *Job) found(files, unsized int, bytes int64) {
	if j.Observer != nil && (files != 0 || unsized != 0 || bytes != 0) {
		j.Observer.Found(files, unsized, bytes)
	}
}

func (j *Job) note(format string, args ...any) {
	if j.Observer != nil {
		j.Observer.Note(fmt.Sprintf(format, args...))
	}
}
