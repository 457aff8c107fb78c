package commands

import (
	"context"
	"sync"

	"ftpsh/internal/term"
)

// directoryCommands go from one directory to another, on both sides.
func directoryCommands() []Command {
	return []Command{
		{
			Name: "cd", Later: []string{"chdir", "cwd"}, Group: Browsing, Classic: true, Needs: LoggedIn,
			Short:    "change the directory on the server",
			Args:     []Arg{{Name: "directory", Kind: RemoteDir, Optional: true}},
			Details:  "Without a directory it goes back to where the login led; - is the directory before this one.",
			Examples: []string{"cd pub", "cd ..", "cd -", `cd "with blanks"`},
			Run:      runCd,
		},
		{
			Name: "cdup", Group: Browsing, Classic: true, Needs: LoggedIn,
			Short:    "go to the parent directory on the server",
			Examples: []string{"cdup"},
			Run:      func(ctx context.Context, s *Session, _ *Call) error { return s.changeDir(ctx, "..") },
		},
		{
			Name: "pwd", Group: Browsing, Classic: true, Needs: LoggedIn,
			Short:    "print the directory on the server",
			Examples: []string{"pwd"},
			Run: func(ctx context.Context, s *Session, _ *Call) error {
				dir, err := s.Conn.Pwd(ctx)
				if err == nil {
					s.Print.Printf("%s\n", term.Safe(dir))
				}
				return err
			},
		},
		{
			Name: "lcd", Group: LocalFiles, Classic: true,
			Short:    "change the directory on this machine",
			Args:     []Arg{{Name: "directory", Kind: LocalDir, Optional: true}},
			Details:  "Without a directory it goes home; - is the directory before this one.",
			Examples: []string{"lcd ~/downloads", "lcd -"},
			Run:      func(_ context.Context, s *Session, c *Call) error { return s.Local.Change(c.Arg("directory")) },
		},
		{
			Name: "lpwd", Group: LocalFiles, Classic: true,
			Short:    "print the directory on this machine",
			Examples: []string{"lpwd"},
			Run: func(_ context.Context, s *Session, _ *Call) error {
				s.Print.Printf("%s\n", term.Safe(s.Local.Dir()))
				return nil
			},
		},
	}
}

func runCd(ctx context.Context, s *Session, c *Call) error {
	dir := c.Arg("directory")
	switch dir {
	case "":
		dir = s.Conn.Start()
	case "-":
		if dir = s.Previous.get(); dir == "" {
			return &StateError{Op: "cd", Problem: "there is no previous directory", Next: "cd DIRECTORY"}
		}
	}
	return s.changeDir(ctx, dir)
}

// changeDir goes to a directory and remembers the one before it.
func (s *Session) changeDir(ctx context.Context, dir string) error {
	before := s.Conn.Dir()
	if err := s.Conn.Chdir(ctx, dir); err != nil {
		return err
	}
	s.Previous.set(before)
	return nil
}

// Previous is the directory before this one, on the server.
type Previous struct {
	mu  sync.Mutex
	dir string
}

func (p *Previous) clone() *Previous { return &Previous{dir: p.get()} }

func (p *Previous) get() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dir
}

func (p *Previous) set(dir string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dir = dir
}
