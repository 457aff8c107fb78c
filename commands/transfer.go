package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ftpsh/internal/lang"
	"ftpsh/transfer"
)

// Arguments that several commands of this topic have.
var (
	remoteSource = Arg{Name: "remote", Kind: RemoteFile, Ask: "(remote-file) "}
	localTarget  = Arg{Name: "local", Kind: LocalPath, Optional: true, Ask: "(local-file) "}
	localSource  = Arg{Name: "local", Kind: LocalPath, Ask: "(local-file) "}
	remoteTarget = Arg{Name: "remote", Kind: RemoteFile, Optional: true, Ask: "(remote-file) "}
	remoteMany   = Arg{Name: "remote", Kind: RemoteFile, Many: true, Ask: "(remote-files) "}
	localMany    = Arg{Name: "local", Kind: LocalPath, Many: true, Ask: "(local-files) "}
)

// Flags that several commands of this topic have.
var (
	saveAs        = Flag{Letter: 'o', Value: "file", Kind: LocalPath, Help: "save under this name; - prints it"}
	storeAs       = Flag{Letter: 'o', Value: "name", Kind: RemoteFile, Help: "store under this name"}
	intoLocalDir  = Flag{Letter: 'O', Value: "dir", Kind: LocalDir, Help: "save in this local directory"}
	intoRemoteDir = Flag{Letter: 'O', Value: "dir", Kind: RemoteDir, Help: "store in this directory on the server"}
	goOn          = Flag{Letter: 'c', Long: "continue", Help: "go on where a broken transfer stopped"}
	asText        = Flag{Letter: 'a', Long: "ascii", Help: "as text: line ends become those of the other side"}
	onlyRange     = Flag{Long: "range", Value: "A-B", Help: "only the bytes from A to B, counted from 0; A- is to the end, -N the last N"}
	directly      = Flag{Long: "direct", Help: "under its own name at once, for servers where nothing can be renamed"}
)

// replacing is the flag that has a file replaced that is there already.
var replacing = Flag{Letter: 'f', Long: "force", Help: "replace a file that is there already"}

// overExisting are the flags that say what becomes of a file that is there already.
var overExisting = []struct {
	Flag
	policy transfer.Policy
}{
	{replacing, transfer.Overwrite},
	{Flag{Letter: 'n', Long: "newer", Help: "replace it only if it is older"}, transfer.NewerOnly},
	{Flag{Letter: 'R', Long: "rename", Help: "keep it, and use the first free name of NAME.1 to NAME.99"}, transfer.Rename},
	{Flag{Letter: 's', Long: "skip", Help: "keep it, and transfer nothing"}, transfer.Skip},
}

// withOverExisting are the flags of a transfer: its own, those about a file that is there already, with
// what -u means, and the way of the transfer.
func withOverExisting(own []Flag, unique string, way ...Flag) []Flag {
	flags := slices.Clone(own)
	for _, f := range overExisting {
		flags = append(flags, f.Flag)
	}
	return append(append(flags, Flag{Letter: 'u', Long: "unique", Help: unique}), way...)
}

const (
	uniqueHere  = "the same as -R, as the command runique has it for all"
	uniqueThere = "let the server choose a name that is free (STOU)"
)

// transferCommands move files. Those that may take a while ring the bell at the end, if it is on.
func transferCommands() []Command {
	moving := slices.Concat(downloadCommands(), []Command{pgetCommand()}, uploadCommands(), manyCommands())
	for i := range moving {
		moving[i].Run = thenRing(moving[i].Run)
	}
	return slices.Concat(moving, []Command{restartCommand(), cleanCommand}, viewCommands())
}

func thenRing(run func(context.Context, *Session, *Call) error) func(context.Context, *Session, *Call) error {
	return func(ctx context.Context, s *Session, c *Call) error {
		err := run(ctx, s, c)
		if s.On("bell") && s.Print.ErrIsTerminal() {
			fmt.Fprint(s.Print.Err(), "\a")
		}
		return err
	}
}

// downloadCommands fetch one file.
func downloadCommands() []Command {
	return []Command{
		{
			Name: "get", Aliases: []string{"recv"}, Group: Transfer, Classic: true, Needs: LoggedIn,
			Short:   "fetch a file from the server",
			Args:    []Arg{remoteSource, localTarget},
			TooMany: "mget fetches several files",
			Flags: withOverExisting([]Flag{
				saveAs, intoLocalDir, goOn, recursively,
			}, uniqueHere, moved(asText, onlyRange)...),
			Details: `Without a local name the file keeps its own, in the local directory that lpwd shows. It has that
name only once it is whole: what a broken transfer brought stays in .NAME.ftpsh-part, and get -c
goes on from there. A file that is there already is asked about; without a terminal it is left
alone unless a flag says otherwise.

With --range the local file is that piece, and with --range and - it is printed. --remove-source
removes the server's file, without a question, when the local one is whole, verified and has its
name, and the server's has not changed meanwhile; one that was left alone is not removed.`,
			Examples: []string{"get README.txt", "get README.txt -", `get "a b.txt" -o x`, "get -c big.iso", "get -n -O backup data.csv", "get big.iso --range 0-511 -o head"},
			Run:      runGet,
		},
		{
			Name: "reget", Group: Transfer, Classic: true, Needs: LoggedIn,
			Short:    "go on with a file that was fetched in part",
			Args:     []Arg{remoteSource, localTarget},
			TooMany:  "mreget goes on with several files",
			Flags:    moved(saveAs, intoLocalDir, recursively),
			Details:  "The same as get -c. The end of what is here is compared with the server's file first.",
			Examples: []string{"reget big.iso"},
			Run: func(ctx context.Context, s *Session, c *Call) error {
				return s.getAs(ctx, c, func(f *fetching) { f.resume = true })
			},
		},
		{
			Name: "newer", Group: Transfer, Classic: true, Needs: LoggedIn,
			Short:    "fetch a file if it is newer than the local one",
			Args:     []Arg{remoteSource, localTarget},
			TooMany:  "mget -n fetches several files",
			Flags:    moved(saveAs, intoLocalDir, recursively, asText),
			Details:  "The same as get -n. Files of the same second are not newer.",
			Examples: []string{"newer data.csv"},
			Run: func(ctx context.Context, s *Session, c *Call) error {
				return s.getAs(ctx, c, func(f *fetching) { f.policy, f.unique = transfer.NewerOnly, false })
			},
		},
	}
}

func restartCommand() Command {
	return Command{
		Name: "restart", Group: Transfer, Classic: true,
		Short:    "let the next get, put or append begin in the middle",
		Args:     []Arg{{Name: "offset", Kind: Number, Ask: "(offset) "}},
		Details:  "The first bytes of the target stay as they are. restart 0 takes it back. get -c finds the place by itself.",
		Examples: []string{"restart 1048576", "restart 20M"},
		Run: func(_ context.Context, s *Session, c *Call) error {
			s.Toggles.setRestart(c.Number("offset"))
			s.Print.Note("the next get, put or append begins at byte %d", c.Number("offset"))
			return nil
		},
	}
}

func runGet(ctx context.Context, s *Session, c *Call) error {
	return s.getAs(ctx, c, func(f *fetching) { f.offset = s.Toggles.takeRestart() })
}

// getAs is get, with what another command of its kind has decided.
func (s *Session) getAs(ctx context.Context, c *Call, decide func(*fetching)) error {
	f, err := s.fetchingFor(c)
	if err != nil {
		return err
	}
	decide(f)
	remotePath, local, named := c.Arg("remote"), c.Arg("local"), c.Given("local")
	if c.Has("o") {
		if named || c.Has("O") {
			return usage(c.Command, "-o is the local name already")
		}
		local, named = c.Value("o"), true
	}
	if c.isRecursive() {
		if local == "-" {
			return usage(c.Command, "-r is about directories, and only a file can be printed")
		}
		_, err := s.runJob(ctx, c, f.plan(ctx, []operand{{path: remotePath}}, local, true))
		return err
	}
	if c.Has("o") {
		return f.typed(ctx, remotePath, local, true)
	}
	if named {
		if err := f.refuseTrap(ctx, remotePath, local); err != nil {
			return err
		}
	}
	return f.typed(ctx, remotePath, local, named)
}

// uploadCommands send one file.
func uploadCommands() []Command {
	return []Command{
		{
			Name: "put", Aliases: []string{"send"}, Group: Transfer, Classic: true, Needs: LoggedIn,
			Short:   "send a file to the server",
			Args:    []Arg{localSource, remoteTarget},
			TooMany: "mput sends several files",
			Flags: withOverExisting([]Flag{
				storeAs, intoRemoteDir, goOn, recursively,
			}, uniqueThere, moved(asText, directly, onlyRange)...),
			Details: `The file goes to a temporary name and is renamed when all of it is there, so that an old one of that
name is never half overwritten. --direct does without, and so does the setting upload-temp off for
new names. put - NAME sends what comes from a redirection or a pipe. With --range the server's file is
that piece of the local one. --remove-source is that of get, the other way. With -r, a link that is named
is followed; links within a directory are passed over.`,
			Examples: []string{"put report.pdf", "put report.pdf archive/2024.pdf", "put -n -O backup data.csv", "put - stamp"},
			Run:      runPut,
		},
		{
			Name: "append", Group: Transfer, Classic: true, Needs: LoggedIn,
			Short:    "send a file to the end of one on the server",
			Args:     []Arg{localSource, remoteTarget},
			Flags:    joined(storeAs, intoRemoteDir, asText, limitRate, removeSource),
			Examples: []string{"append today.log all.log"},
			Run: func(ctx context.Context, s *Session, c *Call) error {
				return s.putAs(ctx, c, func(p *sending) {
					p.append, p.unique, p.offset = true, false, s.Toggles.takeRestart()
				})
			},
		},
		{
			Name: "reput", Group: Transfer, Needs: LoggedIn,
			Short:    "go on with a file that was sent in part",
			Args:     []Arg{localSource, remoteTarget},
			Flags:    moved(storeAs, intoRemoteDir, recursively),
			Details:  "The same as put -c. The end of what the server has is compared with the local file first.",
			Examples: []string{"reput big.iso"},
			Run: func(ctx context.Context, s *Session, c *Call) error {
				return s.putAs(ctx, c, func(p *sending) { p.resume, p.unique = true, false })
			},
		},
	}
}

func runPut(ctx context.Context, s *Session, c *Call) error {
	return s.putAs(ctx, c, func(p *sending) { p.offset = s.Toggles.takeRestart() })
}

// putAs is put, with what another command of its kind has decided.
func (s *Session) putAs(ctx context.Context, c *Call, decide func(*sending)) error {
	p, err := s.sendingFor(c)
	if err != nil {
		return err
	}
	decide(p)
	target := c.Arg("remote")
	if c.Has("o") {
		if target != "" || c.Has("O") {
			return usage(c.Command, "-o is the remote name already")
		}
		target = c.Value("o")
	}
	if c.isRecursive() {
		_, err := s.runJob(ctx, c, p.plan([]operand{{path: c.Arg("local")}}, target, true))
		return err
	}
	return p.typed(ctx, c.Arg("local"), target)
}

// policy is what the flags say about a file that is there already; given is false if they say
// nothing. They exclude each other, and -c and -u.
func (c *Call) policy() (policy transfer.Policy, given bool, err error) {
	var typed []string
	for _, f := range overExisting {
		if c.gives(f.Long) { // the letter may mean something else
			typed, policy = append(typed, f.name()), f.policy
		}
	}
	for _, other := range []string{"c", "u"} {
		if c.gives(other) {
			typed = append(typed, "-"+other)
		}
	}
	if len(typed) > 1 {
		return policy, true, usage(c.Command, "%s exclude each other", strings.Join(typed, " and "))
	}
	return policy, len(typed) == 1, nil
}

// defaultPolicy asks where somebody can answer and wants to be asked.
func (s *Session) defaultPolicy() transfer.Policy {
	if s.Ask != nil && s.On("prompt") {
		return transfer.Ask
	}
	return transfer.Refuse
}

// refusePipe says how what used to be typed as "|cmd" in the place of a file is typed here.
func refusePipe(op, name, instead string) error {
	if !strings.HasPrefix(name, "|") {
		return nil
	}
	return &StateError{Op: op, Problem: name + ": a program is no file", Next: instead, Status: StatusUsage}
}

// lastPart is the name that a path on the server ends in.
func lastPart(path string) string {
	path = strings.TrimRight(path, "/")
	return path[strings.LastIndexByte(path, '/')+1:]
}

func quoted(name string) string { return lang.Quote(name, 0) }
