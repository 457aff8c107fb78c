package editor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"ftpsh/internal/term"
)

// tryOut makes the test binary a little shell, to type at by hand and for the
// tests that need a process of its own:
//
//	go test -c -o /tmp/editor ./internal/editor && EDITOR_TRYOUT=1 /tmp/editor
const tryOut = "EDITOR_TRYOUT"

func TestMain(m *testing.M) {
	if os.Getenv(tryOut) == "" {
		os.Exit(m.Run())
	}
	if err := tryIt(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// names are completed in the try-out: wide, long, and hostile ones.
var names = []string{"README.txt", "Readme.md", "日本語.txt", "日本人.txt", "pub/", "public/", "evil\x1b[31m", "👩‍👩‍👧 family"}

type shell struct {
	editor *Editor
	past   []string
}

func (s *shell) Lines() []string { return s.past }

func tryIt() error {
	s := &shell{past: []string{"open ftp.example.org", "get 'a file'", "ls"}}
	for i := range 300 {
		names = append(names, fmt.Sprintf("file%03d", i))
	}
	editor, err := New(Config{
		In: os.Stdin, Out: os.Stdout,
		Size: func() (int, int) {
			cols, rows, _ := term.Size(int(os.Stdout.Fd()))
			return cols, rows
		},
		Complete: completeNames,
		History:  s,
	})
	if err != nil {
		return err
	}
	s.editor = editor
	defer editor.Close()
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	go func() {
		<-terminated
		editor.Restore()
		os.Exit(128 + int(syscall.SIGTERM))
	}()
	return s.loop()
}

func completeNames(ctx context.Context, line string, pos int) Completion {
	start := strings.LastIndex(line[:pos], " ") + 1
	if strings.HasPrefix(line, "slow ") {
		select {
		case <-time.After(5 * time.Second):
		case <-ctx.Done():
			return Completion{Err: ctx.Err()}
		}
	}
	c := Completion{Start: start, End: pos}
	for _, name := range names {
		if strings.HasPrefix(name, line[start:pos]) {
			c.Items = append(c.Items, Candidate{Label: name, Insert: strings.ReplaceAll(name, "\x1b", `\e`), Help: "the file " + name})
		}
	}
	return c
}

func (s *shell) loop() error {
	for {
		text, err := s.editor.ReadLine(context.Background(), "\x1b[1;32mftpsh\x1b[0m:/pub> ")
		switch {
		case errors.Is(err, ErrInterrupted):
			continue
		case errors.Is(err, io.EOF):
			fmt.Fprintln(s.editor.Screen().Stdout(), "bye")
			return nil
		case err != nil:
			return err
		}
		s.past = append(s.past, text)
		s.run(text)
	}
}

// run performs the commands of the try-out; any other line is shown.
func (s *shell) run(text string) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer s.editor.Watch(cancel)()
	out := s.editor.Screen().Stdout()
	word, rest, _ := strings.Cut(text, " ")
	switch word {
	case "wait":
		s.wait(ctx)
	case "noise":
		go s.noise()
	case "partial":
		fmt.Fprint(out, "no line end")
	case "ask":
		answer, err := s.editor.Ask(ctx, "really?", "yNa")
		fmt.Fprintf(out, "answer %q %v\n", answer, err)
	case "secret":
		secret, err := s.editor.ReadSecret(ctx, "password: ")
		fmt.Fprintf(out, "secret %q %v\n", secret, err)
	case "panic":
		defer s.editor.Restore()
		panic("on purpose")
	case "!":
		fmt.Fprintln(out, "status", s.editor.Cooked(func() error { return system(rest) }))
	default:
		fmt.Fprintf(out, "line %q\n", text)
	}
}

// wait shows progress until it is cancelled.
func (s *shell) wait(ctx context.Context) {
	defer s.editor.Screen().Status()
	fmt.Fprint(s.editor.Screen().Stdout(), "unfinished ")
	for i := 0; ; i++ {
		s.editor.Screen().Status(fmt.Sprintf("file %d %s", i, strings.Repeat("#", i)), "total")
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			fmt.Fprintln(s.editor.Screen().Stdout(), "cancelled")
			return
		}
	}
}

// noise prints above the prompt.
func (s *shell) noise() {
	for i := range 30 {
		fmt.Fprintf(s.editor.Screen().Stderr(), "notice %d %s\n", i, strings.Repeat("x", i*5))
		time.Sleep(200 * time.Millisecond)
	}
}
