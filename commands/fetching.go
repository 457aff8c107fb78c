package commands

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ftpsh/internal/lang"
	"ftpsh/internal/term"
	"ftpsh/transfer"
)

// fetching is what the flags of one command say about the downloads that it makes.
type fetching struct {
	*Session
	call   *Call
	way    []string // flags that belong to the file whatever is done about it, for hints
	dir    string   // where files without a typed name go, absolute
	resume bool
	ascii  bool
	unique bool // runique is on, for names that are not typed
	offset int64
	policy transfer.Policy
	asker  transfer.Asker
	care   transfer.Care
	region *transfer.Region

	segments int  // connections for a file that is fetched alone
	whenSlow bool // only if one is slow

	arrived *transfer.Arrived
}

// fetching is a download as the session's switches have it.
func (s *Session) fetching(c *Call) *fetching {
	f := &fetching{
		Session: s,
		call:    c,
		dir:     s.Local.Dir(),
		ascii:   s.Conn.TransferType() == "A",
		unique:  s.On("runique"),
		policy:  s.defaultPolicy(),
		asker:   s.conflictAsker(),
		arrived: &transfer.Arrived{},
	}
	f.segments, f.whenSlow = s.wantedSegments()
	return f
}

// fetchingFor adds what the flags say.
func (s *Session) fetchingFor(c *Call) (*fetching, error) {
	f := s.fetching(c)
	policy, given, err := c.policy()
	if err != nil {
		return nil, err
	}
	switch {
	case c.gives("u"):
		f.policy = transfer.Rename
	case given && !c.gives("c"):
		f.policy = policy
	}
	f.unique = f.unique && !given
	f.resume = c.gives("c")
	if c.gives("a") {
		f.ascii, f.way = true, append(f.way, "-a")
	}
	if f.care, err = s.care(c); err == nil {
		f.region, err = c.region()
	}
	if err == nil && f.ascii {
		err = c.refuseText()
	}
	if err != nil {
		return nil, err
	}
	for _, flag := range []string{"verify", "remove-source"} {
		if c.gives(flag) {
			f.way = append(f.way, "--"+flag)
		}
	}
	if f.region != nil {
		f.way = append(f.way, "--range", c.Value("range"))
	}
	if c.gives("O") {
		f.dir, f.way = s.Local.Abs(c.Value("O")), append(f.way, "-O", quoted(c.Value("O")))
	}
	return f, nil
}

// typed fetches a file that was named by a person, who may have named the local one too.
func (f *fetching) typed(ctx context.Context, path, local string, named bool) error {
	switch {
	case !named:
		return f.fetch(ctx, path)
	case local == "-" && f.asJob(f.call):
		return usage(f.call.Command, "what is printed is no file that could be told about")
	case local == "-":
		return f.show(ctx, path)
	}
	if err := refusePipe(f.call.Verb, local, "cat "+lang.Operands(path)+" "+local); err != nil {
		return err
	}
	info, err := os.Stat(f.Local.Abs(local))
	switch {
	case err == nil && info.IsDir():
		return &StateError{Op: f.call.Verb, Problem: local + ": a directory, and a file is wanted", Next: "get -O " + quoted(local) + " " + lang.Operands(path), Status: StatusLocal}
	case os.IsPathSeparator(local[len(local)-1]):
		return &StateError{Op: f.call.Verb, Problem: local + ": no such directory", Next: "lmkdir " + quoted(local), Status: StatusLocal}
	}
	return f.run(ctx, f.downloadAs(path, local))
}

// downloadAs is a download to a name that a person typed, or under the file's own name.
func (f *fetching) downloadAs(path, local string) transfer.Download {
	d := f.download(path)
	if local == "" {
		d.Dir, d.Name = f.dir, f.LocalName(lastPart(path))
		if f.unique {
			d.Policy = transfer.Rename
		}
		return d
	}
	target := f.Local.Abs(local)
	d.Again = f.again(path, local)
	d.Typed, d.Dir, d.Name = true, filepath.Dir(target), filepath.Base(target)
	return d
}

// fetch fetches a file under its own name, as case, ntrans and nmap change it.
func (f *fetching) fetch(ctx context.Context, path string) error {
	d := f.downloadAs(path, "")
	f.warnOfName(d.Name)
	return f.run(ctx, d)
}

// warnOfName tells that a name from the server has characters that ls shows escaped: other programs may print
// them, and a terminal obeys.
func (s *Session) warnOfName(name string) (warned bool) {
	name = strings.ToValidUTF8(name, "?") // bytes of another charset do nothing to a terminal
	if term.Safe(name) == name {
		return false
	}
	s.Print.Warn("%s: the name holds control characters or turns the direction of text; programs that print it as it is may be misled", name)
	return true
}

// show fetches a file to where results go.
func (f *fetching) show(ctx context.Context, path string) error {
	out := f.contents()
	d := f.download(path)
	d.To, d.Progress = out, nil
	_, err := transfer.Get(ctx, f.Conn, d)
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	return err
}

func (f *fetching) download(path string) transfer.Download {
	return transfer.Download{
		Op: f.call.Verb, Again: f.again(path), Remote: path,
		Offset: f.offset, Resume: f.resume, Region: f.region, Care: f.care,
		Policy: f.policy, Asker: f.asker, MaxSize: f.maxSize(),
		ASCII: f.ascii, KeepCR: !f.On("cr"), Preserve: f.On("preserve"),
		Progress: f.progress(), Arrived: f.arrived,
	}
}

// maxSize is the longest file that is wanted, 0 for any.
func (s *Session) maxSize() int64 {
	size, _ := term.ParseSize(s.Values().Text("max-size"))
	return size
}

// again is the line that fetches a file with other flags.
func (f *fetching) again(names ...string) func(flags string) string {
	return func(flags string) string {
		words := append([]string{"get", flags}, f.way...)
		return strings.Join(append(words, lang.Operands(names...)), " ")
	}
}

func (f *fetching) run(ctx context.Context, d transfer.Download) error {
	if f.asJob(f.call) {
		_, err := f.runJob(ctx, f.call, &transfer.Several{
			Files: []transfer.Single{{Path: d.Remote}},
			Fetch: func(transfer.Single) transfer.Download { return d },
		})
		return err
	}
	result, err := transfer.Get(ctx, f.Conn, f.inSegments(d))
	result.Target = f.Local.Short(result.Target)
	f.tell(result, err)
	return err
}

// refuseTrap refuses get a b where b is a file here and on the server: other programs would fetch
// both, and this one would overwrite the local b.
func (f *fetching) refuseTrap(ctx context.Context, path, local string) error {
	if local == "-" || f.policy != transfer.Ask && f.policy != transfer.Refuse || !f.isLocalFile(local) {
		return nil
	}
	if _, err := f.Conn.Size(ctx, local); err != nil {
		if replyCode(err) != 0 {
			return nil // it is not there, or no file
		}
		return err
	}
	return &StateError{
		Op:      f.call.Verb,
		Problem: fmt.Sprintf("%s is a file here and on the server: is it the local name, or to be fetched too?", local),
		Next:    fmt.Sprintf("get -o %s %s, or mget %s", quoted(local), lang.Operands(path), lang.Operands(path, local)),
		Status:  StatusUsage,
	}
}

func (s *Session) isLocalFile(path string) bool {
	info, err := os.Stat(s.Local.Abs(path))
	return err == nil && info.Mode().IsRegular()
}
