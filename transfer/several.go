package transfer

import (
	"context"
	"errors"
	"os"
	"path"
	"strings"

	"ftpsh/internal/listing"
)

// Several is a plan of single files and of trees.
type Several struct {
	Files []Single

	// One of these two makes the transfer of one of Files, but for its Progress, when its turn has come:
	// there may be very many. Several goroutines call it.
	Fetch func(Single) Download
	Send  func(Single) Upload

	Trees  []*Mirror
	Wrong  []error  // what was found wrong before: it counts
	Passed []string // directories that a pattern has found, and that are not wanted
}

// Single is a file that was named, or that a pattern has found.
type Single struct {
	Path   string         // as its user knows it, on the side that it comes from
	Listed *listing.Entry // of a pattern, what a listing has told: if it turns out to be a directory, nobody meant it

	size  int64 // bytes; below 0 unknown
	there *Node // what a listing has told of the name that it gets on the server; nil if none has been asked for
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
	s.enlist(j)
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

// enlist puts the files into the queue, and tells the observer what is to be expected of them.
func (s *Several) enlist(j *Job) {
	unsized, bytes := 0, int64(0)
	for i := range s.Files {
		f := &s.Files[i]
		if f.size = s.sizeOf(f); f.size < 0 {
			unsized++
		} else {
			bytes += f.size
		}
	}
	j.found(len(s.Files), unsized, bytes)
	j.todo().later(len(s.Files), func(at int) task {
		f := &s.Files[at]
		return &single{Single: f, of: s, expected: expected{bytes: f.size}}
	})
}

// sizeOf is how many bytes a file has, below 0 if that is not known.
func (s *Several) sizeOf(f *Single) int64 {
	switch {
	case s.Send != nil:
		if info, err := os.Stat(s.Send(*f).Path); err == nil {
			return info.Size()
		}
		return 0 // nothing is to be expected of it
	case f.Listed != nil && f.Listed.Type == listing.File:
		return f.Listed.Size
	}
	return -1
}

// severalUploads is from how many files on one listing is cheaper than a question about each.
const severalUploads = 4

// lookAhead finds out by a listing what there is of the files that are to be sent, where many go into one
// directory.
func (s *Several) lookAhead(ctx context.Context, j *Job) error {
	for dir, files := range s.sentTo() {
		if len(files) < severalUploads {
			continue
		}
		d, err := readRemote(ctx, j.Conn, dir)
		switch {
		case err != nil && ends(ctx, err):
			return err
		case err != nil || !d.Whole():
			continue
		}
		for _, f := range files {
			f.there = d.tells(s.Send(*f).Remote, j.Conn.Features().Has("MLST"))
		}
	}
	return nil
}

// sentTo are the directories on the server that files are sent to, with those about which the server would
// have to be asked.
func (s *Several) sentTo() map[string][]*Single {
	into := map[string][]*Single{}
	for i := range s.Files {
		if s.Send == nil {
			break
		}
		if u := s.Send(s.Files[i]); u.Known == nil && !u.Append && !u.Unique {
			dir := path.Dir(u.Remote)
			into[dir] = append(into[dir], &s.Files[i])
		}
	}
	return into
}

// tells is what a whole listing says about a file of the directory; nil if it may have left the file out.
// Facts says that it is no LIST.
func (d *Directory) tells(file string, facts bool) *Node {
	if at, found := d.search(path.Base(file)); found {
		return &d.Nodes[at]
	}
	if seesAll(facts, file) {
		return nothing
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
	*Single
	of *Several
	sending
	expected
}

func (f *single) name() string { return f.Path }

func (f *single) looks() bool { return false }

func (f *single) sends() bool { return f.of.Send != nil }

func (f *single) run(ctx context.Context, w *worker, more bool, done func(error)) {
	if f.sends() {
		u := f.upload(w)
		f.sending.send(ctx, w, u, f.failed, more, f.ended(w, u.Op, done))
		return
	}
	d := f.download(w, more)
	f.ended(w, d.Op, done)(Get(ctx, w.conn, d))
}

// ended is what is called with what an attempt has come to.
func (f *single) ended(w *worker, op string, done func(error)) func(Result, error) {
	return func(result Result, err error) {
		e := Ended{Action: MoveFile, Path: f.Path, Size: f.size, Why: "named"}
		if f.Listed != nil && errors.Is(err, ErrDirectory) {
			e.Action, e.Why, err = PassOver, whyDirectory, nil
		}
		if arrived(err) {
			f.turnsOut(w.Job, 0)
			w.moved(e, result)
		}
		done(renamed(op, err))
	}
}

func (f *single) upload(w *worker) Upload {
	u := f.of.Send(*f.Single)
	if f.there != nil {
		u.Known = f.there
	}
	u.DryRun, u.Progress = w.DryRun, f.progress(w.Job)
	return u
}

func (f *single) download(w *worker, more bool) Download {
	d := f.of.Fetch(*f.Single)
	d.DryRun, d.Progress = w.DryRun, f.progress(w.Job)
	d.More, d.Part = more, d.Part || f.failed > 0 && !d.ASCII && d.Region == nil
	if errors.Is(f.why, errGrew) {
		d.Known = nil
	}
	return d
}
