package transfer

import (
	"context"
)

// Several is a plan of single files and of trees.
type Several struct {
	Downloads []Download // their Progress is the job's
	Uploads   []Upload   // likewise
	Trees     []*Mirror
}

func (s *Several) begin(ctx context.Context, j *Job) error {
	for _, m := range s.Trees {
		if err := m.begin(ctx, j); err != nil {
			return err
		}
	}
	var files []task
	for i := range s.Downloads {
		files = append(files, &single{path: s.Downloads[i].Remote, download: &s.Downloads[i]})
	}
	for i := range s.Uploads {
		files = append(files, &single{path: s.Uploads[i].Local, upload: &s.Uploads[i]})
	}
	j.found(len(files), 0)
	if len(s.Trees) == 0 {
		j.known()
	}
	j.todo().move(files...)
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

// single is one file that was named.
type single struct {
	attempts
	path     string
	download *Download // one of these two
	upload   *Upload
}

func (f *single) name() string { return f.path }

func (f *single) looks() bool { return false }

func (f *single) run(ctx context.Context, w *worker, more bool, done func(error)) {
	if w.DryRun {
		w.tell(Ended{Action: MoveFile, Path: f.path, Size: -1, Why: "named"})
		done(nil)
		return
	}
	ended := func(result Result, err error) {
		if err == nil {
			w.tell(Ended{Action: MoveFile, Path: f.path, Size: -1, Result: result})
		}
		done(err)
	}
	if f.upload != nil {
		u := *f.upload
		u.Progress = w.progress()
		ended(Put(ctx, w.conn, u))
		return
	}
	d := *f.download
	d.More, d.Progress, d.Part = more, w.progress(), f.failed > 0 && !d.ASCII
	ended(Get(ctx, w.conn, d))
}
