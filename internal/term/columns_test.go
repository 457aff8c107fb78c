package term

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares text, with ESC made visible, with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	got = strings.ReplaceAll(got, "\x1b", `\e`)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update writes it); got:\n%s", path, got)
	}
}

// directory is a listing with everything that makes columns hard.
func directory(p *Printer) []string {
	cells := []string{
		p.Entry("pub", LSDir), p.Entry("incoming", LSDir), p.Entry("日本語のフォルダ", LSDir),
		p.Entry("latest", LSLink), p.Entry("run.sh", LSExec), p.Entry("null", LSOther),
		p.Entry("README.txt", LSFile), p.Entry("backup.tar", LSFile), p.Entry("a b.txt", LSFile),
		p.Entry("esc\x1b[31m.txt", LSFile), p.Entry("bad\xff.bin", LSFile), p.Entry("👩‍🚀.png", LSFile),
		p.Entry("a-longer-name.dat", LSFile),
	}
	for i := range 12 {
		cells = append(cells, p.Entry(fmt.Sprintf("file%02d", i), LSFile))
	}
	return cells
}

func TestListingGolden(t *testing.T) {
	for _, width := range []int{40, 80, 200} {
		for color, mode := range map[string]ColorMode{"plain": ColorNever, "color": ColorAlways} {
			p := NewPrinter(PrinterConfig{Color: mode, Getenv: environment("LS_COLORS=*.tar=01;31")})
			listing := Columns(directory(p), width)
			golden(t, fmt.Sprintf("listing-%d-%s.txt", width, color), listing)
			for line := range strings.Lines(listing) {
				line = strings.TrimSuffix(line, "\n")
				if Width(line) > width && strings.Contains(line, "  ") {
					t.Errorf("width %d: %q is too wide", width, line)
				}
				if strings.TrimRight(line, " ") != line {
					t.Errorf("blanks at the end of %q", line)
				}
			}
		}
	}
}

func TestColumns(t *testing.T) {
	tests := []struct {
		cells string
		width int
		want  string
	}{
		{"", 80, ""},
		{"a", 80, "a\n"},
		{"a b c d", 10, "a  b  c  d\n"},
		{"a b c d", 9, "a  c\nb  d\n"},
		{"a b c d e", 9, "a  c  e\nb  d\n"},
		{"a b", 0, "a\nb\n"},
		{"a b", -5, "a\nb\n"},
		{"longer than", 4, "longer\nthan\n"},
	}
	for _, test := range tests {
		if got := Columns(strings.Fields(test.cells), test.width); got != test.want {
			t.Errorf("%q at %d: got %q, want %q", test.cells, test.width, got, test.want)
		}
	}
}

func FuzzColumnsKeepsEveryCell(f *testing.F) {
	f.Add("a bb ccc dddd", 12)
	f.Add("日本 x", 5)
	f.Fuzz(func(t *testing.T, text string, width int) {
		cells := strings.Fields(Safe(text))
		width = min(width, 500)
		listing := Columns(cells, width)
		if got := len(strings.Fields(listing)); got != len(cells) {
			t.Fatalf("%d cells became %d", len(cells), got)
		}
		for line := range strings.Lines(listing) {
			if len(strings.Fields(line)) > 1 && Width(line) > width {
				t.Fatalf("line %q is wider than %d", line, width)
			}
		}
	})
}

func BenchmarkColumns100000(b *testing.B) {
	p := NewPrinter(PrinterConfig{Color: ColorAlways})
	cells := make([]string, 100_000)
	for i := range cells {
		cells[i] = p.Entry(fmt.Sprintf("file-%07d.txt", i), LSFile)
	}
	for b.Loop() {
		Columns(cells, 200)
	}
}
