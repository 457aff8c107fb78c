package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"ftpsh/internal/ftptest"
)

// TestMain puts the real program in the path as ftpsh, which is this binary under another name.
func TestMain(m *testing.M) {
	os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE")) // each ftpsh would wait a second at its end
	testscript.Main(m, map[string]func(){"ftpsh": main})
}

// TestSessions runs the recorded sessions of testdata: each is a topic, shown by lines as typed and what
// came of them. They use the commands of testscript, and [sessionCommands].
func TestSessions(t *testing.T) {
	certificates := ftptest.Certificates(t)
	testscript.Run(t, testscript.Params{
		Dir:                "testdata",
		Cmds:               sessionCommands,
		RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			env.Values[stageKey{}] = &stage{certificates: certificates}
			return settle(env)
		},
	})
}

// settle gives a session a home with nothing in it, so that no setting of this machine reaches it.
func settle(env *testscript.Env) error {
	home := filepath.Join(env.WorkDir, "home")
	for name, value := range homeVariables(home) {
		env.Setenv(name, value)
	}
	return os.MkdirAll(home, 0o700)
}

// homeVariables is the environment of somebody with that home.
func homeVariables(home string) map[string]string {
	return map[string]string{
		"HOME": home, "USERPROFILE": home,
		"XDG_CONFIG_HOME": filepath.Join(home, "config"), "XDG_STATE_HOME": filepath.Join(home, "state"),
		"GORACE": os.Getenv("GORACE"), "TERM": "dumb", "SHELL": "/bin/sh",
	}
}
