package listing

import (
	"strings"
	"testing"
)

func TestMLST(t *testing.T) {
	for line, want := range map[string]string{
		" type=dir;perm=el; /":                   "/",
		" type=dir; //":                          "/",
		" type=file;size=5; /home/me/a b.txt":    "a b.txt",
		"type=file;size=5; /home/me/a b.txt":     "a b.txt",
		" type=file;size=5; name":                "name",
		" type=dir; /home/me/":                   "me",
		" type=dir; ..":                          "..",
		" type=file; back\\slash":                "back\\slash",
		"  /no/facts":                            "facts",
		" type=OS.unix=slink:/a b;size=1; /x/ln": "ln",
		" type=file;size=5; trailing blank \r":   "trailing blank ",
	} {
		e, ok := MLST(line)
		if !ok || e.Name != want {
			t.Errorf("MLST(%q) = %q, %v; want %q", line, e.Name, ok, want)
		}
	}
	for _, line := range []string{"", " ", "\r", " type=file;", "End", "250 End of list", " ;"} {
		if e, ok := MLST(line); ok {
			t.Errorf("MLST(%q) = %+v", line, e)
		}
	}
	if e, _ := MLST(" type=file;size=5; /x\r"); e.Raw != " type=file;size=5; /x" {
		t.Errorf("raw %q", e.Raw)
	}
}

func TestFactsAreKept(t *testing.T) {
	e, _ := NewFacts().Line("Type=file;SIZE=5;size=7;X.custom=A=b;media-type=text/plain;empty=; n")
	for name, want := range map[string]string{
		"type": "file", "size": "7", "X.Custom": "A=b", "media-type": "text/plain", "empty": "", "absent": "", "": "", "custom": "",
	} {
		if value := e.Fact(name); value != want {
			t.Errorf("fact %s is %q, want %q", name, value, want)
		}
	}
	if e, _ := newList().Line("-rw-r--r-- 1 root root 1 Jan 12 10:00 file"); e.Facts != "" {
		t.Errorf("LIST has facts %q", e.Facts)
	}
}

// A hostile server may send what it likes in front of the name; the line costs at most itself.
func TestS13_RudeFacts(t *testing.T) {
	for _, line := range []string{
		"=", ";", "; ", " ", "=;=;= ", "type", "type=", "type= ", "type=;", ";;;; x", "type=os.unix=slink: x", "type=os.unix=slink:/a b",
		"size=99999999999999999999999999999999999999; x", "modify=99999999999999; x", "modify=; x", "unix.mode=77777777777; x", "unix.mode=9; x",
	} {
		e, verdict := NewFacts().Line(line)
		if verdict == Found && (e.Name == "" || e.Size < -1) {
			t.Errorf("%q: %+v", line, e)
		}
	}
}

// A line of 32 KiB could become a map of megabytes, and a listing of 64 MiB all of the memory.
func TestS61_FactsAreBounded(t *testing.T) {
	for count, want := range map[int]Verdict{64: Found, 65: Unknown, 10_000: Unknown} {
		if _, verdict := NewFacts().Line(strings.Repeat("a=;", count) + " x"); verdict != want {
			t.Errorf("%d facts: verdict %d, want %d", count, verdict, want)
		}
	}
}

func TestOctalPerm(t *testing.T) {
	for mode, want := range map[string]string{
		"0": "---------", "00": "---------", "644": "rw-r--r--", "0755": "rwxr-xr-x", "100644": "rw-r--r--",
		"4755": "rwsr-xr-x", "2644": "rw-r-Sr--", "1777": "rwxrwxrwt", "7000": "--S--S--T",
		"": "", "8": "", "-1": "", "0o644": "", "12345678": "",
	} {
		if got := octalPerm(mode); got != want {
			t.Errorf("octalPerm(%q) = %q, want %q", mode, got, want)
		}
	}
}
