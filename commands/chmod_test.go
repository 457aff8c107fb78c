package commands

import (
	"slices"
	"strings"
	"testing"

	"ftpsh/internal/script"
)

// What is in a directory comes before it, links are left alone, and a refusal does not keep the rest.
func TestChmodTree(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/t/a/x", nil)
	c.Tree.Write("/t/-y", nil)
	c.On("MLSD", func(k *script.Conversation, dir string) {
		if strings.HasSuffix(dir, "/a") {
			k.Download([]byte("type=file; x\r\ntype=OS.unix=slink:/; link\r\n"))
			return
		}
		k.Default("MLSD", dir)
	})
	var changed []string
	c.On("SITE", func(k *script.Conversation, order string) {
		changed = append(changed, order)
		if strings.HasSuffix(order, "-y") {
			k.Reply("550 not yours")
			return
		}
		k.Reply("200 changed")
	})
	c.fails(t, "chmod -R 750 t", StatusFailed, "chmod: t/-y: 550 not yours")
	if want := []string{"CHMOD 750 t/-y", "CHMOD 750 t/a/x", "CHMOD 750 t/a", "CHMOD 750 t"}; !slices.Equal(changed, want) {
		t.Errorf("%q, want %q", changed, want)
	}
	_, err := c.run(t, "chmod -R 750 t/a")
	if err != nil || c.err.String() != "changed 2 files and directories\n" {
		t.Errorf("%v, says %q", err, c.err.String())
	}
}
