package editor

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gdamore/tcell/v3/vt"

	"ftpsh/internal/term"
)

// text joins the rows of a frame, with the cursor.
func (f frame) text() string {
	var lines []string
	for i, r := range f.rows {
		shown := plain(r.text)
		if i == f.line {
			column := 0
			for at := 0; at <= len(shown); {
				if column == f.col || at == len(shown) {
					shown = shown[:at] + strings.Repeat(" ", max(0, f.col-column)) + "▏" + shown[at:]
					break
				}
				cluster, width := term.Cluster(shown[at:])
				at, column = at+len(cluster), column+width
			}
		}
		if r.soft {
			shown += "↩"
		}
		lines = append(lines, shown)
	}
	return strings.Join(lines, "\n")
}

// plain is s without colours.
func plain(s string) string {
	var b strings.Builder
	for p := range pieces(s, true) {
		if !p.style {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

func TestLayout(t *testing.T) {
	tests := []struct {
		name       string
		status     []string
		v          *view
		cols, rows int
		want       string
	}{
		{"nothing", nil, nil, 10, 5, ""},
		{"status alone", []string{"50% of file", "total"}, nil, 10, 5, "50% of f…\ntotal▏"},
		{"prompt", nil, &view{prompt: "> ", text: "abc", pos: 1}, 10, 5, "> a▏bc"},
		{"status and prompt", []string{"50%"}, &view{prompt: "> "}, 10, 5, "50%\n> ▏"},
		{"full row", nil, &view{prompt: "> ", text: "12345678", pos: 8}, 10, 5, "> 12345678↩\n▏"},
		{"full row, cursor inside", nil, &view{prompt: "> ", text: "12345678", pos: 7}, 10, 5, "> 1234567▏8"},
		{"full row and line end", nil, &view{prompt: "> ", text: "12345678\nx", pos: 8}, 10, 5, "> 12345678↩\n▏\nx"},
		{"prompt fills the row", nil, &view{prompt: "1234567890", text: "a"}, 10, 5, "1234567890↩\n▏a"},
		{"wide rune does not fit", nil, &view{prompt: "> ", text: "1234567日", pos: 7}, 10, 5, "> 1234567↩\n▏日"},
		{"lines", nil, &view{prompt: "> ", text: "a\n\nb", pos: 2}, 10, 5, "> a\n▏\nb"},
		{"safe", nil, &view{prompt: "> ", text: "a\x1b\tb", pos: 3}, 12, 5, `> a\x1b\t▏b`},
		{"secret", nil, &view{prompt: "> ", text: "hunter2", pos: 3, mask: true}, 10, 5, "> ▏"},
		{"hint", nil, &view{prompt: "> ", hint: "a long hint"}, 10, 5, "> ▏\na long h…"},
		{"long text scrolls", nil, &view{prompt: "> ", text: strings.Repeat("1234567890", 9), pos: 88}, 10, 3,
			"9012345678↩\n9012345678↩\n▏90"},
		{"long text, cursor at the top", nil, &view{prompt: "> ", text: strings.Repeat("1234567890", 9)}, 10, 3,
			"> ▏12345678↩\n9012345678↩\n9012345678"},
		{"long text leaves room for the hint", nil, &view{prompt: "> ", text: strings.Repeat("1234567890", 9), hint: "h"}, 10, 3,
			"> ▏12345678↩\n9012345678\nh"},
		{"more status than screen", []string{"1", "2", "3", "4"}, &view{prompt: "> "}, 10, 3, "3\n4\n> ▏"},
	}
	for _, tt := range tests {
		if got := layout(tt.status, tt.v, tt.cols, tt.rows).text(); got != tt.want {
			t.Errorf("%s:\n%s\nwant:\n%s", tt.name, got, tt.want)
		}
	}
}

// Rows are drawn one by one, so each has to start and end its own colours.
func TestColoursEndWithTheRow(t *testing.T) {
	f := layoutInput(view{prompt: "\x1b[1;32m12345\x1b[0m> ", text: "x"}, 4)
	want := []string{"\x1b[1;32m1234" + resetStyle, "\x1b[1;32m5" + resetStyle + "> x"}
	for i, r := range f.rows[:2] {
		if r.text != want[i] {
			t.Errorf("row %d: %q, want %q", i, r.text, want[i])
		}
	}
}

// TestDrawing draws frames over one another; the screen has to show each as if
// it were the only one.
func TestDrawing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, cols := range []int{2, 5, 10, 31} {
		const rows = 8
		x := newTerminal(t, cols, rows)
		var old frame
		for i := range 300 {
			next := randomFrame(r, cols, rows)
			var b bytes.Buffer
			draw(&b, old, next, cols)
			x.Write(b.Bytes())
			if got, want := bottom(x, next), expected(next); got != want {
				t.Fatalf("step %d, %d columns:\n%s\nwant:\n%s", i, cols, got, want)
			}
			old = next
		}
	}
}

func randomFrame(r *rand.Rand, cols, rows int) frame {
	alphabet := []string{"a", "b", " ", "日", "👍🏽", "e\u0301", "\n", "\x1b"}
	word := func(n int) string {
		var b strings.Builder
		for range r.IntN(n + 1) {
			b.WriteString(alphabet[r.IntN(len(alphabet))])
		}
		return b.String()
	}
	var status []string
	for range r.IntN(3) {
		status = append(status, word(cols))
	}
	if r.IntN(8) == 0 {
		return layout(status, nil, cols, rows)
	}
	text := word(cols * 4)
	pos := 0
	for pos < len(text) && r.IntN(cols*2) > 0 {
		pos = (&line{text: text}).next(pos)
	}
	v := &view{prompt: "\x1b[32m" + word(3) + "\x1b[0m> ", text: text, pos: pos}
	if r.IntN(3) == 0 {
		v.hint = word(cols)
	}
	return layout(status, v, cols, rows)
}

// bottom is what the screen shows from the top of a frame, and the cursor in it.
func bottom(x *terminal, f frame) string {
	cursor := x.vt.Pos()
	top := int(cursor.Y) - f.line
	cols, rows := x.size()
	var lines []string
	for y := top; y < rows; y++ {
		var b strings.Builder
		for col := range cols {
			b.WriteString(x.vt.GetCell(vt.Coord{X: vt.Col(col), Y: vt.Row(y)}).C)
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return fmt.Sprintf("%s\ncursor %d", strings.TrimRight(strings.Join(lines, "\n"), "\n"), cursor.X)
}

// expected is what bottom has to return.
func expected(f frame) string {
	var lines []string
	for _, r := range f.rows {
		lines = append(lines, strings.TrimRight(plain(r.text), " "))
	}
	return fmt.Sprintf("%s\ncursor %d", strings.TrimRight(strings.Join(lines, "\n"), "\n"), f.col)
}

// FuzzLayout: a frame fits on the screen, and the cursor is in it.
func FuzzLayout(f *testing.F) {
	f.Add("\x1b[32m> \x1b[0m", "ls 日本\n\xff\x1b[A", 5, 10, 4, "status")
	f.Add("prompt", "", 0, 1, 1, "\x1b[31m\n")
	f.Fuzz(func(t *testing.T, prompt, text string, pos, cols, rows int, status string) {
		cols, rows = 2+abs(cols)%200, 1+abs(rows)%60
		v := &view{prompt: prompt, text: text, pos: abs(pos) % (len(text) + 1), hint: status}
		got := layout([]string{status, status}, v, cols, rows)
		if len(got.rows) > rows || got.line < 0 || got.line >= len(got.rows) || got.col < 0 || got.col >= cols {
			t.Fatalf("%d rows, cursor at %d, %d on a screen of %d by %d", len(got.rows), got.line, got.col, cols, rows)
		}
		for _, r := range got.rows {
			if r.width > cols {
				t.Errorf("row %q is %d columns wide of %d", r.text, r.width, cols)
			}
			if strings.IndexFunc(plain(r.text), dropped) >= 0 {
				t.Errorf("row %q has control characters", r.text)
			}
		}
	})
}

func abs(n int) int { return max(n, -(n + 1)) }

func TestReflow(t *testing.T) {
	v := &view{prompt: "> ", text: strings.Repeat("1234567890", 5), pos: 50}
	for _, from := range []int{10, 20, 33, 52, 60} {
		for _, to := range []int{10, 20, 33, 52, 60} {
			got := reflowed(layout([]string{"status"}, v, from, 20), to)
			want := layout([]string{"status"}, v, to, 20)
			if got.line != want.line || len(got.rows) != len(want.rows) {
				t.Errorf("%d to %d columns: row %d of %d, want %d of %d", from, to,
					got.line, len(got.rows), want.line, len(want.rows))
			}
		}
	}
}

func TestMenuLayout(t *testing.T) {
	items := func(n int) (all []Candidate) {
		for i := range n {
			all = append(all, Candidate{Label: fmt.Sprintf("item%02d", i), Insert: "x", Help: fmt.Sprint("help ", i)})
		}
		return all
	}
	tests := []struct {
		name                      string
		n, selected, cols, height int
		want                      string
	}{
		{"one row", 3, -1, 30, 5, "item00  item01  item02"},
		{"down the columns", 5, -1, 20, 5, "item00  item03\nitem01  item04\nitem02"},
		{"windowed", 20, -1, 20, 4, "item00  item10\nitem01  item11\nitem02  item12\n20 candidates"},
		{"around the selected", 20, 17, 20, 4, "item06  item16\nitem07  <item17>\nitem08  item18\n18 of 20  help 17"},
		{"no room", 20, 17, 20, 0, ""},
		{"one row of room", 20, 17, 20, 1, "item07  <item17>"},
		{"narrow", 2, -1, 5, 5, "ite…\nite…"},
	}
	for _, tt := range tests {
		m := newMenu(items(tt.n), snapshot{}, 0, 0)
		m.shown, m.selected = true, tt.selected
		got := strings.Join(m.layout(tt.cols, tt.height), "\n")
		got = strings.NewReplacer(selectOn, "<", resetStyle, ">").Replace(got)
		if got != tt.want {
			t.Errorf("%s:\n%s\nwant:\n%s", tt.name, got, tt.want)
		}
	}
}
