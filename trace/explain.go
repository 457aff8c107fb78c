package trace

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"ftpsh/internal/lang"
)

// Failure is what went wrong, as far as it can be explained: a reply, or a fault that no reply tells
// of. What is not known is left empty.
type Failure struct {
	Code  int    // of the reply; 0 when there was none
	Verb  string // the command that it answers, as in RETR
	Text  string // the server's words
	Fault Fault  // where Code is 0

	Path, Host, User string // what the user had to do with, for the next command
}

// Fault is a failure without a reply.
type Fault string

// Step is something to do next.
type Step struct {
	Do  string // a line to type; empty when nothing can be typed
	Why string // what it does, or what to do in its place
}

// String is the step as one line. It can be typed as it is: the reason is a comment there.
func (s Step) String() string {
	if s.Do == "" || s.Why == "" {
		return s.Do + s.Why
	}
	return s.Do + "  # " + s.Why
}

// Explanation is what a failure, or any reply, means.
type Explanation struct {
	Means  string   // one or two sentences
	Likely []string // causes, the likeliest first; empty when nothing is wrong
	Next   []Step   // the best first; may be empty
	RFC    string   // where it is defined; empty for what no RFC defines
}

// Hint is the first thing to do next, in one line; empty when there is none.
func (e Explanation) Hint() string {
	if len(e.Next) == 0 {
		return ""
	}
	return e.Next[0].String()
}

// entry is a row of the table: an explanation and when it holds. The first row that fits counts; a
// row without a condition fits any value of it.
type entry struct {
	codes  []int
	verbs  []string
	words  []string // one of them is in the server's words, in lower case
	fault  Fault
	means  string
	likely []string
	next   []Step
	rfc    string // empty takes that of the code
}

func (e *entry) fits(f *Failure) bool {
	if f.Code == 0 || e.fault != "" {
		return f.Code == 0 && e.fault == f.Fault
	}
	text := strings.ToLower(f.Text)
	return slices.Contains(e.codes, f.Code) &&
		(len(e.verbs) == 0 || slices.Contains(e.verbs, f.Verb)) &&
		(len(e.words) == 0 || slices.ContainsFunc(e.words, func(w string) bool { return strings.Contains(text, w) }))
}

// table is all that we know, the particular before the general.
var table = slices.Concat(particular, general, faults)

// Explain says what a failure means; what is not in the table is explained by its first digit
// (RFC 959 section 4.2), or by nothing.
func Explain(f Failure) Explanation {
	for i := range table {
		if e := &table[i]; e.fits(&f) {
			return e.explain(&f)
		}
	}
	return Explanation{Means: classes[f.Code/100], RFC: "RFC 959 section 4.2"}
}

var classes = map[int]string{
	1: "The server has begun; another reply will follow.",
	2: "It was done.",
	3: "So far so good; the server waits for the next command of a sequence.",
	4: "The server refuses for now: the same may work later.",
	5: "The server refuses for good: the same will be refused again.",
	6: "The reply itself is protected; what it says is inside.",
}

func (e *entry) explain(f *Failure) Explanation {
	x := Explanation{Means: e.means, Likely: e.likely, RFC: e.rfc}
	for i := 0; x.RFC == "" && i < len(general); i++ {
		if slices.Contains(general[i].codes, f.Code) {
			x.RFC = general[i].rfc
		}
	}
	for _, step := range e.next {
		x.Next = append(x.Next, f.fill(step))
	}
	return x
}

// fill puts what the user has typed into a step. What is not known stays a word in capitals, except
// for a directory, which need not be said.
func (f *Failure) fill(s Step) Step {
	dir := ""
	if d := path.Dir(f.Path); f.Path != "" && d != "." {
		dir = operand(d, "")
	}
	values := strings.NewReplacer("{path}", operand(f.Path, "NAME"), "{dir}", dir, "{parent}", cmp.Or(dir, "DIRECTORY"),
		"{host}", operand(f.Host, "HOST"), "{user}", operand(f.User, "USER"))
	return Step{Do: strings.TrimSpace(values.Replace(s.Do)), Why: values.Replace(s.Why)}
}

// operand is a word as it is to be typed.
func operand(text, unknown string) string {
	if text == "" {
		return unknown
	}
	return lang.Operands(text)
}

// Codes are all codes that the table explains, in order.
func Codes() []string {
	var codes []int
	for _, e := range table {
		codes = append(codes, e.codes...)
	}
	slices.Sort(codes)
	var texts []string
	for _, code := range slices.Compact(codes) {
		texts = append(texts, strconv.Itoa(code))
	}
	return texts
}

// Verbs are all commands that some explanation depends on, in order.
func Verbs() []string {
	var verbs []string
	for _, e := range table {
		verbs = append(verbs, e.verbs...)
	}
	slices.Sort(verbs)
	return slices.Compact(verbs)
}

// Lines are an explanation as it is printed, two to five lines.
func (x Explanation) Lines() []string {
	lines := []string{x.Means}
	if len(x.Likely) > 0 {
		lines = append(lines, "likely: "+strings.Join(x.Likely, "; or "))
	}
	for i, step := range x.Next[:min(len(x.Next), 2)] {
		lines = append(lines, fmt.Sprintf("%-7s %s", []string{"next:", "or:"}[i], step))
	}
	if x.RFC != "" {
		lines = append(lines, x.RFC)
	}
	return lines
}
