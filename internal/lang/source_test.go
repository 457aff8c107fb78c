package lang

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write makes a file in the local directory.
func (s *session) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.options.Dir, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// path is a file of the local directory.
func (s *session) path(name string) string { return filepath.Join(s.options.Dir, name) }

// TestSourceRunsEveryLine: a script goes to the interpreter as text, which must mean the same.
func TestSourceRunsEveryLine(t *testing.T) {
	for _, sample := range samples {
		s := newSession(t, nil)
		s.write("s", sample.source)
		calls := "source|" + s.path("s")
		if sample.calls != "" {
			calls += " " + sample.calls
		}
		s.runs("source "+s.path("s"), calls, sample.out)
	}
}

func TestSourceIsPartOfTheRun(t *testing.T) {
	s := newSession(t, nil)
	file := s.path("s")
	source := "source|" + file
	s.write("s", "x='a b'\nf() { get \"$1\"; }\ncd y\n")
	s.runs("source "+file+"; get \"$x\"; f z; pwd", source+" cd|y get|a b get|z pwd", "y\n")

	s.write("s", "set -- p q\nget $1\nreturn 0\nls")
	s.runs("source "+file+"; get $2", source+" get|p get|q", "")

	s.write("s", "fail 6\nls")
	s.fails("source "+file+"; ls", 6, source+" fail|6")
	s.runs("source "+file+" || get $?; ls", source+" fail|6 ls ls", "")
	s.runs("-source "+file+"; ls", source+" fail|6 ls ls", "")

	s.write("s", "!exit 3\nls")
	s.fails("source "+file, 3, source)

	s.write("s", "exit 4\nls")
	s.fails("source "+file+"; ls", 4, source+" exit")
	s.write("s", "bye")
	if calls, err := s.run("source " + file + "; ls"); err != errBye || calls != source+" bye" {
		t.Errorf("bye in a script: %v, %q", err, calls)
	}

	s.write("s", "echo a\n")
	s.runs("source "+file+" | cat; source "+file+" > f; x=$(source "+file+"); get $x; (source "+file+")",
		strings.Repeat(source+" echo|a ", 3)+"get|a "+source+" echo|a", "a\na\n")
}

func TestSourceIsChecked(t *testing.T) {
	s := newSession(t, nil)
	file := s.path("s")
	for _, text := range []string{"ls\nget a&b", "ls\neval x", "ls\nget $nope", "ls\nget (", "ls\x00"} {
		s.write("s", text)
		s.fails("source "+file, 2, "source|"+file)
	}
	s.fails("source "+file+"/no", 1, "source|"+file+"/no")
	s.write("s", "source "+file)
	s.fails("source "+file, 2, strings.TrimSpace(strings.Repeat("source|"+file+" ", deepest+1)))
	if err := s.runner.Source(t.Context(), file); err == nil {
		t.Error("source without a command is taken")
	}
}
