package commands

import (
	"context"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strings"

	"ftpsh/transfer"
)

// viewCommands show files.
func viewCommands() []Command {
	return []Command{
		{
			Name: "cat", Group: Transfer, Needs: LoggedIn,
			Short:    "print files of the server",
			Args:     []Arg{{Name: "file", Kind: RemoteFile, Many: true, Ask: "(remote-file) "}},
			Flags:    []Flag{asText},
			Details:  "On a terminal control characters are shown and not obeyed; in a pipe or a file every byte is as it is.",
			Examples: []string{"cat README.txt", "cat *.log | grep -i error"},
			Run:      runCat,
		},
		{
			Name: "more", Aliases: []string{"page", "less"}, Group: Transfer, Classic: true, Needs: LoggedIn,
			Short:    "show a file of the server page by page",
			Args:     []Arg{{Name: "file", Kind: RemoteFile, Ask: "(remote-file) "}},
			Details:  "The program is that of the setting pager, which $PAGER gives: less or more without one.",
			Examples: []string{"more README.txt"},
			Run:      runMore,
		},
	}
}

func runCat(ctx context.Context, s *Session, c *Call) error {
	f := s.fetching(c)
	f.ascii = f.ascii || c.Has("a")
	paths, err := s.remotePaths(ctx, c.Args("file"))
	return errors.Join(err, tryAll(paths, func(path string) error { return f.show(ctx, path) }))
}

// runMore pages on a terminal; anywhere else it is cat.
func runMore(ctx context.Context, s *Session, c *Call) error {
	f := s.fetching(c)
	if !s.Print.OutIsTerminal() || s.Cooked == nil || s.Terminal == nil || s.Terminal() == nil {
		return f.show(ctx, c.Arg("file"))
	}
	pager, err := findPager(s.Values().Text("pager"))
	if err != nil {
		return err
	}
	return s.Cooked(func() error { return f.page(ctx, c.Arg("file"), pager) })
}

// page lets a program show a file while it is fetched. One that is left early wants no more of it.
func (f *fetching) page(ctx context.Context, path string, words []string) error {
	p := &pager{cmd: exec.CommandContext(ctx, words[0], words[1:]...)}
	terminal := f.Terminal()
	p.cmd.Stdout, p.cmd.Stderr = terminal, terminal
	text := &safeWriter{to: p}
	d := f.download(path)
	d.To, d.Progress = text, nil
	_, err := transfer.Get(ctx, f.Conn, d)
	_ = text.Close() // fails only if the pager has ended, which end tells
	endErr := p.end()
	switch {
	case err != nil && !errors.Is(err, transfer.ErrLocal):
		return err
	case endErr != nil:
		return &LocalError{Op: f.call.Verb, Path: words[0], Err: endErr}
	}
	return nil
}

// pager is a program that the first text for it starts: a file that cannot be had shows no empty page.
type pager struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	err error // of the start
}

func (p *pager) Write(text []byte) (int, error) {
	if p.in == nil && p.err == nil {
		p.in, p.err = p.cmd.StdinPipe()
		if p.err == nil {
			p.err = p.cmd.Start()
		}
	}
	if p.err != nil {
		return 0, p.err
	}
	return p.in.Write(text)
}

// end waits until its user has seen enough.
func (p *pager) end() error {
	if p.in == nil || p.err != nil {
		return p.err
	}
	_ = p.in.Close()
	return p.cmd.Wait()
}

// findPager finds a program by its absolute path or in PATH, never in the current directory.
func findPager(setting string) ([]string, error) {
	candidates := [][]string{strings.Fields(setting)}
	if len(candidates[0]) == 0 {
		candidates = [][]string{{"less"}, {"more"}}
	}
	for _, words := range candidates {
		if strings.ContainsRune(words[0], filepath.Separator) && !filepath.IsAbs(words[0]) {
			break
		}
		path, err := exec.LookPath(words[0])
		if err == nil {
			return append([]string{path}, words[1:]...), nil
		}
	}
	return nil, &StateError{Op: "more", Problem: candidates[0][0] + ": no such program in PATH", Next: "set pager /path/to/program", Status: StatusLocal}
}
