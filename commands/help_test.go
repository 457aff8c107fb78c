package commands

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ftpsh/internal/config"
	"ftpsh/internal/term"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a text with its file in testdata, or rewrites the file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update rewrites it)\n got:\n%s\nwant:\n%s", path, got, want)
	}
}

func TestHelpGoldens(t *testing.T) {
	d := newDesk(t, NewTable(append(sampleCommands(), helpCommands()...)...))
	var b strings.Builder
	for _, line := range []string{"help", "help -l", "help get", "help quote restart", "? account", "help -l get", "usage get mdir"} {
		out, err := d.run(t, line)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("ftp> " + line + "\n" + out)
	}
	golden(t, "help.txt", b.String())
}

func TestHelpOfNothing(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	d.refuses(t, "help gte", `unknown command "gte"`)
	d.refuses(t, "usage n", `ambiguous command "n"`)
	d.refuses(t, "usage", "usage: missing command")
}

func TestOverviewFitsTheWidth(t *testing.T) {
	for _, width := range []int{20, 40, 80, 200} {
		p := term.NewPrinter(term.PrinterConfig{Width: func() int { return width }})
		for line := range strings.Lines(NewTable(All()...).overview(p)) {
			if strings.HasPrefix(line, "  ") && len(strings.TrimSuffix(line, "\n")) > width {
				t.Errorf("at width %d: %q", width, line)
			}
		}
	}
}

func TestManualGolden(t *testing.T) {
	manual := Man(sampleTable(), Manual{
		Date:        "2026-11-28",
		Synopsis:    []string{"ftpsh [flags] [target]"},
		Description: "One paragraph.\n\n.Another one, with a \\ and a dash -.",
		Options:     []ManualEntry{{"-u user", "Log in as USER."}},
		Files:       []ManualEntry{{"~/.netrc", "Logins."}},
	})
	before, rest, _ := strings.Cut(manual, ".SH \"SETTINGS\"\n")
	settings, after, _ := strings.Cut(rest, ".SH ")
	for _, s := range config.Settings() {
		if !strings.Contains(settings, `.B "`+escapeRoff(s.Name)+" = ") {
			t.Errorf("the manual lacks the setting %s", s.Name)
		}
	}
	golden(t, "manual.1", before+".SH "+after)
}

func TestREADMEGolden(t *testing.T) {
	golden(t, "readme.md", README(sampleTable()))
}

func TestReplaceCommands(t *testing.T) {
	table := NewTable(Command{Name: "cd", Group: Browsing, Short: "go"})
	readme := "a\n<!-- commands -->\nold\n<!-- /commands -->\nb\n"
	want := "a\n<!-- commands -->\n" + README(table) + "<!-- /commands -->\nb\n"
	for range 2 {
		got, err := ReplaceCommands(readme, table)
		if err != nil || got != want {
			t.Errorf("README becomes %q, %v; want %q", got, err, want)
		}
		readme = got
	}
	if _, err := ReplaceCommands("no markers", table); err == nil {
		t.Error("a README without markers is taken")
	}
}
