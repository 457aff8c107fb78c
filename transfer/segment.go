package transfer

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// errEnough ends a data connection whose segment is here: the server would send the rest of the file.
var errEnough = errors.New("the segment is here")

// seamSize is how many bytes behind its end a segment compares, where they are here.
const seamSize = 4 << 10

// segment is a piece of a file on its way over one connection. What it has not begun with can be taken
// away from it by another connection, which has nothing to do: so its end comes nearer while it moves.
type segment struct {
	split   *split
	file    *os.File // at its place
	overlap []byte   // the bytes right before it, which are here and come first
	at      int64    // what comes next; split.mu guards this and what follows
	begun   int64    // up to here it is being written: what lies behind can be taken away
	end     int64
	problem error // why nothing more is taken: io.CopyN drops an error that comes with the last byte
}

// rest is what is still missing of it.
func (f *segment) rest() span { return span{f.at, f.end} }

// spare is how many bytes can be taken away.
func (f *segment) spare() int64 { return f.end - f.begun }

// reserve says how many of n bytes are wanted next; they will be written, or released.
func (f *segment) reserve(n int64) int64 {
	f.split.mu.Lock()
	defer f.split.mu.Unlock()
	n = min(n, f.end-f.at)
	f.begun = f.at + n
	return n
}

// written counts bytes that have reached the file.
func (f *segment) written(n int64) {
	f.split.mu.Lock()
	defer f.split.mu.Unlock()
	f.at += n
	f.begun = f.at
	f.split.moved.Add(n)
}

func (f *segment) fail(err error) error {
	f.problem = err
	return err
}

// Write takes what comes through us: under TLS, and the beginning of each segment.
func (f *segment) Write(p []byte) (done int, err error) {
	if f.problem != nil {
		return 0, f.problem
	}
	known := min(len(p), len(f.overlap))
	if !bytes.Equal(p[:known], f.overlap[:known]) {
		return 0, f.fail(errDiffers)
	}
	f.overlap, done = f.overlap[known:], known
	if known == len(p) {
		return done, nil
	}
	wanted := f.reserve(int64(len(p) - done))
	n, err := f.file.Write(p[done : done+int(wanted)])
	f.written(int64(n))
	if done += n; err != nil {
		return done, err
	}
	if done < len(p) {
		return done, f.over(p[done:])
	}
	return done, nil
}

// ReadFrom lets the file read from the connection by itself. It returns only when r has no more, or
// nothing more is wanted: a short copy would look like the end of the data.
func (f *segment) ReadFrom(r io.Reader) (total int64, err error) {
	limited, ok := r.(*io.LimitedReader)
	if !ok {
		limited = &io.LimitedReader{R: r, N: 1 << 62}
	}
	for err == nil && limited.N > 0 {
		var n int64
		n, err = f.readSome(limited)
		total += n
	}
	if err == io.EOF {
		err = nil
	}
	return total, err
}

func (f *segment) readSome(r *io.LimitedReader) (n int64, err error) {
	if f.problem != nil {
		return 0, f.problem
	}
	wanted := int64(0)
	if len(f.overlap) == 0 {
		wanted = f.reserve(r.N)
	}
	if wanted == 0 {
		return f.readHere(r)
	}
	n, err = io.CopyN(f.file, r.R, wanted) // no reader around it: the kernel copies
	r.N -= n
	f.written(n)
	return n, err
}

// readHere reads what is to be compared, not written: the overlap, the seam with what follows, or the end
// of the file.
func (f *segment) readHere(r io.Reader) (int64, error) {
	buf := make([]byte, seamSize)
	if len(f.overlap) > 0 {
		buf = make([]byte, len(f.overlap))
	} else if f.isCut() && !f.seam(buf) {
		return 0, f.fail(errEnough)
	}
	n, err := r.Read(buf)
	if n > 0 {
		if _, err := f.Write(buf[:n]); err != nil {
			return int64(n), err
		}
	}
	return int64(n), err
}

// isCut says that the file goes on behind the segment.
func (f *segment) isCut() bool {
	f.split.mu.Lock()
	defer f.split.mu.Unlock()
	return f.end < f.split.size
}

// seam says whether what follows is here, to compare.
func (f *segment) seam(buf []byte) bool {
	f.split.mu.Lock()
	defer f.split.mu.Unlock()
	return haveAfter(f.split.absent(), f.end, f.split.size) >= int64(len(buf))
}

// over judges bytes that came behind the end: there must be none behind the file's, and those behind a
// segment's are the first of the next one, which may be here.
func (f *segment) over(extra []byte) error {
	if !f.isCut() {
		return f.fail(errTooMuch)
	}
	next := make([]byte, min(len(extra), seamSize))
	if f.seam(next) {
		if _, err := f.file.ReadAt(next, f.end); err != nil || !bytes.Equal(next, extra[:len(next)]) {
			return f.fail(errDiffers)
		}
	}
	return f.fail(errEnough)
}
