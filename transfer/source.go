package transfer

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"
)

// source is where an upload's bytes come from: a file that is watched for changes, or anything that
// can be read once.
type source struct {
	reader io.Reader
	closer io.Closer // nil when it is not ours to close
	file   *os.File  // nil when it can be read only once
	path   string    // of the file
	info   os.FileInfo
	size   int64 // when it was opened; -1 unknown
	time   time.Time
	piece  *span // what of the file is sent; nil for all
}

// openSource opens a regular file, or a device or pipe.
func openSource(ctx context.Context, path string) (*source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, ErrDirectory
	}
	file, err := openWaiting(ctx, path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return &source{reader: readOnce(ctx, file), closer: file, size: -1}, nil
	}
	if info, err = file.Stat(); err != nil {
		file.Close()
		return nil, err
	}
	return &source{reader: file, closer: file, file: file, path: path, info: info, size: info.Size(), time: info.ModTime()}, nil
}

// openWaiting opens what is there already. A pipe may have to wait for the program at its other end, which the
// end of ctx ends.
func openWaiting(ctx context.Context, path string, flag int) (*os.File, error) {
	type opened struct {
		file *os.File
		err  error
	}
	ready := make(chan opened, 1)
	go func() {
		file, err := os.OpenFile(path, flag, 0)
		ready <- opened{file, err}
	}()
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case o := <-ready:
		return o.file, o.err
	}
}

// from makes the next reading begin at an offset.
func (s *source) from(offset int64) error {
	if s.file == nil {
		if offset == 0 {
			return nil
		}
		return fmt.Errorf("it cannot be read from the middle")
	}
	if s.piece == nil {
		_, err := s.file.Seek(offset, io.SeekStart)
		return err
	}
	_, err := s.file.Seek(s.piece.From, io.SeekStart)
	s.reader = io.LimitReader(s.file, s.length())
	return err
}

// length is how many bytes are to be sent; -1 unknown.
func (s *source) length() int64 {
	if s.piece == nil {
		return s.size
	}
	return s.piece.To - s.piece.From
}

// changed says how the file is not any more what it was when it was opened; empty if nothing shows.
// sent is how many bytes of the whole were read from it.
func (s *source) changed(sent int64) string {
	if s.file == nil {
		return ""
	}
	now, err := os.Stat(s.path)
	switch {
	case err != nil || !os.SameFile(s.info, now):
		return "it was removed or replaced"
	case now.Size() != s.size:
		return fmt.Sprintf("it went from %d to %d bytes", s.size, now.Size())
	case sent != s.length():
		return fmt.Sprintf("it had %d bytes, and %d were read", s.length(), sent)
	case !now.ModTime().Equal(s.time):
		return "it was written to"
	}
	return ""
}

func (s *source) close() {
	if o, ok := s.reader.(*once); ok && o.pipe != nil {
		o.pipe.Close()
	}
	if s.closer != nil {
		s.closer.Close()
	}
}

// unread says that a second attempt would send the same.
func (s *source) unread() bool {
	o, ok := s.reader.(*once)
	return !ok || o.pipe == nil
}

// once is something that can be read only once, and may have nothing to say for long.
type once struct {
	begin func() *io.PipeReader
	pipe  *io.PipeReader // nil until something was read
}

// readOnce makes readings that end when ctx does, even one that waits for a program to say more.
func readOnce(ctx context.Context, from io.Reader) *once {
	return &once{begin: func() *io.PipeReader {
		reader, writer := io.Pipe()
		stop := context.AfterFunc(ctx, func() { reader.CloseWithError(context.Cause(ctx)) })
		go func() {
			defer stop()
			_, err := io.Copy(writer, struct{ io.Reader }{from}) // by Read alone: what counts or limits the bytes sits there
			writer.CloseWithError(err)
		}()
		return reader
	}}
}

func (o *once) Read(p []byte) (int, error) {
	if o.pipe == nil {
		o.pipe = o.begin()
	}
	return o.pipe.Read(p)
}
