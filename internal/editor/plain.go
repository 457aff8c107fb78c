package editor

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"unicode/utf8"
)

// PlainConfig is what a [Plain] reader is made of.
type PlainConfig struct {
	In io.Reader
	// Out is where prompts and questions go; nil: nobody is there to read them.
	Out io.Writer
	// Raw switches In, if it is a terminal, so that a secret is not shown; nil:
	// a secret is a line like any other.
	Raw RawMode
}

// Plain reads lines as they are: from a file, a pipe, or a terminal that knows
// no escape sequences. A line ends in LF or CR LF, the last one may have no
// end; a tab is text; a NUL byte is an error.
type Plain struct {
	config PlainConfig
	in     *bufio.Reader
	number int // of the line read last

	mu      sync.Mutex
	results chan plainResult
	pending bool // a read goes on whose caller gave up; its line is the next one
}

type plainResult struct {
	text string
	err  error
}

// maxLine is the longest line a [Plain] reader takes, in bytes.
const maxLine = 1 << 20

// NewPlain returns a reader of lines.
func NewPlain(config PlainConfig) *Plain {
	return &Plain{config: config, in: bufio.NewReader(config.In), results: make(chan plainResult, 1)}
}

// ReadLine implements [LineReader].
func (p *Plain) ReadLine(ctx context.Context, prompt string) (string, error) {
	return p.read(ctx, prompt, p.line)
}

// ReadText implements [LineReader]; it is ReadLine.
func (p *Plain) ReadText(ctx context.Context, prompt string) (string, error) {
	return p.ReadLine(ctx, prompt)
}

// ReadSecret implements [LineReader].
func (p *Plain) ReadSecret(ctx context.Context, prompt string) (string, error) {
	if p.config.Raw == nil {
		return p.ReadLine(ctx, prompt)
	}
	if err := p.config.Raw.Enter(); err != nil {
		return "", err
	}
	defer p.config.Raw.Exit()
	secret, err := p.read(ctx, prompt, p.secret)
	p.show("\r\n")
	return secret, err
}

// ErrNobodyToAsk is returned by [Plain.Ask] where questions are not shown.
var ErrNobodyToAsk = errors.New("nobody is there to answer a question")

// Ask implements [LineReader]: the first character of a line is the answer.
func (p *Plain) Ask(ctx context.Context, question, keys string) (rune, error) {
	if p.config.Out == nil {
		return 0, ErrNobodyToAsk
	}
	for {
		text, err := p.ReadLine(ctx, question+" ")
		if err != nil {
			return 0, err
		}
		answer := preset(keys)
		if first, _ := utf8.DecodeRuneInString(text); text != "" {
			answer = choice(string(first), keys)
		}
		if answer != 0 {
			return answer, nil
		}
	}
}

// Watch implements [LineReader]. Where nobody is there, interrupts are left to
// the program as a whole.
func (p *Plain) Watch(cancel func()) (stop func()) {
	if p.config.Out == nil {
		return func() {}
	}
	interrupts, stopped := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(interrupts, os.Interrupt)
	go func() {
		for {
			select {
			case <-interrupts:
				p.guard(cancel)
			case <-stopped:
				return
			}
		}
	}()
	return sync.OnceFunc(func() {
		signal.Stop(interrupts)
		close(stopped)
	})
}

// guard keeps a panic in a callback from ending the program.
func (p *Plain) guard(f func()) {
	defer func() {
		if reason := recover(); reason != nil {
			p.show(faultText(reason))
		}
	}()
	f()
}

// Cooked implements [LineReader]: the terminal never is anything else.
func (p *Plain) Cooked(f func() error) error { return f() }

// Close implements [LineReader]. In stays open; it is the caller's.
func (p *Plain) Close() error { return nil }

// read gets one line by scan, unless ctx or the user ends the wait.
func (p *Plain) read(ctx context.Context, prompt string, scan func() (string, error)) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	interrupts := make(chan os.Signal, 1)
	if p.config.Out != nil {
		signal.Notify(interrupts, os.Interrupt)
		defer signal.Stop(interrupts)
	}
	p.show(prompt)
	if !p.pending {
		p.pending = true
		go func() {
			text, err := scan()
			p.results <- plainResult{text, err}
		}()
	}
	select {
	case result := <-p.results:
		p.pending = false
		return result.text, result.err
	case <-interrupts:
		p.show("\n")
		return "", ErrInterrupted
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (p *Plain) show(s string) {
	if p.config.Out != nil {
		io.WriteString(p.config.Out, s)
	}
}

// line reads up to the next line end.
func (p *Plain) line() (string, error) {
	p.number++
	var text []byte
	for {
		part, err := p.in.ReadSlice('\n')
		if len(text) <= maxLine {
			text = append(text, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err != nil && (err != io.EOF || len(text) == 0):
			return "", err
		}
		return p.checked(text)
	}
}

// checked takes the end off a line and refuses what no command can hold. A
// byte order mark, with which Windows begins a file, is no part of the first.
func (p *Plain) checked(text []byte) (string, error) {
	if len(text) > maxLine {
		return "", fmt.Errorf("line %d is longer than %d bytes", p.number, maxLine)
	}
	text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
	if p.number == 1 {
		text = bytes.TrimPrefix(text, []byte("\ufeff"))
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return "", fmt.Errorf("line %d holds a NUL byte", p.number)
	}
	return string(text), nil
}

// secret reads a line in raw mode, where its keys come as they are.
func (p *Plain) secret() (string, error) {
	p.number++
	var text []byte
	for {
		b, err := p.in.ReadByte()
		if err != nil {
			return "", err
		}
		switch code := controls[b]; {
		case code == keyEnter:
			return string(text), nil
		case code == keyInterrupt:
			return "", ErrInterrupted
		case code == keyDeleteOrEOF && len(text) == 0:
			return "", io.EOF
		case code == keyBackspace:
			_, size := utf8.DecodeLastRune(text)
			text = text[:len(text)-size]
		case code == keyKillToStart:
			text = nil
		case printable(b):
			text = append(text, b)
		}
	}
}

var _ LineReader = (*Plain)(nil)
