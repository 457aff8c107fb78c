package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"ftpsh/internal/lang"
	"ftpsh/internal/listing"
	"ftpsh/remote"
)

// Download is one file to fetch.
type Download struct {
	Op     string                    // what errors call it: the command that was typed; get if empty
	Again  func(flags string) string // the line that fetches it with other flags, for hints; get flags Remote if nil
	Remote string                    // path on the server

	Dir   string    // local directory, as an absolute path; it must exist
	Root  *os.Root  // when not nil, Dir is a path below it, with slashes, and no link leads out of it
	Name  string    // in Dir. Unless Typed it may be a server's: what cannot stand on the disk is escaped or refused
	Typed bool      // a person typed Name: a device, a pipe or a symbolic link of that name is what is meant
	To    io.Writer // where the bytes go instead of a file, when not nil

	Region *Region // only a piece of it; nil for all
	Offset int64   // go on from here: the local file keeps its first Offset bytes and gets the rest anew
	Resume bool    // go on from a part, or from a local file that is shorter; overwrites nothing else
	Part   bool    // go on from a part of the same version, if there is one
	NoPart bool    // a listing has just told that there is none
	Policy Policy
	Asker  Asker
	Care
	DryRun  bool  // find out whether it would come, and come no further
	MaxSize int64 // the longest file that is wanted, in bytes; 0 for any

	Segments int           // come over so many connections at once, if the server and the file allow it
	WhenSlow bool          // only if one connection has shown to be slow for a file of that size
	Retries  int           // how often a connection of several tries again in vain
	Pause    time.Duration // before it does

	ASCII    bool // CR LF becomes LF; never with Offset or Resume, and the size proves nothing
	KeepCR   bool // with ASCII: lines keep their CR
	Preserve bool // the file gets the time that it has on the server

	// Known is what a listing has just told about the file, so that the server need not be asked; nil asks.
	Known *Node

	More     bool // another download follows on the same connection at once
	Progress Progress
	Arrived  *Arrived // the other files of this run; may be nil

	in *localDir // Dir, where other downloads share it; nil if none do
}

// Get fetches a file. The final name appears only with the whole file; what a broken transfer brought
// is kept beside it, to go on from with Resume. The Result tells how far it got even if there is an
// error: an *Error, a *remote.Error when the server refused, or the cause of the context's end.
func Get(ctx context.Context, conn *remote.Conn, d Download) (Result, error) {
	d.Op = cmp.Or(d.Op, "get")
	if d.Again == nil {
		d.Again = func(flags string) string { return "get " + flags + " " + lang.Operands(d.Remote) }
	}
	g := &download{Download: d, conn: conn, result: Result{Source: d.Remote, Size: -1}}
	err := g.run(ctx)
	if err == nil {
		err = g.removeSource(ctx)
	}
	return g.result, renamed("get", err)
}

// download is a Download under way.
type download struct {
	Download
	conn   *remote.Conn
	root   *os.Root // of Dir
	result Result

	facts    facts
	piece    span        // where the Region lies; To is below 0 if the size is not known
	replaces os.FileInfo // the file that has the final name now; nil if there is none

	part      *part
	older     *part // of an earlier download, while this one starts anew
	olderSize int64
	from      int64     // how many bytes were here before
	overlap   []byte    // the last of them, to compare
	whole     *os.File  // the overlap is of this file, which has the final name: it becomes the part if that agrees
	changed   time.Time // of the file, if it was asked for during the transfer
	moving    bool      // the server has agreed to send
	surplus   bool      // more came than there is: what was added is worth nothing
}

func (g *download) run(ctx context.Context) error {
	if err := g.check(); err != nil {
		return err
	}
	toFile := g.To == nil
	var err error
	if g.facts, err = known(ctx, g.conn, g.Remote, g.Known, toFile, g.Policy == Ask || g.Policy == NewerOnly || g.mayChange() && !g.DryRun); err != nil {
		return err
	}
	switch {
	case g.facts.dir:
		return g.remoteDirectory()
	case g.DryRun && !g.facts.exists:
		return g.fail(ErrMissing, statusFailed, "there is no such file on the server", "ls")
	case g.DryRun:
		g.result.Size = g.facts.size
	}
	if g.Region != nil {
		if g.piece, err = g.Region.of(g.facts.size); err != nil {
			return g.fail(ErrUnsuitable, statusFailed, err.Error(), "")
		}
		g.Preserve = false // it is another file
		if g.DryRun {
			g.result.Size = g.piece.size()
		}
	}
	restore, err := useType(ctx, g.conn, g.ASCII)
	defer restore()
	switch {
	case err != nil:
		return err
	case !toFile && g.DryRun:
		return nil
	case !toFile:
		g.result.Target = "-"
		return g.stream(ctx, g.To)
	}
	return g.toDisk(ctx)
}

// check refuses what cannot work before anything is touched.
func (g *download) check() error {
	switch {
	case g.ASCII && (g.Resume || g.Part || g.Offset > 0):
		return g.fail(ErrUnsuitable, statusUsage, "an ASCII transfer cannot go on from the middle", "binary")
	case g.Region != nil && (g.ASCII || g.Resume || g.Offset > 0):
		return g.fail(ErrUnsuitable, statusUsage, "a range goes with neither ASCII nor going on from the middle", "")
	case g.Region != nil && (g.Verify || g.RemoveSource):
		return g.fail(ErrUnsuitable, statusUsage, "with a range, the file is not fetched as a whole: it is neither verified by its checksum nor removed", "")
	case g.ASCII && g.Verify:
		return g.fail(ErrUnsuitable, statusUsage, "an ASCII transfer changes what a checksum is of", "binary")
	case g.To != nil && g.Verify && g.Offset > 0:
		return g.fail(ErrUnsuitable, statusUsage, "a checksum is of the whole file", "")
	case g.To != nil && g.RemoveSource:
		return g.fail(ErrUnsuitable, statusUsage, "what is printed is kept nowhere, so it is not removed there", "")
	}
	return nil
}

// toDisk finds out what the local name stands for.
func (g *download) toDisk(ctx context.Context) error {
	if err := g.settleName(); err != nil {
		return err
	}
	g.result.Target = filepath.Join(g.Dir, g.Name)
	if g.Typed && !g.DryRun && g.isDevice() {
		return g.toDevice(ctx)
	}
	if g.in == nil {
		g.in = &localDir{open: g.openDir}
	}
	root, err := g.in.enter()
	if err != nil {
		return g.noDir(err)
	}
	defer g.in.leave()
	g.root = root
	proceed, err := g.settle(ctx)
	if err != nil || !proceed || g.DryRun {
		return err
	}
	defer g.releaseOlder()
	if err := g.plan(ctx); err != nil || g.result.Skipped != "" {
		return err
	}
	if err := g.checkRoom(); err != nil {
		return g.withdraw(ctx, err)
	}
	if g.Region != nil {
		return g.regionToFile(ctx)
	}
	return g.toFile(ctx)
}

// noDir is a local directory that cannot be had.
func (g *download) noDir(err error) *Error {
	e := localError(g.Op, g.Dir, err)
	if errors.Is(err, fs.ErrNotExist) {
		e.Next = "lmkdir " + quote(g.Dir)
	}
	return e
}

func (g *download) openDir() (*os.Root, error) {
	if g.Root != nil {
		return g.Root.OpenRoot(localPath(g.Dir))
	}
	return os.OpenRoot(g.Dir)
}

// settleName makes the local name one that can be trusted. A typed one that is a symbolic link means
// what it points to.
func (g *download) settleName() error {
	if g.Typed {
		g.followLink()
		return nil
	}
	name, err := listing.LocalName(g.Name, runtime.GOOS == "windows")
	if err != nil {
		return &Error{Op: g.Op, Name: g.Remote, Kind: ErrLocal, Text: err.Error(), Err: err, Next: g.Again("-o NAME"), status: statusLocal}
	}
	if name != g.Name {
		g.note("%s: stored here as %s", g.Name, name)
	}
	g.Name = name
	return nil
}

func (g *download) followLink() {
	path := filepath.Join(g.Dir, g.Name)
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		g.Dir, g.Name = filepath.Split(target)
	}
}

func (g *download) isDevice() bool {
	info, err := os.Stat(g.result.Target)
	return err == nil && isDevice(info.Mode())
}

// isDevice says that something is written to, not replaced.
func isDevice(mode fs.FileMode) bool {
	return mode&(fs.ModeDevice|fs.ModeNamedPipe|fs.ModeSocket) != 0
}

// settle decides about a target that exists. Not proceed means that nothing is to be done.
func (g *download) settle(ctx context.Context) (proceed bool, err error) {
	info, err := g.root.Lstat(g.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, nil
	case err != nil:
		return false, localError(g.Op, g.Name, err)
	case info.IsDir():
		return false, &Error{Op: g.Op, Name: g.Remote, Kind: ErrDirectory, Text: g.Name + " is a directory here", Next: g.Again("-O " + quote(g.Name)), status: statusLocal}
	}
	if earlier := g.Arrived.has(g.Dir, g.root, info); earlier != "" {
		return false, g.fail(ErrCollision, statusLocal, fmt.Sprintf("%s is the same file here as %s, which has just arrived", g.Name, earlier), g.Again("-o NAME"))
	}
	g.replaces = info
	if g.Resume || g.Offset > 0 {
		return true, nil
	}
	return g.decide(ctx, info)
}

// decide asks the policy.
func (g *download) decide(ctx context.Context, info os.FileInfo) (proceed bool, err error) {
	conflict := Conflict{
		Target: g.Name,
		Old:    Version{Size: info.Size(), Time: info.ModTime()},
		New:    Version{Size: g.facts.size, Time: g.facts.time},
	}
	if g.DryRun && g.Policy.asks(g.Asker) {
		g.note("%s exists here: it would be asked about", g.Name)
		return true, nil
	}
	policy, err := g.Policy.choose(ctx, g.Asker, conflict)
	if err != nil {
		return false, err
	}
	if g.result.Skipped = policy.skips(conflict); g.result.Skipped != "" {
		return false, nil
	}
	switch policy {
	case Refuse:
		return false, g.fail(ErrExists, statusLocal, g.localName()+" exists here already", g.Again("-f")+" replaces it, -n if it is older; -R finds another name")
	case Rename:
		return true, g.findName()
	case Resume:
		g.Resume = true
	}
	return true, nil
}

// findName gives the file the first free name of NAME.1 to NAME.99.
func (g *download) findName() error {
	name, err := freeName(g.Name, func(name string) (bool, error) {
		_, err := g.root.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		return err == nil, err
	})
	if err != nil {
		return localError(g.Op, g.Name, err)
	}
	g.note("%s exists; stored here as %s", g.Name, name)
	g.Name, g.replaces = name, nil
	g.result.Target = filepath.Join(g.Dir, name)
	return nil
}

func (g *download) note(format string, args ...any) {
	g.result.Notes = append(g.result.Notes, fmt.Sprintf(format, args...))
}

// fail is an error about this download.
func (g *download) fail(kind error, status int, text, next string) *Error {
	return &Error{Op: g.Op, Name: g.Remote, Kind: kind, Text: text, Next: next, status: status}
}

// localName is the local file as an error calls it that begins with the remote one.
func (g *download) localName() string {
	if strings.HasSuffix("/"+g.Remote, "/"+g.Name) {
		return "it"
	}
	return g.Name
}

func (g *download) remoteDirectory() error {
	return g.fail(ErrDirectory, statusFailed, "it is a directory", "ls "+lang.Operands(g.Remote)+" shows what is in it; get -r "+lang.Operands(g.Remote)+" fetches all of it")
}
