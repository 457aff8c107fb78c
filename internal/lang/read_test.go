package lang

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

func TestRead(t *testing.T) {
	for _, test := range []struct{ command, input, get, want string }{
		{"read -r f", "a b", `"$f"`, "a b"},
		{"read -r f", "  a  b\t\n", `"$f"`, "a  b"},
		{"IFS= read -r f", "  a \n", `"$f"`, "  a "},
		{"read -r", "  a \n", `"$REPLY"`, "  a "},
		{"read -r a b", "1 2  3 4 \n", `"$a" "$b"`, "1|2  3 4"},
		{"read -r a b c", "1 2\n", `"$a" "$b" "$c"`, "1|2|"},
		{"IFS=: read -r a b c", "1::3:4\n", `"$a" "$b" "$c"`, "1||3:4"},
		{"read -r f", `a\b\`, `"$f"`, `a\b\`},
		{"read f", `a\b\ c\\`, `"$f"`, `ab c\`},
		{"read a b", `a\ b c`, `"$a" "$b"`, "a b|c"},
		{"read f", "a\\\nb\nc", `"$f"`, "ab"},
		{"read -r -a l", "1 2 3\n", `"${l[@]}" ${#l[@]}`, "1|2|3|3"},
		{"read -ra l", "", `${#l[@]}`, ""},
		{"read -r -- f", "x", `"$f"`, "x"},
		{"read -r a b c d e f g h i j k", "1 2 3 4 5 6 7 8 9 10 11", "$i $j $k", "9|10|11"},
		{"read -r f; read -r g", "x\ny\n", `"$f" "$g"`, "x|y"},
	} {
		s := newSession(t, nil)
		s.names = test.input
		calls, _ := s.run("nlst | { " + strings.ReplaceAll(test.command, "; ", " || :; ") + " || :; get " + test.get + "; }")
		if want := "nlst get|" + test.want; calls != want && test.want != "" {
			t.Errorf("%s of %q: %q, want %q", test.command, test.input, calls, want)
		}
	}
	s := newSession(t, nil)
	s.fails("read -r f < /dev/null", 1, "")
	s.fails("read -z f <<< x", 2, "")
	s.runs("read -p 'name? ' -r n <<< me; get $n", "get|me", "")
	if !strings.HasSuffix(s.err.String(), "name? ") {
		t.Errorf("says %q", s.err.String())
	}
	s.fails("read 'a b' <<< x", 2, "")
	s.runs("printf '1\\n2' | { read -r a; -read -r b; get $a $b; }", "get|1|2", "")
	s.runs("f() { local x; read -r x <<< 1; get $x; }; x=0; f; get $x", "get|1 get|0", "")
	s.runs("set -- p; read -r a b <<< '$(ls) `ls`'; get \"$a\" \"$b\" $1", "get|$(ls)|`ls`|p", "")
}

// TestS56_NamesAreBytes: names with blanks, quotes, marks and bytes that are no UTF-8 come through every
// way that a name can take, and nothing in them is run (S59).
func TestS56_NamesAreBytes(t *testing.T) {
	for _, name := range []string{"\xff\xfe", "a\xe9b c", "; rm x", "$(rm x)", "`rm x`", `"'`, "*", "~", "a\\b", "-x", "\x01*", "\x1b[2J", "{a,b}", "#x", "ü", "x=1", "$HOME", "!x"} {
		s := newSession(t, nil)
		s.names = name + "\n"
		for _, source := range []string{
			"nlst | while IFS= read -r f; do get \"$f\"; done",
			"x=$(nlst); get \"$x\"",
			"IFS=''; for f in $(nlst); do get $f; done; IFS=' '",
			"f() { get \"$1\"; }; f \"$(nlst)\"",
			"nlst | read -r f; g=\"$f\"; get \"${g}\"",
			"set -- \"$(nlst)\"; get \"$1\"",
			"l=(\"$(nlst)\"); get \"${l[0]}\"",
			"x=get; $x \"$(nlst)\"",
		} {
			s.runs(source, "nlst get|"+name, "")
		}
		s.runs("nlst | read -r f; echo \"$f\" | cat; cat <<< \"$f\"", "nlst echo|"+name+" cat", name+"\n"+name+"\n")
	}
}

func TestInterruptEndsRead(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer out.Close()
	s := newSession(t, func(o *Options) { o.Stdin = in })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := s.runner.Run(ctx, "read -r x", ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}
