package lang

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// readLine is the read of the language: read [-r] [-a] [-p prompt] [name ...]. The interpreter's own
// takes bytes that are no UTF-8 out of names, so while read -r f would get another file.
func readLine(ctx context.Context, hc interp.HandlerContext, args []string) error {
	o, err := readOptionsOf(args)
	if err != nil {
		fmt.Fprintf(hc.Stderr, "read: %v\n", err)
		return statusError(statusUsage)
	}
	if hc.Stdin == nil {
		fmt.Fprintln(hc.Stderr, "read: there is nothing to read; it stands behind a pipe or a <")
	}
	io.WriteString(hc.Stderr, o.prompt)
	line, err := nextLine(ctx, hc.Stdin, o.raw)
	if assigned := o.assign(ctx, hc, line); assigned != nil {
		return assigned
	}
	if err != nil {
		return statusError(statusFailed)
	}
	return nil
}

// readOptions are what read is asked for.
type readOptions struct {
	raw    bool // a backslash is a character
	array  bool // all fields go to one name
	prompt string
	names  []string
}

func readOptionsOf(args []string) (o readOptions, err error) {
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		flag := args[0]
		args = args[1:]
		switch {
		case flag == "--":
		case flag == "-r":
			o.raw = true
			continue
		case flag == "-a":
			o.array = true
			continue
		case flag == "-p" && len(args) > 0:
			o.prompt, args = args[0], args[1:]
			continue
		default:
			return o, fmt.Errorf("%s is not offered", flag)
		}
		break
	}
	for _, name := range args {
		if !syntax.ValidName(name) {
			return o, fmt.Errorf("%s is no name", Quote(name, '\''))
		}
	}
	o.names = args
	return o, nil
}

// assign puts a line into the variables. The values are parameters, so nothing that was read is parsed.
func (o *readOptions) assign(ctx context.Context, hc interp.HandlerContext, line []readByte) error {
	var script strings.Builder
	var values []string
	switch {
	case o.array:
		name := append(slices.Clone(o.names), "REPLY")[0]
		values = fields(line, separators(hc), -1)
		script.WriteString(name + "=()")
		if len(values) > 0 {
			script.Reset()
			script.WriteString(name + `=("$@")`)
		}
	case len(o.names) == 0:
		values = []string{textOf(line)}
		script.WriteString("REPLY=$1")
	default:
		values = fields(line, separators(hc), len(o.names))
		for i, name := range o.names {
			fmt.Fprintf(&script, "%s=${@:%d:1}\n", name, i+1)
		}
	}
	if len(values) == 0 {
		values = []string{""} // without any, the caller's own would be seen
	}
	return runText(ctx, hc, script.String(), values...)
}

// separators are the characters between fields.
func separators(hc interp.HandlerContext) string {
	if ifs := hc.Env.Get("IFS"); ifs.IsSet() {
		return ifs.String()
	}
	return " \t\n"
}

// readByte is one byte of a line; one that a backslash stood before separates nothing.
type readByte struct {
	byte
	escaped bool
}

func textOf(line []readByte) string {
	text := make([]byte, len(line))
	for i, b := range line {
		text[i] = b.byte
	}
	return string(text)
}

// nextLine reads up to a line end, byte by byte: what follows is for the next command. The error is that
// of the input, with what was read before it.
func nextLine(ctx context.Context, in io.Reader, raw bool) (line []readByte, err error) {
	if in == nil {
		return nil, io.EOF
	}
	if file, ok := in.(*os.File); ok {
		stop := context.AfterFunc(ctx, func() { file.SetReadDeadline(time.Now()) })
		defer stop()
	}
	escaped := false
	for {
		var buffer [1]byte
		if _, err := io.ReadFull(in, buffer[:]); err != nil {
			return line, err
		}
		c := buffer[0]
		switch {
		case !raw && !escaped && c == '\\':
			escaped = true
			continue
		case c == 0, escaped && c == '\n':
		case c == '\n':
			return line, nil
		default:
			line = append(line, readByte{c, escaped})
		}
		escaped = false
	}
}

// fields takes a line apart as POSIX says: blanks among the separators count once, others each time. The
// last field that the limit allows is the rest of the line; a limit below 0 is none.
func fields(line []readByte, separators string, limit int) (all []string) {
	is := func(i int, set string) bool {
		return i < len(line) && !line[i].escaped && strings.IndexByte(separators, line[i].byte) >= 0 && strings.IndexByte(set, line[i].byte) >= 0
	}
	const blanks = " \t\n"
	at, end := 0, len(line)
	for is(at, blanks) {
		at++
	}
	for end > at && is(end-1, blanks) {
		end--
	}
	for at < end {
		if len(all)+1 == limit {
			return append(all, textOf(line[at:end]))
		}
		start := at
		for at < end && !is(at, separators) {
			at++
		}
		all = append(all, textOf(line[start:at]))
		for is(at, blanks) {
			at++
		}
		if is(at, separators) {
			at++
			for is(at, blanks) {
				at++
			}
		}
	}
	return all
}
