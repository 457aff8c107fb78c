package transfer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/script"
)

// leavePart leaves a part as a broken download of /a does.
func (b *bench) leavePart(t *testing.T, content []byte) {
	t.Helper()
	b.On("RETR", cutDownload(content, func(c *script.Conversation, d *script.Data) { d.Close(); c.Reply("226 done") }))
	result, err := b.get(t, Download{Remote: "/a"})
	if got, _ := b.here(t, ".a.ftpsh-part"); err == nil || result.Kept != ".a.ftpsh-part" || got != string(content) {
		t.Fatalf("no part was left: %+v, %v", result, err)
	}
	b.On("RETR", func(c *script.Conversation, name string) { c.Default("RETR", name) })
}

func TestResumeFromPart(t *testing.T) {
	b := newBench(t)
	whole := random(500_000)
	b.Tree.Write("/a", whole)
	for _, size := range []int{1, 1000, overlapSize, overlapSize + 1, 499_999, 500_000} {
		b.leavePartOf(t, whole[:size])
		result, err := b.get(t, Download{Remote: "/a", Resume: true})
		if got, _ := b.here(t, "a"); err != nil || !result.Verified || got != string(whole) || result.Bytes != int64(500_000-size) {
			t.Errorf("from %d bytes: %+v, %v", size, result, err)
		}
		if names := b.names(t); !slices.Equal(names, []string{"a"}) {
			t.Errorf("left behind: %v", names)
		}
		os.Remove(filepath.Join(b.dir, "a"))
	}
	if verbs := strings.Join(b.Verbs(), " "); !strings.Contains(verbs, "REST RETR") {
		t.Errorf("it was never gone on: %s", verbs)
	}
}

// leavePartOf writes a part of /a by hand, as a killed download leaves it: whatever size it has, the
// record tells of none.
func (b *bench) leavePartOf(t *testing.T, content []byte) {
	t.Helper()
	f, err := look(t.Context(), b.conn, "/a", true)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(newRecord(b.conn, "/a", f))
	if err != nil {
		t.Fatal(err)
	}
	b.write(t, ".a.ftpsh-part", string(content))
	b.write(t, ".a.ftpsh-part.json", string(text))
}

// A download that was killed is found again, with the old file still whole.
func TestF18_PartIsFoundAgain(t *testing.T) {
	b := newBench(t)
	whole := random(200_000)
	b.Tree.Write("/a", whole)
	b.write(t, "a", "the old one")
	b.leavePartOf(t, whole[:150_000])
	result, err := b.get(t, Download{Remote: "/a", Resume: true})
	if got, _ := b.here(t, "a"); err != nil || got != string(whole) || result.Bytes != 50_000 {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestPlainGetStartsAnew(t *testing.T) {
	b := newBench(t)
	whole := random(200_000)
	b.Tree.Write("/a", whole)
	b.leavePart(t, whole[:150_000])
	result, err := b.get(t, Download{Remote: "/a"})
	if got, _ := b.here(t, "a"); err != nil || got != string(whole) || result.Bytes != 200_000 {
		t.Errorf("%+v, %v", result, err)
	}
	if names := b.names(t); !slices.Equal(names, []string{"a"}) {
		t.Errorf("left behind: %v", names)
	}
}

func TestResumeFromShorterFile(t *testing.T) {
	b := newBench(t)
	whole := random(300_000)
	b.Tree.Write("/a", whole)
	for _, size := range []int{0, 10, 299_999} {
		b.write(t, "a", string(whole[:size]))
		result, err := b.get(t, Download{Remote: "/a", Resume: true})
		if got, _ := b.here(t, "a"); err != nil || !result.Verified || got != string(whole) || result.Bytes != int64(300_000-size) {
			t.Errorf("from %d bytes: %+v, %v", size, result, err)
		}
	}
	result, err := b.get(t, Download{Remote: "/a", Resume: true})
	if err != nil || !strings.Contains(result.Skipped, "same size") {
		t.Errorf("all of it is here: %+v, %v", result, err)
	}
	b.write(t, "a", string(whole)+"more")
	_, err = b.get(t, Download{Remote: "/a", Resume: true})
	wants(t, err, ErrExists, 7, "longer here (300004 bytes)")
	b.write(t, "a", "something else")
	_, err = b.get(t, Download{Remote: "/a", Resume: true})
	wants(t, err, ErrIncomplete, 8, "a is left as it is")
	if got, _ := b.here(t, "a"); got != "something else" {
		t.Errorf("it was touched: %q", got)
	}
	if names := b.names(t); !slices.Equal(names, []string{"a"}) {
		t.Errorf("left behind: %v", names)
	}
	b.usable(t)
}

// A shorter file becomes a part once its end has agreed; if the rest breaks off, all of it is kept there.
func TestBrokenResumeOfShorterFile(t *testing.T) {
	b := newBench(t)
	whole := random(300_000)
	b.Tree.Write("/a", whole)
	b.write(t, "a", string(whole[:100_000]))
	b.On("RETR", func(c *script.Conversation, _ string) {
		c.Reply("150 here it comes")
		d := c.Data()
		d.Send(string(whole[100_000-overlapSize : 200_000]))
		b.arrived(t, ".a.ftpsh-part", 200_000)
		d.Close()
		c.Reply("451 read error")
	})
	result, err := b.get(t, Download{Remote: "/a", Resume: true})
	wants(t, err, ErrIncomplete, 8, "200000 bytes are kept in .a.ftpsh-part")
	b.On("RETR", func(c *script.Conversation, name string) { c.Default("RETR", name) })
	result, err = b.get(t, Download{Remote: "/a", Resume: true})
	if got, _ := b.here(t, "a"); err != nil || got != string(whole) || result.Bytes != 100_000 {
		t.Errorf("%+v, %v", result, err)
	}
}

// Servers that do something else than go on where they were asked to: what is here is never spliced
// with what does not belong to it.
func TestS48_F14_FaultyRestart(t *testing.T) {
	whole, other := random(200_000), bytes.Repeat([]byte("other"), 40_000)
	tests := map[string]func(b *bench){
		"REST is ignored": func(b *bench) { b.Answer("REST", "350 sure") },
		"REST is refused": func(b *bench) { b.Answer("REST", "502 not here") },
		"same size, other bytes": func(b *bench) {
			f, _ := b.Tree.Get("/a")
			b.Tree.Write("/a", other)
			b.Tree.Touch("/a", f.Time)
		},
		"another size": func(b *bench) { b.Tree.Write("/a", other[:180_000]) },
		"another time": func(b *bench) { b.Tree.Touch("/a", time.Unix(1e9, 0)) },
		"part longer than the file": func(b *bench) {
			b.Tree.Write("/a", whole[:100])
			text, _ := os.ReadFile(filepath.Join(b.dir, ".a.ftpsh-part.json"))
			os.WriteFile(filepath.Join(b.dir, ".a.ftpsh-part.json"), bytes.Replace(text, []byte("200000"), []byte("100"), 1), 0o600)
		},
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.Tree.Write("/a", whole)
			b.Tree.Touch("/a", time.Unix(1.5e9, 0))
			b.leavePart(t, whole[:150_000])
			spoil(b)
			if f, _ := b.Tree.Get("/a"); name == "part longer than the file" {
				b.Tree.Touch("/a", time.Unix(1.5e9, 0))
				_ = f
			}
			result, err := b.get(t, Download{Remote: "/a", Resume: true})
			if got, _ := b.here(t, "a"); err != nil || got != b.there("/a") || !result.Verified {
				t.Errorf("%+v, %v: %d bytes, want %d", result, err, len(got), len(b.there("/a")))
			}
			if got, _ := b.here(t, ".a.ftpsh-part"); got != string(whole[:150_000]) {
				t.Errorf("the old part has %d bytes", len(got))
			}
			if len(result.Notes) != 1 || !strings.Contains(result.Notes[0], "anew") {
				t.Errorf("the notes are %q", result.Notes)
			}
		})
	}
}

// Repeating content fools the overlap, but not the size: nothing is spliced, and what was good is kept.
func TestS48_IgnoredRestartOfRepeatingContent(t *testing.T) {
	b := newBench(t)
	whole := make([]byte, 300_000)
	b.Tree.Write("/a", whole)
	b.leavePart(t, whole[:150_000])
	b.Answer("REST", "350 sure")
	_, err := b.get(t, Download{Remote: "/a", Resume: true})
	wants(t, err, ErrIncomplete, 8, "sends more than the 300000 bytes")
	if got, _ := b.here(t, ".a.ftpsh-part"); len(got) != 150_000 {
		t.Errorf("the part has %d bytes", len(got))
	}
	if _, there := b.here(t, "a"); there {
		t.Error("it was taken for whole")
	}
}

// A part that differed once is not tried again.
func TestDifferingPartIsSetAside(t *testing.T) {
	b := newBench(t)
	whole := random(200_000)
	b.Tree.Write("/a", whole)
	b.leavePartOf(t, bytes.Repeat([]byte("x"), 100_000))
	b.On("RETR", func(c *script.Conversation, name string) {
		if !slices.Contains(b.Log(), "REST 34464") {
			t.Error("the part was not compared")
		}
		c.Default("RETR", name)
		b.On("RETR", cutDownload(whole[:150_000], func(c *script.Conversation, d *script.Data) { d.Close(); c.Reply("226 done") }))
	})
	_, err := b.get(t, Download{Remote: "/a", Resume: true})
	wants(t, err, ErrIncomplete, 8, "kept in .a~1.ftpsh-part")
	b.On("RETR", func(c *script.Conversation, name string) { c.Default("RETR", name) })
	result, err := b.get(t, Download{Remote: "/a", Resume: true})
	if got, _ := b.here(t, "a"); err != nil || got != string(whole) || result.Bytes != 50_000 {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestRestartAtOffset(t *testing.T) {
	b := newBench(t)
	whole := random(1000)
	b.Tree.Write("/a", whole)
	_, err := b.get(t, Download{Remote: "/a", Offset: 400})
	wants(t, err, ErrUnsuitable, 7, "there are no 400 bytes of a here")
	b.write(t, "a", strings.Repeat("x", 500))
	result, err := b.get(t, Download{Remote: "/a", Offset: 400})
	want := strings.Repeat("x", 400) + string(whole[400:])
	if got, _ := b.here(t, "a"); err != nil || got != want || result.Bytes != 600 || !result.Verified {
		t.Errorf("%+v, %v", result, err)
	}
	var tail bytes.Buffer
	if result, err := b.get(t, Download{Remote: "/a", Offset: 990, To: &tail}); err != nil || tail.String() != string(whole[990:]) {
		t.Errorf("to a stream: %+v, %v", result, err)
	}
	b.Answer("REST", "502 not here")
	_, err = b.get(t, Download{Remote: "/a", Offset: 400})
	wants(t, err, ErrUnsuitable, 1, "cannot start in the middle")
	if got, _ := b.here(t, "a"); got != want || !slices.Equal(b.names(t), []string{"a"}) {
		t.Errorf("something is left: %v", b.names(t))
	}
}

// Two at once: the second is refused, and the first is not disturbed. Once the second got a part of its own
// while the first was still writing its record.
func TestF15_BusyPart(t *testing.T) {
	b := newBench(t)
	whole := random(1000)
	b.Tree.Write("/a", whole)
	second := benchFor2(t, b)
	b.On("RETR", func(c *script.Conversation, name string) {
		c.Reply("150 here it comes")
		d := c.Data()
		d.Send(string(whole[:500]))
		b.On("RETR", func(c *script.Conversation, name string) { c.Default("RETR", name) })
		for !slices.Contains(b.names(t), ".a.ftpsh-part.json") {
		}
		record := filepath.Join(b.dir, ".a.ftpsh-part.json")
		written, _ := os.ReadFile(record)
		for _, text := range [][]byte{written, nil} {
			if err := os.WriteFile(record, text, 0o600); err != nil {
				t.Error(err)
			}
			for _, resume := range []bool{false, true} {
				_, err := second.get(t, Download{Remote: "/a", Resume: resume})
				wants(t, err, ErrBusy, 7, "another ftpsh")
			}
		}
		d.Send(string(whole[500:]))
		d.Close()
		c.Reply("226 done")
	})
	if _, err := b.get(t, Download{Remote: "/a"}); err != nil {
		t.Error(err)
	}
	if got, _ := b.here(t, "a"); got != string(whole) {
		t.Errorf("%d bytes", len(got))
	}
}

// benchFor2 is a second connection to the same server, into the same directory.
func benchFor2(t *testing.T, b *bench) *bench {
	t.Helper()
	site := b.conn.Site()
	return &bench{Server: b.Server, conn: connect(t, fmt.Sprintf("%s:%d", site.Host, site.Port), "ann", "secret", site.Options, site.TLS), dir: b.dir}
}

// A long name has a part all the same, and names that begin alike have different ones.
func TestPartNames(t *testing.T) {
	b := newBench(t)
	long := strings.Repeat("ü", 127)
	for _, name := range []string{long + "a", long + "b"} {
		if part := partName(name, 9); len(recordName(part)) > maxName || !strings.HasPrefix(part, ".ü") {
			t.Errorf("the part of a name of %d bytes is %q", len(name), part)
		}
		b.Tree.Write("/"+name, []byte(name))
		if _, err := b.get(t, Download{Remote: "/" + name}); err != nil {
			t.Error(err)
		}
	}
	if partName(long+"a", 0) == partName(long+"b", 0) {
		t.Error("two names have one part")
	}
	if got := partName("x", 0); got != ".x.ftpsh-part" {
		t.Errorf("the part of x is %q", got)
	}
}

// A link in the place of a part is not followed.
func TestPlantedLinkIsNotFollowed(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/a", []byte("text"))
	b.write(t, "victim", "safe")
	for _, name := range []string{".a.ftpsh-part", ".a.ftpsh-part.json"} {
		if err := os.Symlink("victim", filepath.Join(b.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, resume := range []bool{true, false} {
		if _, err := b.get(t, Download{Remote: "/a", Resume: resume, Policy: Overwrite}); err != nil {
			t.Error(err)
		}
	}
	if got, _ := b.here(t, "victim"); got != "safe" {
		t.Errorf("the victim is %q", got)
	}
}

// In ASCII the line ends change, the size proves nothing, and nothing is gone on from.
func TestS47_ASCII(t *testing.T) {
	b := newBench(t)
	b.On("RETR", cutDownload([]byte("one\r\ntwo\rthree\r\n\r"), func(c *script.Conversation, d *script.Data) { d.Close(); c.Reply("226 done") }))
	b.Tree.Write("/a", []byte("x"))
	for _, test := range []struct {
		keep bool
		want string
	}{{false, "one\ntwo\rthree\n\r"}, {true, "one\r\ntwo\rthree\r\n\r"}} {
		result, err := b.get(t, Download{Remote: "/a", ASCII: true, KeepCR: test.keep, Policy: Overwrite})
		if got, _ := b.here(t, "a"); err != nil || got != test.want || result.Verified || !strings.Contains(result.How, "ASCII") {
			t.Errorf("keep %v: %q, %+v, %v", test.keep, got, result, err)
		}
	}
	if b.conn.TransferType() != "I" || !slices.Contains(b.Log(), "TYPE A") {
		t.Errorf("the type is %s afterwards", b.conn.TransferType())
	}
	for _, d := range []Download{{Remote: "/a", ASCII: true, Resume: true}, {Remote: "/a", ASCII: true, Offset: 1}} {
		_, err := b.get(t, d)
		wants(t, err, ErrUnsuitable, 2, "ASCII")
	}
	b.On("RETR", cutDownload([]byte("one\r\n"), func(c *script.Conversation, d *script.Data) { d.Close(); c.Reply("426 broke") }))
	if _, err := b.get(t, Download{Remote: "/a", ASCII: true, Policy: Overwrite}); !errors.Is(err, ErrIncomplete) {
		t.Errorf("cut in ASCII: %v", err)
	}
	if names := b.names(t); !slices.Equal(names, []string{"a"}) {
		t.Errorf("left behind: %v", names)
	}
}

// A binary file comes over in binary even if the session is in ASCII.
func TestS47_BinaryInASCIISession(t *testing.T) {
	b := newBench(t)
	var every []byte
	for i := range 256 {
		every = append(every, byte(i), '\r', '\n')
	}
	b.Tree.Write("/a", every)
	if err := b.conn.SetType(t.Context(), "A"); err != nil {
		t.Fatal(err)
	}
	result, err := b.get(t, Download{Remote: "/a"})
	if got, _ := b.here(t, "a"); err != nil || got != string(every) || !result.Verified {
		t.Errorf("%+v, %v", result, err)
	}
	if b.conn.TransferType() != "A" {
		t.Errorf("the type is %s afterwards", b.conn.TransferType())
	}
}

func TestLineEnds(t *testing.T) {
	texts := map[string]struct{ here, wire string }{
		"unix":       {"a\nb\n", "a\r\nb\r\n"},
		"no newline": {"a", "a"},
		"bare CR":    {"a\rb\n", "a\rb\r\n"},
		"empty":      {"", ""},
	}
	for name, text := range texts {
		for size := 1; size <= 4; size++ {
			var here bytes.Buffer
			l := &localLines{w: &here}
			for chunk := range slices.Chunk([]byte(text.wire), size) {
				l.Write(chunk)
			}
			if l.Close(); here.String() != text.here {
				t.Errorf("%s from the wire by %d: %q", name, size, here.String())
			}
			var wire bytes.Buffer
			if wire.ReadFrom(&wireLines{r: &slowReader{text.here, size}}); wire.String() != text.wire {
				t.Errorf("%s to the wire by %d: %q", name, size, wire.String())
			}
		}
	}
}

// slowReader gives a few bytes at a time.
type slowReader struct {
	text string
	size int
}

func (r *slowReader) Read(p []byte) (int, error) {
	if r.text == "" {
		return 0, io.EOF
	}
	n := copy(p, r.text[:min(r.size, len(r.text))])
	r.text = r.text[n:]
	return n, nil
}

// However a text is cut on its way, its line ends come out the same.
func FuzzLineEnds(f *testing.F) {
	f.Add("one\ntwo\r\n\r", uint8(3))
	f.Add("\r\r\n\n", uint8(1))
	f.Fuzz(func(t *testing.T, text string, size uint8) {
		var here bytes.Buffer
		l := &localLines{w: &here}
		for chunk := range slices.Chunk([]byte(text), int(size)+1) {
			l.Write(chunk)
		}
		if l.Close(); here.String() != strings.ReplaceAll(text, "\r\n", "\n") {
			t.Errorf("%q by %d becomes %q here", text, size, here.String())
		}
		var wire, back bytes.Buffer
		wire.ReadFrom(&wireLines{r: &slowReader{text, int(size) + 1}})
		l = &localLines{w: &back}
		l.Write(wire.Bytes())
		if l.Close(); back.String() != strings.ReplaceAll(text, "\r\n", "\n") {
			t.Errorf("%q by %d comes back as %q", text, size, back.String())
		}
	})
}
