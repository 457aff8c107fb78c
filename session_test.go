package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"ftpsh/internal/demo"
	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
)

// sessionCommands are what the scripts of testdata know beside the commands of testscript.
//
//	demo [tls] [empty]       start the embedded server; $ADDR $HOST $PORT $USER $PASSWORD lead to it, its
//	                         files are in $FILES, its certificate in ca.pem, the login in the netrc of $HOME
//	script [tls|implicit] [account] [anyone] [expired|wrong-name|stranger]
//	                         start the scripted server instead, with a tree of its own
//	tree NAME [TEXT]         put a file into that tree, or a directory if the name ends in /
//	answer VERB REPLY...     make it answer a verb so; the greeting goes by the name of CONNECT
//	fault VERB KIND          make it fail at a verb: one of faults
//	[!] sent PATTERN         look for a line that the scripted server has received
//	fails STATUS ftpsh ...   run the program, which must end with that exit status
//	unprivileged STATUS ...  the same where not even root may read what nobody may
//	[!] has FILE TEXT        compare a file with a text, in which \n and the like are written as in Go
//	secret                   nothing printed last, and no file but the netrc, holds a secret
var sessionCommands = map[string]func(*testscript.TestScript, bool, []string){
	"demo":   startDemo,
	"script": startScript,
	"tree":   plant,
	"answer": answer,
	"fault":  fault,
	"sent":   sent,
	"fails":  fails,

	"unprivileged": unprivileged,
	"has":          has,
	"secret":       secret,
}

// stage is what a session plays on.
type stage struct {
	certificates *ftptest.CertificateSet
	server       *script.Server // nil until there is one
}

type stageKey struct{}

func stageOf(ts *testscript.TestScript) *stage { return ts.Value(stageKey{}).(*stage) }

func startDemo(ts *testscript.TestScript, _ bool, words []string) {
	server, err := demo.Start(demo.Options{TLS: slices.Contains(words, "tls"), Empty: slices.Contains(words, "empty")})
	ts.Check(err)
	ts.Defer(func() { ts.Check(server.Close()) })
	ts.Setenv("FILES", server.Directory())
	ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), server.Certificate(), 0o644))
	introduce(ts, server.Addr(), demo.User, server.Password())
}

// introduce tells the script where its server is, and the netrc of its home how to log in there.
func introduce(ts *testscript.TestScript, addr, user, password string) {
	host, port, err := net.SplitHostPort(addr)
	ts.Check(err)
	for name, value := range map[string]string{"ADDR": addr, "HOST": host, "PORT": port, "USER": user, "PASSWORD": password} {
		ts.Setenv(name, value)
	}
	ts.Check(writeNetrc(ts.Getenv("HOME"), host, user, password))
}

func writeNetrc(home, host, user, password string) error {
	entry := fmt.Sprintf("machine %s login %s password %s\n", host, user, password)
	return os.WriteFile(filepath.Join(home, ".netrc"), []byte(entry), 0o600)
}

// The login of scripted servers. Neither secret is part of anything else that is printed.
const (
	scriptUser     = "ann"
	scriptPassword = "Xyzzy-1974"
	scriptAccount  = "Plugh-1976"
)

func startScript(ts *testscript.TestScript, _ bool, words []string) {
	s := stageOf(ts)
	options := script.Options{User: scriptUser, Password: scriptPassword}
	certificate := s.certificates.Good
	for _, word := range words {
		switch word {
		case "tls", "implicit":
			options.Implicit = word == "implicit"
		case "account":
			options.Account = scriptAccount
		case "anyone":
			options.User = ""
		case "expired":
			certificate = s.certificates.Expired
		case "wrong-name":
			certificate = s.certificates.WrongName
		case "stranger":
			certificate = s.certificates.Stranger
		default:
			ts.Fatalf("script: %s", word)
		}
	}
	if slices.Contains(words, "tls") || options.Implicit {
		options.TLS = s.certificates.Serve(certificate)
	}
	server, err := script.Start(options)
	ts.Check(err)
	ts.Defer(func() { ts.Check(server.Close()) })
	s.server = server
	ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), s.certificates.Authority, 0o644))
	introduce(ts, server.Addr(), scriptUser, scriptPassword)
}

func plant(ts *testscript.TestScript, _ bool, words []string) {
	tree := stageOf(ts).server.Tree
	switch {
	case strings.HasSuffix(words[0], "/"):
		tree.Mkdir(words[0])
	default:
		tree.Write(words[0], []byte(unescaped(ts, strings.Join(words[1:], " "))))
	}
}

func unescaped(ts *testscript.TestScript, text string) string {
	text, err := strconv.Unquote(`"` + strings.ReplaceAll(text, `"`, `\"`) + `"`)
	ts.Check(err)
	return text
}

func answer(ts *testscript.TestScript, _ bool, words []string) {
	server := stageOf(ts).server
	var lines []string
	for _, word := range words[1:] {
		lines = append(lines, unescaped(ts, word))
	}
	if words[0] == "CONNECT" {
		server.OnConnect(func(c *script.Conversation) { c.Reply(lines...) })
		return
	}
	server.Answer(words[0], lines...)
}

// faults are the ways in which a server fails in the middle of something.
var faults = map[string]script.Handler{
	"silence": func(c *script.Conversation, _ string) { c.Stall() },
	"hang-up": func(c *script.Conversation, _ string) { c.Close() },
	"half": func(c *script.Conversation, _ string) {
		c.Reply("150 here it comes")
		d := c.Data()
		d.Send("half of")
		d.Close()
		c.Reply("226 done")
	},
	"give": func(c *script.Conversation, _ string) {
		c.Reply("150 here it comes")
		d := c.Data()
		d.Send("x")
		d.Close()
		c.Stall()
	},
	"take": func(c *script.Conversation, _ string) {
		c.Reply("150 give it to me")
		c.Data().Receive(-1)
		c.Stall()
	},
}

func fault(ts *testscript.TestScript, _ bool, words []string) {
	handler, known := faults[words[1]]
	if !known {
		ts.Fatalf("fault: %s", words[1])
	}
	if words[0] == "CONNECT" {
		stageOf(ts).server.OnConnect(func(c *script.Conversation) { handler(c, "") })
		return
	}
	stageOf(ts).server.On(words[0], handler)
}

func sent(ts *testscript.TestScript, neg bool, words []string) {
	pattern, err := regexp.Compile(words[0])
	ts.Check(err)
	log := stageOf(ts).server.Log()
	if slices.ContainsFunc(log, pattern.MatchString) == neg {
		ts.Fatalf("the server has received\n%s", strings.Join(log, "\n"))
	}
}

func fails(ts *testscript.TestScript, _ bool, words []string) {
	want, err := strconv.Atoi(words[0])
	ts.Check(err)
	var exit *exec.ExitError
	switch err := ts.Exec(words[1], words[2:]...); {
	case !errors.As(err, &exit):
		ts.Fatalf("ended with %v, want exit status %d", err, want)
	case exit.ExitCode() != want:
		ts.Fatalf("exit status %d, want %d", exit.ExitCode(), want)
	}
}

func unprivileged(ts *testscript.TestScript, neg bool, words []string) {
	if os.Geteuid() == 0 {
		caps := "-dac_override,-dac_read_search"
		words = append([]string{words[0], "setpriv", "--bounding-set=" + caps, "--inh-caps=" + caps}, words[1:]...)
	}
	fails(ts, neg, words)
}

func has(ts *testscript.TestScript, neg bool, words []string) {
	got, want := ts.ReadFile(words[0]), unescaped(ts, words[1])
	if (got == want) == neg {
		ts.Fatalf("%s has %q, want %q", words[0], got, want)
	}
}

// secret looks for the password everywhere that it could have gone.
func secret(ts *testscript.TestScript, _ bool, _ []string) {
	for _, stream := range []string{"stdout", "stderr"} {
		mustLack(ts, stream, ts.ReadFile(stream))
	}
	ts.Check(filepath.WalkDir(ts.Getenv("WORK"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || entry.Name() == ".netrc" {
			return err
		}
		mustLack(ts, path, ts.ReadFile(path))
		return nil
	}))
}

func mustLack(ts *testscript.TestScript, where, text string) {
	for _, secret := range []string{ts.Getenv("PASSWORD"), scriptAccount} {
		if strings.Contains(text, secret) {
			ts.Fatalf("%s holds %s", where, secret)
		}
	}
}
