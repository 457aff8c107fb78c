package script_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
)

// raw connects without expecting anything.
func raw(t *testing.T, srv *script.Server) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", srv.Addr())
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	t.Cleanup(func() { _ = conn.Close() })
	return conn, bufio.NewReader(conn)
}

func isReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }

func TestGreetings(t *testing.T) {
	srv := ftptest.Script(t, script.Options{})
	for _, g := range []struct {
		name  string
		greet func(c *script.Conversation)
		want  string
	}{
		{"wait", func(c *script.Conversation) { c.Reply("120 in 1 minute", "220 now") }, "120 in 1 minute\r\n220 now\r\n"},
		{"busy", func(c *script.Conversation) { c.Reply("421 busy"); c.Close() }, "421 busy\r\n"},
		{"web", func(c *script.Conversation) { c.Send("HTTP/1.1 400 Bad Request\r\n\r\n"); c.Close() }, "HTTP/1.1 400 Bad Request\r\n\r\n"},
		{"drip", func(c *script.Conversation) { c.Drip("220 x\r\n", time.Millisecond); c.Close() }, "220 x\r\n"},
		{"nothing", func(c *script.Conversation) { c.Close() }, ""},
	} {
		srv.OnConnect(g.greet)
		_, r := raw(t, srv)
		got := make([]byte, len(g.want))
		if _, err := io.ReadFull(r, got); err != nil || string(got) != g.want {
			t.Errorf("%s: %q, %v", g.name, got, err)
		}
	}
	srv.OnConnect(func(c *script.Conversation) { c.Send("220" + strings.Repeat("x", 10<<20) + "\r\n") })
	_, r := raw(t, srv)
	if line, err := r.ReadString('\n'); err != nil || len(line) < 10<<20 {
		t.Errorf("a long line of %d bytes, %v", len(line), err)
	}
	srv.OnConnect(func(c *script.Conversation) { c.Repeat("220-again\r\n") })
	_, r = raw(t, srv)
	if n, err := io.CopyN(io.Discard, r, 1<<20); err != nil {
		t.Errorf("an endless greeting ended after %d bytes, %v", n, err)
	}
}

// How a control connection ends: FIN is the end, RST an error.
func TestEndings(t *testing.T) {
	srv := ftptest.Script(t, script.Options{})
	srv.On("QUIT", func(c *script.Conversation, how string) {
		if how == "RST" {
			c.Reset()
		}
		c.Close()
	})
	for how, right := range map[string]func(error) bool{
		"FIN": func(err error) bool { return err == io.EOF },
		"RST": isReset,
	} {
		conn, r := raw(t, srv)
		_, _ = r.ReadString('\n')
		_, _ = io.WriteString(conn, "QUIT "+how+"\r\n")
		if _, err := r.ReadByte(); !right(err) {
			t.Errorf("%s: %v", how, err)
		}
	}
}

// dialData connects before the command is sent: a server that resets at once would fail the dialling.
func dialData(t *testing.T, c *ftptest.Client) net.Conn {
	t.Helper()
	var port int
	if _, err := fmt.Sscanf(c.Say("229", "EPSV"), "extended passive (|||%d|)", &port); err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// recorder keeps what comes over a connection.
type recorder struct {
	net.Conn
	seen bytes.Buffer
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	r.seen.Write(p[:n])
	return n, err
}

// lastRecord returns the type of the last TLS record, which up to TLS 1.2 is readable: 21 is an alert.
func (r *recorder) lastRecord() (kind byte) {
	for b := r.seen.Bytes(); len(b) >= 5; b = b[5+int(b[3])<<8+int(b[4]):] {
		kind = b[0]
	}
	return kind
}

// Under TLS, Close says close_notify and Cut does not; crypto/tls shows no difference.
func TestEndingsUnderTLS(t *testing.T) {
	const alert, content = 21, 23
	options := secure(t)
	options.TLS.MaxVersion = tls.VersionTLS12
	srv, c := connectTLS(t, options)
	srv.On("RETR", func(c *script.Conversation, how string) {
		c.Reply("150 ok")
		d := c.Data()
		d.Send("half")
		if how == "cut" {
			d.Cut()
		}
		d.Close()
		c.Reply("226 done")
	})
	for how, want := range map[string]byte{"close": alert, "cut": content} {
		conn := dialData(t, c)
		c.Say("150", "RETR "+how)
		data := &recorder{Conn: conn}
		if got, err := io.ReadAll(tls.Client(data, ftptest.Certificates(t).Trust())); string(got) != "half" || err != nil {
			t.Errorf("%s: %q, %v", how, got, err)
		}
		_ = conn.Close()
		c.Expect("226")
		if got := data.lastRecord(); got != want {
			t.Errorf("%s: the last record is of type %d, want %d", how, got, want)
		}
	}
}

// A reply sent before the end arrives, even when the client had said more than was read.
func TestLastReplySurvivesUnreadCommands(t *testing.T) {
	srv := ftptest.Script(t, script.Options{})
	srv.On("USER", func(c *script.Conversation, _ string) { c.Reply("421 no"); c.Close() })
	for range 20 {
		conn, r := raw(t, srv)
		_, _ = r.ReadString('\n')
		_, _ = io.WriteString(conn, "USER x\r\n"+strings.Repeat("PASS y\r\n", 100))
		if line, err := r.ReadString('\n'); line != "421 no\r\n" {
			t.Fatalf("got %q, %v", line, err)
		}
	}
}

func TestAnswersToAUTH(t *testing.T) {
	srv := ftptest.Script(t, secure(t))
	srv.On("AUTH", func(c *script.Conversation, _ string) { c.Reply("234 go", "230 and you are in"); _ = c.StartTLS() })
	c := ftptest.Dial(t, srv.Addr())
	c.Say("234", "AUTH TLS")
	c.Expect("230")

	srv.On("AUTH", func(c *script.Conversation, _ string) { c.Reply("234 go"); c.Reset() })
	conn, r := raw(t, srv)
	_, _ = io.WriteString(conn, "AUTH TLS\r\n")
	_, _ = r.ReadString('\n')
	_, _ = r.ReadString('\n') // the 234 may be lost with the reset
	if err := tls.Client(conn, ftptest.Certificates(t).Trust()).Handshake(); err == nil {
		t.Error("shook hands after a reset")
	}

	srv.On("AUTH", func(c *script.Conversation, _ string) { c.Reply("234 go"); c.Stall() })
	conn, r = raw(t, srv)
	_, _ = io.WriteString(conn, "AUTH TLS\r\n")
	_, _ = r.ReadString('\n')
	if line, err := r.ReadString('\n'); line != "234 go\r\n" {
		t.Errorf("got %q, %v", line, err)
	}
}

// Addresses that a server makes up are told as they are; the port behind them is a real one.
func TestAddressesMadeUp(t *testing.T) {
	srv, c := connect(t, script.Options{})
	srv.Tree.Write("/f", []byte("x"))
	srv.On("PASV", func(c *script.Conversation, _ string) {
		p := c.Listen()
		c.Reply(fmt.Sprintf("227 =10,0,0,1,%d,%d", p>>8, p&0xff))
	})
	c.Arrange = "PASV"
	if got := string(c.Retrieve("RETR f")); got != "x" {
		t.Errorf("%q", got)
	}
	srv.Answer("EPSV", "229 (|||22|)")
	if got := c.Say("229", "EPSV"); got != "(|||22|)" {
		t.Errorf("%q", got)
	}
}

func TestDataConnectionsThatBreak(t *testing.T) {
	srv, c := connect(t, script.Options{})
	read := func(play func(c *script.Conversation, d *script.Data)) (string, error) {
		srv.On("RETR", func(c *script.Conversation, _ string) {
			c.Reply("150 ok")
			play(c, c.Data())
		})
		data := dialData(t, c)
		c.Say("150", "RETR f")
		content, err := io.ReadAll(data)
		return string(content), err
	}
	if got, err := read(func(c *script.Conversation, d *script.Data) {
		d.Send("half")
		d.Close()
		c.Reply("226 done")
	}); got != "half" || err != nil {
		t.Errorf("FIN: %q, %v", got, err)
	}
	c.Expect("226")
	if _, err := read(func(c *script.Conversation, d *script.Data) {
		d.Send("half")
		d.Reset()
		c.Reply("426 broke")
	}); !isReset(err) {
		t.Errorf("RST: %v", err)
	}
	c.Expect("426")
	// The last reply comes while the data connection stays open.
	srv.On("RETR", func(c *script.Conversation, _ string) {
		c.Reply("150 ok")
		d := c.Data()
		c.Reply("451 disk full")
		d.Stall()
	})
	data := c.Begin("RETR f")
	c.Expect("451")
	_ = data.Close()
	c.Say("257", "PWD")
}

func TestUploadCutShort(t *testing.T) {
	srv, c := connect(t, script.Options{})
	var kept string
	srv.On("STOR", func(c *script.Conversation, _ string) {
		c.Reply("150 ok")
		d := c.Data()
		kept = string(d.Receive(10))
		d.Reset()
		c.Reply("226 all of it")
	})
	data := c.Begin("STOR f")
	_, _ = data.Write(make([]byte, 5000))
	c.Expect("226")
	if len(kept) != 10 || srv.Transfers()[0].Received != 10 {
		t.Errorf("kept %d bytes, recorded %+v", len(kept), srv.Transfers()[0])
	}
}

func TestPlainTextWhereTLSIsDue(t *testing.T) {
	srv, c := connectTLS(t, secure(t))
	srv.On("LIST", func(c *script.Conversation, _ string) {
		c.Reply("150 ok")
		d := c.PlainData()
		d.Send("in clear for everybody\r\n")
		d.Close()
		c.Reply("226 done")
	})
	c.Refused("226", "LIST")
	if d := srv.Transfers()[0]; d.TLS {
		t.Errorf("recorded %+v", d)
	}

	srv.On("RETR", func(c *script.Conversation, _ string) {
		c.Reply("150 ok")
		d := c.Data()
		d.Send("secret")
		d.SendClear("in clear")
		d.Cut()
	})
	var garbage tls.RecordHeaderError
	if got, err := io.ReadAll(c.Begin("RETR f")); string(got) != "secret" || !errors.As(err, &garbage) {
		t.Errorf("in clear beneath TLS: %q, %v", got, err)
	}
}

// A certificate of its own for the data connections.
func TestOtherCertificateOnData(t *testing.T) {
	options := secure(t)
	set := ftptest.Certificates(t)
	options.DataTLS = set.Serve(set.Expired)
	_, c := connectTLS(t, options)
	c.ForgetSession()
	c.Refused("425", "LIST")
}

// A handler that never answers does not keep the server from closing.
func TestCloseEndsStalls(t *testing.T) {
	srv := ftptest.Script(t, script.Options{})
	stalled := make(chan bool)
	srv.On("NOOP", func(c *script.Conversation, _ string) { close(stalled); c.Stall() })
	srv.On("PWD", func(c *script.Conversation, _ string) { <-c.Done() })
	conn, _ := raw(t, srv)
	_, _ = io.WriteString(conn, "NOOP\r\n")
	<-stalled
	conn, _ = raw(t, srv)
	_, _ = io.WriteString(conn, "PWD\r\n")
	ftptest.Wait(t, "PWD", func() bool { return len(srv.Log()) == 2 })
	_ = srv.Close()
}
