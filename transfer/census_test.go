package transfer

import (
	"strings"
	"testing"

	"ftpsh/internal/script"
)

// What a server keeps under another name than it was sent with looked like something that the source does
// not have: the second mirror sent it again and then removed it, and all seemed well.
func TestS55_S60_NamesThatTheServerChangesAreNotRemoved(t *testing.T) {
	changed := func(name string) string { return strings.ReplaceAll(name, "!", "_") }
	for name, sent := range map[string]string{"a file": "odd!", "a directory": "odd!/in it"} {
		b := newBench(t)
		for _, verb := range []string{"RNTO", "MKD", "STOR", "RNFR", "SIZE", "MFMT"} {
			b.On(verb, func(c *script.Conversation, name string) { c.Default(verb, changed(name)) })
		}
		plant(t, b.dir, map[string]string{sent: "precious", "even": "e"})
		for _, round := range []string{"first", "again", "once more"} {
			plan := mirrored(b.dir, "/d", true)
			plan.Removals = &Removals{}
			summary, told, err := b.job(t, &Job{}, plan)
			if summary.Removed > 0 || b.there("/d/"+changed(sent)) != "precious" {
				t.Errorf("%s, %s: %+v, %v\n%s", name, round, summary, err, told)
			}
			if round != "first" && err == nil {
				t.Errorf("%s, %s: nothing was said", name, round)
			}
		}
	}
}

// A directory that gets something new, and has something to be removed, is as it should be.
func TestMirrorAddsAndRemovesInOneDirectory(t *testing.T) {
	for _, upload := range []bool{true, false} {
		b := newBench(t)
		here, there := map[string]string{"new": "n", "dir/new": "n"}, map[string]string{"old": "o", "gone/old": "o", "dir/old": "o"}
		if !upload {
			here, there = there, here
		}
		plant(t, b.dir, here)
		for name, text := range there {
			b.Tree.Write("/d/"+name, []byte(text))
		}
		plan := mirrored(b.dir, "/d", upload)
		plan.Removals = &Removals{}
		summary, told, err := b.job(t, &Job{}, plan)
		if err != nil || summary.Moved != 2 || summary.Removed != 4 {
			t.Errorf("upload %t: %+v, %v\n%s", upload, summary, err, told)
		}
	}
}
