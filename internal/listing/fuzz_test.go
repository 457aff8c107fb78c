package listing

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// seedListings adds the listings of testdata, each line without its expectation.
func seedListings(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatalf("no testdata: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for part := range strings.SplitSeq(string(text), "\n# ") {
			var lines []string
			for _, line := range strings.Split(part, "\n")[1:] {
				if !strings.HasPrefix(line, "\t") {
					lines = append(lines, line)
				}
			}
			f.Add(strings.Join(lines, "\r\n"))
		}
	}
}

func FuzzList(f *testing.F) {
	seedListings(f)
	f.Fuzz(func(t *testing.T, text string) {
		checkListing(t, newList(), text)
	})
}

func FuzzMLSD(f *testing.F) {
	seedListings(f)
	f.Fuzz(func(t *testing.T, text string) {
		checkListing(t, NewFacts(), text)
	})
}

func FuzzNLST(f *testing.F) {
	seedListings(f)
	f.Fuzz(func(t *testing.T, text string) {
		checkListing(t, NewNames("pub"), text)
	})
}

// checkListing holds for every text: each line is accounted for and still there to be shown, names are not
// empty, numbers are in their range.
func checkListing(t *testing.T, p *Parser, text string) {
	all, err := p.ReadAll(strings.NewReader(text), Limits{})
	if err != nil {
		return // over a limit
	}
	lines := strings.Count(text, "\n")
	if text != "" && !strings.HasSuffix(text, "\n") {
		lines++
	}
	sum := all.Summary
	if sum.Lines != lines || sum.Entries+sum.Unparsed+sum.Headings+sum.Joined != lines {
		t.Errorf("%d lines: %+v", lines, sum)
	}
	if sum.Entries != len(all.Entries) || sum.Unparsed != len(all.Unparsed) {
		t.Errorf("%d entries, %d unparsed: %+v", len(all.Entries), len(all.Unparsed), sum)
	}
	for _, e := range all.Entries {
		if e.Name == "" || e.Size < -1 || e.Approx && e.Size < 0 || e.Type < File || e.Type > Other {
			t.Errorf("%+v", e)
		}
		if year := e.Time.Year(); year < 0 || year > 10000 {
			t.Errorf("year %d: %+v", year, e)
		}
		if !strings.Contains(text, strings.ReplaceAll(e.Raw, "\n", "\r\n")) && !strings.Contains(text, e.Raw) {
			t.Errorf("raw %q was never sent", e.Raw)
		}
		if e.Type != Link && e.Target != "" {
			t.Errorf("a target without a link: %+v", e)
		}
	}
}

func FuzzFactsLine(f *testing.F) {
	f.Add("type=file;size=5;", "name")
	f.Add("type=OS.unix=slink:/a b;size=1;", "n; x")
	f.Add("", "  blanks ")
	f.Fuzz(func(t *testing.T, facts, name string) {
		if strings.ContainsAny(facts, " \t") || name == "" || facts != "" && !strings.HasSuffix(facts, ";") {
			return // facts have no blanks and end with a semicolon
		}
		if e, ok := factsLine(facts + " " + name); ok && e.Name != name {
			t.Errorf("%q %q: name %q", facts, name, e.Name)
		}
	})
}

func FuzzMLST(f *testing.F) {
	f.Add(" type=file;size=5; /home/me/a b.txt")
	f.Fuzz(func(t *testing.T, line string) {
		e, ok := MLST(line)
		if ok && (e.Name == "" || e.Name != "/" && strings.Contains(e.Name, "/")) {
			t.Errorf("%q: name %q", line, e.Name)
		}
	})
}

// FuzzLocalName: the way to the disk of Windows and back loses nothing, and what stands there is a plain file.
func FuzzLocalName(f *testing.F) {
	for _, name := range []string{"a:b", "con.txt", "a%3Ab", "nul", "a. ", "\xff", "%", "%%4", "COM¹", `\\?\x`} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		local, err := LocalName(name, true)
		if (err == nil) != (SafeName(name) == nil) {
			t.Fatalf("%q: %v", name, err)
		}
		if err != nil {
			return
		}
		if back := unescape(local); back != name {
			t.Errorf("%q is %q on disk and %q again", name, local, back)
		}
		if !utf8.ValidString(local) || strings.ContainsAny(local, `<>:"/\|?*`) || strings.HasSuffix(local, ".") || strings.HasSuffix(local, " ") || isDevice(local) {
			t.Errorf("%q is %q", name, local)
		}
	})
}
