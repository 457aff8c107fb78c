package transfer

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// talk counts how often each connection of a session has spoken after having listened: over a link
// where a reply takes its time, each of these is a round trip.
type talk struct {
	mu     sync.Mutex
	spoken map[int]bool // the latest was ours
	trips  map[int]int
	lines  []string
}

func (t *talk) observe(e wire.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e.Kind {
	case wire.Received:
		t.spoken[e.Conn] = false
	case wire.Sent:
		if !t.spoken[e.Conn] {
			t.trips[e.Conn]++
		}
		t.spoken[e.Conn] = true
		t.lines = append(t.lines, fmt.Sprintf("%d %2d %s", e.Conn, t.trips[e.Conn], e.Text))
	}
}

// total is the round trips of all connections since the last call.
func (t *talk) total() (trips int, lines []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, n := range t.trips {
		trips += n
	}
	lines, t.lines = t.lines, nil
	clear(t.trips)
	return trips, lines
}

// farBench is a bench whose server is 10 ms away.
func farBench(t *testing.T, prepare ...func(*script.Server)) (*bench, *talk) {
	t.Helper()
	heard := &talk{spoken: map[int]bool{}, trips: map[int]int{}}
	srv := ftptest.Script(t, script.Options{})
	for _, prepare := range prepare {
		prepare(srv)
	}
	conn := remote.New(remote.Hooks{Observe: heard.observe})
	host, port, _ := net.SplitHostPort(ftptest.Delay(t, srv.Addr(), 10*time.Millisecond))
	number, _ := strconv.Atoi(port)
	if err := conn.Open(t.Context(), remote.Site{Host: host, Port: number, User: "ann", Password: "x", TLS: wire.TLSNever}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background(), true) })
	return &bench{Server: srv, conn: conn, dir: t.TempDir()}, heard
}

// Each file takes two round trips, of which one is its data connection's and not counted here. What comes
// on top is the same for any number of files: a login of three for each connection, and the listings.
func TestRoundTripsOfAJob(t *testing.T) {
	const n, k = 60, 3
	b, heard := farBench(t)
	tree := map[string]string{}
	for i := range n {
		tree[fmt.Sprint(i)] = "content"
	}
	plant(t, b.dir, tree)
	heard.total()
	for _, step := range []struct {
		name   string
		upload bool
		extra  int
	}{{"up", true, k + 4}, {"down", false, 3}} {
		if step.name == "down" {
			b.dir = t.TempDir()
		}
		summary, told, err := b.job(t, &Job{Workers: k}, mirrored(b.dir, "/d", step.upload))
		trips, lines := heard.total()
		if err != nil || summary.Moved != n {
			t.Fatalf("%s: %+v, %v\n%s", step.name, summary, err, told)
		}
		if most := n + (k - 1) + step.extra; trips > most {
			t.Errorf("%s: %d files over %d connections take %d round trips, want %d at most", step.name, n, k, trips, most)
			for _, line := range lines {
				t.Log(line)
			}
		}
	}
}

// A directory takes two round trips, of which one is its data connection's: the way to that is agreed on
// while the directory before it is listed.
func TestRoundTripsOfAMirrorWithNothingToDo(t *testing.T) {
	const n, k = 60, 3
	b, heard := farBench(t)
	for i := range n {
		b.Tree.Write(fmt.Sprintf("/d/%02d/file", i), []byte("content"))
	}
	if summary, told, err := b.job(t, &Job{Workers: k}, mirrored(b.dir, "/d", false)); err != nil || summary.Moved != n {
		t.Fatalf("%+v, %v\n%s", summary, err, told)
	}
	heard.total()
	summary, told, err := b.job(t, &Job{Workers: k}, mirrored(b.dir, "/d", false))
	trips, lines := heard.total()
	if err != nil || summary.Same != n {
		t.Fatalf("%+v, %v\n%s", summary, err, told)
	}
	if most := n + k*2 + 3; trips > most {
		t.Errorf("%d directories over %d connections take %d round trips, want %d at most", n, k, trips, most)
		for _, line := range lines {
			t.Log(line)
		}
	}
}

// A file by itself: what is asked about it before and afterwards leaves in one write each. It used to take a
// round trip for each question.
func TestRoundTripsOfAFile(t *testing.T) {
	for name, features := range map[string]string{
		"with MLST":    " MLST type*;size*;modify*;\r\n MFMT",
		"without MLST": " SIZE\r\n MDTM\r\n MFMT",
	} {
		t.Run(name, func(t *testing.T) {
			b, heard := farBench(t, func(srv *script.Server) {
				srv.On("FEAT", func(c *script.Conversation, _ string) { c.Reply("211-\r\n" + features + "\r\n211 ") })
			})
			b.Tree.Write("/there", []byte("content"))
			plant(t, b.dir, map[string]string{"here": "content"})
			heard.total()
			_, err := Get(t.Context(), b.conn, Download{Remote: "/there", Dir: b.dir, Name: "there", Preserve: true})
			if trips, lines := heard.total(); err != nil || trips != 3 {
				t.Errorf("get takes %d round trips, want 3: questions, EPSV, RETR; %v\n%s", trips, err, strings.Join(lines, "\n"))
			}
			_, err = Put(t.Context(), b.conn, Upload{Local: "here", Path: filepath.Join(b.dir, "here"), Remote: "/here", Preserve: true})
			if trips, lines := heard.total(); err != nil || trips != 5 {
				t.Errorf("put takes %d round trips, want 5: question, EPSV, STOR, questions, RNTO; %v\n%s", trips, err, strings.Join(lines, "\n"))
			}
		})
	}
}

// A server that bears no commands during a listing is asked again, one at a time, and nobody hears of it.
func TestMirrorWhereNothingCanBeSentAhead(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/d/sub/file", []byte("content"))
	var once sync.Once
	b.On("MLSD", func(c *script.Conversation, argument string) {
		broken := false
		once.Do(func() {
			broken = true
			c.Reply("150 here it comes")
			if line, err := c.ReadLine(); line != "EPSV" {
				t.Errorf("behind MLSD comes %q, %v", line, err)
			}
			c.Data().Reset()
			c.Reply("426 killed", "229 here (|||4711|)")
		})
		if !broken {
			c.Default("MLSD", argument)
		}
	})
	summary, told, err := b.down(t, &Job{})
	if err != nil || summary.Moved != 1 || summary.Failed != 0 {
		t.Errorf("%+v, %v\n%s", summary, err, told)
	}
}
