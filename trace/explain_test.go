package trace

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestExplanations keeps the whole table as it reads, so that it can be read.
func TestExplanations(t *testing.T) {
	var b strings.Builder
	for _, e := range table {
		fmt.Fprintf(&b, "%s\n", e.heading())
		for _, line := range e.explain(&Failure{Code: e.code(), Path: "pub/a b.txt", Host: "ftp.example.com", User: "ann"}).Lines() {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	const golden = "testdata/explain.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(want) != b.String() {
		t.Errorf("%s is not what the table says now (%v); go test ./trace -update rewrites it", golden, err)
	}
}

func (e *entry) code() int {
	if len(e.codes) == 0 {
		return 0
	}
	return e.codes[0]
}

// heading says when a row holds.
func (e *entry) heading() string {
	if e.fault != "" {
		return string(e.fault)
	}
	heading := strings.Trim(fmt.Sprint(e.codes), "[]")
	if len(e.verbs) > 0 {
		heading += " after " + strings.Join(e.verbs, ", ")
	}
	if len(e.words) > 0 {
		heading += " saying " + strings.Join(e.words, ", ")
	}
	return heading
}

// Every code that an RFC about FTP defines is explained, in two to five lines.
func TestEveryCodeIsExplained(t *testing.T) {
	rfcs := map[string]string{
		"RFC 959": `110 120 125 150 200 202 211 212 213 214 215 220 221 225 226 227 230 250 257 331 332 350
			421 425 426 450 451 452 500 501 502 503 504 530 532 550 551 552 553`,
		"RFC 2228": "232 234 235 334 335 336 431 533 534 535 536 537 631 632 633",
		"RFC 2389": "200 211 451 501",
		"RFC 2428": "229 522",
		"RFC 3659": "213 250 350 501 550",
		"RFC 4217": "234 431 521 522 533 534 536",
		"RFC 7151": "220 503 504",
	}
	for rfc, codes := range rfcs {
		for code := range strings.FieldsSeq(codes) {
			var n int
			fmt.Sscan(code, &n)
			x := Explain(Failure{Code: n})
			if lines := len(x.Lines()); lines < 2 || lines > 5 {
				t.Errorf("%s of %s is explained in %d lines", code, rfc, lines)
			}
			if n >= 400 && n < 600 && n != 551 && n != 537 && x.Hint() == "" {
				t.Errorf("%s: nothing to do next", code)
			}
		}
	}
}

// Each row of the table is reached by each of its codes, after one of its commands and with one of its
// words.
func TestRowsAreReached(t *testing.T) {
	for i := range table {
		e := &table[i]
		for _, code := range append(e.codes, 0)[:max(len(e.codes), 1)] {
			if !e.reached(code) {
				t.Errorf("%d of %q never explains anything", code, e.means)
			}
		}
	}
}

func (e *entry) reached(code int) bool {
	for _, verb := range append(e.verbs, "")[:max(len(e.verbs), 1)] {
		for _, word := range append(e.words, "")[:max(len(e.words), 1)] {
			if Explain(Failure{Code: code, Fault: e.fault, Verb: verb, Text: "sorry, " + word}).Means == e.means {
				return true
			}
		}
	}
	return false
}

func TestExplainInContext(t *testing.T) {
	tests := []struct {
		f    Failure
		hint string
	}{
		{Failure{Code: 550, Verb: "RETR", Path: "pub/x", Text: "Failed to open file."}, "ls pub  # shows what is there"},
		{Failure{Code: 550, Verb: "CWD", Path: "nope"}, "ls  # shows what is there"},
		{Failure{Code: 550, Verb: "DELE", Path: "a b", Text: "a b: Is a directory"}, `rmdir a\ b  # removes it once it is empty`},
		{Failure{Code: 550, Verb: "RMD", Path: "-d"}, "ls -a -- -d  # shows what is in it; only an empty directory can be removed"},
		{Failure{Code: 530, Verb: "PASS", User: "ann"}, "user ann  # tries again"},
		{Failure{Code: 530, Verb: "LIST", Text: "Please login with USER and PASS."}, "user USER  # logs in"},
		{Failure{Code: 530, Verb: "USER", Host: "h", Text: "Non-anonymous sessions must use encryption."}, "close; open --tls=require h  # connects with encryption"},
		{Failure{Code: 421, Text: "There are too many connections from your internet address."}, "try again later, or close other sessions to this server"},
		{Failure{Code: 522, Verb: "RETR", Text: "SSL connection failed; session reuse required: see require_ssl_reuse option in vsftpd.conf man page"}, "tls  # shows whether the last data connection resumed its session"},
		{Failure{Code: 522, Verb: "EPRT"}, "epsv off  # uses PASV and PORT"},
		{Failure{Code: 552, Verb: "STOR", Path: "x"}, "ls -lS  # shows the biggest files first; the server's disk or your quota is full"},
		// An upload into a directory that is not there: the advice was to wait, or to list that directory.
		{Failure{Code: 450, Verb: "STOR", Path: "/no/x", Text: "error during transfer: no such file or directory"}, "mkdir -p /no  # makes it"},
		{Failure{Code: 553, Verb: "STOR", Path: "x", Text: "no such directory"}, "mkdir -p DIRECTORY  # makes it"},
		{Failure{Fault: NoSuchHost}, "check the host name and the port (open HOST PORT)"},
		{Failure{Code: 499}, ""},
	}
	for _, test := range tests {
		if got := Explain(test.f).Hint(); got != test.hint {
			t.Errorf("%+v\n got %q\nwant %q", test.f, got, test.hint)
		}
	}
}
