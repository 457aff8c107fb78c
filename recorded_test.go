package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
)

// record makes TestRecordedSessions record the sessions anew: go test . -run RecordedSessions -record.
var record = flag.Bool("record", false, "record the sessions of testdata/recorded with the real daemons")

// recordedLines are the session that is recorded with every daemon. What it prints depends neither on the date nor
// on the speed.
const recordedLines = `cd /work
pwd
put a.txt
ls
size a.txt
cat a.txt
get -o - a.txt
dir
mkdir d
cd d
pwd
ls
cdup
-cd nope; expect 550
-cat nope; expect 5xx
-rm nope; expect 550
-mkdir d; expect 5xx
rename a.txt "b c.txt"
nlist
append a.txt "b c.txt"
cat "b c.txt"
rm "b c.txt"
rmdir d
-quote NOPE; expect 5xx
ls
`

// The names that recordings have in the place of what was made up for them.
const (
	recordedUser = "annabel"
	recordedDir  = "work"
)

// TestRecordedSessions plays what was recorded with real daemons: the same lines must print the same, without any
// daemon, and ask for nothing that was not recorded. Where ftpsh has come to speak differently with servers, the
// sessions have to be recorded anew.
func TestRecordedSessions(t *testing.T) {
	if *record {
		ftptest.EachDaemon(t, recordSession, ftptest.Plain, ftptest.Explicit)
	}
	logs, err := filepath.Glob(filepath.Join("testdata", "recorded", "*.jsonl"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("no recorded sessions, %v", err)
	}
	for _, log := range logs {
		t.Run(strings.TrimSuffix(filepath.Base(log), ".jsonl"), func(t *testing.T) {
			t.Parallel()
			replayRecorded(t, log)
		})
	}
}

func replayRecorded(t *testing.T, log string) {
	v := newVisitor(t)
	v.packs()
	absolute, err := filepath.Abs(log)
	if err != nil {
		t.Fatal(err)
	}
	out := v.ftpsh(recordedLines, "-q", "--replay", absolute, "--log", "redacted.jsonl", "--log-redact")
	want, err := os.ReadFile(strings.TrimSuffix(log, ".jsonl") + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	if out.stdout != string(want) || out.status != 0 || strings.Contains(out.stderr, "replay") {
		t.Errorf("exit status %d, want 0; printed\n%s\nwant\n%s\nand on standard error\n%s", out.status, out.stdout, want, out.stderr)
	}
	redacted := v.file("redacted.jsonl")
	for _, name := range []string{recordedUser, recordedDir, "a.txt", "b c", "nope\\"} {
		if found := regexp.MustCompile(`.*\b` + regexp.QuoteMeta(name) + `\b.*`).FindString(redacted); found != "" {
			t.Errorf("%s is left in %s", name, found)
		}
	}
}

// packs gives the visitor the file that the recorded session uploads.
func (v *visitor) packs() {
	v.t.Helper()
	v.writes("a.txt", "the first line\nand the last\n")
	changed := time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(v.dir, "a.txt"), changed, changed); err != nil {
		v.t.Fatal(err)
	}
}

// recordSession records the session with a daemon, and what it prints.
func recordSession(t *testing.T, d ftptest.Daemon) {
	v := newVisitor(t)
	v.knows(d.Addr, d.User, d.Password)
	v.packs()
	v.writes("ca.pem", string(ftptest.Certificates(t).Authority))
	_, dir := d.Dir(t)
	dir = strings.TrimPrefix(dir, "/")
	flags := append(modeFlags(d, "passive"), "-q", "--log", "session.jsonl", "-e", "log --data on", d.Addr)
	out := v.ftpsh(strings.ReplaceAll(recordedLines, recordedDir, dir), flags...)
	if out.status != 0 {
		t.Fatalf("exit status %d\n%s", out.status, out.stderr)
	}
	scrub := strings.NewReplacer(dir, recordedDir, d.User, recordedUser)
	name := filepath.Join("testdata", "recorded", string(d.Kind)+"-"+string(d.Mode))
	for suffix, content := range map[string]string{".jsonl": v.file("session.jsonl"), ".txt": out.stdout} {
		if err := os.WriteFile(name+suffix, []byte(scrub.Replace(content)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if log := v.file("session.jsonl"); bytes.Contains([]byte(log), []byte(os.TempDir()+"/")) {
		t.Error("the log tells of a directory of this machine")
	}
}
