package lang

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// jobsRun runs the jobs that the host was given, each on a Runner of its own, and returns what they called.
func (s *session) jobsRun() string {
	s.t.Helper()
	s.calls = nil
	for _, job := range s.jobs {
		options := s.options
		options.State, options.Stdout = job.State, &s.out
		runner, err := New(options)
		if err != nil {
			s.t.Fatal(err)
		}
		if err := runner.RunStatement(context.Background(), job); err != nil {
			s.t.Errorf("%s: %v", job.Source, err)
		}
	}
	return strings.Join(s.calls, " ")
}

// TestBackground: a statement goes to the host as it was written, and runs with the variables and functions
// that were there when its turn came; what it changes is its own.
func TestBackground(t *testing.T) {
	s := newSession(t, nil)
	s.runs("get x &\nget 'y z' & ls\n(get a; get b) &", "ls", "")
	var sources []string
	for _, job := range s.jobs {
		sources = append(sources, job.Source)
	}
	if !slices.Equal(sources, []string{"get x", "get 'y z'", "(get a; get b)"}) {
		t.Errorf("jobs %q", sources)
	}
	s.jobs = nil
	s.runs("f() { put $1 $y; }; y=1; for x in a b; do { f $x; get *.c '*'; y=9; } & done; y=2; get $y &", "", "")
	if got, want := s.jobsRun(), "put|a|1 get|<*.c>|* put|b|1 get|<*.c>|* get|2"; got != want {
		t.Errorf("jobs call %q, want %q", got, want)
	}
	s.runs("get $y", "get|2", "")
}

// TestStateGoesOn: a Runner goes on from where another one was, parameters and functions included.
func TestStateGoesOn(t *testing.T) {
	s := newSession(t, nil)
	s.runs("x=1; f() { put $x; }; set -- p q", "", "")
	options := s.options
	options.State = s.runner.State()
	runner, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	s.runs("x=2", "", "")
	s.calls = nil
	if err := runner.Run(context.Background(), "f; get $2", ""); err != nil {
		t.Error(err)
	}
	if got := strings.Join(s.calls, " "); got != "put|1 get|q" {
		t.Errorf("calls %q", got)
	}
}
