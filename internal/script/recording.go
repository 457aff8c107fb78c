package script

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Recording is what a server once said, for [StartReplay] to say again.
type Recording struct {
	Talks []Talk // one for each control connection, in the order that they were opened
}

// Talk is one control connection of a Recording.
type Talk struct {
	Peer      string // the server's address without its port; addresses it announces are compared with it
	Implicit  bool   // TLS came before the greeting
	Greeting  []Answer
	Exchanges []Exchange
	End       End
}

// End is how a Talk ended.
type End int

// The ends.
const (
	Unknown    End = iota // the recording stops before it
	ClientLeft            // the client closed the connection, or gave up waiting
	ServerLeft            // the server closed the connection
)

// Exchange is one command and what came of it.
type Exchange struct {
	Command  string // the line as it was sent, without its end
	Answers  []Answer
	StartTLS bool  // a TLS handshake followed
	Data     *Flow // the data connection that it used; nil for none
}

// Answer is one reply as it came: with its line ends, on several lines if it had several.
type Answer struct {
	Text string
	Wait time.Duration // from the command to the end of the reply
}

// preliminary says that another reply of the same command follows.
func (a Answer) preliminary() bool { return strings.HasPrefix(a.Text, "1") }

// refusal says that the command was not carried out.
func (a Answer) refusal() bool {
	return strings.HasPrefix(a.Text, "4") || strings.HasPrefix(a.Text, "5")
}

// Flow is what one data connection carried.
type Flow struct {
	Missing bool   // it never stood
	Upload  bool   // the bytes went to the server
	Length  int64  // bytes
	Content []byte // the first of them, as many as were recorded
	Took    time.Duration
	Broken  bool // it did not end cleanly
}

// secret says that the rest of the line is a password.
func secret(verb string) bool { return verb == "PASS" || verb == "ACCT" }

// anyArgument are the verbs whose recorded answer holds for any argument: who logs in and where the client
// listens is not the recording's business.
func anyArgument(verb string) bool {
	return secret(verb) || slices.Contains([]string{"USER", "PORT", "EPRT", "EPSV"}, verb)
}

// onPath are the verbs whose argument is a path, or whose answer is about the current directory.
var onPath = []string{
	"CWD", "XCWD", "CDUP", "XCUP", "PWD", "XPWD", "MKD", "XMKD", "RMD", "XRMD", "DELE", "RNFR", "RNTO", "SIZE", "MDTM",
	"MLST", "MLSD", "LIST", "NLST", "RETR", "STOR", "APPE",
}

// changing are the verbs after which a server may answer other commands differently.
var changing = []string{
	"USER", "PASS", "ACCT", "REIN", "TYPE", "REST", "STOR", "APPE", "STOU", "DELE", "MKD", "XMKD", "RMD", "XRMD", "RNTO", "SITE", "MFMT",
}

// changes says that the exchange has changed what the server answers.
func (e *Exchange) changes() bool {
	verb, _ := split(e.Command)
	return slices.Contains(changing, verb) && !e.refused()
}

func (e *Exchange) refused() bool { return len(e.Answers) > 0 && e.Answers[len(e.Answers)-1].refusal() }

// succeeded says that the last reply was 2xx.
func (e *Exchange) succeeded() bool {
	return len(e.Answers) > 0 && strings.HasPrefix(e.Answers[len(e.Answers)-1].Text, "2")
}

// answered says that the server gave its last word on the command.
func (e *Exchange) answered() bool {
	return len(e.Answers) > 0 && !e.Answers[len(e.Answers)-1].preliminary()
}

// temporary is the part of a name that ftpsh makes up anew for each upload.
var temporary = regexp.MustCompile(`\.ftpsh-[a-z0-9]{8}$`)

// key is equal for lines that ask for the same thing, whatever directory they are said in.
func key(line, directory string) string {
	verb, argument := split(line)
	switch {
	case anyArgument(verb):
		return verb
	case !slices.Contains(onPath, verb):
		return strings.TrimSpace(verb + " " + argument)
	case verb == "CDUP" || verb == "XCUP":
		return "CWD " + clean(directory+"/..")
	}
	options, p := "", argument
	if verb == "LIST" || verb == "NLST" {
		p = withoutOptions(argument)
		options = strings.TrimSuffix(argument, p)
	}
	if !strings.HasPrefix(p, "/") {
		p = directory + "/" + p
	}
	return strings.TrimPrefix(verb, "X") + " " + options + temporary.ReplaceAllString(clean(p), ".ftpsh-")
}

// shown is a line as it may be shown to anybody.
func shown(line string) string {
	if verb, argument := split(line); secret(verb) && argument != "" {
		return verb + " ****"
	}
	return line
}
