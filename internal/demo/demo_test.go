package demo_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/demo"
	"ftpsh/internal/ftptest"
)

// TestMain takes the machine out of UTC, where a local time would pass for the right one.
func TestMain(m *testing.M) {
	time.Local = time.FixedZone("JST", 9*60*60)
	m.Run()
}

// both runs a test on a plain server and on one with TLS, logged in.
func both(t *testing.T, empty bool, test func(t *testing.T, s *demo.Server, c *ftptest.Client)) {
	t.Run("plain", func(t *testing.T) {
		s := ftptest.Demo(t, demo.Options{Empty: empty})
		c := ftptest.Dial(t, s.Addr())
		c.Login(demo.User, s.Password())
		test(t, s, c)
	})
	t.Run("tls", func(t *testing.T) {
		s := ftptest.Demo(t, demo.Options{TLS: true, Empty: empty})
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(s.Certificate())
		c := ftptest.Dial(t, s.Addr())
		c.StartTLS(&tls.Config{RootCAs: pool, ServerName: "127.0.0.1", ClientSessionCache: tls.NewLRUClientSessionCache(0)})
		c.Login(demo.User, s.Password())
		test(t, s, c)
	})
}

func TestTreeIsWorthBrowsing(t *testing.T) {
	both(t, false, func(t *testing.T, _ *demo.Server, c *ftptest.Client) {
		if text := c.Retrieve("RETR README.txt"); !bytes.HasPrefix(text, []byte("Welcome")) {
			t.Errorf("README.txt is %q", text)
		}
		c.Say("213", "SIZE names/Crème brûlée.txt")
		c.Say("213", "SIZE names/two words.txt")
		c.Say("213", "SIZE .hidden")
		c.Say("250", "CWD deep/down/the/rabbit/hole/there/is/a")
		c.Say("250", "CWD /small")
		if n := bytes.Count(c.Retrieve("NLST"), []byte("\n")); n < 200 {
			t.Errorf("%d files in small/, want hundreds", n)
		}
		if size := c.Say("213", "SIZE /big/pattern-20MB.bin"); size != "20000000" {
			t.Errorf("the big file has %s bytes", size)
		}
		big := c.Retrieve("RETR /big/pattern-20MB.bin")
		if at := 15 << 16; len(big) != 20_000_000 || binary.BigEndian.Uint64(big[at:]) != uint64(at) {
			t.Errorf("the big file came wrong, %d bytes", len(big))
		}
	})
}

func TestFilesBothWays(t *testing.T) {
	both(t, true, func(t *testing.T, s *demo.Server, c *ftptest.Client) {
		on := func(name string) string {
			content, err := os.ReadFile(filepath.Join(s.Directory(), name))
			if err != nil {
				t.Error(err)
			}
			return string(content)
		}
		for _, c.Arrange = range []string{"EPSV", "PASV"} {
			c.Store("STOR a", []byte("0123456789"))
			c.Store("APPE a", []byte("abc"))
			if got := on("a"); got != "0123456789abc" {
				t.Errorf("after APPE: %q", got)
			}
			c.Restart = 8
			if got := c.Retrieve("RETR a"); string(got) != "89abc" {
				t.Errorf("after REST: %q", got)
			}
			c.Restart = 4
			c.Store("STOR a", []byte("xx"))
			if got := on("a"); got != "0123xx6789abc" {
				t.Errorf("STOR after REST: %q", got)
			}
			// Under TLS an empty file used to end before the handshake.
			c.Store("STOR empty", nil)
			if got := c.Retrieve("RETR empty"); len(got) != 0 {
				t.Errorf("an empty file has %q", got)
			}
		}
	})
}

func TestActiveMode(t *testing.T) {
	s := ftptest.Demo(t, demo.Options{Empty: true})
	c := ftptest.Dial(t, s.Addr())
	c.Login(demo.User, s.Password())
	for _, c.Arrange = range []string{"EPRT", "PORT"} {
		c.Store("STOR a", []byte("active"))
		if got := c.Retrieve("RETR a"); string(got) != "active" {
			t.Errorf("%s: %q", c.Arrange, got)
		}
	}
}

// An active data connection of goftp's is in clear, so a server with TLS must not have one.
func TestActiveModeRefusedUnderTLS(t *testing.T) {
	s := ftptest.Demo(t, demo.Options{TLS: true, Empty: true})
	c := ftptest.Dial(t, s.Addr())
	c.Login(demo.User, s.Password())
	c.Say("502", "PORT 127,0,0,1,200,1")
	c.Say("502", "EPRT |1|127.0.0.1|51201|")
}

// Each of these was answered otherwise by goftp, or not at all.
func TestCommandsAnswerAsTheyShould(t *testing.T) {
	both(t, true, func(t *testing.T, s *demo.Server, c *ftptest.Client) {
		c.Say("550", "SIZE none")
		c.Say("550", "MDTM none")
		c.Say("550", "RETR none")
		c.Say("550", "STAT none")
		c.Say("257", "MKD d")
		c.Say("550", "MKD d")
		c.Say("550", "SIZE d")
		c.Say("550", "RETR d")
		c.Say("257", "MKD d/e")
		c.Say("550", "RMD d")
		c.Say("250", "RMD /d/e")
		if where := c.Say("257", "PWD"); !strings.HasPrefix(where, `"/"`) {
			t.Errorf("RMD changed the directory: %s", where)
		}
		c.Say("50", "PORT x")
		c.Say("5", "EPRT x")
		c.Say("500", "LPRT 4,4,127,0,0,1,2,200,1")
		c.Say("150", "STOR nodata")
		c.Expect("4")
		if refusal := c.Say("550", "CWD none"); strings.Contains(refusal, s.Directory()) {
			t.Errorf("a refusal shows where the tree lies: %s", refusal)
		}
	})
}

func TestFeatures(t *testing.T) {
	both(t, true, func(t *testing.T, _ *demo.Server, c *ftptest.Client) {
		features := c.Say("211", "FEAT")
		for _, want := range []string{"EPSV", "MDTM", "MLST", "REST STREAM", "SIZE", "UTF8"} {
			if !strings.Contains(features, " "+want) {
				t.Errorf("FEAT lacks %s:\n%s", want, features)
			}
		}
	})
}

// Times were local time (see TestMain).
func TestTimesAreUTC(t *testing.T) {
	s := ftptest.Demo(t, demo.Options{Empty: true})
	at := time.Date(2019, time.July, 14, 12, 30, 0, 0, time.UTC)
	file := filepath.Join(s.Directory(), "README.txt")
	if err := errors.Join(os.WriteFile(file, nil, 0o644), os.Chtimes(file, at, at)); err != nil {
		t.Fatal(err)
	}
	c := ftptest.Dial(t, s.Addr())
	c.Login(demo.User, s.Password())
	if got := c.Say("213", "MDTM README.txt"); got != "20190714123000" {
		t.Errorf("MDTM: %s", got)
	}
	if got := c.Say("250", "MLST README.txt"); !strings.Contains(got, "Modify=20190714123000;") {
		t.Errorf("MLST: %s", got)
	}
	if got := string(c.Retrieve("MLSD")); !strings.Contains(got, "Modify=20190714123000;") {
		t.Errorf("MLSD: %s", got)
	}
}

func TestWrongPassword(t *testing.T) {
	s := ftptest.Demo(t, demo.Options{Empty: true})
	c := ftptest.Dial(t, s.Addr())
	c.Say("331", "USER "+demo.User)
	c.Say("530", "PASS wrong")
	c.Say("530", "PWD")
}

func TestPathsStayInTheTree(t *testing.T) {
	both(t, true, func(t *testing.T, s *demo.Server, c *ftptest.Client) {
		if err := os.Symlink("/", filepath.Join(s.Directory(), "out")); err != nil {
			t.Fatal(err)
		}
		c.Say("550", "RETR ../../etc/passwd")
		c.Say("550", "RETR out/etc/passwd")
		c.Say("550", "MDTM out/etc/passwd")
	})
}

func TestCloseRemovesEverything(t *testing.T) {
	s, err := demo.Start(demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := ftptest.Dial(t, s.Addr())
	c.Login(demo.User, s.Password())
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.Directory()); !os.IsNotExist(err) {
		t.Errorf("the tree is still there: %v", err)
	}
	c.ExpectEnd()
}
