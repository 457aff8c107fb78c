package doctor

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"ftpsh/internal/listing"
	"ftpsh/remote"
)

// This file is what can be done with files: sizes, downloads, resuming, and uploads if they are allowed.

// fileFacts is what was found there.
type fileFacts struct {
	isDir, isMissing, isThere bool // what was asked about

	sample     string // the file that was looked at
	sampleSize int64
	content    []byte

	getErr      error
	shortBy     int64 // bytes that a download lacked, although all replies were well
	restIgnored bool

	putErr    error
	putName   string
	leftovers bool // what was uploaded could not be removed
}

// look finds out what the file is that the user asks about.
func look(x *examination, ctx context.Context) finding {
	if x.File == "" {
		return finding{Skip, "none was asked about"}
	}
	entry, err := x.conn.Stat(ctx, x.File)
	switch r := refusalIn(err); {
	case err == nil:
		x.isDir = entry.Type == listing.Dir
	case r.Class() == 5:
		x.isMissing = true
		return finding{Fail, err.Error()}
	default:
		return finding{Fail, err.Error()}
	}
	if x.isDir {
		return finding{Warn, x.File + " is a directory"}
	}
	x.isThere = true
	return finding{Pass, fmt.Sprintf("%s is there: %s", x.File, entry.Type)}
}

var noSample = finding{Skip, "there is no file to look at"}

// measure asks for the size of a file in both types (SIZE, RFC 3659 section 4): in ASCII it may be refused.
func measure(x *examination, ctx context.Context) finding {
	if !x.pickSample() {
		return noSample
	}
	size, err := x.conn.Size(ctx, x.sample)
	if err != nil {
		return x.withoutSize(err)
	}
	words := fmt.Sprintf("%s: %s", x.sample, plural(int(size), "byte", "bytes"))
	if x.sampleSize >= 0 && size != x.sampleSize {
		return finding{Warn, fmt.Sprintf("%s, and %d in the listing", words, x.sampleSize)}
	}
	x.sampleSize = size
	return finding{Pass, words + x.sizeInASCII(ctx)}
}

func (x *examination) withoutSize(err error) finding {
	if !x.conn.Features().Has("SIZE") && refusalIn(err).Class() == 5 {
		return finding{Skip, "not offered: " + err.Error()}
	}
	return finding{Fail, err.Error()}
}

// sizeInASCII says what SIZE answers in ASCII, where servers may refuse.
func (x *examination) sizeInASCII(ctx context.Context) string {
	if x.conn.SetType(ctx, "A") != nil {
		return ""
	}
	reply, err := x.conn.Quote(ctx, "SIZE "+x.sample)
	if back := x.conn.SetType(ctx, "I"); back != nil || err != nil {
		return ""
	}
	if reply.Class() == 5 {
		return "; in ASCII it is not told, as RFC 3659 allows"
	}
	return "; told in ASCII too"
}

// pickSample chooses the file to look at: the one that was asked for, or the smallest one.
func (x *examination) pickSample() bool {
	if x.File != "" {
		if x.isThere {
			x.sample, x.sampleSize = x.File, -1
		}
		return x.isThere
	}
	name, size, found := smallest(x.entries())
	x.sample, x.sampleSize = name, size
	return found
}

// fetch downloads the file, or the beginning of a long one.
func fetch(x *examination, ctx context.Context) finding {
	if x.sample == "" {
		return noSample
	}
	var got bytes.Buffer
	out, err := x.conn.Get(ctx, x.sample, 0, func() (io.Writer, error) { return enough{&got}, nil })
	if errors.Is(err, errEnough) {
		return finding{Pass, fmt.Sprintf("%s: the first %d bytes arrived", x.sample, got.Len())}
	}
	if err != nil {
		x.getErr = err
		return finding{Fail, err.Error()}
	}
	x.content = got.Bytes()
	if x.sampleSize >= 0 && out.Bytes != x.sampleSize {
		x.shortBy = x.sampleSize - out.Bytes
		return finding{Fail, fmt.Sprintf("%s: %d of %d bytes arrived", x.sample, out.Bytes, x.sampleSize)}
	}
	return finding{Pass, fmt.Sprintf("%s: %s in %v", x.sample, plural(got.Len(), "byte", "bytes"), out.Took.Round(time.Millisecond))}
}

// enough keeps what it is given until that is more than mostBytes.
type enough struct{ kept *bytes.Buffer }

var errEnough = errors.New("that is enough of it")

func (e enough) Write(p []byte) (int, error) {
	if e.kept.Len()+len(p) > mostBytes {
		return 0, errEnough
	}
	return e.kept.Write(p)
}

// resume fetches the second half of the file again (REST, RFC 3659 section 5).
func resume(x *examination, ctx context.Context) finding {
	half := int64(len(x.content) / 2)
	if half == 0 {
		return finding{Skip, "there is no whole file to compare with"}
	}
	var got bytes.Buffer
	_, err := x.conn.Get(ctx, x.sample, half, func() (io.Writer, error) { return enough{&got}, nil })
	switch {
	case err != nil && refusalIn(err).Class() == 5:
		return finding{Warn, "not offered: " + err.Error()}
	case err != nil:
		return finding{Fail, err.Error()}
	case bytes.Equal(got.Bytes(), x.content[half:]):
		return finding{Pass, fmt.Sprintf("from byte %d on", half)}
	}
	x.restIgnored = bytes.Equal(got.Bytes(), x.content)
	return finding{Fail, fmt.Sprintf("asked for what follows byte %d, the server sent %d bytes of %d", half, got.Len(), len(x.content))}
}

// store uploads a few bytes, looks at them and takes them away again.
func store(x *examination, ctx context.Context) finding {
	if !x.Write {
		return finding{Skip, "only with --write"}
	}
	x.putName = ".ftpsh-diagnose-" + rand.Text()[:8]
	content := strings.Repeat("ftpsh was here\n", 64)
	_, _, err := x.conn.Put(ctx, x.putName, remote.Replace, 0, strings.NewReader(content))
	defer x.tidy(ctx)
	if err != nil {
		x.putErr = err
		return finding{Fail, err.Error()}
	}
	if size, err := x.conn.Size(ctx, x.putName); err == nil && size != int64(len(content)) {
		x.putErr = fmt.Errorf("%d bytes were sent, and the server has %d", len(content), size)
		return finding{Fail, x.putErr.Error()}
	}
	x.readClock(ctx)
	return finding{Pass, fmt.Sprintf("%d bytes stored and removed", len(content))}
}

// readClock compares the time of a file that was made just now with now.
func (x *examination) readClock(ctx context.Context) {
	at, err := x.conn.ModTime(ctx, x.putName)
	if err == nil {
		x.clockErr, x.clockChecked = time.Until(at), true
	}
}

// tidy removes what was uploaded, even if time is up.
func (x *examination) tidy(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), x.Wait)
	defer cancel()
	var refused *remote.Error
	if err := x.conn.Delete(ctx, x.putName); err != nil && (!errors.As(err, &refused) || x.putErr == nil) {
		x.leftovers = true
	}
}

// tellClock says what the upload has shown of the server's clock.
func tellClock(x *examination, _ context.Context) finding {
	switch {
	case !x.clockChecked:
		return finding{Skip, "only an upload shows it (--write)"}
	case x.clockErr.Abs() > odd:
		return finding{Fail, "the server's clock is " + signed(x.clockErr)}
	}
	return finding{Pass, "the server's clock is right"}
}
