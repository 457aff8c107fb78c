package transfer

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

func TestDownloadKeepsTimeAndMode(t *testing.T) {
	b := newBench(t)
	changed := time.Date(2021, 5, 6, 7, 8, 9, 0, time.UTC)
	b.Tree.Write("/a", []byte("text\n"))
	if err := b.Tree.Touch("/a", changed); err != nil {
		t.Fatal(err)
	}
	if _, err := b.get(t, Download{Remote: "/a", Preserve: true}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(b.dir, "a"))
	if err != nil || !info.ModTime().Equal(changed) {
		t.Errorf("the file is of %v, want %v (%v)", info.ModTime(), changed, err)
	}
	// What any other program would have made here.
	file, err := os.Create(filepath.Join(b.dir, "usual"))
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
	usual, _ := os.Stat(file.Name())
	if info.Mode() != usual.Mode() {
		t.Errorf("the mode is %v, want %v", info.Mode(), usual.Mode())
	}
	if err := os.Chmod(filepath.Join(b.dir, "a"), 0o700); err != nil {
		t.Fatal(err)
	}
	before := time.Now().Add(-time.Minute)
	if _, err := b.get(t, Download{Remote: "/a", Policy: Overwrite}); err != nil {
		t.Fatal(err)
	}
	info, _ = os.Stat(filepath.Join(b.dir, "a"))
	if info.Mode() != 0o700 || info.ModTime().Before(before) {
		t.Errorf("replaced without preserve: mode %v, time %v", info.Mode(), info.ModTime())
	}
}

// cutDownload plays a RETR that sends a part of the file and then ends as told.
func cutDownload(content []byte, end func(c *script.Conversation, d *script.Data)) script.Handler {
	return func(c *script.Conversation, _ string) {
		c.Reply("150 here it comes")
		d := c.Data()
		d.Send(string(content))
		end(c, d)
	}
}

// Half of the file, and then the transfer ends in every way there is. Success would be a lie.
func TestS44_D05_D06_F04_CutDownloadIsNoSuccess(t *testing.T) {
	whole := random(1000)
	ends := map[string]struct {
		end    func(c *script.Conversation, d *script.Data)
		status int
		words  string
	}{
		"226":              {func(c *script.Conversation, d *script.Data) { d.Close(); c.Reply("226 done") }, 8, "500 of 1000 bytes came"},
		"426":              {func(c *script.Conversation, d *script.Data) { d.Close(); c.Reply("426 broke") }, 8, "426 broke"},
		"451":              {func(c *script.Conversation, d *script.Data) { d.Close(); c.Reply("451 read error") }, 8, "451 read error"},
		"421":              {func(c *script.Conversation, d *script.Data) { d.Close(); c.Reply("421 going down"); c.Close() }, 9, "421 going down"},
		"RST":              {func(c *script.Conversation, d *script.Data) { d.Reset(); c.Reply("426 broke") }, 8, "426 broke"},
		"FIN on control":   {func(c *script.Conversation, d *script.Data) { d.Close(); c.Cut() }, 9, "closed"},
		"silence, then no": {func(c *script.Conversation, d *script.Data) { d.Close(); c.Stall() }, 10, "no progress"},
	}
	for name, test := range ends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := benchFor(t, script.Options{}, remote.Options{Timeouts: wire.Timeouts{Final: 300 * time.Millisecond}}, wire.TLSNever)
			b.Tree.Write("/a", whole)
			b.On("RETR", cutDownload(whole[:500], func(c *script.Conversation, d *script.Data) {
				b.arrived(t, ".a.ftpsh-part", 500)
				test.end(c, d)
			}))
			b.write(t, "a", "the old one")
			result, err := b.get(t, Download{Remote: "/a", Policy: Overwrite})
			wants(t, err, ErrIncomplete, test.status, test.words)
			if got, _ := b.here(t, "a"); got != "the old one" {
				t.Errorf("the old file was touched: %q", got)
			}
			if got, _ := b.here(t, ".a.ftpsh-part"); result.Kept != ".a.ftpsh-part" || got != string(whole[:500]) {
				t.Errorf("kept %q with %d bytes", result.Kept, len(got))
			}
			var own *Error
			if errors.As(err, &own) && own.Next != "get -c /a" {
				t.Errorf("the hint is %q", own.Next)
			}
			b.usable(t)
		})
	}
}

// A TLS connection cut without close_notify is success only if the bytes are all that SIZE told.
func TestS26_TLSTruncation(t *testing.T) {
	certificates := ftptest.Certificates(t)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, sent := range []int{10_000, 20_000} {
			whole := random(20_000)
			config := certificates.Serve(certificates.Good)
			config.MaxVersion = version
			b := benchFor(t, script.Options{TLS: config}, remote.Options{TLSConfig: &tls.Config{RootCAs: certificates.Pool}}, wire.TLSRequire)
			b.Tree.Write("/a", whole)
			b.On("RETR", cutDownload(whole[:sent], func(c *script.Conversation, d *script.Data) { d.Cut(); c.Reply("226 done") }))
			result, err := b.get(t, Download{Remote: "/a"})
			got, there := b.here(t, "a")
			if sent == len(whole) {
				if err != nil || !result.Verified || got != string(whole) {
					t.Errorf("TLS %x: a whole file with a rude end: %+v, %v", version, result, err)
				}
				continue
			}
			wants(t, err, ErrIncomplete, 8, "without a TLS close")
			if there || result.Kept == "" {
				t.Errorf("TLS %x: a cut file was taken for whole", version)
			}
			b.Answer("SIZE", "502 what")
			b.Answer("MLST", "502 what")
			_, err = b.get(t, Download{Remote: "/a", Name: "unknown"})
			wants(t, err, ErrIncomplete, 8, "without a TLS close")
		}
	}
}

// A server that never stops sending must not fill the disk.
func TestS46_EndlessDownloadStops(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/a", random(100))
	b.On("RETR", func(c *script.Conversation, _ string) {
		c.Reply("150 here it comes")
		d := c.Data()
		for d.Err() == nil {
			d.Send(strings.Repeat("x", 1<<16))
		}
		c.Reply("426 broke")
	})
	result, err := b.get(t, Download{Remote: "/a"})
	wants(t, err, ErrIncomplete, 8, "more than the 100 bytes")
	if result.Bytes > 8<<20 || len(b.names(t)) != 0 {
		t.Errorf("%d bytes came, left behind: %v", result.Bytes, b.names(t))
	}
	b.usable(t)
}

// A file that grows while it is fetched is asked about again.
func TestS46_GrowingFile(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/log", random(1000))
	long := random(4 << 20)
	grow := func(to int) {
		b.On("RETR", func(c *script.Conversation, name string) {
			b.Tree.Write("/log", long[:to])
			c.Default("RETR", name)
		})
	}
	grow(1500)
	result, err := b.get(t, Download{Remote: "/log"})
	if err != nil || !result.Verified || result.Size != 1500 || !strings.Contains(result.How, "again") {
		t.Errorf("it grew a little: %+v, %v", result, err)
	}
	grow(len(long))
	result, err = b.get(t, Download{Remote: "/log", Policy: Overwrite})
	wants(t, err, ErrIncomplete, 8, "grew from 1500 to 4194304")
	b.On("RETR", func(c *script.Conversation, name string) { c.Default("RETR", name) })
	result, err = b.get(t, Download{Remote: "/log", Resume: true})
	if got, _ := b.here(t, "log"); err != nil || !result.Verified || got != string(long) {
		t.Errorf("what came of it is not gone on from: %+v, %v", result, err)
	}
}

// The last reply never came, but the size is right and stays right.
func TestF03_LostLastReply(t *testing.T) {
	b := newBench(t)
	whole := random(1000)
	b.Tree.Write("/a", whole)
	b.On("RETR", cutDownload(whole, func(c *script.Conversation, d *script.Data) {
		b.arrived(t, ".a.ftpsh-part", len(whole))
		d.Close()
		c.Reset()
	}))
	result, err := b.get(t, Download{Remote: "/a"})
	if got, _ := b.here(t, "a"); err != nil || !result.Verified || got != string(whole) {
		t.Errorf("%+v, %v", result, err)
	}
	b.usable(t)
}

func TestUnknownSizeIsNotVerified(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/a", []byte("text"))
	b.Answer("SIZE", "502 what")
	b.Answer("MLST", "502 what")
	result, err := b.get(t, Download{Remote: "/a"})
	if err != nil || result.Verified || result.How != "the server does not tell the size" {
		t.Errorf("%+v, %v", result, err)
	}
}

// A refusal leaves nothing behind, and says what a directory is.
func TestRefusedDownload(t *testing.T) {
	for _, facts := range []bool{true, false} {
		b := newBench(t)
		if !facts {
			b.Answer("FEAT", "502 what")
			b.conn.Reopen(t.Context())
		}
		b.Tree.Mkdir("/dir")
		_, err := b.get(t, Download{Remote: "/nonesuch"})
		var refused *remote.Error
		if !errors.As(err, &refused) || refused.Code != 550 || refused.Op != "get" {
			t.Errorf("missing: %v", err)
		}
		_, err = b.get(t, Download{Remote: "/dir"})
		wants(t, err, ErrDirectory, 1, "it is a directory")
		if names := b.names(t); len(names) != 0 {
			t.Errorf("left behind: %v", names)
		}
	}
}

// An existing file is replaced only when that was said, and never by half.
func TestS52_ExistingTarget(t *testing.T) {
	b := newBench(t)
	old := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	b.Tree.Write("/a", []byte("new"))
	b.Tree.Touch("/a", old.Add(time.Hour))
	reset := func(changed time.Time) {
		b.write(t, "a", "old")
		if err := os.Chtimes(filepath.Join(b.dir, "a"), changed, changed); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		policy  Policy
		answer  Policy
		local   time.Time
		want    string
		skipped bool
		fails   bool
	}{
		{policy: Refuse, want: "old", fails: true},
		{policy: Ask, answer: Refuse, want: "old", fails: true},
		{policy: Ask, answer: Overwrite, want: "new"},
		{policy: Ask, answer: Skip, want: "old", skipped: true},
		{policy: Overwrite, want: "new"},
		{policy: Skip, want: "old", skipped: true},
		{policy: NewerOnly, local: old, want: "new"},
		{policy: NewerOnly, local: old.Add(time.Hour), want: "old", skipped: true}, // equal is not newer
		{policy: NewerOnly, local: old.Add(2 * time.Hour), want: "old", skipped: true},
		{policy: Rename, want: "old"},
	}
	for _, test := range tests {
		reset(test.local)
		var asked Conflict
		result, err := b.get(t, Download{Remote: "/a", Policy: test.policy, Asker: func(_ context.Context, c Conflict) (Policy, error) {
			asked = c
			return test.answer, nil
		}})
		if test.fails {
			wants(t, err, ErrExists, 7, "it exists here already")
		} else if err != nil {
			t.Errorf("%+v: %v", test, err)
		}
		if got, _ := b.here(t, "a"); got != test.want || (result.Skipped != "") != test.skipped {
			t.Errorf("%+v: %q, %+v", test, got, result)
		}
		if test.policy == Ask && (asked.Old.Size != 3 || asked.New.Size != 3 || !asked.New.Time.Equal(old.Add(time.Hour))) {
			t.Errorf("asked with %+v", asked)
		}
	}
	if got, _ := b.here(t, "a.1"); got != "new" {
		t.Errorf("under another name there is %q", got)
	}
	if names := b.names(t); !slices.Equal(names, []string{"a", "a.1"}) {
		t.Errorf("left behind: %v", names)
	}
}

// While the file was under way, another of its name appeared: nobody was asked about that one.
func TestTargetThatAppearsMeanwhileStays(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/a", []byte("new"))
	b.On("RETR", func(c *script.Conversation, name string) {
		b.write(t, "a", "surprise")
		c.Default("RETR", name)
	})
	result, err := b.get(t, Download{Remote: "/a"})
	wants(t, err, ErrExists, 7, "appeared here meanwhile")
	if got, _ := b.here(t, "a"); got != "surprise" {
		t.Errorf("it was overwritten: %q", got)
	}
	if got, _ := b.here(t, result.Kept); got != "new" {
		t.Errorf("what was fetched is gone: %q", got)
	}
}

// Names are data, whatever they look like, and stay inside the directory.
func TestS50_S53_NamesAreData(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"|touch pwned", "-", "~root", "$(x)", "`x`", "*", "-rf", " ", `a\b`, "C:x"} {
		b.Tree.Write("/"+name, []byte(name))
		result, err := b.get(t, Download{Remote: "/" + name, Name: name})
		if got, _ := b.here(t, name); err != nil || got != name {
			t.Errorf("%q: %+v, %v", name, result, err)
		}
	}
	if _, err := b.get(t, Download{Remote: "/\x1b[2J"}); err == nil || !strings.Contains(err.Error(), "control character 0x1b") {
		t.Errorf("a name with ESC: %v", err)
	}
	for _, name := range []string{"..", ".", "../x", "/etc/x", "a/b", ""} {
		_, err := Get(t.Context(), b.conn, Download{Remote: "/*", Dir: b.dir, Name: name})
		if err == nil || !errors.Is(err, ErrLocal) {
			t.Errorf("the name %q was taken: %v", name, err)
		}
	}
	if names := b.names(t); len(names) != 10 {
		t.Errorf("there are %q", names)
	}
	outside, err := os.ReadDir(filepath.Dir(b.dir))
	if err != nil || len(outside) != 1 {
		t.Errorf("outside there is %v", outside)
	}
}

// A name of bytes that are no UTF-8 is the same on both sides, and in the record of a part.
func TestS56_BytesAreKept(t *testing.T) {
	b := newBench(t)
	const odd = "\xff\xfe"
	whole := random(200_000)
	b.Tree.Write("/"+odd, whole)
	b.On("RETR", cutDownload(whole[:100_000], func(c *script.Conversation, d *script.Data) {
		b.arrived(t, partName(odd, 0), 100_000)
		d.Close()
		c.Reply("426 broke")
	}))
	if _, err := b.get(t, Download{Remote: "/" + odd}); err == nil {
		t.Fatal("half a file was success")
	}
	b.On("RETR", func(c *script.Conversation, name string) { c.Default("RETR", name) })
	result, err := b.get(t, Download{Remote: "/" + odd, Resume: true})
	if got, _ := b.here(t, odd); err != nil || got != string(whole) || result.Bytes != 100_000 {
		t.Errorf("%+v, %v", result, err)
	}
}

// Two names that are one file here: the second must not overwrite the first. A hard link stands in
// for a disk that does not tell case apart.
func TestS55_F16_Collision(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/README", []byte("one"))
	b.Tree.Write("/readme", []byte("two"))
	var arrived Arrived
	if _, err := b.get(t, Download{Remote: "/README", Policy: Overwrite, Arrived: &arrived}); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(filepath.Join(b.dir, "README"), filepath.Join(b.dir, "readme")); err != nil {
		t.Fatal(err)
	}
	_, err := b.get(t, Download{Remote: "/readme", Policy: Overwrite, Arrived: &arrived})
	wants(t, err, ErrCollision, 7, "the same file here as README")
	_, err = b.get(t, Download{Remote: "/README", Policy: Overwrite, Arrived: &arrived})
	wants(t, err, ErrCollision, 7, "the same file")
	if got, _ := b.here(t, "README"); got != "one" {
		t.Errorf("README is %q", got)
	}
}

func TestTypedTargets(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/a", []byte("text"))
	if err := os.Mkdir(filepath.Join(b.dir, "sub"), 0o777); err != nil {
		t.Fatal(err)
	}
	_, err := b.get(t, Download{Remote: "/a", Name: "sub", Typed: true, Policy: Overwrite})
	wants(t, err, ErrDirectory, 7, "sub is a directory here")
	if err := os.Symlink("sub/target", filepath.Join(b.dir, "link")); err != nil {
		t.Fatal(err)
	}
	b.write(t, "sub/target", "old")
	if _, err := b.get(t, Download{Remote: "/a", Name: "link", Typed: true, Policy: Overwrite}); err != nil {
		t.Error(err)
	}
	if got, _ := b.here(t, "sub/target"); got != "text" {
		t.Errorf("through a typed link: %q", got)
	}
	if result, err := b.get(t, Download{Remote: "/a", Dir: "/dev", Name: "null", Typed: true}); err != nil || !result.Verified {
		t.Errorf("to a device: %+v, %v", result, err)
	}
	if _, err := b.get(t, Download{Remote: "/a", Dir: filepath.Join(b.dir, "nonesuch")}); !errors.Is(err, ErrLocal) {
		t.Errorf("into no directory: %v", err)
	}
}

// The disk is full: an error of this machine, and the connection stays in step.
func TestF09_DiskFull(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Log("no /dev/full on this system: only the failing writer is tried")
	}
	b := newBench(t)
	b.Tree.Write("/a", random(3_000_000))
	_, err := b.get(t, Download{Remote: "/a", To: &smallDisk{room: 1_000_000}})
	wants(t, err, ErrLocal, 7, "no space left")
	b.usable(t)
	if _, statErr := os.Stat("/dev/full"); statErr == nil {
		_, err = b.get(t, Download{Remote: "/a", Dir: "/dev", Name: "full", Typed: true})
		wants(t, err, ErrLocal, 7, "no space left")
		b.usable(t)
	}
}

// smallDisk fails as a full disk does.
type smallDisk struct{ room int }

func (d *smallDisk) Write(p []byte) (int, error) {
	if d.room -= len(p); d.room < 0 {
		return 0, &os.PathError{Op: "write", Path: "disk", Err: errors.New("no space left on device")}
	}
	return len(p), nil
}

// Ctrl-C in the middle: what came is kept, and the connection goes on.
func TestF20_CancelledDownload(t *testing.T) {
	b := newBench(t)
	whole := random(2_000_000)
	b.Tree.Write("/a", whole)
	ctx, cancel := context.WithCancel(t.Context())
	b.On("RETR", func(c *script.Conversation, _ string) {
		c.Reply("150 here it comes")
		d := c.Data()
		d.Send(string(whole[:500_000]))
		ftptest.Wait(t, "the first bytes", func() bool { return b.conn.Moved() > 0 })
		cancel()
		d.Stall()
		c.Reply("426 aborted")
	})
	result, err := Get(ctx, b.conn, Download{Remote: "/a", Dir: b.dir, Name: "a"})
	if !errors.Is(err, context.Canceled) || result.Kept != ".a.ftpsh-part" {
		t.Errorf("%+v, %v", result, err)
	}
	b.usable(t)
	result, err = b.get(t, Download{Remote: "/a", Resume: true})
	if got, _ := b.here(t, "a"); err != nil || got != string(whole) || result.Bytes >= 2_000_000 {
		t.Errorf("it does not go on: %+v, %v", result, err)
	}
}

func TestProgressIsTold(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/a", random(100_000))
	watch := &watcher{}
	if _, err := b.get(t, Download{Remote: "/a", Progress: watch}); err != nil {
		t.Fatal(err)
	}
	b.write(t, "up", "0123456789")
	if _, err := b.put(t, Upload{Local: "up", Progress: watch}); err != nil {
		t.Fatal(err)
	}
	if watch.told != "/a of 100000, 100000 done, up of 10, 10 done, " {
		t.Errorf("told %q", watch.told)
	}
}

// watcher writes down what it is told.
type watcher struct{ told string }

func (w *watcher) Started(m Moving) { w.told += fmt.Sprintf("%s of %d, ", m.Name, m.Total) }
func (w *watcher) Done(moved int64) { w.told += fmt.Sprintf("%d done, ", moved) }
