//go:build unix

package transfer

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"ftpsh/internal/demo"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// The server is ended in the middle of files and started again: the job connects again, goes on with each file
// from where it was, after it has compared the end of what is here, and does the rest.
func TestF13_TheServerRestarts(t *testing.T) {
	for name, upload := range map[string]bool{"down": false, "up": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			tree := map[string]string{"a": string(random(300_000)), "b": string(random(200_000)), "c": "c"}
			var halfway atomic.Int32
			ended := make(chan bool)
			verb := cond(upload, "STOR", "RETR")
			b.On(verb, func(c *script.Conversation, name string) {
				f, _ := b.Tree.Get(absolute(name))
				if halfway.Add(1) != 2 {
					c.Default(verb, name)
					return
				}
				c.Reply("150 go on")
				d := c.Data()
				if upload {
					d.Receive(1000)
				} else {
					d.Send(string(f.Content[:len(f.Content)/2]))
				}
				close(ended)
				<-c.Done()
			})
			if upload {
				plant(t, b.dir, tree)
			} else {
				for name, content := range tree {
					b.Tree.Write("/d/"+name, []byte(content))
				}
			}
			restarted := make(chan *script.Server, 1)
			go func() {
				<-ended
				_ = b.Close() // its tests fail if it cannot
				again, err := script.Start(script.Options{Listen: b.Addr(), Tree: b.Tree})
				if err != nil {
					t.Error(err)
				}
				restarted <- again
			}()
			summary, told, err := b.job(t, &Job{Workers: 2, Retries: 50, Pause: 20 * time.Millisecond}, mirrored(b.dir, "/d", upload))
			again := <-restarted
			if again == nil {
				return
			}
			t.Cleanup(func() { again.Close() })
			if err != nil || summary.Moved != 3 {
				t.Errorf("%+v, %v\n%s", summary, err, strings.Join(told, "\n"))
			}
			for name, content := range tree {
				if there, _ := again.Tree.Get("/d/" + name); string(there.Content) != content {
					t.Errorf("%s has %d bytes on the server", name, len(there.Content))
				}
			}
			sameTree(t, files(t, b.dir), tree)
			if resumed := strings.Contains(strings.Join(again.Log(), "\n"), "REST "); resumed == upload {
				t.Errorf("went on from the middle: %v", resumed)
			}
		})
	}
}

// pausedServer is a server in a process of its own, which can be stopped as sleep stops a machine.
type pausedServer struct {
	t                    *testing.T
	process              *os.Process
	addr, password, home string
}

func startPaused(t *testing.T) *pausedServer {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), pauseVariable+"=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &pausedServer{t: t, process: cmd.Process}
	t.Cleanup(func() {
		s.signal(syscall.SIGCONT)
		in.Close()
		_ = cmd.Wait() // it has nothing to say
	})
	if _, err := fmt.Fscan(out, &s.addr, &s.password, &s.home); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *pausedServer) signal(signal os.Signal) {
	s.t.Helper()
	if err := s.process.Signal(signal); err != nil {
		s.t.Error(err)
	}
}

// The server stops, as one does whose machine or network sleeps: a transfer ends at its deadline, with what has
// come kept, and when the server is awake again, the next one connects anew and goes on from there.
func TestF32_TheServerSleeps(t *testing.T) {
	s := startPaused(t)
	content := string(random(8 << 20))
	if err := os.WriteFile(filepath.Join(s.home, "a"), []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	b := &bench{conn: connect(t, s.addr, demo.User, s.password, remote.Options{}, wire.TLSNever), dir: t.TempDir()}
	for _, upload := range []bool{false, true} {
		b.limit(t, wire.Timeouts{Data: 500 * time.Millisecond, Reply: 500 * time.Millisecond, Final: 500 * time.Millisecond})
		first := &stopper{stop: func() { s.signal(syscall.SIGSTOP) }, rest: 1 << 20}
		began := time.Now()
		var err error
		if upload {
			first.Reader = strings.NewReader(content)
			_, err = b.put(t, Upload{Local: "-", From: first, Remote: "up"})
		} else {
			_, err = Get(t.Context(), b.conn, Download{Remote: "a", To: first})
		}
		if took := time.Since(began); err == nil || !strings.Contains(err.Error(), "no progress for") || took > 30*time.Second {
			t.Errorf("upload %v: after %v: %v", upload, took, err)
		}
		s.signal(syscall.SIGCONT)
		b.limit(t, wire.Timeouts{})
		if result, err := b.get(t, Download{Remote: "a", Part: true, Policy: Overwrite}); err != nil || !result.Verified {
			t.Errorf("upload %v: awake again: %+v, %v", upload, result, err)
		}
	}
}

// A job that runs while the server sleeps goes on when it is awake.
func TestF32_TheServerSleepsDuringAJob(t *testing.T) {
	s := startPaused(t)
	tree := map[string]string{}
	for i := range 300 {
		tree[fmt.Sprint("f", i)] = strings.Repeat("x", i)
	}
	if err := os.Mkdir(filepath.Join(s.home, "d"), 0o777); err != nil {
		t.Fatal(err)
	}
	plant(t, filepath.Join(s.home, "d"), tree)
	b := &bench{conn: connect(t, s.addr, demo.User, s.password, remote.Options{}, wire.TLSNever), dir: t.TempDir()}
	b.limit(t, wire.Timeouts{Data: time.Second, Reply: time.Second, Final: time.Second})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for ctx.Err() == nil && len(b.names(t)) < 50 {
			time.Sleep(time.Millisecond)
		}
		s.signal(syscall.SIGSTOP)
		pause(ctx, 3*time.Second)
		s.signal(syscall.SIGCONT)
	}()
	summary, told, err := b.down(t, &Job{Workers: 3, Retries: 50, Pause: 50 * time.Millisecond})
	if err != nil || summary.Moved != 300 {
		t.Errorf("%+v, %v\n%s", summary, err, strings.Join(told[:min(9, len(told))], "\n"))
	}
	sameTree(t, files(t, b.dir), tree)
}

// limit sets how long the connection may stand still from now on.
func (b *bench) limit(t *testing.T, limits wire.Timeouts) {
	t.Helper()
	if err := b.conn.Reconfigure(remote.Options{Timeouts: limits}, wire.TLSNever, false); err != nil {
		t.Fatal(err)
	}
}

// stopper does something once so many bytes have gone through it.
type stopper struct {
	*strings.Reader
	stop func()
	rest int
}

func (s *stopper) passed(n int) {
	if s.rest > 0 && s.rest <= n {
		s.stop()
	}
	s.rest -= n
}

func (s *stopper) Write(p []byte) (int, error) {
	s.passed(len(p))
	return len(p), nil
}

func (s *stopper) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	s.passed(n)
	return n, err
}
