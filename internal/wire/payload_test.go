package wire

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// shown is a data connection that stands, and what its observer has seen of the bytes.
func shown(t *testing.T, payload int64) (d *Data, seen *bytes.Buffer, far io.ReadWriteCloser) {
	t.Helper()
	d, server := standing(t, 20*time.Second)
	seen = &bytes.Buffer{}
	d.payload = payload
	d.control.opts.Observe = func(e Event) {
		if e.Kind == DataMoved {
			seen.Write(e.Raw)
		}
	}
	return d, seen, server
}

// payloads are how much the observer wants to see of content of that many bytes: nothing, the beginning, more
// than fits into one buffer, all, more than there is.
const contentSize = 1 << 20

var payloads = []int64{0, 1, 5000, bufferFor + 1, contentSize, contentSize + 1}

// The first bytes are shown and all of them move, whether the kernel copies the rest or we do.
func TestPayloadOfDownloads(t *testing.T) {
	content := numbered(contentSize)[:contentSize]
	for _, payload := range payloads {
		for _, kernel := range []bool{false, true} {
			t.Run(fmt.Sprint(payload, " kernel ", kernel), func(t *testing.T) {
				d, seen, far := shown(t, payload)
				go func() { _, _ = far.Write(content); _ = far.Close() }()
				file, err := os.Create(filepath.Join(t.TempDir(), "to"))
				if err != nil {
					t.Fatal(err)
				}
				defer file.Close()
				var w io.Writer = file
				if !kernel {
					w = struct{ io.Writer }{file}
				}
				if err := d.CopyTo(w); err != nil {
					t.Fatal(err)
				}
				got, err := os.ReadFile(file.Name())
				if err != nil || !bytes.Equal(got, content) {
					t.Errorf("%d bytes arrived, %v", len(got), err)
				}
				if want := content[:min(payload, contentSize)]; !bytes.Equal(seen.Bytes(), want) {
					t.Errorf("%d bytes were shown, want %d", seen.Len(), len(want))
				}
			})
		}
	}
}

func TestPayloadOfUploads(t *testing.T) {
	content := numbered(contentSize)[:contentSize]
	path := filepath.Join(t.TempDir(), "from")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, payload := range payloads {
		for _, kernel := range []bool{false, true} {
			t.Run(fmt.Sprint(payload, " kernel ", kernel), func(t *testing.T) {
				d, seen, far := shown(t, payload)
				arrived := make(chan []byte)
				go func() { got, _ := io.ReadAll(far); arrived <- got }()
				file, err := os.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				defer file.Close()
				var r io.Reader = file
				if !kernel {
					r = struct{ io.Reader }{file}
				}
				if n, err := d.ReadFrom(r); n != contentSize || err != nil {
					t.Errorf("%d bytes were sent, %v", n, err)
				}
				if err := d.finishSending(); err != nil {
					t.Fatal(err)
				}
				if got := <-arrived; !bytes.Equal(got, content) {
					t.Errorf("%d bytes arrived", len(got))
				}
				if want := content[:min(payload, contentSize)]; !bytes.Equal(seen.Bytes(), want) {
					t.Errorf("%d bytes were shown, want %d", seen.Len(), len(want))
				}
			})
		}
	}
}
