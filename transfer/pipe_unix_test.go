//go:build unix

package transfer

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"ftpsh/internal/script"
)

// pipe makes a named pipe among the local files.
func (b *bench) pipe(t *testing.T, name string) (path string) {
	t.Helper()
	path = filepath.Join(b.dir, name)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A put of a pipe that nobody writes to could not be ended, not by Ctrl-C and not by SIGTERM.
func TestPipeWithoutWriterCanBeCancelled(t *testing.T) {
	b := newBench(t)
	path := b.pipe(t, "a")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := Put(ctx, b.conn, Upload{Local: "a", Path: path, Remote: "a"})
		ended <- err
	}()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	b.usable(t)
}

// The same when a writer is there and says nothing.
func TestSilentPipeCanBeCancelled(t *testing.T) {
	b := newBench(t)
	path := b.pipe(t, "a")
	writer, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	ctx, cancel := context.WithCancel(t.Context())
	b.On("STOR", func(c *script.Conversation, name string) {
		cancel()
		c.Default("STOR", name)
	})
	if _, err := Put(ctx, b.conn, Upload{Local: "a", Path: path, Remote: "a"}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	b.usable(t)
}

// A queue of uploads opened a pipe, saw that it was none of its own, and closed it under the program that
// wrote to it.
func TestPipeIsOpenedOnce(t *testing.T) {
	b := newBench(t)
	path := b.pipe(t, "a")
	upload := Upload{Local: "a", Path: path, Remote: "a", Policy: Overwrite, Known: &Node{}}
	written := make(chan error, 1)
	go func() {
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err == nil {
			_, err = file.WriteString("from a pipe")
			err = errors.Join(err, file.Close())
		}
		written <- err
	}()
	if putNext(t.Context(), b.conn, upload, false, nil) {
		t.Fatal("a pipe joined a queue")
	}
	if _, err := Put(t.Context(), b.conn, upload); err != nil {
		t.Error(err)
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
	b.wantThere(t, "/a", "from a pipe", "a")
}
