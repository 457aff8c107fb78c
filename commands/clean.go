package commands

import (
	"context"
	"fmt"
	"os"
	"time"

	"ftpsh/internal/term"
	"ftpsh/remote"
	"ftpsh/transfer"
)

var cleanCommand = Command{
	Name: "clean", Group: Transfer,
	Short: "remove what transfers that broke off have left",
	Args:  []Arg{{Name: "dir", Kind: LocalDir, Optional: true}},
	Flags: []Flag{
		{Letter: 'r', Value: "dir", Kind: RemoteDir, Help: "in this directory of the server too"},
		{Letter: 'f', Help: "ask nothing"},
	},
	Details: `Here that is .NAME.ftpsh-part, which get -c would go on from, with its record; on the server it is
.NAME.ftpsh-xxxxxxxx, the temporary name of an upload. All are listed, and asked about once. What is
being fetched now stays, and so does what the server says was changed within the last hour.`,
	Examples: []string{"clean", "clean ~/downloads", "clean -r incoming"},
	Run:      runClean,
}

// leftBehind is one file that may go.
type leftBehind struct {
	line   string // that describes it
	remove func() error
}

func runClean(ctx context.Context, s *Session, c *Call) error {
	found, err := s.leftHere(orDot(c.Arg("dir")))
	if err == nil && c.Has("r") {
		var there []leftBehind
		there, err = s.leftThere(ctx, c.Value("r"))
		found = append(found, there...)
	}
	switch {
	case err != nil:
		return err
	case len(found) == 0:
		s.Print.Note("nothing was left behind")
		return nil
	}
	for _, one := range found {
		s.Print.Printf("%s\n", term.Safe(one.line))
	}
	if !c.Has("f") {
		if yes, err := s.mayClean(ctx, len(found)); err != nil || !yes {
			return err
		}
	}
	return tryAll(found, func(one leftBehind) error { return one.remove() })
}

func (s *Session) mayClean(ctx context.Context, n int) (bool, error) {
	if s.Ask == nil {
		return false, &StateError{Op: "clean", Problem: "there is nobody to ask", Next: "clean -f removes them without a question", Status: StatusUsage}
	}
	return s.Ask.Confirm(ctx, "remove "+counted(n, "file", "files")+"?")
}

// leftHere are the parts of downloads.
func (s *Session) leftHere(dir string) ([]leftBehind, error) {
	path := s.Local.Abs(dir)
	parts, err := transfer.Leftovers(path)
	if err != nil {
		return nil, &LocalError{Op: "clean", Path: dir, Err: err}
	}
	var found []leftBehind
	for _, p := range parts {
		found = append(found, leftBehind{describePart(p), func() error {
			if err := transfer.RemoveLeftover(path, p.Name); err != nil && !os.IsNotExist(err) {
				return &LocalError{Op: "clean", Path: p.Name, Err: err}
			}
			return nil
		}})
	}
	return found, nil
}

func describePart(p transfer.Leftover) string {
	text := fmt.Sprintf("%s: %d bytes", p.Name, p.Bytes)
	if p.Size >= 0 {
		text = fmt.Sprintf("%s: %d of %d bytes", p.Name, p.Bytes, p.Size)
	}
	if p.Host != "" {
		text += fmt.Sprintf(" of %s at %s", p.Path, p.Host)
	}
	return text
}

// freshUpload is how long a temporary name may belong to an upload that still runs.
const freshUpload = time.Hour

// leftThere are the temporary names of uploads.
func (s *Session) leftThere(ctx context.Context, dir string) ([]leftBehind, error) {
	if err := s.ready(ctx, LoggedIn); err != nil {
		return nil, err
	}
	listed, err := s.Conn.List(ctx, dir, remote.ListOptions{Hidden: true})
	if err != nil {
		return nil, err
	}
	var found []leftBehind
	for _, e := range listed.Entries {
		if !transfer.IsTemporary(e.Name) || e.Precise && time.Since(e.Time) < freshUpload {
			continue
		}
		path := remote.Join(dir, e.Name)
		line := fmt.Sprintf("%s: %s, on the server", path, describeFile(transfer.Version{Size: e.Size, Time: e.Time}, time.UTC))
		found = append(found, leftBehind{line, func() error { return s.Conn.Delete(ctx, path) }})
	}
	return found, nil
}
