package remote_test

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"ftpsh/internal/demo"
	"ftpsh/internal/ftptest"
	"ftpsh/remote"
)

// bigSize is what one operation of the benchmarks moves over loopback, from and to the disk.
const bigSize = 256 << 20

// BenchmarkTransfers moves a big file. In clear our side costs next to nothing, since the kernel copies:
// what is measured is the server.
func BenchmarkTransfers(b *testing.B) {
	for name, secure := range map[string]bool{"clear": false, "TLS": true} {
		srv := ftptest.Demo(b, demo.Options{TLS: secure, Empty: true})
		c := remote.New(remote.Hooks{})
		host, port, _ := net.SplitHostPort(srv.Addr())
		number, _ := strconv.Atoi(port)
		site := remote.Site{Host: host, Port: number, User: demo.User, Password: srv.Password(), Options: remote.Options{Insecure: true}}
		if err := c.Open(context.Background(), site); err != nil {
			b.Fatal(err)
		}
		big := bigFile(b)
		b.Run("put/"+name, func(b *testing.B) {
			b.SetBytes(bigSize)
			for b.Loop() {
				_, _ = big.Seek(0, io.SeekStart)
				if out, _, err := c.Put(b.Context(), "big", remote.Replace, 0, big); err != nil || out.Bytes != bigSize {
					b.Fatalf("%d bytes, %v", out.Bytes, err)
				}
			}
		})
		b.Run("get/"+name, func(b *testing.B) {
			b.SetBytes(bigSize)
			for b.Loop() {
				back, err := os.Create(filepath.Join(b.TempDir(), "back"))
				if err != nil {
					b.Fatal(err)
				}
				out, err := c.Get(b.Context(), "big", 0, func() (io.Writer, error) { return back, nil })
				if err != nil || out.Bytes != bigSize {
					b.Fatalf("%d bytes, %v", out.Bytes, err)
				}
				_, _ = back.Close(), os.Remove(back.Name())
			}
		})
		if _, err := c.Close(context.Background(), false); err != nil {
			b.Error(err)
		}
	}
}

func bigFile(b *testing.B) *os.File {
	b.Helper()
	file, err := os.Create(filepath.Join(b.TempDir(), "big"))
	if err == nil {
		err = file.Truncate(bigSize)
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = file.Close() })
	return file
}
