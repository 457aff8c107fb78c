package transfer

import (
	"strings"
	"testing"
)

// Names that stand twice in a listing, or cannot stand on this disk, are refused and counted, and the rest comes
// over.
func TestF16_NamesThatCannotBe(t *testing.T) {
	long := strings.Repeat("n", 300)
	b := newBench(t)
	b.lists("type=file;size=2; ok", "type=file;size=1; twice", "type=file;size=1; twice", "type=dir; both", "type=file;size=1; both",
		"type=file;size=1; "+long, "type=file;size=1; a/b")
	for name, content := range map[string]string{"ok": "ok", "twice": "x", long: "x", "both": "x"} {
		b.Tree.Write("/d/"+name, []byte(content))
	}
	summary, told, err := b.down(t, &Job{})
	failures := strings.Join(told, "\n")
	if err == nil || summary.Moved < 1 || summary.Failed != 4 {
		t.Errorf("%+v, %v\n%s", summary, err, failures)
	}
	for _, name := range []string{"twice", "both", long, "a/b"} {
		if !strings.Contains(failures, name) {
			t.Errorf("%.20s is not told in\n%s", name, failures)
		}
	}
	if got, _ := b.here(t, "ok"); got != "ok" {
		t.Errorf("what can be here is %q", got)
	}
}
