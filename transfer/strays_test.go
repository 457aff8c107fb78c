package transfer

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"ftpsh/internal/script"
)

// manyFiles puts small files into the local directory.
func (b *bench) manyFiles(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		b.write(t, fmt.Sprintf("f%03d", i), strings.Repeat("x", i))
	}
}

// Ctrl-C in the middle of small uploads left their temporary names on the server, and nobody said so.
func TestF20_CancelledUploadsOfAJob(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(b *bench)
		stay  bool
	}{
		"the server goes on": {spoil: func(*bench) {}},
		"the server hangs up at ABOR": {spoil: func(b *bench) {
			b.On("ABOR", func(c *script.Conversation, _ string) { c.Close() })
		}},
		"nothing is deleted": {spoil: func(b *bench) { b.Answer("DELE", "450 not now") }, stay: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.manyFiles(t, 40)
			test.spoil(b)
			ctx, cancel := context.WithCancel(t.Context())
			var begun atomic.Int32
			b.On("STOR", func(c *script.Conversation, name string) {
				if begun.Add(1) < 10 {
					c.Default("STOR", name)
					return
				}
				c.Reply("150 go on")
				d := c.Data()
				d.Receive(3)
				b.Tree.Write(absolute(name), []byte("xxx"))
				cancel()
				c.Reply("426 broken")
				d.Reset()
			})
			seen := &onlooker{}
			_, err := (&Job{Op: "mput", Conn: b.conn, Workers: 3, Observer: seen}).Run(ctx, mirrored(b.dir, "/d", true))
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
			for _, f := range b.Tree.List("/d") {
				told := strings.Contains(strings.Join(seen.notes, "\n"), f.Name()+" may be on the server")
				if IsTemporary(f.Name()) && !(test.stay && told) {
					t.Errorf("%s is left on the server; told: %q", f.Name(), seen.notes)
				}
				if local := filepath.Join(b.dir, f.Name()); !IsTemporary(f.Name()) && len(files(t, b.dir)[f.Name()]) != len(f.Content) {
					t.Errorf("%s is not whole", local)
				}
			}
			if test.stay && len(seen.notes) == 0 {
				t.Error("nothing is told of what stays")
			}
			b.usable(t)
		})
	}
}

// A server that hangs up in the middle of small uploads, with a 421 and without: the files are tried again over
// connections that it gives, none is lost, and nothing is left of the first attempt.
func TestF07_421AtSmallUploads(t *testing.T) {
	for _, farewell := range []string{"", "421 going down"} {
		for _, when := range []string{"STOR", "RNTO", "SIZE", "EPSV"} {
			t.Run(farewell+" at "+when, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				b.manyFiles(t, 40)
				var once sync.Map
				b.On(when, func(c *script.Conversation, argument string) {
					if _, before := once.LoadOrStore(c, true); before || len(b.Controls()) > 3 {
						c.Default(when, argument)
						return
					}
					if farewell != "" {
						c.Reply(farewell)
					}
					c.Close()
				})
				summary, told, err := b.up(t, &Job{Workers: 2, Retries: 3})
				if err != nil || summary.Moved != 40 {
					t.Errorf("%+v, %v\n%s", summary, err, strings.Join(told, "\n"))
				}
				names := slices.DeleteFunc(b.Tree.List("/d"), func(f script.File) bool { return !IsTemporary(f.Name()) })
				if len(names) > 0 || len(b.Tree.List("/d")) != 40 {
					t.Errorf("%d files, of which temporary: %v", len(b.Tree.List("/d")), names)
				}
			})
		}
	}
}
