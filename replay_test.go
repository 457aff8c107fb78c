package main

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
)

// replaying runs ftpsh replay and returns the address that it prints, and what ends it and returns the rest of
// what it printed.
func (v *visitor) replaying(args ...string) (addr string, end func() string) {
	v.t.Helper()
	cmd := v.command(append([]string{"replay"}, args...)...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		v.t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		_ = cmd.Wait()
		v.t.Fatalf("%v: %s", err, stderr.String())
	}
	return strings.TrimSpace(line), func() string {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			v.t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			v.t.Errorf("replay ended with %v", err)
		}
		return stderr.String()
	}
}

// Clients that ask for other things than ftpsh did are served: the lines below are those of curl and lftp for a
// file and a listing.
func TestReplayForOtherClients(t *testing.T) {
	set := ftptest.Certificates(t)
	server := ftptest.Script(t, script.Options{User: scriptUser, Password: scriptPassword, TLS: set.Serve(set.Good)})
	server.Tree.Write("/d/a.txt", []byte("hello"))
	v := newVisitor(t)
	v.knows(server.Addr(), scriptUser, scriptPassword)
	v.writes("ca.pem", string(set.Authority))
	recorded := v.ftpsh("", "--ca", "ca.pem", "--log", "s.jsonl", "-c", "log --data on; cd d; ls; cat a.txt", server.Addr())
	if recorded.status != 0 {
		t.Fatal(recorded.stderr)
	}

	t.Run("in clear", func(t *testing.T) {
		addr, end := v.replaying("s.jsonl")
		curl := ftptest.Dial(t, addr)
		curl.Say("331", "USER anonymous")
		curl.Say("230", "PASS curl@example.com")
		curl.Say("257", "PWD")
		curl.Say("250", "CWD d")
		curl.Arrange = "EPSV"
		curl.Say("200", "TYPE I")
		curl.Say("503", "SIZE a.txt") // ftpsh has asked MLST
		if got := string(curl.Retrieve("RETR a.txt")); got != "hello" {
			t.Errorf("curl gets %q", got)
		}
		curl.Say("221", "QUIT")
		lftp := ftptest.Dial(t, addr)
		if got := lftp.Say("211", "FEAT"); strings.Contains(got, "AUTH") {
			t.Errorf("TLS is offered: %q", got)
		}
		lftp.Say("5", "AUTH TLS")
		lftp.Say("200", "OPTS UTF8 ON")
		lftp.Say("331", "USER ann")
		lftp.Say("230", "PASS "+scriptPassword)
		lftp.Say("257", "PWD")
		lftp.Say("250", "CWD /d")
		lftp.Arrange = "PASV"
		if got := string(lftp.Retrieve("LIST")); !strings.HasSuffix(got, " a.txt\r\n") {
			t.Errorf("lftp lists %q", got)
		}
		lftp.Say("503", "DELE a.txt")
		if got := end(); got != "replay: commands that were not recorded: 2 (SIZE a.txt, DELE a.txt)\n" {
			t.Errorf("at the end: %q", got)
		}
	})
	t.Run("under TLS", func(t *testing.T) {
		addr, end := v.replaying("--tls", "replay.pem", "--listen", "127.0.0.1:0", "s.jsonl")
		v.knows(addr, "bob", "whatever")
		out := v.ftpsh("", "-c", "cd d; cat a.txt", "--tls", "require", "--ca", "replay.pem", addr)
		if out.stdout != "hello" || out.status != 0 {
			t.Errorf("%+v", out)
		}
		if got := end(); got != "" {
			t.Errorf("at the end: %q", got)
		}
	})
}
