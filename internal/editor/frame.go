package editor

import (
	"iter"
	"strings"

	"ftpsh/internal/term"
)

// view is what a prompt looks like, before it is known how wide the screen is.
type view struct {
	prompt string // may hold colour sequences and line ends
	text   string
	pos    int    // cursor, a byte offset into text
	mask   bool   // a secret: text is not shown
	mark   string // behind the text, as ^C
	menu   *menu
	hint   string // one row below
}

// row is one row of the screen. A soft row goes on in the next one: the
// terminal wraps it itself, so that copying and resizing know one line.
type row struct {
	text  string // with colour sequences, self-contained
	width int
	soft  bool
}

// frame is what stands at the bottom of the screen: rows, and the cursor.
type frame struct {
	rows      []row
	line, col int
}

// layout is the whole picture: the status rows, the prompt with its text, and
// below that the menu and the hint. It never is taller than the screen: of the
// status rows the last ones stay, which tell of all, and what does not fit of
// the text is scrolled away from the cursor. v may be nil.
func layout(status []string, v *view, cols, rows int) frame {
	var f frame
	for _, s := range status[max(0, len(status)-(rows-1)):] {
		f.add(fit(s, cols-1))
	}
	if v == nil {
		if last := len(f.rows) - 1; last >= 0 {
			f.line, f.col = last, f.rows[last].width
		}
		return f
	}
	room := rows - len(f.rows)
	input := layoutInput(*v, cols)
	input.window(max(1, room-v.wanted(cols, room)))
	room -= len(input.rows)
	f.line, f.col = len(f.rows)+input.line, input.col
	f.rows = append(f.rows, input.rows...)
	if v.menu != nil {
		for _, s := range v.menu.layout(cols, room) {
			f.add(s)
			room--
		}
	}
	if v.hint != "" && room > 0 {
		f.add(fit(v.hint, cols-1))
	}
	return f
}

// wanted is how many rows below the text a view insists on when the text alone
// would fill the screen.
func (v *view) wanted(cols, room int) int {
	want := 0
	if v.hint != "" {
		want++
	}
	if v.menu != nil {
		want += len(v.menu.layout(cols, room/2))
	}
	return min(want, room/2)
}

func (f *frame) add(s string) {
	f.rows = append(f.rows, row{text: s, width: term.Width(s)})
}

// window keeps height rows around the cursor.
func (f *frame) window(height int) {
	if len(f.rows) <= height {
		return
	}
	top := max(0, f.line-height+1)
	f.rows = f.rows[top : top+height]
	f.rows[height-1].soft = false
	f.line -= top
}

// layoutInput lays out the prompt and the text on as many rows as they take.
func layoutInput(v view, cols int) frame {
	w := wrapper{cols: max(cols, 2)}
	for p := range pieces(v.prompt, true) {
		w.put(p)
	}
	w.put(piece{style: true})
	if v.mask {
		v.text, v.pos = "", 0
	}
	f := frame{line: -1}
	for p := range pieces(v.text, false) {
		if f.line < 0 && p.at >= v.pos {
			f.line, f.col = w.cursor(p)
		}
		w.put(p)
	}
	if f.line < 0 {
		f.line, f.col = w.cursor(piece{})
	}
	for p := range pieces(v.mark, true) {
		w.put(p)
	}
	w.end(false)
	f.rows = w.rows
	return f
}

// wrapper breaks pieces into rows of cols columns.
type wrapper struct {
	cols  int
	rows  []row
	text  strings.Builder
	width int
	style string // colour sequences in force
}

// put adds one piece to the last row, or to a new one if it does not fit.
func (w *wrapper) put(p piece) {
	switch {
	case p.newline:
		w.end(false)
		return
	case p.style:
		w.setStyle(p.text)
		return
	case w.width+p.width > w.cols:
		w.end(true)
	}
	w.text.WriteString(p.text)
	w.width += p.width
}

// setStyle notes a colour sequence; the empty one, as ESC [ m, ends them all.
func (w *wrapper) setStyle(sequence string) {
	if sequence == "" || sequence == "\x1b[m" || sequence == resetStyle {
		if w.style != "" {
			w.text.WriteString(resetStyle)
		}
		w.style = ""
		return
	}
	w.style += sequence
	w.text.WriteString(sequence)
}

// end ends a row. Its colours end with it and are taken up by the next, so that
// each can be drawn alone.
func (w *wrapper) end(soft bool) {
	style := w.style
	w.setStyle("")
	w.rows = append(w.rows, row{w.text.String(), w.width, soft})
	w.text.Reset()
	w.width = 0
	if style != "" {
		w.setStyle(style)
	}
}

// cursor returns where p is going to stand: behind a full row that is the next
// one, which is begun at once, since a line end or nothing may follow.
func (w *wrapper) cursor(p piece) (line, col int) {
	if w.width+max(p.width, 1) > w.cols {
		w.end(true)
	}
	return len(w.rows), w.width
}

// resetStyle ends all colours and attributes.
const resetStyle = "\x1b[0m"

// piece is what cannot be broken over two rows.
type piece struct {
	at      int // byte offset of the cluster it shows
	text    string
	width   int
	style   bool // a colour sequence
	newline bool
}

// pieces yields what there is to see of s: clusters, line ends, colour
// sequences if there may be any, and what must not reach a terminal as the
// characters that [term.Safe] makes of it.
func pieces(s string, colored bool) iter.Seq[piece] {
	return func(yield func(piece) bool) {
		for at := 0; at < len(s); {
			n, ok := yieldPiece(s, at, colored, yield)
			if !ok {
				return
			}
			at += n
		}
	}
}

// yieldPiece yields the piece or pieces at s[at:] and returns the bytes taken.
func yieldPiece(s string, at int, colored bool, yield func(piece) bool) (n int, ok bool) {
	rest := s[at:]
	if rest[0] == '\n' {
		return 1, yield(piece{at: at, newline: true})
	}
	if n := styleLen(rest); colored && n > 0 {
		return n, yield(piece{at: at, text: rest[:n], style: true})
	}
	cluster, width := firstCluster(rest)
	safe := term.Safe(cluster)
	if safe == cluster {
		return len(cluster), yield(piece{at: at, text: cluster, width: width})
	}
	for shown := safe; shown != ""; {
		part, width := firstCluster(shown)
		if !yield(piece{at: at, text: part, width: width}) {
			return 0, false
		}
		shown = shown[len(part):]
	}
	return len(cluster), true
}

// firstCluster is [term.Cluster], quicker between two ASCII characters.
func firstCluster(s string) (string, int) {
	if s[0] >= ' ' && s[0] < 0x7f && (len(s) == 1 || s[1] < 0x80) {
		return s[:1], 1
	}
	return term.Cluster(s)
}

// styleLen returns the length of the colour sequence at the start of s.
func styleLen(s string) int {
	const introducer = "\x1b["
	if !strings.HasPrefix(s, introducer) {
		return 0
	}
	final := len(s) - len(strings.TrimLeft(s[len(introducer):], "0123456789;:"))
	if final == len(s) || s[final] != 'm' {
		return 0
	}
	return final + 1
}

// fit makes s one row of at most width columns, safe but for its colours.
func fit(s string, width int) string {
	var b strings.Builder
	for p := range pieces(s, true) {
		if p.newline {
			b.WriteString(term.Safe("\n"))
		}
		b.WriteString(p.text)
	}
	return term.Cut(b.String(), width)
}
