// Package ftptest gives tests their servers: the embedded demonstration server, the scripted rude one, and
// the real daemons (vsftpd, ProFTPD, Pure-FTPd, pyftpdlib) that daemons/fetch.sh has unpacked. All of them
// are on loopback, each on a port, with a password and with a tree of its own.
//
// It also has certificates of every sort that a client must refuse, and a bare client to look at a
// server without the code under test.
package ftptest

import (
	"testing"
	"time"

	"ftpsh/internal/demo"
	"ftpsh/internal/script"
)

// Demo starts a demonstration server that lasts as long as the test.
func Demo(t testing.TB, options demo.Options) *demo.Server {
	t.Helper()
	s, err := demo.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Script starts a scripted server that lasts as long as the test.
func Script(t testing.TB, options script.Options) *script.Server {
	t.Helper()
	s, err := script.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Wait waits up to ten seconds for a condition, and fails the test with what it waited for.
func Wait(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !condition(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
