package listing

import (
	"strings"
	"testing"
	"time"
)

// readLines is a whole listing from its lines.
func readLines(t *testing.T, p *Parser, lines ...string) Listing {
	t.Helper()
	all, err := p.ReadAll(strings.NewReader(strings.Join(lines, "\r\n")+"\r\n"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func entryNames(all Listing) string {
	var names []string
	for _, e := range all.Entries {
		names = append(names, e.Name)
	}
	return strings.Join(names, "|")
}

func TestTypeNames(t *testing.T) {
	for kind, want := range map[Type]string{File: "file", Dir: "dir", Link: "link", Other: "other", Type(99): "other"} {
		if kind.String() != want {
			t.Errorf("Type(%d) is %q, want %q", kind, kind, want)
		}
	}
}

func TestLineKeepsRaw(t *testing.T) {
	p := newList()
	line := "-rw-r--r-- 1 root root 531 Jan 12 10:00 file"
	if e, _ := p.Line(line + "\r"); e.Raw != line {
		t.Errorf("raw of an entry is %q", e.Raw)
	}
	if e, verdict := p.Line("what is this\r"); verdict != Unknown || e.Raw != "what is this" {
		t.Errorf("raw of an unknown line is %q, verdict %d", e.Raw, verdict)
	}
	p.Line("UCX$REXECD_STARTUP.LOG;1098")
	if e, _ := p.Line("   4/15  24-FEB-2003 13:17:24"); e.Raw != "UCX$REXECD_STARTUP.LOG;1098\n   4/15  24-FEB-2003 13:17:24" {
		t.Errorf("raw of a wrapped entry is %q", e.Raw)
	}
}

// The library this replaces lost six of these eight lines and took "12 total" for a file.
func TestD18_NoLineIsLost(t *testing.T) {
	all := readLines(t, newList(),
		"12 total",
		"-rw-r--r--. 1 root root 1 Jan 12 10:00 selinux",
		"-rw-r--r--@ 1 root root 1 Jan 12 10:00 macos",
		"crw-rw-rw- 1 root root 1, 3 Jan 12 10:00 null",
		"-rw-r--r-- 1 root root 1 mrt 12 10:00 dutch",
		"-rw-r--r-- 1 root root 99999999999999999999 Jan 12 10:00 huge",
		"-rw-r--r-- 1 root root 1 Jan 12 10:00 plain",
		"a line of prose",
	)
	if got := entryNames(all); got != "selinux|macos|null|dutch|huge|plain" {
		t.Errorf("entries %s", got)
	}
	if len(all.Unparsed) != 1 || all.Unparsed[0] != "a line of prose" {
		t.Errorf("unparsed %q", all.Unparsed)
	}
}

// A list that is not understood whole must say so: what decides about deletions counts the unparsed lines.
func TestS60_UnknownLinesAreCounted(t *testing.T) {
	all := readLines(t, newList(), "-rw-r--r-- 1 root root 1 Jan 12 10:00 a", "??? b", "-rw-r--r-- 1 root root 1 Jan 12 10:00 c")
	if all.Summary.Unparsed != 1 || all.Summary.Entries != 2 || all.Summary.Lines != 3 {
		t.Errorf("summary %+v", all.Summary)
	}
}

func TestD22_DateWithoutYear(t *testing.T) {
	for _, tt := range []struct{ now, date, want string }{
		{"2026-01-05T12:00:00Z", "Jul  1 12:00", "2025-07-01T12:00:00Z"},
		{"2026-01-05T12:00:00Z", "Jan  5 12:00", "2026-01-05T12:00:00Z"},
		{"2026-01-05T12:00:00Z", "Jan  6 11:59", "2026-01-06T11:59:00Z"}, // a server's clock or zone ahead of ours
		{"2026-01-05T12:00:00Z", "Jan  6 12:01", "2025-01-06T12:01:00Z"},
		{"2026-01-05T12:00:00Z", "Dec 31 23:59", "2025-12-31T23:59:00Z"},
		{"2025-12-31T23:50:00Z", "Jan  1 00:10", "2026-01-01T00:10:00Z"}, // the new year has begun there
		{"2026-11-28T12:00:00Z", "Nov 29 11:00", "2026-11-29T11:00:00Z"},
		{"2026-11-28T12:00:00Z", "Nov 30 11:00", "2025-11-30T11:00:00Z"},
		{"2026-11-28T12:00:00Z", "Feb 29 10:00", "2024-02-29T10:00:00Z"},
		{"2024-02-29T12:00:00Z", "Feb 29 10:00", "2024-02-29T10:00:00Z"},
		{"2026-11-28T12:00:00Z", "Feb 30 10:00", "0001-01-01T00:00:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		e, verdict := New(now, nil).Line("-rw-r--r-- 1 root root 1 " + tt.date + " file")
		if got := e.Time.Format(time.RFC3339); verdict != Found || got != tt.want {
			t.Errorf("%s seen at %s is %s, want %s", tt.date, tt.now, got, tt.want)
		}
		if e.Precise {
			t.Errorf("%s: a LIST time passes for precise", tt.date)
		}
	}
}

func TestTimesAreLocalToTheServer(t *testing.T) {
	east := time.FixedZone("east", 5*3600)
	for line, want := range map[string]string{
		"-rw-r--r-- 1 root root 1 Jan 12 03:00 file":                                    "2026-01-11T22:00:00Z",
		"-rw-r--r-- 1 root root 1 Jan 12  2020 file":                                    "2020-01-11T19:00:00Z",
		"04-27-00  12:09PM       <DIR>          dir":                                    "2000-04-27T07:09:00Z",
		"-rw-r--r-- 1 root root 1 2009-07-22 08:25:10.000000000 +0200 zone of its own":  "2009-07-22T06:25:10Z",
		"-rw-r--r-- 1 root root 1 2009-07-22 00:25:10.000000000 -1130 west of the line": "2009-07-22T11:55:10Z",
		"+r,m825718503,\teplf": "1996-03-01T22:15:03Z",
	} {
		e, _ := New(testNow, east).Line(line)
		if got := e.Time.Format(time.RFC3339); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
	// 1:30 at 10:00 in a zone ahead of UTC is today there, though in UTC it is yesterday.
	e, _ := New(time.Date(2026, 1, 1, 20, 0, 0, 0, time.UTC), east).Line("-rw-r--r-- 1 root root 1 Jan  2 01:30 file")
	if got := e.Time.Format(time.RFC3339); got != "2026-01-01T20:30:00Z" {
		t.Errorf("today ahead of UTC is %s", got)
	}
}

func TestOrphans(t *testing.T) {
	all := readLines(t, newList(), "LONELY.TXT;1", "-rw-r--r-- 1 root root 1 Jan 12 10:00 file", "LAST.TXT;2")
	if got := entryNames(all); got != "LONELY.TXT;1|file|LAST.TXT;2" {
		t.Errorf("entries %s", got)
	}
	if want := (Summary{Lines: 3, Entries: 3}); all.Summary != want {
		t.Errorf("summary %+v, want %+v", all.Summary, want)
	}
	for _, e := range all.Entries {
		if e.Name == "LONELY.TXT;1" && (e.Size != -1 || e.Raw != "LONELY.TXT;1") {
			t.Errorf("orphan %+v", e)
		}
	}
}

func TestWrappedLinesAreJoined(t *testing.T) {
	all := readLines(t, newList(), "Directory A:[B]", "", "LONG.TXT;1", "     4/15  24-FEB-2003 13:17:24")
	if want := (Summary{Lines: 4, Entries: 1, Headings: 2, Joined: 1}); all.Summary != want {
		t.Errorf("summary %+v, want %+v", all.Summary, want)
	}
}

func TestS58_IsDot(t *testing.T) {
	for line, want := range map[string]bool{
		"type=cdir; /whole/path":  true,
		"type=PDIR; up":           true,
		"type=dir; .":             true,
		"type=dir; ..":            true,
		"type=dir; ...":           false,
		"type=file; cdir":         false,
		"type=dir;unique=cdir; x": false,
	} {
		if e, _ := NewFacts().Line(line); e.IsDot() != want {
			t.Errorf("%s: IsDot is %v", line, e.IsDot())
		}
	}
	if e, _ := newList().Line("drwxr-xr-x 2 root root 4096 Jan 12 10:00 .."); !e.IsDot() {
		t.Error("..: IsDot is false")
	}
}

// A name's bytes are what RETR and DELE will send: none may change on the way.
func TestS56_NamesAreBytes(t *testing.T) {
	name := "\xff\xfe caf\xe9 \x1b[31m"
	for _, line := range []string{
		"-rw-r--r-- 1 root root 1 Jan 12 10:00 " + name,
		"04-14-00  03:47PM                  589 " + name,
		"+r,\t" + name,
	} {
		if e, verdict := newList().Line(line); verdict != Found || e.Name != name {
			t.Errorf("%q: name %q, verdict %d", line, e.Name, verdict)
		}
	}
	if e, _ := NewFacts().Line("type=file; " + name); e.Name != name {
		t.Errorf("MLSD: name %q", e.Name)
	}
	if e, _ := NewNames("").Line(name); e.Name != name {
		t.Errorf("NLST: name %q", e.Name)
	}
}

func TestMonthSpellingsAreUnambiguous(t *testing.T) {
	seen := make(map[string]time.Month)
	for _, language := range monthNames {
		months := strings.Fields(language)
		if len(months) != 12 {
			t.Fatalf("%d months: %s", len(months), language)
		}
		for i, spellings := range months {
			for _, name := range strings.Split(spellings, "|") {
				want := time.Month(i + 1)
				if other, ok := seen[name]; ok && other != want {
					t.Errorf("%q is %v and %v", name, other, want)
				}
				seen[name] = want
				for _, spelling := range append(legacyBytes(name), name, strings.ToUpper(name), name+".") {
					if got := month(spelling); got != want {
						t.Errorf("month(%q) = %v, want %v", spelling, got, want)
					}
				}
			}
		}
	}
}
