package completion

import (
	"context"
	"io"
	"testing"

	"ftpsh/internal/lang"
)

// reader is a command table that notes what get is given.
type reader struct{ word string }

func (r *reader) Find(word string) lang.Found {
	if word == "get" {
		return lang.Exact
	}
	return lang.NotFound
}
func (r *reader) Alias(string) (string, bool)                       { return "", false }
func (r *reader) Quits(error) bool                                  { return false }
func (r *reader) Fork(context.Context) func() error                 { return func() error { return nil } }
func (r *reader) Background(context.Context, *lang.Statement) error { return nil }
func (r *reader) Run(_ context.Context, c lang.Call) error {
	if len(c.Words) == 2 && !c.Words[1].IsPattern() {
		r.word = c.Words[1].Text
	}
	return nil
}

// read runs "get NAME" through the language and returns the name that get sees, empty if the line
// is anything else.
func read(t *testing.T, line string) string {
	t.Helper()
	host := &reader{}
	runner, err := lang.New(lang.Options{Host: host, Stdout: io.Discard, Stderr: io.Discard, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Run(t.Context(), line, "test"); err != nil {
		t.Errorf("%q: %v", line, err)
	}
	return host.word
}
