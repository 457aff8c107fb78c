package listing

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite what testdata/*.txt expects; read the difference before you commit it")

// testNow is the moment at which the listings of testdata were taken.
var testNow = time.Date(2026, time.November, 28, 12, 0, 0, 0, time.UTC)

// A testdata file is a family's listings as input and golden in one: a line of a listing, and below it, after
// a tab, what is read from it. A line "# ..." starts a new listing. A line of a listing in Go's quotes stands
// for bytes that a text file cannot show.
func TestFamilies(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := annotate(t, file, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			diffLines(t, string(want), got)
		})
	}
}

// annotate writes what a file of testdata should hold.
func annotate(t *testing.T, file, text string) string {
	t.Helper()
	var out bytes.Buffer
	parser := newTestParser(file)
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "\t"):
			continue
		case line == "" || strings.HasPrefix(line, "# "):
			parser.End()
			describeOrphan(&out, parser)
			parser = newTestParser(file)
			fmt.Fprintln(&out, line)
			continue
		}
		fmt.Fprintln(&out, line)
		e, verdict := parser.Line(unquote(t, line))
		describeOrphan(&out, parser)
		fmt.Fprintf(&out, "\t%s\n", describe(e, verdict))
	}
	parser.End()
	describeOrphan(&out, parser)
	return out.String()
}

func newTestParser(file string) *Parser {
	switch filepath.Base(file) {
	case "mlsd.txt":
		return NewFacts()
	case "nlst.txt":
		return NewNames("pub")
	}
	return New(testNow, time.UTC)
}

func describeOrphan(out *bytes.Buffer, parser *Parser) {
	if e, ok := parser.Orphan(); ok {
		fmt.Fprintf(out, "\torphan %s\n", describe(e, Found))
	}
}

func unquote(t *testing.T, line string) string {
	t.Helper()
	if !strings.HasPrefix(line, `"`) {
		return line
	}
	s, err := strconv.Unquote(line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return s
}

// describe writes an entry with what is known of it.
func describe(e Entry, verdict Verdict) string {
	if verdict != Found {
		return [...]string{Unknown: "unknown", Heading: "heading", Pending: "pending"}[verdict]
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q", e.Type, e.Name)
	if e.Target != "" {
		fmt.Fprintf(&b, " -> %q", e.Target)
	}
	if e.Size >= 0 {
		fmt.Fprintf(&b, " size=%s%d", map[bool]string{true: "~"}[e.Approx], e.Size)
	}
	if !e.Time.IsZero() {
		fmt.Fprintf(&b, " time=%s%s", e.Time.Format("2006-01-02T15:04:05.999999999Z07:00"), map[bool]string{true: "!"}[e.Precise])
	}
	for _, field := range []struct{ name, value string }{
		{"perm", e.Perm}, {"owner", e.Owner}, {"group", e.Group}, {"unique", e.Unique},
	} {
		if field.value != "" {
			fmt.Fprintf(&b, " %s=%q", field.name, field.value)
		}
	}
	return b.String()
}

func diffLines(t *testing.T, want, got string) {
	t.Helper()
	wants, gots := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(wants), len(gots)) {
		var w, g string
		if i < len(wants) {
			w = wants[i]
		}
		if i < len(gots) {
			g = gots[i]
		}
		if w != g {
			t.Errorf("line %d\n got %s\nwant %s", i+1, g, w)
			return
		}
	}
}
