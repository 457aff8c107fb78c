package commands

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"os"

	"ftpsh/remote"
	"ftpsh/transfer"
)

// same is how files of the same size are compared by what is in them: by the server's checksums, or byte by
// byte; nil if their times are enough. Ends are the two files that a path stands for.
func (d *comparing) same(ends func(path string) (local, there string)) func(context.Context, string) (string, error) {
	var compare func(ctx context.Context, local, there string) (bool, error)
	switch {
	case d.call.Has("download"):
		compare = d.sameBytes
	case d.call.Has("content"):
		compare = d.sameSums
	default:
		return nil
	}
	return func(ctx context.Context, path string) (string, error) {
		local, there := ends(path)
		same, err := compare(ctx, local, there)
		var refused *remote.Error
		switch {
		case errors.As(err, &refused) && refused.Code != 0, as[*LocalError](err):
			d.unseen = append(d.unseen, err)
			return "", nil
		case err != nil || same:
			return "", err
		}
		return "the same size, other content", nil
	}
}

// sameSums compares with the checksum that the server tells.
func (d *comparing) sameSums(ctx context.Context, local, there string) (bool, error) {
	sum, err := d.Conn.Checksum(ctx, there)
	if errors.Is(err, remote.ErrNoChecksum) {
		return false, &StateError{Op: d.call.Verb, Problem: "--content: " + err.Error(), Next: d.call.Verb + " --download fetches files to compare them", Status: StatusFailed}
	}
	if err != nil {
		return false, err
	}
	file, err := os.Open(local)
	if err != nil {
		return false, &LocalError{Op: d.call.Verb, Path: d.Local.Short(local), Err: err}
	}
	defer file.Close()
	own := sum.New()
	if _, err := io.Copy(own, file); err != nil {
		return false, &LocalError{Op: d.call.Verb, Path: d.Local.Short(local), Err: err}
	}
	return hex.EncodeToString(own.Sum(nil)) == sum.Sum, nil
}

// sameBytes fetches a file and keeps nothing of it.
func (d *comparing) sameBytes(ctx context.Context, local, there string) (bool, error) {
	file, err := os.Open(local)
	if err != nil {
		return false, &LocalError{Op: d.call.Verb, Path: d.Local.Short(local), Err: err}
	}
	defer file.Close()
	with := &verifier{file: file}
	_, err = transfer.Get(ctx, d.Conn, transfer.Download{Op: d.call.Verb, Remote: there, To: with})
	if with.differs {
		return false, nil
	}
	rest, restErr := file.Read(make([]byte, 1))
	return rest == 0 && errors.Is(restErr, io.EOF), err
}

// verifier takes bytes that are to be those of a file.
type verifier struct {
	file    io.Reader
	own     []byte
	differs bool
}

var errOther = errors.New("other content")

// Write ends the transfer at the first difference.
func (c *verifier) Write(p []byte) (int, error) {
	if len(c.own) < len(p) {
		c.own = make([]byte, len(p))
	}
	n, _ := io.ReadFull(c.file, c.own[:len(p)])
	if c.differs = !bytes.Equal(c.own[:n], p); c.differs {
		return 0, errOther
	}
	return len(p), nil
}
