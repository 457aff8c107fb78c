package transfer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// A file that is written to while it comes, and stays as long as it was, is no success. From a server that
// lists no exact times, what came had the time of the new version besides, so that no later mirror saw it.
func TestF11_MirrorFetchesNoMixture(t *testing.T) {
	for name, options := range map[string]remote.Options{"MLSD": {}, "LIST": {NoMLSD: true}} {
		b := benchFor(t, script.Options{}, options, wire.TLSNever)
		b.Tree.Write("/d/f", []byte(strings.Repeat("a", changing)))
		f, _ := b.Tree.Get("/d/f")
		minute := f.Time.Add(-time.Hour).Truncate(time.Minute)
		if err := b.Tree.Touch("/d/f", minute); err != nil {
			t.Fatal(err)
		}
		once := false
		b.On("RETR", func(c *script.Conversation, path string) {
			c.Default("RETR", path)
			if !once {
				once = true
				b.Tree.Write("/d/f", []byte(strings.Repeat("b", changing)))
				_ = b.Tree.Touch("/d/f", minute.Add(30*time.Second))
			}
		})
		summary, told, err := b.down(t, &Job{})
		if err == nil || summary.Failed != 1 || len(files(t, b.dir)) != 0 {
			t.Errorf("%s: %+v, %v\n%s\n%q", name, summary, err, told, files(t, b.dir))
		}
		summary, told, err = b.down(t, &Job{})
		got, _ := os.ReadFile(filepath.Join(b.dir, "f"))
		if err != nil || string(got) != strings.Repeat("b", changing) {
			t.Errorf("%s, again: %+v, %v\n%s", name, summary, err, told)
		}
	}
}
