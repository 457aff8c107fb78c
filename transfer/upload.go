package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"ftpsh/internal/lang"
	"ftpsh/remote"
)

// Manner says how an upload comes to its name.
type Manner int

// The manners.
const (
	ByRename    Manner = iota // to a temporary name first, which is renamed when all is there
	NewDirectly               // to its name at once, but only if nothing has that name: see the setting upload-temp
	Directly                  // to its name at once, over whatever has it
)

// Upload is one file to send.
type Upload struct {
	Op     string                    // what errors call it: the command that was typed; put if empty
	Again  func(flags string) string // the line that sends it with other flags, for hints; put flags Way Local Remote if nil
	Way    []string                  // flags that such a line has in any case
	Local  string                    // the file, as its user calls it
	Path   string                    // where it is, absolute
	From   io.Reader                 // what is sent instead of a file, when not nil
	About  *Version                  // what is known of From; nil is nothing
	Remote string                    // path on the server

	Manner Manner
	Region *Region // only a piece of the file; nil for all
	Append bool    // to the end of what is there (APPE)
	Unique bool    // under a name that the server makes up (STOU)
	Resume bool    // go on where the server's file ends, if its end is the same as here
	Offset int64   // go on from here: the server's file keeps its first Offset bytes and gets the rest anew
	Policy Policy
	Asker  Asker
	Care
	DryRun bool // find out whether it would be sent, and send nothing

	ASCII    bool // LF becomes CR LF; never with Resume or Offset, and the size proves nothing
	Preserve bool // the server's file gets the time that the local one has

	// Known is what a listing has just told about the server's file, so that the server need not be
	// asked: without a Name, that there is none. nil asks.
	Known *Node

	Progress Progress
}

// Put sends a file. An old file of that name is never removed before the new one is there, whole, unless
// Directly says so. The Result tells how far it got even if there is an error: an *Error, a
// *remote.Error when the server refused, or the cause of the context's end.
func Put(ctx context.Context, conn *remote.Conn, u Upload) (Result, error) {
	u.Op = cmp.Or(u.Op, "put")
	if u.Again == nil {
		u.Again = func(flags string) string {
			words := append([]string{"put", flags}, u.Way...)
			return strings.Join(append(words, lang.Operands(u.names()...)), " ")
		}
	}
	p := &upload{Upload: u, conn: conn, result: Result{Source: u.Local, Target: u.Remote, Size: -1}}
	err := p.run(ctx)
	if err == nil {
		err = p.removeSource()
	}
	return p.result, renamed("put", err)
}

// names are the two names, or one where the file keeps it.
func (u *Upload) names() []string {
	if u.Remote == filepath.Base(u.Local) {
		return []string{u.Local}
	}
	return []string{u.Local, u.Remote}
}

// upload is an Upload under way.
type upload struct {
	Upload
	conn   *remote.Conn
	source *source
	result Result
	facts  facts // what the server's file is now
}

func (p *upload) run(ctx context.Context) error {
	if err := p.check(); err != nil {
		return err
	}
	if err := p.open(ctx); err != nil {
		return err
	}
	defer p.source.close()
	var err error
	if p.facts, err = known(ctx, p.conn, p.Remote, p.Known, p.wantTime(), p.wantTime()); err != nil {
		return err
	}
	if p.facts.dir && !p.Unique {
		return p.fail(ErrDirectory, statusFailed, p.Remote+" is a directory on the server", "put "+lang.Operands(p.Local, remote.Join(p.Remote, filepath.Base(p.Local))))
	}
	restore, err := useType(ctx, p.conn, p.ASCII)
	defer restore()
	if err != nil {
		return err
	}
	return p.send(ctx)
}

// check refuses what cannot work before anything is touched.
func (p *upload) check() error {
	switch {
	case p.ASCII && (p.Resume || p.Offset > 0):
		return p.fail(ErrUnsuitable, statusUsage, "an ASCII transfer cannot go on from the middle", "binary")
	case p.From != nil && p.Resume:
		return p.fail(ErrUnsuitable, statusUsage, "what can be read only once cannot be resumed", "")
	case p.Region != nil && (p.From != nil || p.ASCII || p.Append || p.Resume || p.Offset > 0):
		return p.fail(ErrUnsuitable, statusUsage, "a range is a piece of a file, and goes with neither ASCII nor going on from the middle", "")
	case p.Region != nil && (p.Verify || p.RemoveSource):
		return p.fail(ErrUnsuitable, statusUsage, "with a range, the file is not sent as a whole: it is neither verified by its checksum nor removed", "")
	case p.From != nil && (p.Verify || p.RemoveSource):
		return p.fail(ErrUnsuitable, statusUsage, "what can be read only once is neither verified by its checksum nor removed", "")
	case p.ASCII && p.Verify:
		return p.fail(ErrUnsuitable, statusUsage, "an ASCII transfer changes what a checksum is of", "binary")
	case p.Append && p.Verify:
		return p.fail(ErrUnsuitable, statusUsage, "a checksum is of the whole file, and this becomes the end of another", "")
	}
	return nil
}

func (p *upload) open(ctx context.Context) error {
	if p.From != nil {
		p.source = &source{reader: readOnce(ctx, p.From), size: -1}
		if p.About != nil {
			p.source.size, p.source.time = p.About.Size, p.About.Time
		}
		return nil
	}
	var err error
	p.source, err = openSource(ctx, p.Path)
	switch {
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, ErrDirectory):
		return p.fail(ErrDirectory, statusLocal, "it is a directory", "lls "+lang.Operands(p.Local)+" shows what is in it; put -r "+lang.Operands(p.Local)+" sends all of it")
	case err != nil:
		return localError(p.Op, p.Local, err)
	}
	return p.cutOut()
}

// cutOut makes the source the piece that is wanted.
func (p *upload) cutOut() error {
	if p.Region == nil {
		return nil
	}
	piece, err := p.Region.of(p.source.size)
	if p.source.file == nil {
		err = errors.New("it is no regular file, and has no ranges")
	}
	if err != nil {
		p.source.close()
		return p.fail(ErrUnsuitable, statusFailed, err.Error(), "")
	}
	p.source.piece, p.Preserve = &piece, false
	return nil
}

// wantTime says whether the time of the server's file will be asked for.
func (p *upload) wantTime() bool {
	return !p.Append && !p.Unique && (p.Policy == Ask || p.Policy == NewerOnly)
}

// send goes the way that was chosen.
func (p *upload) send(ctx context.Context) error {
	way, err := p.way(ctx)
	switch {
	case err != nil || way == nil:
		return err
	case p.DryRun:
		p.result.Size = p.source.length()
		return nil
	}
	if err := way(ctx); err != nil || p.Unique || !mayBecomeAnother(p.Remote) {
		return err
	}
	return p.confirmName(ctx)
}

// mayBecomeAnother says that some servers store a file of that name under another one, without a word: with
// blanks at an end (Pure-FTPd makes "a " "a_").
func mayBecomeAnother(remote string) bool {
	name := path.Base(remote)
	return strings.TrimSpace(name) != name
}

// confirmName makes sure that the file is on the server under its name.
func (p *upload) confirmName(ctx context.Context) error {
	now, err := look(ctx, p.conn, p.Remote, false)
	if err != nil || now.exists {
		return err
	}
	p.result.Verified = false
	return p.fail(ErrIncomplete, statusIncomplete, "the server has all of it, but under another name than "+strconv.Quote(p.Remote), "ls -l shows what it made of the name")
}

// way is how the file gets to its name; nil if it stays here.
func (p *upload) way(ctx context.Context) (func(context.Context) error, error) {
	switch {
	case p.Unique:
		return p.sendUnique, nil
	case p.Append:
		return p.sendAppend, nil
	case p.Offset > 0:
		return p.sendFrom, nil
	case p.Resume:
		return p.resume, nil
	case !p.facts.exists:
		return p.store, nil
	}
	return p.overExisting(ctx)
}

// overExisting decides about a file that has the name already.
func (p *upload) overExisting(ctx context.Context) (func(context.Context) error, error) {
	conflict := Conflict{
		Target: p.Remote, Upload: true,
		Old: Version{Size: p.facts.size, Time: p.facts.time},
		New: Version{Size: p.source.size, Time: p.source.time},
	}
	if p.DryRun && p.Policy.asks(p.Asker) {
		p.note("%s exists on the server: it would be asked about", p.Remote)
		return p.store, nil
	}
	policy, err := p.Policy.choose(ctx, p.Asker, conflict)
	if err != nil {
		return nil, err
	}
	if p.result.Skipped = policy.skips(conflict); p.result.Skipped != "" {
		return nil, nil
	}
	switch policy {
	case Refuse:
		return nil, p.fail(ErrExists, statusFailed, p.remoteName()+" exists on the server already", p.Again("-f")+" replaces it, -n if it is older; -R finds another name")
	case Resume:
		return p.resume, nil
	case Rename:
		return p.store, p.findName(ctx)
	}
	return p.store, nil
}

// findName takes the first free name of NAME.1 to NAME.99 on the server.
func (p *upload) findName(ctx context.Context) error {
	name, err := freeName(p.Remote, func(name string) (bool, error) {
		f, err := look(ctx, p.conn, name, false)
		return f.exists, err
	})
	if err != nil {
		return p.fail(ErrExists, statusFailed, err.Error(), "")
	}
	p.note("%s exists; stored as %s", p.Remote, name)
	p.Remote, p.result.Target, p.facts = name, name, facts{size: -1}
	return nil
}

func (p *upload) note(format string, args ...any) {
	p.result.Notes = append(p.result.Notes, fmt.Sprintf(format, args...))
}

// fail is an error about this upload.
func (p *upload) fail(kind error, status int, text, next string) *Error {
	return &Error{Op: p.Op, Name: p.Local, Kind: kind, Text: text, Next: next, status: status}
}

// remoteName is the server's file as an error calls it that begins with the local one.
func (p *upload) remoteName() string {
	if p.Remote == filepath.Base(p.Local) {
		return "it"
	}
	return p.Remote
}
