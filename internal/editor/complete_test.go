package editor

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// offering completes the last word by those of the words that start with it.
func offering(words ...string) func(context.Context, string, int) Completion {
	return func(_ context.Context, line string, pos int) Completion {
		c := Completion{Start: strings.LastIndex(line[:pos], " ") + 1, End: pos}
		for _, word := range words {
			if strings.HasPrefix(word, line[c.Start:pos]) {
				c.Items = append(c.Items, Candidate{Label: word, Insert: word})
			}
		}
		return c
	}
}

func TestCompletion(t *testing.T) {
	s := newSession(t, Config{Complete: offering("README", "REPORT", "other")})
	s.reads()
	s.types("get o" + tabKey)
	s.sees("> get other▏")
	s.types("\x17R" + tabKey)
	s.sees("> get RE▏")
	s.types(tabKey)
	s.sees("\n> get RE▏\nREADME  REPORT")
	s.types(tabKey)
	s.sees("\n> get README▏\nREADME  REPORT\n1 of 2")
	s.types(tabKey)
	s.sees("\n> get REPORT▏\nREADME  REPORT\n2 of 2")
	s.types("\x1b[Z")
	s.sees("\n> get README▏\nREADME  REPORT\n1 of 2")
	s.types(enterKey) // takes it, and does not run the line
	s.sees("> get README▏")
	s.types(enterKey)
	s.gets("get README", nil)
}

func TestMenuIsCancelled(t *testing.T) {
	for _, key := range []string{escapeKey, "\x07", ctrlC} {
		s := newSession(t, Config{Complete: offering("README", "REPORT")})
		s.reads()
		s.types("get R" + tabKey)
		s.types(tabKey)
		s.types(tabKey)
		s.sees("\n> get README▏\nREADME  REPORT\n1 of 2")
		s.types(key)
		s.sees("> get RE▏")
	}
}

// Tab Tab Ctrl-K divided by zero.
func TestCtrlKInMenu(t *testing.T) {
	s := newSession(t, Config{Complete: offering("README", "REPORT")})
	s.reads()
	s.types("R" + tabKey)
	s.types(tabKey)
	s.types("\x0b")
	s.sees("> RE▏")
	s.types("x")
	s.sees("> REx▏")
}

// Candidates behind a wide rune made for a negative count of blanks. The common
// start ends between clusters, not inside of one.
func TestCompletionOfWideRunes(t *testing.T) {
	s := newSession(t, Config{Complete: offering("日本語", "日本人", "👩‍👩‍👧 one", "👩‍👩‍👦 two")})
	s.reads()
	s.types("日" + tabKey)
	s.sees("> 日本▏")
	s.types(tabKey)
	s.sees("\n> 日本▏\n日本語  日本人")
	s.types("\x15👩" + tabKey)
	s.types(tabKey)
	s.sees("\n> 👩▏\n👩‍👩‍👧 one  👩‍👩‍👦 two")
}

// A candidate wider than the screen, and then an arrow key, panicked.
func TestCandidateWiderThanTheScreen(t *testing.T) {
	long := strings.Repeat("0123456789", 5)
	s := newSession(t, Config{Complete: offering(long+"a", long+"b")})
	s.reads()
	s.types("0" + tabKey)
	s.types(tabKey)
	s.types(downKey + rightKey + leftKey)
	s.sees("\n> " + long[:38] + "\n" + long[38:] + "a▏\n" + long[:38] + "…\n" + long[:38] + "…\n1 of 2")
}

// A range beyond the line panicked.
func TestCompletionOutsideOfTheLine(t *testing.T) {
	s := newSession(t, Config{Complete: func(context.Context, string, int) Completion {
		return Completion{Start: 0, End: 7, Items: []Candidate{{Insert: "x"}}}
	}})
	s.reads()
	s.types("a" + tabKey)
	s.sees("\n> a▏\ncompletion: range 0 to 7 is outside of…")
}

// A list longer than the screen hid the prompt.
func TestMenuIsWindowed(t *testing.T) {
	var words []string
	for i := range 5000 {
		words = append(words, fmt.Sprintf("file%04d-with-a-long-name", i))
	}
	s := newSessionOf(t, newTerminal(t, 30, 5), Config{Complete: offering(words...)})
	s.reads()
	s.types("f" + tabKey)
	s.types(tabKey)
	s.sees("\n> file▏\nfile0000-with-a-long-name\nfile0001-with-a-long-name\nfile0002-with-a-long-name\n5000 candidates")
	s.types("\x1b[Z")
	s.sees("\n> file4999-with-a-long-name▏\nfile4997-with-a-long-name\nfile4998-with-a-long-name\nfile4999-with-a-long-name\n5000 of 5000")
}

// A label may have colours of its own; the line never gets them.
func TestLabelAndInsertedTextAreApart(t *testing.T) {
	s := newSession(t, Config{Complete: func(_ context.Context, _ string, pos int) Completion {
		return Completion{End: pos, Items: []Candidate{{Label: "shown", Insert: "'in serted'"}}}
	}})
	s.reads()
	s.types("in" + tabKey)
	s.sees("> 'in serted'▏")
}

// A completer that ignores case corrects what was typed.
func TestCompletionCorrectsCase(t *testing.T) {
	s := newSession(t, Config{Complete: func(_ context.Context, _ string, pos int) Completion {
		return Completion{End: pos, Items: []Candidate{{Insert: "README"}, {Insert: "REPORT"}}}
	}})
	s.reads()
	s.types("re" + tabKey)
	s.sees("> RE▏")
}

// blocking completes when it is told to, and tells when it was cancelled.
type blocking struct{ started, cancelled, answer chan struct{} }

func newBlocking() *blocking {
	return &blocking{make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{})}
}

func (b *blocking) complete(ctx context.Context, line string, pos int) Completion {
	b.started <- struct{}{}
	select {
	case <-b.answer:
	case <-ctx.Done():
		b.cancelled <- struct{}{}
		return Completion{Err: ctx.Err()}
	}
	return Completion{End: pos, Items: []Candidate{{Insert: "answer"}}}
}

func TestSlowCompletion(t *testing.T) {
	slow := newBlocking()
	s := newSession(t, Config{Complete: slow.complete})
	s.reads()
	s.types("a" + tabKey)
	s.sees("\n> a▏\ncompleting…")
	close(slow.answer)
	s.sees("> answer▏")
}

// Tab Tab shows the menu, however long the candidates take.
func TestSecondTabDuringCompletion(t *testing.T) {
	release := make(chan struct{})
	offer := offering("one", "other")
	s := newSession(t, Config{Complete: func(ctx context.Context, line string, pos int) Completion {
		<-release
		return offer(ctx, line, pos)
	}})
	s.reads()
	s.types("o" + tabKey)
	s.sees("\n> o▏\ncompleting…")
	s.types(tabKey)
	close(release)
	s.sees("\n> o▏\none    other")
}

func TestTypingDuringCompletion(t *testing.T) {
	slow := newBlocking()
	s := newSession(t, Config{Complete: slow.complete})
	s.reads()
	s.types("a" + tabKey)
	s.sees("\n> a▏\ncompleting…")
	s.types("b")
	s.sees("> ab▏")
	wait(t, slow.cancelled)
	s.types(enterKey)
	s.gets("ab", nil)
}

// F21: Ctrl-C cancels the completion, and keeps the line.
func TestF21_InterruptDuringCompletion(t *testing.T) {
	slow := newBlocking()
	s := newSession(t, Config{Complete: slow.complete})
	s.reads()
	s.types("rm a" + tabKey)
	s.sees("\n> rm a▏\ncompleting…")
	s.types(ctrlC)
	wait(t, slow.cancelled)
	s.sees("> rm a▏")
	s.types(ctrlC)
	s.gets("", ErrInterrupted)
}

func TestCompletionTimeout(t *testing.T) {
	slow := newBlocking()
	s := newSession(t, Config{Complete: slow.complete, CompleteTimeout: 100 * time.Millisecond})
	s.reads()
	s.types("a" + tabKey)
	s.sees("\n> a▏\ncompletion: no answer in 100ms")
}

func wait(t *testing.T, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatal("it did not happen")
	}
}

func TestCommonPrefix(t *testing.T) {
	tests := []struct {
		want    string
		inserts []string
	}{
		{"ab", []string{"abc", "abd", "ab"}},
		{"", []string{"a", "b"}},
		{"日", []string{"日本", "日語"}},
		{"e", []string{"eé", "ee\u0301"}},       // one precomposed, one not
		{"", []string{"e\u0301", "e"}},          // not the e alone
		{"x", []string{"x👩‍👩‍👧", "x👩‍👩‍👦"}},     // not half a family
		{"a\xff", []string{"a\xffb", "a\xffc"}}, // bytes that are no UTF-8
		{"same", []string{"same", "same"}},      // equal ones
		{"🇩🇪", []string{"🇩🇪🇫🇷", "🇩🇪🇮🇹"}},        // flags are pairs
		{strings.Repeat("x", 100), []string{strings.Repeat("x", 100) + "a", strings.Repeat("x", 100)}},
	}
	for _, tt := range tests {
		var items []Candidate
		for _, insert := range tt.inserts {
			items = append(items, Candidate{Insert: insert})
		}
		if got := commonPrefix(items); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.inserts, got, tt.want)
		}
	}
}
