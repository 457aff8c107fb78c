package script_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
)

// said is an exchange with replies of one line each.
func said(command string, replies ...string) script.Exchange {
	e := script.Exchange{Command: command}
	for _, text := range replies {
		e.Answers = append(e.Answers, script.Answer{Text: text + "\r\n"})
	}
	return e
}

// moved is an exchange that used a data connection.
func moved(e script.Exchange, flow script.Flow) script.Exchange {
	e.Data = &flow
	return e
}

// login is how the recorded sessions below begin.
var login = []script.Exchange{
	said("USER ann", "331 who?"), said("PASS ****", "230 welcome"), said("TYPE I", "200 image"), said("PWD", `257 "/home" is it`),
}

// replay plays one Talk that begins with a login.
func replay(t *testing.T, talk script.Talk, options script.ReplayOptions) *script.Replay {
	t.Helper()
	talk.Greeting = []script.Answer{{Text: "220-recorded\r\n220 server\r\n"}}
	talk.Exchanges = slices.Concat(login, talk.Exchanges)
	return replayAll(t, options, talk)
}

func replayAll(t *testing.T, options script.ReplayOptions, talks ...script.Talk) *script.Replay {
	t.Helper()
	r, err := script.StartReplay(script.Recording{Talks: talks}, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func enter(t *testing.T, r *script.Replay) *ftptest.Client {
	t.Helper()
	c := ftptest.Dial(t, r.Addr())
	c.Login("somebody", "else")
	return c
}

func TestReplayAnswersInTheRecordedWords(t *testing.T) {
	r := replay(t, script.Talk{Exchanges: []script.Exchange{
		said("AUTH TLS", "534 not in this place"), said("SYST", "215 UNIX Type: L8"), said("DELE x", "550 no\xff such \xe9"), said("QUIT", "221 bye"),
	}}, script.ReplayOptions{})
	c := enter(t, r)
	c.Say("534", "AUTH TLS")
	if got := c.Say("215", "SYST"); got != "UNIX Type: L8" {
		t.Errorf("SYST: %q", got)
	}
	if got := c.Say("550", "DELE x"); got != "no\xff such \xe9" {
		t.Errorf("DELE: %q", got)
	}
	c.Say("221", "QUIT")
	c.ExpectEnd()
	if unknown := r.Unknown(); len(unknown) > 0 {
		t.Errorf("not known: %q", unknown)
	}
}

// Another order, an absolute path, a question asked twice: the server's state decides, not the place in the
// recording.
func TestReplayFindsACommandByWhatItAsksFor(t *testing.T) {
	r := replay(t, script.Talk{Exchanges: []script.Exchange{
		said("SIZE new", "550 not yet"),
		moved(said("STOR new", "150 go", "226 done"), script.Flow{Upload: true, Length: 3}),
		said("SIZE new", "213 3"),
		said("CWD a", "250 ok"), said("PWD", `257 "/home/a"`), said("SIZE f", "213 1"),
		said("CWD ../b", "250 ok"), said("PWD", `257 "/home/b"`), said("SIZE f", "213 2"),
	}}, script.ReplayOptions{})
	c := enter(t, r)
	c.Say("250", "CWD /home/b")
	for line, want := range map[string]string{"PWD": `"/home/b"`, "SIZE f": "2", "SIZE /home/a/f": "1", "SIZE ../new": "not yet"} {
		code := "2"
		if want == "not yet" {
			code = "550"
		}
		for range 2 {
			if got := c.Say(code, line); got != want {
				t.Errorf("%s: %q, want %q", line, got, want)
			}
		}
	}
	c.Store("STOR /home/new", []byte("abc"))
	if got := c.Say("213", "SIZE /home/new"); got != "3" {
		t.Errorf("after STOR: %q", got)
	}
}

func TestReplayRefusesWhatItDoesNotKnow(t *testing.T) {
	r := replay(t, script.Talk{Exchanges: []script.Exchange{said("RMD d", "250 gone")}}, script.ReplayOptions{})
	c := enter(t, r)
	if got := c.Say("503", "DELE x"); got != `replay: "DELE x" was not recorded; next recorded: "PWD"` {
		t.Errorf("got %q", got)
	}
	c.Say("250", "RMD d")
	c.Say("503", "ACCT Plugh")
	if got, want := r.Unknown(), []string{"DELE x", "ACCT ****"}; !slices.Equal(got, want) {
		t.Errorf("unknown: %q, want %q", got, want)
	}
}

// A client that asks for TLS, or for data in another way than the recorded one did, is served all the same.
func TestReplayServesOtherClients(t *testing.T) {
	tail := script.Flow{Length: 70000, Content: []byte("the beginning, ")}
	talk := script.Talk{Exchanges: []script.Exchange{
		said("FEAT", "211-here:\r\n AUTH TLS\r\n PBSZ\r\n PROT\r\n SIZE\r\n211 end"),
		said("EPSV", "229 Mine (|||50123|)"),
		moved(said("RETR big", "150 go", "226 done"), tail),
		said("PASV", "227 Mine (10,0,0,9,200,13)."),
		moved(said("LIST", "150 go", "226 done"), script.Flow{Length: 9, Content: []byte("total 0\r\n")}),
	}}
	r := replay(t, talk, script.ReplayOptions{})
	for _, arrange := range []string{"EPSV", "PASV", "EPRT", "PORT"} {
		c := enter(t, r)
		c.Arrange = arrange
		if got := string(c.Retrieve("RETR big")); len(got) != 70000 || !strings.HasPrefix(got, "the beginning, not recorded\r\n") {
			t.Errorf("%s: %d bytes, %.40q", arrange, len(got), got)
		}
		if got := string(c.Retrieve("LIST")); got != "total 0\r\n" {
			t.Errorf("%s: %q", arrange, got)
		}
		c.Say("502", "AUTH TLS")
		if got := c.Say("211", "FEAT"); strings.Contains(got, "AUTH") || !strings.Contains(got, "SIZE") {
			t.Errorf("FEAT offers %q", got)
		}
	}
	if len(r.Unknown()) > 0 {
		t.Errorf("not known: %q", r.Unknown())
	}
}

// A foreign address may be what the recording is about; the server's own becomes ours.
func TestReplayAnnouncesPortsOfItsOwn(t *testing.T) {
	own := said("PASV", "227 Mine (192,0,2,1,200,13).")
	foreign := said("PASV", "227 Mine (10,0,0,9,200,13).")
	r := replay(t, script.Talk{Peer: "192.0.2.1", Exchanges: []script.Exchange{own, foreign}}, script.ReplayOptions{})
	c := enter(t, r)
	if got := c.Say("227", "PASV"); !strings.HasPrefix(got, "Mine (127,0,0,1,") || strings.Contains(got, "200,13") {
		t.Errorf("own: %q", got)
	}
	if got := c.Say("227", "PASV"); !strings.HasPrefix(got, "Mine (10,0,0,9,") || strings.Contains(got, "200,13") {
		t.Errorf("foreign: %q", got)
	}
}

func TestReplayWithTLS(t *testing.T) {
	set := ftptest.Certificates(t)
	auth := said("AUTH TLS", "234 shake")
	auth.StartTLS = true
	talk := script.Talk{
		Greeting: []script.Answer{{Text: "220 hi\r\n"}},
		Exchanges: slices.Concat([]script.Exchange{auth}, login, []script.Exchange{
			said("PBSZ 0", "200 ok"), said("PROT P", "200 ok"),
			moved(said("RETR a", "150 go", "226 done"), script.Flow{Length: 3, Content: []byte("abc")}),
		}),
	}
	r := replayAll(t, script.ReplayOptions{TLS: set.Serve(set.Good)}, talk)
	c := ftptest.Dial(t, r.Addr())
	c.StartTLS(set.Trust())
	c.Login("kim", "secret")
	if got := string(c.Retrieve("RETR a")); got != "abc" {
		t.Errorf("got %q", got)
	}
}

// The server of the recording hangs up, refuses a data connection, breaks one off: so does this one.
func TestReplayBreaksWhereTheServerBroke(t *testing.T) {
	lost := script.Talk{End: script.ServerLeft, Exchanges: []script.Exchange{
		said("EPSV", "229 ok (|||50123|)"),
		moved(said("STOR a", "150 go", "425 nobody came"), script.Flow{Missing: true}),
		said("NOOP", "200 ok\r\n421 good bye"),
	}}
	again := script.Talk{Exchanges: []script.Exchange{said("NOOP", "200 here again")}}
	r := replayAll(t, script.ReplayOptions{}, lost, again)
	c := ftptest.Dial(t, r.Addr())
	c.Say("229", "EPSV")
	c.Say("150", "STOR a")
	c.Expect("425")
	c.Say("200", "NOOP")
	c.Expect("421")
	c.ExpectEnd()
	if got := ftptest.Dial(t, r.Addr()).Say("200", "NOOP"); got != "here again" {
		t.Errorf("the second connection says %q", got)
	}
}

func TestReplayEndsWhereTheRecordingEnds(t *testing.T) {
	r := replay(t, script.Talk{Exchanges: []script.Exchange{said("STAT")}}, script.ReplayOptions{})
	c := enter(t, r)
	c.Say("421", "STAT")
	c.ExpectEnd()
}

// Clients ask for listings in other forms than ftpsh does.
func TestReplayListsInOtherForms(t *testing.T) {
	facts := "type=cdir;modify=20200101000000; .\r\nTYPE=file;Size=12;modify=20200102030405; a b.txt\r\ntype=dir;modify=20200102030405; d\r\n"
	r := replay(t, script.Talk{Exchanges: []script.Exchange{
		moved(said("MLSD", "150 go", "226 done"), script.Flow{Length: int64(len(facts)), Content: []byte(facts)}),
		moved(said("LIST -a sub", "150 go", "226 done"), script.Flow{Length: 3, Content: []byte("x\r\n")}),
	}}, script.ReplayOptions{})
	c := enter(t, r)
	for line, want := range map[string]string{
		"MLSD":              facts,
		"NLST":              "a b.txt\r\nd\r\n",
		"LIST /home":        "-rw-r--r--   1 owner    group          12 Jan  2  2020 a b.txt\r\ndrwxr-xr-x   2 owner    group           0 Jan  2  2020 d\r\n",
		"LIST -la sub":      "x\r\n",
		"LIST sub":          "x\r\n",
		"LIST -a /home/sub": "x\r\n",
	} {
		if got := string(c.Retrieve(line)); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	c.Say("503", "SIZE sub")
}

// With the timing of the recording, nothing comes before its time.
func TestReplayTakesItsTime(t *testing.T) {
	const wait, took = 150 * time.Millisecond, 400 * time.Millisecond
	late := said("NOOP", "200 late")
	late.Answers[0].Wait = wait
	slow := moved(said("RETR a", "150 go", "226 done"), script.Flow{Length: 4000, Took: took})
	r := replay(t, script.Talk{Exchanges: []script.Exchange{late, slow}}, script.ReplayOptions{Timing: true})
	c := enter(t, r)
	started := time.Now()
	c.Say("200", "NOOP")
	if passed := time.Since(started); passed < wait {
		t.Errorf("the reply came after %v", passed)
	}
	started = time.Now()
	if got := c.Retrieve("RETR a"); len(got) != 4000 {
		t.Errorf("%d bytes came", len(got))
	}
	if passed := time.Since(started); passed < took {
		t.Errorf("the data took %v", passed)
	}
}

// A data connection that comes to nothing here is not told to have carried what the recorded one did.
func TestReplayTellsOfAFailedDataConnection(t *testing.T) {
	r := replay(t, script.Talk{Exchanges: []script.Exchange{
		moved(said("RETR a", "150 go", "226 done"), script.Flow{Length: 4, Content: []byte("data")}),
	}}, script.ReplayOptions{})
	c := enter(t, r)
	c.Say("150", "RETR a") // and no data connection was arranged
	c.Expect("425")
}
