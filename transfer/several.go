package transfer

import (
	"context"
	"errors"
	"os"
	"path"
	"strings"
)

// Several is a plan of single files and of trees.
type Several struct {
	Files  []Single
	Trees  []*Mirror
	Wrong  []error  // what was found wrong before: it counts
	Passed []string // directories that a pattern has found, and that are not wanted
}

// Single is a file that was named, or that a pattern has found. Its Progress is the job's.
type Single struct {
	Download *Download // one of these two
	Upload   *Upload
	Matched  bool // by a pattern: if it turns out to be a directory, nobody meant it
}

func (s *Several) begin(ctx context.Context, j *Job) error {
	for _, err := range s.Wrong {
		j.tell(Ended{Size: -1, Err: err})
	}
	for _, name := range s.Passed {
		j.tell(Ended{Action: PassOver, Path: name, Size: -1, Why: whyDirectory})
	}
	for _, m := range s.Trees {
		switch err := m.begin(ctx, j); {
		case err == nil:
		case len(s.Trees)+len(s.Files) == 1:
			return err
		default: // the others are another matter
			j.tell(Ended{Path: m.Shown, Size: -1, Err: err})
		}
	}
	if err := s.lookAhead(ctx, j); err != nil {
		return err
	}
	var files []task
	for _, f := range s.Files {
		length := f.size()
		files = append(files, &single{Single: f, length: length, expected: expected{bytes: length}})
	}
	j.enlist(files)
	if len(s.Trees) == 0 {
		j.known()
	}
	return nil
}

func (s *Several) end(ctx context.Context, j *Job, tried bool) error {
	var first error
	for _, m := range s.Trees {
		if err := m.end(ctx, j, tried); first == nil {
			first = err
		}
	}
	return first
}

// severalUploads is from how many files on one listing is cheaper than a question about each.
const severalUploads = 4

// lookAhead finds out by a listing what there is of the files that are to be sent, where many go into one
// directory.
func (s *Several) lookAhead(ctx context.Context, j *Job) error {
	into := map[string][]*Upload{}
	for i := range s.Files {
		if u := s.Files[i].Upload; u != nil && u.Known == nil && !u.Append && !u.Unique {
			dir := path.Dir(u.Remote)
			into[dir] = append(into[dir], u)
		}
	}
	for dir, uploads := range into {
		if len(uploads) < severalUploads {
			continue
		}
		d, err := readRemote(ctx, j.Conn, dir)
		switch {
		case err != nil && ends(ctx, err):
			return err
		case err != nil || !d.Whole():
			continue
		}
		for _, u := range uploads {
			if n := d.find(path.Base(u.Remote)); n.Name != "" || seesAll(j.Conn.Features().Has("MLST"), u.Remote) {
				u.Known = &n
			}
		}
	}
	return nil
}

// seesAll says that a listing shows a file of that name if there is one: LIST may leave out those that
// begin with a dot.
func seesAll(facts bool, name string) bool {
	return facts || !strings.HasPrefix(path.Base(name), ".")
}

// whyDirectory is why what a pattern has found is passed over.
const whyDirectory = "a directory"

// single is the task of a Single.
type single struct {
	attempts
	Single
	length int64 // bytes of the file; below 0 unknown
	sending
	expected
}

func (f *single) name() string {
	if f.Upload != nil {
		return f.Upload.Local
	}
	return f.Download.Remote
}

func (f *single) op() string {
	if f.Upload != nil {
		return f.Upload.Op
	}
	return f.Download.Op
}

// size is how many bytes it has, below 0 if that is not known.
func (s *Single) size() int64 {
	if s.Upload != nil {
		if info, err := os.Stat(s.Upload.Path); err == nil {
			return info.Size()
		}
		return 0 // nothing is to be expected of it
	}
	if s.Download.Known != nil {
		return s.Download.Known.Size
	}
	return -1
}

func (f *single) looks() bool { return false }

func (f *single) sends() bool { return f.Upload != nil }

func (f *single) run(ctx context.Context, w *worker, more bool, done func(error)) {
	e := Ended{Action: MoveFile, Path: f.name(), Size: f.length, Why: "named"}
	ended := func(result Result, err error) {
		if f.Matched && errors.Is(err, ErrDirectory) {
			e.Action, e.Why, err = PassOver, whyDirectory, nil
		}
		if arrived(err) {
			f.turnsOut(w.Job, 0)
			w.moved(e, result)
		}
		done(renamed(f.op(), err))
	}
	if f.Upload != nil {
		u := *f.Upload
		u.DryRun = w.DryRun
		u.Progress = f.progress(w.Job)
		f.sending.send(ctx, w, u, f.failed, more, ended)
		return
	}
	d := *f.Download
	d.DryRun = w.DryRun
	d.More, d.Progress, d.Part = more, f.progress(w.Job), d.Part || f.failed > 0 && !d.ASCII && d.Region == nil
	if errors.Is(f.why, errGrew) {
		d.Known = nil
	}
	ended(Get(ctx, w.conn, d))
}
