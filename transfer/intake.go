package transfer

import (
	"bytes"
	"cmp"
	"errors"
	"io"
)

// errDiffers stops a resumed download whose overlap is not what the server sends.
var errDiffers = errors.New("the end of what is here differs from the file on the server")

// errTooMuch stops a download that has become much longer than its announced size.
var errTooMuch = errors.New("more bytes arrive than the file has")

// slack is how many bytes a download may bring beyond the size announced, so that a log file which
// grows while it is fetched still comes over whole.
const slack = 1 << 20

// intake is what a download is copied into. It compares the overlap of a resumed one before a byte
// is written, and stops one that does not end. Between these it stays out of the way: it hands the
// connection to the file, so that the kernel can copy.
type intake struct {
	out     io.Writer
	overlap []byte                    // what has to come first, because it is here already
	agreed  func() (io.Writer, error) // called when all of the overlap has come; tells where the rest goes
	limit   int64                     // bytes that may be written; negative for no limit
	slow    func(written int64) bool  // says that the rest is to come in segments; nil if it never is
	written int64
	problem error // why nothing more is taken: io.CopyN drops an error that comes with the last byte
}

func (t *intake) Write(p []byte) (int, error) {
	known, err := t.compare(p)
	if err != nil || known == len(p) {
		return known, err
	}
	n, err := t.out.Write(p[known:])
	return known + n, t.count(int64(n), err)
}

// ReadFrom lets the file below read from the connection by itself.
func (t *intake) ReadFrom(r io.Reader) (total int64, err error) {
	for len(t.overlap) > 0 && t.problem == nil {
		buf := make([]byte, len(t.overlap))
		n, readErr := r.Read(buf)
		total += int64(n)
		if _, err := t.compare(buf[:n]); err != nil {
			return total, err
		}
		if readErr == io.EOF {
			return total, nil
		}
		if readErr != nil {
			return total, readErr
		}
	}
	if t.problem != nil {
		return total, t.problem
	}
	n, err := io.Copy(t.out, r)
	return total + n, t.count(n, err)
}

// compare takes off p what belongs to the overlap.
func (t *intake) compare(p []byte) (known int, err error) {
	if len(t.overlap) == 0 || t.problem != nil {
		return 0, t.problem
	}
	known = min(len(p), len(t.overlap))
	if !bytes.Equal(p[:known], t.overlap[:known]) {
		t.problem = errDiffers
		return 0, errDiffers
	}
	t.overlap = t.overlap[known:]
	if len(t.overlap) == 0 {
		t.out, t.problem = t.agreed()
	}
	return known, t.problem
}

// count adds what was written and finds out when it is too much.
func (t *intake) count(n int64, err error) error {
	t.written += n
	if err == nil && t.limit >= 0 && t.written > t.limit {
		t.problem = errTooMuch
		return errTooMuch
	}
	if err == nil && t.slow != nil && t.slow(t.written) {
		t.problem = errSlow
	}
	return cmp.Or(err, t.problem)
}
