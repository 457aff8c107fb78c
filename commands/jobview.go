package commands

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"ftpsh/internal/term"
	"ftpsh/transfer"
)

// jobView shows how a job goes: rows on a terminal, failures as they come, and on request a line or a
// JSON object for each file.
type jobView struct {
	*Session
	verbose, asJSON, dryRun bool
	inWords                 func(transfer.Summary) string // what the job came to

	board *term.Board // nil when nobody is to see it
	stop  func()      // watching it

	fetches bool // what is made here has names of the server's

	mu      sync.Mutex // guards what follows, and the lines of JSON
	warned  bool       // of a name
	skipped map[string]int
	failed  bool  // not for the first time
	only    error // the first failure: if nothing follows, the command's error tells it
}

// quietJobView tells of what a job has done, but does not show it at work.
func (s *Session) quietJobView(o jobOptions) *jobView {
	v := &jobView{Session: s, skipped: map[string]int{}, asJSON: s.JSON || o.asJSON, dryRun: o.dryRun}
	v.verbose = !v.asJSON && (o.verbose || v.dryRun)
	v.inWords = v.summaryLine
	return v
}

func (s *Session) newJobView(verb string, o jobOptions) *jobView {
	v := s.quietJobView(o)
	v.board = term.NewBoard(term.BoardConfig{Name: verb, Now: time.Now, Width: s.statusWidth, Draw: s.drawing()})
	v.stop = s.watch(v.board)
	return v
}

// hasTree says that nobody has seen the names of all that a plan moves.
func hasTree(plan transfer.Plan) bool {
	several, ok := plan.(*transfer.Several)
	return !ok || len(several.Trees) > 0
}

// fetches says that a plan makes files here.
func fetches(plan transfer.Plan) bool {
	switch p := plan.(type) {
	case *transfer.Mirror:
		return !p.Upload
	case *transfer.Several:
		return p.Fetch != nil
	}
	return false
}

// close takes the rows off the screen; the summary, or a question, takes their place.
func (v *jobView) close() {
	if v.stop != nil {
		v.stop()
		v.stop = nil
		v.board.Close()
	}
}

// Found is part of [transfer.Observer].
func (v *jobView) Found(files, unsized int, bytes int64) {
	if v.board != nil {
		v.board.Expect(files, unsized, bytes)
	}
}

// Known is part of [transfer.Observer].
func (v *jobView) Known() {
	if v.board != nil {
		v.board.Complete()
	}
}

// Progress is part of [transfer.Observer].
func (v *jobView) Progress() transfer.Progress {
	if v.board == nil {
		return nil
	}
	return &boardRow{board: v.board}
}

// boardRow is the row of one file.
type boardRow struct {
	board *term.Board
	row   *term.Row
}

// Started is part of [transfer.Progress].
func (r *boardRow) Started(m transfer.Moving) {
	r.row = r.board.Start(m.Name, m.Total, m.From, m.Moved)
}

// Done is part of [transfer.Progress].
func (r *boardRow) Done(moved int64) { r.board.End(r.row, moved) }

// Note is part of [transfer.Observer].
func (v *jobView) Note(text string) { v.Print.Note("%s", text) }

// Ended is part of [transfer.Observer].
func (v *jobView) Ended(e transfer.Ended) {
	v.goesOn()
	if v.board != nil && e.Action == transfer.MoveFile && !v.dryRun {
		v.board.Finish()
	}
	v.count(e)
	if v.fetches && !v.dryRun && e.Err == nil {
		v.warn(e)
	}
	switch {
	case v.asJSON:
		v.writeEvent(e)
	case e.Err != nil:
		v.failure(e.Err)
	default:
		v.line(e)
	}
	for _, note := range e.Result.Notes {
		v.Print.Note("%s", note)
	}
	if e.Result.NoRename {
		site := v.Conn.Site()
		v.remember(&site, "upload-temp", "off")
	}
}

// failure tells what went wrong, once it is not the only thing that the job has come to.
func (v *jobView) failure(err error) {
	v.mu.Lock()
	first := !v.failed
	if v.failed = true; first {
		v.only = err
	}
	v.mu.Unlock()
	v.Session.Failed.note(err)
	if !first {
		v.Print.Error("%v", err)
	}
}

// goesOn tells a failure that was held back, now that there is more.
func (v *jobView) goesOn() {
	v.mu.Lock()
	only := v.only
	v.only = nil
	v.mu.Unlock()
	if only != nil {
		v.Print.Error("%v", only)
	}
}

// warn tells once of a name that may mislead.
func (v *jobView) warn(e transfer.Ended) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.warned && (e.Action == transfer.MoveFile || e.Action == transfer.MakeDirectory) {
		v.warned = v.warnOfName(e.Path)
	}
}

func (v *jobView) count(e transfer.Ended) {
	why := e.Result.Skipped
	if e.Action == transfer.PassOver {
		why = e.Why
	}
	if why != "" && e.Err == nil {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.skipped[why]++
	}
}

// line tells one action, if a line for each is wanted.
func (v *jobView) line(e transfer.Ended) {
	switch {
	case !v.verbose:
	case v.dryRun && e.Action == transfer.MoveFile, e.Action != transfer.MoveFile:
		v.Print.Note("%s", strings.TrimSuffix(fmt.Sprintf("%s %s: %s", e.Action, e.Path, e.Why), ": "))
	case e.Result.Skipped != "":
		v.Print.Note("%s: skipped: %s", e.Path, e.Result.Skipped)
	default:
		e.Result.Target = v.Local.Short(e.Result.Target)
		v.Print.Note("%s", resultLine(e.Result))
	}
}

// jobEvent is what --json prints about one action.
type jobEvent struct {
	Event    string `json:"event"` // move, mkdir, delete, rmdir, skip, fail
	Path     string `json:"path"`
	Target   string `json:"target,omitempty"`
	Why      string `json:"why,omitempty"`
	Size     *int64 `json:"size,omitempty"`
	Bytes    int64  `json:"bytes"`
	Verified bool   `json:"verified,omitempty"`
	Checksum string `json:"checksum,omitempty"` // the algorithm, if both sides were compared by it
	Cleared  bool   `json:"source_removed,omitempty"`
	DryRun   bool   `json:"dry_run,omitempty"`
	Error    string `json:"error,omitempty"`
	Status   int    `json:"status,omitempty"` // exit status of the error
}

func (v *jobView) writeEvent(e transfer.Ended) {
	j := jobEvent{
		Event: e.Action.String(), Path: e.Path, Target: e.Result.Target, Why: e.Why,
		Bytes: e.Result.Bytes, Verified: e.Result.Verified,
		Checksum: e.Result.Checksum, Cleared: e.Result.SourceRemoved, DryRun: v.dryRun,
	}
	if e.Size >= 0 {
		j.Size = &e.Size
	}
	if e.Result.Skipped != "" {
		j.Event, j.Why = transfer.PassOver.String(), e.Result.Skipped
	}
	if e.Err != nil {
		j.Event, j.Error, j.Status = "fail", e.Err.Error(), ExitStatus(e.Err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	writeJSONLine(v.Print.Out(), j)
}

// jobSummary is the last object that --json prints.
type jobSummary struct {
	Event   string  `json:"event"` // summary
	Moved   int     `json:"moved"`
	Same    int     `json:"same"`
	Skipped int     `json:"skipped"`
	Made    int     `json:"made"`
	Removed int     `json:"removed"`
	Cleared int     `json:"sources_removed"`
	Failed  int     `json:"failed"`
	Left    int     `json:"left"`
	Bytes   int64   `json:"bytes"`
	Seconds float64 `json:"seconds"`
}

// conclude tells what the job came to, and returns what is left to tell.
func (v *jobView) conclude(s transfer.Summary, err error) error {
	if err != nil && err == v.only {
		return err
	}
	v.goesOn()
	var failed *transfer.JobError
	began := s != transfer.Summary{Took: s.Took}
	if !errors.As(err, &failed) && err != nil && !began && !v.asJSON {
		return err
	}
	v.sum(s)
	if failed == nil {
		return err
	}
	if hint := v.Hint(err); hint != "" && !v.asJSON {
		v.Print.Hint("%s", hint)
	}
	return &ToldError{Words: err.Error(), Status: Status(ExitStatus(err))}
}

// sum tells all in one line.
func (v *jobView) sum(s transfer.Summary) {
	if v.asJSON {
		writeJSONLine(v.Print.Out(), jobSummary{
			Event: "summary", Moved: s.Moved, Same: s.Same, Skipped: s.Skipped, Made: s.Made, Removed: s.Removed, Cleared: s.Cleared,
			Failed: s.Failed, Left: s.Left, Bytes: s.Bytes, Seconds: s.Took.Seconds(),
		})
		return
	}
	v.Print.Note("%s", v.inWords(s))
}
