package transfer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/remote"
)

// wantThere checks a file of the server, and that nothing else is there but what is named.
func (b *bench) wantThere(t *testing.T, path, content string, names ...string) {
	t.Helper()
	if got := b.there(path); got != content {
		t.Errorf("%s on the server has %d bytes, want %d", path, len(got), len(content))
	}
	if got := b.listed(); !slices.Equal(got, names) {
		t.Errorf("on the server there are %q, want %q", got, names)
	}
}

func TestUploadByRename(t *testing.T) {
	b := newBench(t)
	changed := time.Date(2021, 5, 6, 7, 8, 9, 0, time.UTC)
	b.write(t, "a", "new")
	os.Chtimes(filepath.Join(b.dir, "a"), changed, changed)
	result, err := b.put(t, Upload{Local: "a", Preserve: true})
	if err != nil || !result.Verified || result.Size != 3 {
		t.Fatalf("%+v, %v", result, err)
	}
	b.wantThere(t, "/a", "new", "a")
	if f, _ := b.Tree.Get("/a"); !f.Time.Equal(changed) {
		t.Errorf("its time is %v", f.Time)
	}
	for _, line := range b.Log() {
		if strings.HasPrefix(line, "DELE") || strings.HasPrefix(line, "STOR") && !strings.HasPrefix(line, "STOR .a.ftpsh-") {
			t.Errorf("sent %q", line)
		}
	}
}

func TestUploadOverExisting(t *testing.T) {
	old := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		policy  Policy
		local   time.Time
		want    string
		skipped bool
		fails   bool
	}{
		{policy: Refuse, want: "old", fails: true},
		{policy: Overwrite, want: "new"},
		{policy: Skip, want: "old", skipped: true},
		{policy: NewerOnly, local: old.Add(time.Hour), want: "new"},
		{policy: NewerOnly, local: old, want: "old", skipped: true},
		{policy: Rename, want: "old"},
	}
	for _, test := range tests {
		b := newBench(t)
		b.Tree.Write("/a", []byte("old"))
		b.Tree.Touch("/a", old)
		b.write(t, "a", "new")
		os.Chtimes(filepath.Join(b.dir, "a"), test.local, test.local)
		result, err := b.put(t, Upload{Local: "a", Policy: test.policy})
		if test.fails {
			wants(t, err, ErrExists, 1, "it exists on the server already")
		} else if err != nil {
			t.Errorf("%+v: %v", test, err)
		}
		if b.there("/a") != test.want || (result.Skipped != "") != test.skipped {
			t.Errorf("%+v: %q, %+v", test, b.there("/a"), result)
		}
		if test.policy == Rename && (b.there("/a.1") != "new" || result.Target != "a.1") {
			t.Errorf("renamed: %+v, %q", result, b.listed())
		}
	}
}

// refuseRNTO plays servers that do not rename onto a file that exists, or not at all.
func refuseRNTO(b *bench, onlyExisting bool) {
	b.On("RNTO", func(c *script.Conversation, name string) {
		if _, taken := b.Tree.Get(name); taken || !onlyExisting {
			c.Reply("553 no")
			return
		}
		c.Default("RNTO", name)
	})
}

// R02: where RNTO onto a file is refused, the old one steps aside and is deleted last.
func TestR02_F30_RenameOntoExistingRefused(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/a", []byte("old"))
	b.write(t, "a", "new")
	refuseRNTO(b, true)
	b.On("DELE", func(c *script.Conversation, name string) {
		if b.there("/a") != "new" {
			t.Errorf("DELE %s while the new file is not there", name)
		}
		c.Default("DELE", name)
	})
	result, err := b.put(t, Upload{Local: "a", Policy: Overwrite})
	if err != nil || !result.Verified {
		t.Errorf("%+v, %v", result, err)
	}
	b.wantThere(t, "/a", "new", "a")
}

// A server that does not rename: an existing file stays, a new one is stored directly.
func TestR02_NoRename(t *testing.T) {
	for _, verb := range []string{"RNFR", "RNTO"} {
		b := newBench(t)
		b.Tree.Write("/a", []byte("old"))
		b.write(t, "a", "new")
		b.Answer(verb, "502 not here")
		_, err := b.put(t, Upload{Local: "a", Policy: Overwrite})
		wants(t, err, ErrIncomplete, 8, "a on the server stays as it was")
		var own *Error
		if errors.As(err, &own) && own.Next != "put --direct -f a writes over it, with nothing to fall back on" {
			t.Errorf("the hint is %q", own.Next)
		}
		b.wantThere(t, "/a", "old", "a")
		result, err := b.put(t, Upload{Local: "a", Remote: "b"})
		if err != nil || !result.NoRename || len(result.Notes) != 1 || !result.Verified {
			t.Errorf("%+v, %v", result, err)
		}
		b.wantThere(t, "/b", "new", "a", "b")
		result, err = b.put(t, Upload{Local: "a", From: strings.NewReader("once"), Remote: "c"})
		wants(t, err, ErrIncomplete, 8, "the server does not rename; all of it is on the server as .c.ftpsh-")
		if got := b.there("/" + result.Kept); got != "once" {
			t.Errorf("what could be read only once is gone: %q", b.listed())
		}
	}
}

// The second rename fails after the old file has stepped aside: it steps back.
func TestR02_OldFileStepsBack(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/a", []byte("old"))
	b.write(t, "a", "new")
	tries := 0
	b.On("RNTO", func(c *script.Conversation, name string) {
		if name == "a" {
			if tries++; tries <= 2 {
				c.Reply("553 no")
				return
			}
		}
		c.Default("RNTO", name)
	})
	_, err := b.put(t, Upload{Local: "a", Policy: Overwrite})
	wants(t, err, ErrIncomplete, 8, "stays as it was")
	b.wantThere(t, "/a", "old", "a")
}

func TestDirectUploads(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/a", []byte("old"))
	b.write(t, "a", "new")
	_, err := b.put(t, Upload{Local: "a", Manner: NewDirectly, Policy: Overwrite})
	wants(t, err, ErrIncomplete, 8, "upload-temp off")
	b.wantThere(t, "/a", "old", "a")
	for _, u := range []Upload{{Local: "a", Remote: "b", Manner: NewDirectly}, {Local: "a", Manner: Directly, Policy: Overwrite}} {
		if result, err := b.put(t, u); err != nil || !result.Verified {
			t.Errorf("%+v: %+v, %v", u, result, err)
		}
	}
	b.wantThere(t, "/a", "new", "a", "b")
	if slices.Contains(b.Verbs(), "RNFR") {
		t.Error("something was renamed")
	}
}

// A drop-box takes only certain names: a new file goes there directly.
func TestTemporaryNameRefused(t *testing.T) {
	b := newBench(t)
	b.write(t, "a", "new")
	b.On("STOR", func(c *script.Conversation, name string) {
		if strings.HasPrefix(name, ".") {
			c.Reply("553 no such names here")
			return
		}
		c.Default("STOR", name)
	})
	if result, err := b.put(t, Upload{Local: "a"}); err != nil || !result.Verified {
		t.Errorf("%+v, %v", result, err)
	}
	b.wantThere(t, "/a", "new", "a")
	if result, err := b.put(t, Upload{Local: "-", From: strings.NewReader("once"), Remote: "b"}); err != nil || b.there("/b") != "once" {
		t.Errorf("from a pipe: %+v, %v", result, err)
	}
}

// The server keeps less than was sent and says 226.
func TestS45_D37_ServerKeepsLess(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/a", []byte("old"))
	b.write(t, "a", strings.Repeat("x", 5000))
	b.On("STOR", func(c *script.Conversation, name string) {
		c.Reply("150 ready")
		d := c.Data()
		b.Tree.Write("/"+name, d.Receive(-1)[:10])
		d.Close()
		c.Reply("226 stored")
	})
	result, err := b.put(t, Upload{Local: "a", Policy: Overwrite})
	wants(t, err, ErrIncomplete, 8, "the server has 10 bytes of 5000")
	b.wantThere(t, "/a", "old", result.Kept, "a")
	_, err = b.put(t, Upload{Local: "a", Remote: "b", Manner: Directly})
	wants(t, err, ErrIncomplete, 8, "the server has 10 bytes of 5000, in b")
}

// The connection breaks in the middle of an upload: the old file is as it was, and what to type is told.
func TestF04_CutUpload(t *testing.T) {
	ends := map[string]func(c *script.Conversation, d *script.Data){
		"data RST, 426":  func(c *script.Conversation, d *script.Data) { d.Reset(); c.Reply("426 broke") },
		"data FIN, 451":  func(c *script.Conversation, d *script.Data) { d.Close(); c.Reply("451 error") },
		"disk full, 452": func(c *script.Conversation, d *script.Data) { c.Reply("452 disk full"); d.Receive(-1) },
		"quota, 552":     func(c *script.Conversation, d *script.Data) { c.Reply("552 quota"); d.Receive(-1) },
		"control FIN":    func(c *script.Conversation, d *script.Data) { d.Reset(); c.Cut() },
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.Tree.Write("/a", []byte("old"))
			b.writeLong(t, "a")
			b.On("STOR", func(c *script.Conversation, name string) {
				c.Reply("150 ready")
				d := c.Data()
				b.Tree.Write("/"+name, d.Receive(100_000))
				end(c, d)
			})
			result, err := b.put(t, Upload{Local: "a", Policy: Overwrite})
			if err == nil {
				t.Fatal("half an upload was success")
			}
			if b.there("/a") != "old" {
				t.Error("the old file was touched")
			}
			var refused *remote.Error
			gone := strings.Contains(name, "452") || strings.Contains(name, "552")
			if gone && (!errors.As(err, &refused) || refused.Path != "a" || len(b.listed()) != 1) {
				t.Errorf("%v, on the server: %q", err, b.listed())
			}
			if !gone && (!errors.Is(err, ErrIncomplete) || !strings.HasPrefix(result.Kept, ".a.ftpsh-")) {
				t.Errorf("%v, kept %q", err, result.Kept)
			}
			b.usable(t)
		})
	}
}

// The disk fails while a file is read: what was sent must not stand as a whole file.
func TestD35_LocalReadError(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/a", []byte("old"))
	broken := io.MultiReader(bytes.NewReader(random(1_000_000)), &brokenDisk{})
	_, err := b.put(t, Upload{Local: "-", From: broken, Remote: "a", Policy: Overwrite})
	wants(t, err, ErrLocal, 7, "input/output error")
	b.wantThere(t, "/a", "old", "a")
	b.usable(t)
}

type brokenDisk struct{}

func (*brokenDisk) Read([]byte) (int, error) {
	return 0, &os.PathError{Op: "read", Path: "disk", Err: errors.New("input/output error")}
}

// The local file changes while it is sent: what is on the server is neither the one nor the other.
func TestF11_FileChangesDuringUpload(t *testing.T) {
	changes := map[string]func(path string) error{
		"grows":    func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte("y"), 3_000_000), 0o644) },
		"shrinks":  func(path string) error { return os.Truncate(path, 10) },
		"vanishes": func(path string) error { return os.Remove(path) },
		"is replaced": func(path string) error {
			return errors.Join(os.Remove(path), os.WriteFile(path, make([]byte, 2_000_000), 0o644))
		},
		"is rewritten": func(path string) error { return os.WriteFile(path, make([]byte, 2_000_000), 0o644) },
	}
	for name, change := range changes {
		b := newBench(t)
		b.Tree.Write("/a", []byte("old"))
		b.write(t, "a", strings.Repeat("x", 2_000_000))
		b.On("STOR", func(c *script.Conversation, name string) {
			if err := change(filepath.Join(b.dir, "a")); err != nil {
				t.Error(err)
			}
			c.Default("STOR", name)
		})
		_, err := b.put(t, Upload{Local: "a", Policy: Overwrite})
		if !errors.Is(err, ErrChanged) {
			t.Errorf("it %s: %v", name, err)
		}
		b.wantThere(t, "/a", "old", "a")
	}
}

func TestUploadFromStdin(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/a", []byte("old"))
	result, err := b.put(t, Upload{Local: "-", From: strings.NewReader("from a pipe"), Remote: "a", Policy: Overwrite})
	if err != nil || !result.Verified {
		t.Errorf("%+v, %v", result, err)
	}
	b.wantThere(t, "/a", "from a pipe", "a")
}

func TestAppend(t *testing.T) {
	b := newBench(t)
	b.write(t, "more", "more")
	for _, want := range []string{"more", "moremore"} {
		if result, err := b.put(t, Upload{Local: "more", Remote: "a", Append: true}); err != nil || !result.Verified {
			t.Errorf("%+v, %v", result, err)
		}
		b.wantThere(t, "/a", want, "a")
	}
	if _, err := b.put(t, Upload{Local: "more", Remote: "a", Append: true, Offset: 3}); err != nil || b.there("/a") != "moremoree" {
		t.Errorf("from an offset: %q, %v", b.there("/a"), err)
	}
	b.On("APPE", func(c *script.Conversation, name string) {
		c.Reply("150 ready")
		d := c.Data()
		d.Receive(-1)
		d.Close()
		c.Reply("226 stored")
	})
	_, err := b.put(t, Upload{Local: "more", Remote: "a", Append: true})
	wants(t, err, ErrIncomplete, 8, "the server has 9 bytes of 13")
}

func TestUnique(t *testing.T) {
	b := newBench(t)
	b.write(t, "a", "text")
	result, err := b.put(t, Upload{Local: "a", Unique: true})
	if err != nil || !result.Verified || result.Target != "stou.0001" {
		t.Errorf("%+v, %v", result, err)
	}
	b.wantThere(t, "/stou.0001", "text", "stou.0001")
	b.On("STOU", func(c *script.Conversation, name string) {
		c.Reply("150 ready")
		d := c.Data()
		d.Receive(-1)
		d.Close()
		c.Reply("226 stored")
	})
	if result, err := b.put(t, Upload{Local: "a", Unique: true}); err != nil || result.Verified || result.How != "the server did not tell the name" {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestResumeUpload(t *testing.T) {
	b := newBench(t)
	whole := string(random(300_000))
	b.write(t, "a", whole)
	for _, size := range []int{0, 10, 150_000, 299_999} {
		b.Tree.Write("/a", []byte(whole[:size]))
		result, err := b.put(t, Upload{Local: "a", Resume: true, Policy: Overwrite})
		if err != nil || !result.Verified || result.Bytes != int64(300_000-size) {
			t.Errorf("from %d bytes: %+v, %v", size, result, err)
		}
		b.wantThere(t, "/a", whole, "a")
	}
	result, err := b.put(t, Upload{Local: "a", Resume: true})
	if err != nil || !strings.Contains(result.Skipped, "same size and end") {
		t.Errorf("all of it is there: %+v, %v", result, err)
	}
}

// A file of another sort is not gone on with.
func TestS48_ResumeUploadCompares(t *testing.T) {
	whole := string(random(300_000))
	tests := map[string]struct {
		there string
		spoil func(b *bench)
		words string
	}{
		"other bytes":     {whole[:100_000] + "x", nil, "differs from the file here"},
		"longer":          {whole + "x", nil, "longer on the server (300001 bytes)"},
		"REST is ignored": {whole[:100_000], func(b *bench) { b.Answer("REST", "350 sure") }, "differs from the file here"},
		"REST is refused": {whole[:100_000], func(b *bench) { b.Answer("REST", "502 no") }, "cannot be read to compare it: 502 no"},
	}
	for name, test := range tests {
		b := newBench(t)
		b.write(t, "a", whole)
		b.Tree.Write("/a", []byte(test.there))
		if test.spoil != nil {
			test.spoil(b)
		}
		_, err := b.put(t, Upload{Local: "a", Resume: true})
		if err == nil || !strings.Contains(err.Error(), test.words) {
			t.Errorf("%s: %v", name, err)
		}
		b.wantThere(t, "/a", test.there, "a")
		b.Answer("REST", "350 sure")
		b.usable(t)
	}
}

func TestRestartUpload(t *testing.T) {
	b := newBench(t)
	b.write(t, "a", "0123456789")
	b.Tree.Write("/a", []byte("xxxxxx"))
	if result, err := b.put(t, Upload{Local: "a", Offset: 4}); err != nil || !result.Verified || result.Bytes != 6 {
		t.Errorf("%+v, %v", result, err)
	}
	b.wantThere(t, "/a", "xxxx456789", "a")
	_, err := b.put(t, Upload{Local: "a", Remote: "b", Offset: 4})
	wants(t, err, ErrUnsuitable, 1, "the server has no 4 bytes of b")
}

func TestS47_ASCIIUpload(t *testing.T) {
	b := newBench(t)
	b.write(t, "a", "one\ntwo\r\nthree")
	var wire string
	b.On("STOR", func(c *script.Conversation, name string) {
		content, ok := c.Upload("150 ready")
		wire = string(content)
		b.Tree.Write("/"+name, content)
		if ok {
			c.Reply("226 stored")
		}
	})
	result, err := b.put(t, Upload{Local: "a", ASCII: true})
	if err != nil || result.Verified || wire != "one\r\ntwo\r\nthree" || !slices.Contains(b.Log(), "TYPE A") {
		t.Errorf("%q, %+v, %v", wire, result, err)
	}
	_, err = b.put(t, Upload{Local: "a", ASCII: true, Resume: true})
	wants(t, err, ErrUnsuitable, 2, "ASCII")
}

func TestF20_CancelledUpload(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/a", []byte("old"))
	b.writeLong(t, "a")
	ctx, cancel := context.WithCancel(t.Context())
	b.On("STOR", func(c *script.Conversation, name string) {
		c.Reply("150 ready")
		d := c.Data()
		d.Receive(100_000)
		ftptest.Wait(t, "the first bytes", func() bool { return b.conn.Moved() > 0 })
		cancel()
		d.Receive(-1)
		if d.Err() == nil {
			t.Error("a cancelled upload ended as if it were whole")
		}
		d.Close()
		c.Reply("426 aborted")
	})
	result, err := Put(ctx, b.conn, Upload{Local: "a", Path: filepath.Join(b.dir, "a"), Remote: "a", Policy: Overwrite})
	if !errors.Is(err, context.Canceled) || !strings.HasPrefix(result.Kept, ".a.ftpsh-") || b.there("/a") != "old" {
		t.Errorf("%+v, %v", result, err)
	}
	b.usable(t)
}

func TestUploadThatCannotBegin(t *testing.T) {
	b := newBench(t)
	b.Tree.Mkdir("/dir")
	b.write(t, "a", "text")
	if err := os.Mkdir(filepath.Join(b.dir, "sub"), 0o777); err != nil {
		t.Fatal(err)
	}
	_, err := b.put(t, Upload{Local: "nonesuch"})
	wants(t, err, ErrLocal, 7, "put: nonesuch: no such file or directory")
	_, err = b.put(t, Upload{Local: "sub"})
	wants(t, err, ErrDirectory, 7, "it is a directory")
	_, err = b.put(t, Upload{Local: "a", Remote: "dir"})
	wants(t, err, ErrDirectory, 1, "dir is a directory on the server")
	b.Answer("STOR", "550 read-only")
	_, err = b.put(t, Upload{Local: "a", Remote: "b"})
	var refused *remote.Error
	if !errors.As(err, &refused) || refused.Path != "b" || refused.Code != 550 {
		t.Errorf("refused: %v", err)
	}
}
