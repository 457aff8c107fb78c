package main

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"

	"ftpsh/internal/ftptest"
)

// TestEveryCommandOnRealServers runs one session of every command that depends on the server, on each real
// server, in each TLS mode, passive and active, and prints what came of it as tables.
func TestEveryCommandOnRealServers(t *testing.T) {
	var results matrix
	t.Run("on", func(t *testing.T) {
		ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
			t.Parallel()
			for _, data := range []string{"passive", "active"} {
				t.Run(data, func(t *testing.T) { travel(t, d, data, &results) })
			}
		})
	})
	t.Logf("\n%s", &results)
}

// travel runs the journey once.
func travel(t *testing.T, d ftptest.Daemon, data string, results *matrix) {
	v := newVisitor(t)
	v.knows(d.Addr, d.User, d.Password)
	v.writes("ca.pem", string(ftptest.Certificates(t).Authority))
	for name, content := range luggage {
		v.writes(name, content)
	}
	_, dir := d.Dir(t)
	outcomes := parts(v.together(linesOf(journey, d, dir), append(modeFlags(d, data), d.Addr)...))
	for i, s := range journey {
		result, complaint := s.judge(d, dir, outcomes[i])
		if complaint != "" {
			t.Errorf("%s: %s\n%s", s.line, complaint, outcomes[i].text)
		}
		results.add(cell{string(d.Kind), s.name, string(d.Mode) + " " + data, result})
	}
	for name, want := range souvenirs {
		if got := v.file(name); got != want {
			t.Errorf("%s has %d bytes, want %d", name, len(got), len(want))
		}
	}
}

// modeFlags are the flags for a way to connect.
func modeFlags(d ftptest.Daemon, data string) []string {
	modes := map[ftptest.Mode]string{ftptest.Plain: "never", ftptest.Explicit: "require", ftptest.Implicit: "implicit"}
	flags := []string{"--timeout", "20", "--retries", "0", "--ca", "ca.pem", "--tls", modes[d.Mode]}
	if data == "active" {
		flags = append(flags, "--active")
	}
	return flags
}

// together runs the program with standard output and standard error in one, so that their order shows.
func (v *visitor) together(input string, args ...string) string {
	v.t.Helper()
	var output bytes.Buffer
	cmd := v.command(args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &output, &output
	if err := cmd.Run(); err != nil {
		v.t.Errorf("the session ended with %v", err)
	}
	v.search("the output", output.String())
	return output.String()
}

// The lines behind each step that tell how it has ended.
const (
	succeeded = "== done"
	failed    = "== failed with "
)

// linesOf is the journey as standard input.
func linesOf(steps []step, d ftptest.Daemon, dir string) string {
	var b strings.Builder
	places := strings.NewReplacer("DIR", dir, "ADDR", d.Addr)
	for _, s := range steps {
		fmt.Fprintf(&b, "%s && echo '%s' || echo \"%s$?\"\n", places.Replace(s.line), succeeded, failed)
	}
	return b.String()
}

// part is what one step printed, and its exit status.
type part struct{ text, status string }

var ending = regexp.MustCompile(`(?m)^` + succeeded + `$\n?|^` + failed + `(\d+)$\n?`)

// parts takes the output of the journey apart. A session that broke off leaves the rest without a status.
func parts(output string) []part {
	all := make([]part, len(journey))
	for i := range all {
		at := ending.FindStringSubmatchIndex(output)
		if at == nil {
			all[i].text = output
			break
		}
		all[i] = part{text: output[:at[0]], status: "0"}
		if at[2] >= 0 {
			all[i].status = output[at[2]:at[3]]
		}
		output = output[at[1]:]
	}
	return all
}

// judge compares what a step came to with what it should: a success with the right output, or the right
// refusal where the server does not have the command.
func (s step) judge(d ftptest.Daemon, dir string, got part) (result, complaint string) {
	status, pattern := s.expected(d)
	pattern = strings.ReplaceAll(pattern, "DIR", regexp.QuoteMeta(dir))
	switch {
	case got.status != status:
		return "FAILED", fmt.Sprintf("exit status %q, want %s", got.status, status)
	case !regexp.MustCompile(pattern).MatchString(got.text):
		return "FAILED", "the output does not fit " + pattern
	case status != "0":
		return "refused", ""
	}
	return "ok", ""
}

// matrix is the results. It may be filled by several goroutines.
type matrix struct {
	mu    sync.Mutex
	cells cells
}

func (m *matrix) add(c cell) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cells = append(m.cells, c)
}

type cells []cell

// cell is one result: ok, refused as expected, or FAILED.
type cell struct{ server, command, mode, result string }

// values are the different values of a field, in order of their first.
func (all cells) values(field func(cell) string) []string {
	var found []string
	for _, c := range all {
		if value := field(c); !slices.Contains(found, value) {
			found = append(found, value)
		}
	}
	return found
}

// String is a table for each server, with a row for each command and a column for each way to connect. A
// command that is run several times has the worst of its results.
func (m *matrix) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, server := range slices.Sorted(slices.Values(m.cells.values(func(c cell) string { return c.server }))) {
		own := slices.DeleteFunc(slices.Clone(m.cells), func(c cell) bool { return c.server != server })
		modes := slices.Sorted(slices.Values(own.values(func(c cell) string { return c.mode })))
		fmt.Fprintf(w, "%s\t%s\n", server, strings.Join(modes, "\t"))
		for _, command := range own.values(func(c cell) string { return c.command }) {
			fmt.Fprintf(w, "  %s", command)
			for _, mode := range modes {
				fmt.Fprintf(w, "\t%s", own.worst(command, mode))
			}
			fmt.Fprintln(w)
		}
		w.Flush()
	}
	return b.String()
}

// worst is the worst result of a command in a mode.
func (all cells) worst(command, mode string) string {
	worst := ""
	for _, c := range all {
		if c.command == command && c.mode == mode && worst != "FAILED" && (worst != "refused" || c.result == "FAILED") {
			worst = c.result
		}
	}
	return worst
}
