package lang

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestScripts: scripts as people have them run unchanged, or stop with a hint before anything has run.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/scripts/*.txtar")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d scripts: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{}
			for _, f := range archive.Files {
				want[f.Name] = string(f.Data)
			}
			runScript(t, want, want["script"])
			runScript(t, want, "\uFEFF"+strings.ReplaceAll(want["script"], "\n", "\r\n"))
		})
	}
}

func runScript(t *testing.T, want map[string]string, source string) {
	t.Helper()
	s := newSession(t, nil)
	err := s.runner.Run(t.Context(), source, "script")
	got := map[string]string{"calls": strings.Join(s.calls, "\n"), "out": s.out.String(), "status": "0"}
	var status interface{ ExitStatus() int }
	if errors.As(err, &status) {
		got["status"] = strconv.Itoa(status.ExitStatus())
	}
	var refused *SyntaxError
	if errors.As(err, &refused) {
		got["error"] = refused.Error() + "\nhint: " + refused.Hint()
	}
	for _, part := range []string{"calls", "out", "error", "status"} {
		if strings.TrimSpace(got[part]) != strings.TrimSpace(want[part]) {
			t.Errorf("%s:\n%s\nwant:\n%s\n(%v)", part, got[part], want[part], err)
		}
	}
}
