package commands

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

func expectCommand() Command {
	return Command{
		Name: "expect", Group: Scripting,
		Short: "fail unless the latest reply is one of these",
		Args: []Arg{
			{Name: "codes"},
			{Name: "pattern", Optional: true},
		},
		Details: `The codes are those of replies, with x for any digit: 226, 2xx, "226 250". With a pattern, a regular
expression, the text of the reply has to fit as well. The latest reply is the one that refused the latest
command, else the server's latest word to this session; it may come from before close.`,
		Examples: []string{"expect 2xx", "rm nope || expect 550", `quote STAT; expect "211 213" "logged in"`},
		Run:      runExpect,
	}
}

// codesForm is one reply code, or a pattern of such.
var codesForm = regexp.MustCompile(`^[1-5x][0-9x]{2}$`)

func runExpect(_ context.Context, s *Session, c *Call) error {
	codes := strings.FieldsFunc(strings.ToLower(c.Arg("codes")), func(r rune) bool { return strings.ContainsRune(" ,|", r) })
	fits := false
	reply := s.Latest.Reply()
	for _, code := range codes {
		if !codesForm.MatchString(code) {
			return usage(c.Command, "%q is not a reply code such as 226 or 2xx", code)
		}
		fits = fits || fitsCode(code, reply.Code)
	}
	pattern, err := regexp.Compile(c.Arg("pattern"))
	if err != nil {
		return usage(c.Command, "%v", err)
	}
	wanted := strings.Join(codes, " or ")
	if c.Given("pattern") {
		wanted += fmt.Sprintf(" with %q", c.Arg("pattern"))
	}
	switch {
	case len(codes) == 0:
		return usage(c.Command, "which reply codes are expected?")
	case reply.Code == 0:
		return &ExpectationError{Wanted: wanted}
	case !fits, !pattern.MatchString(reply.Text()):
		return &ExpectationError{Wanted: wanted, Command: reply.Command, Code: reply.Code, Text: reply.Text()}
	}
	return nil
}

// fitsCode says that a code is of the form of 2xx.
func fitsCode(form string, code int) bool {
	digits := strconv.Itoa(code)
	if len(digits) != len(form) {
		return false
	}
	for i := range form {
		if form[i] != 'x' && form[i] != digits[i] {
			return false
		}
	}
	return true
}

// ExpectationError is a reply that expect did not expect.
type ExpectationError struct {
	Wanted  string
	Command string // that the reply answers; empty if it answers none
	Code    int    // 0 when there was no reply at all
	Text    string
}

func (e *ExpectationError) Error() string {
	switch {
	case e.Code == 0:
		return "expect: " + e.Wanted + " was expected, and no server has said anything yet"
	case e.Command == "":
		return fmt.Sprintf("expect: %s was expected, and the server said %d %s", e.Wanted, e.Code, e.Text)
	}
	return fmt.Sprintf("expect: %s was expected, and %s was answered with %d %s", e.Wanted, e.Command, e.Code, e.Text)
}

// ExitStatus is that of a command that was refused.
func (e *ExpectationError) ExitStatus() int { return int(StatusFailed) }
