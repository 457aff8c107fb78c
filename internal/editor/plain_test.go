package editor

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestPlainLines(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	tests := []struct {
		name, in string
		want     []string // lines, or errors after "error: "
	}{
		{"lines", "one\ntwo\n", []string{"one", "two", "error: EOF"}},
		{"no line end", "one\ntwo", []string{"one", "two", "error: EOF"}},
		{"CR LF", "one\r\n\r\ntwo\r\n", []string{"one", "", "two", "error: EOF"}},
		{"CR inside", "a\rb\n", []string{"a\rb", "error: EOF"}},
		{"tab", "a\tb\n", []string{"a\tb", "error: EOF"}},
		{"no UTF-8", "a\xffb\n", []string{"a\xffb", "error: EOF"}},
		{"NUL", "a\n\x00b\nc\n", []string{"a", "error: line 2 holds a NUL byte", "c", "error: EOF"}},
		{"byte order mark", "\ufeffa\n\ufeffb\n", []string{"a", "\ufeffb", "error: EOF"}},
		{"long", long + "\n", []string{"error: line 1 is longer than 1048576 bytes", "error: EOF"}},
		{"almost long", long[1:] + "\nb", []string{long[1:], "b", "error: EOF"}},
		{"empty", "", []string{"error: EOF", "error: EOF"}},
	}
	for _, tt := range tests {
		p := NewPlain(PlainConfig{In: strings.NewReader(tt.in)})
		for i, want := range tt.want {
			got, err := p.ReadLine(context.Background(), "> ")
			if err != nil {
				got = "error: " + err.Error()
			}
			if got != want {
				t.Errorf("%s: line %d is %.60q, want %.60q", tt.name, i+1, got, want)
			}
		}
	}
}

func TestPlainPrompts(t *testing.T) {
	var out bytes.Buffer
	p := NewPlain(PlainConfig{In: strings.NewReader("ls\nperhaps\nYes\n\n"), Out: &out})
	p.ReadLine(context.Background(), "> ")
	for _, want := range []rune{'y', 'n'} {
		if got, err := p.Ask(context.Background(), "sure?", "yN"); got != want || err != nil {
			t.Errorf("answer %q, %v; want %q", got, err, want)
		}
	}
	if want := "> sure? sure? sure? "; out.String() != want {
		t.Errorf("shown %q, want %q", out.String(), want)
	}
}

func TestPlainAsksNobody(t *testing.T) {
	p := NewPlain(PlainConfig{In: strings.NewReader("y\n")})
	if _, err := p.Ask(context.Background(), "sure?", "yn"); !errors.Is(err, ErrNobodyToAsk) {
		t.Errorf("error %v", err)
	}
	if line, _ := p.ReadLine(context.Background(), ""); line != "y" {
		t.Errorf("the question took the line; next is %q", line)
	}
}

func TestPlainSecret(t *testing.T) {
	tests := []struct {
		in, want string
		err      error
	}{
		{"hunter2\r", "hunter2", nil},
		{"x\x15hüü\x7fnter\xff\r", "hünter\xff", nil},
		{"x\x04y\n", "xy", nil},
		{"\x04", "", io.EOF},
		{"x\x03", "", ErrInterrupted},
		{"x", "", io.EOF},
	}
	for _, tt := range tests {
		var out bytes.Buffer
		raw := &countingMode{}
		p := NewPlain(PlainConfig{In: strings.NewReader(tt.in), Out: &out, Raw: raw})
		got, err := p.ReadSecret(context.Background(), "Password: ")
		if got != tt.want || err != tt.err {
			t.Errorf("%q: %q, %v; want %q, %v", tt.in, got, err, tt.want, tt.err)
		}
		if raw.raw || raw.exits != 1 {
			t.Errorf("%q: raw %v after %d exits", tt.in, raw.raw, raw.exits)
		}
		if out.String() != "Password: \r\n" {
			t.Errorf("%q: shown %q", tt.in, out.String())
		}
	}
}

// A read whose context ended does not lose the line that comes later.
func TestPlainContext(t *testing.T) {
	in, typist := io.Pipe()
	p := NewPlain(PlainConfig{In: in})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.ReadLine(ctx, ""); err != context.Canceled {
		t.Errorf("error %v", err)
	}
	go io.WriteString(typist, "late\n")
	if line, err := p.ReadLine(context.Background(), ""); line != "late" || err != nil {
		t.Errorf("read %q, %v", line, err)
	}
}
