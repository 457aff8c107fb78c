package transfer

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// Data stops coming, or being taken: that ends at its deadline, nothing is lost, and the next command
// works.
func TestF05_StalledData(t *testing.T) {
	b := benchFor(t, script.Options{}, remote.Options{Timeouts: wire.Timeouts{Data: 200 * time.Millisecond, Final: 300 * time.Millisecond}}, wire.TLSNever)
	whole := random(1000)
	b.Tree.Write("/a", whole)
	b.On("RETR", func(c *script.Conversation, _ string) {
		c.Reply("150 here it comes")
		d := c.Data()
		d.Send(string(whole[:500]))
		d.Stall()
		<-c.Done()
	})
	started := time.Now()
	result, err := b.get(t, Download{Remote: "/a"})
	wants(t, err, ErrIncomplete, 10, "no progress for")
	if got, _ := b.here(t, result.Kept); got != string(whole[:500]) {
		t.Errorf("kept %d bytes in %q", len(got), result.Kept)
	}
	b.usable(t)
	b.Tree.Write("/up", []byte("old"))
	b.writeLong(t, "up")
	b.On("STOR", func(c *script.Conversation, _ string) {
		c.Reply("150 ready")
		d := c.Data()
		d.Receive(1000)
		<-c.Done()
	})
	result, err = Put(t.Context(), b.conn, Upload{Local: "up", Path: filepath.Join(b.dir, "up"), Remote: "/up", Policy: Overwrite})
	wants(t, err, ErrIncomplete, 10, "no progress")
	if b.there("/up") != "old" || !strings.HasPrefix(result.Kept, "/.up.ftpsh-") {
		t.Errorf("kept %q", result.Kept)
	}
	if took := time.Since(started); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	b.usable(t)
}
