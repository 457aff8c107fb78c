package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"ftpsh/internal/lang"
	"ftpsh/remote"
)

// Copy is one file on the server that is to be copied there. FTP knows no such command, so its bytes travel
// through this machine: from one connection to another, or through a file here where there is no second one.
type Copy struct {
	Op       string // the command, for errors
	From, To string // paths on the server
	Policy   Policy
	Asker    Asker
	Manner   Manner
	Preserve bool // the copy gets the time of the original

	Source *Node // what a listing has just told about From; nil asks
	Target *Node // likewise of To: without a Name, that there is nothing

	Progress Progress
}

// size is how many bytes it has, below 0 if that is not known.
func (c *Copy) size() int64 {
	if c.Source == nil {
		return -1
	}
	return c.Source.Size
}

// CopyFile copies a file. Its copy has its name only when it is known to have as many bytes as the server tells
// of the original.
func CopyFile(ctx context.Context, conn *remote.Conn, c Copy) (Result, error) {
	result, err := c.run(ctx, conn)
	return result, renamed(c.Op, err)
}

func (c *Copy) run(ctx context.Context, conn *remote.Conn) (Result, error) {
	unmoved := Result{Source: c.From, Target: c.To, Size: -1}
	original, err := known(ctx, conn, c.From, c.Source, c.Preserve || c.Policy == NewerOnly || c.Policy == Ask, c.Preserve)
	switch {
	case err != nil:
		return unmoved, err
	case original.dir:
		return unmoved, &Error{
			Op: c.Op, Name: c.From, Kind: ErrDirectory, Text: "it is a directory",
			Next: c.Op + " -r " + lang.Operands(c.From, c.To), status: statusFailed,
		}
	}
	second, err := conn.Worker(ctx)
	var crowded *remote.CrowdedError
	if errors.As(err, &crowded) {
		return c.byFile(ctx, conn, original)
	}
	if err != nil {
		return unmoved, err
	}
	defer second.Release()
	return c.streamed(ctx, conn, second, original)
}

// upload is the second half of a copy.
func (c *Copy) upload(original facts) Upload {
	return Upload{
		Op: c.Op, Local: c.From, Remote: c.To,
		Again:  func(flags string) string { return c.Op + " " + flags + " " + lang.Operands(c.From, c.To) },
		About:  &Version{Size: original.size, Time: original.time},
		Manner: c.Manner, Policy: c.Policy, Asker: c.Asker, Preserve: c.Preserve,
		Known: c.Target, Progress: c.Progress,
	}
}

// streamed copies from one connection to the other.
func (c *Copy) streamed(ctx context.Context, conn, second *remote.Conn, original facts) (Result, error) {
	ctx, stop := context.WithCancel(ctx)
	reader, writer := io.Pipe()
	var fetching sync.WaitGroup
	var broken error
	source := &onRead{Reader: reader, begin: func() {
		fetching.Go(func() {
			broken = c.fetch(ctx, second, writer, original.size)
			writer.CloseWithError(broken)
		})
	}}
	u := c.upload(original)
	u.From = source
	result, err := Put(ctx, conn, u)
	stop()
	reader.CloseWithError(io.ErrClosedPipe)
	fetching.Wait()
	if err != nil && broken != nil && !errors.Is(broken, io.ErrClosedPipe) && !errors.Is(broken, context.Canceled) {
		err = broken // to the other half, that was a failure of its source
	}
	return result, err
}

// fetch is the first half. Its error, also about bytes that are missing, keeps the copy from its name.
func (c *Copy) fetch(ctx context.Context, conn *remote.Conn, to io.Writer, size int64) error {
	restore, err := useType(ctx, conn, false)
	defer restore()
	if err != nil {
		return err
	}
	out, err := conn.Get(ctx, c.From, 0, func() (io.Writer, error) { return to, nil })
	if err == nil && size >= 0 && out.Bytes != size {
		err = &Error{
			Op: c.Op, Name: c.From, Kind: ErrIncomplete, status: statusIncomplete,
			Text: fmt.Sprintf("%d bytes of %d came", out.Bytes, size),
		}
	}
	return err
}

// onRead begins something when it is read for the first time.
type onRead struct {
	io.Reader
	begin func()
	once  sync.Once
}

func (r *onRead) Read(p []byte) (int, error) {
	r.once.Do(r.begin)
	return r.Reader.Read(p)
}

// byFile copies through a temporary file here.
func (c *Copy) byFile(ctx context.Context, conn *remote.Conn, original facts) (Result, error) {
	result := Result{Source: c.From, Target: c.To, Size: -1}
	file, err := os.CreateTemp("", "ftpsh-copy-*")
	if err != nil {
		return result, localError(c.Op, os.TempDir(), err)
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if err := c.fetch(ctx, conn, file, original.size); err != nil {
		return result, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return result, localError(c.Op, file.Name(), err)
	}
	u := c.upload(original)
	u.From = file
	return Put(ctx, conn, u)
}
