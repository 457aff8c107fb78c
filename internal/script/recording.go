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

// User is who logged in; empty when nobody did.
func (r Recording) User() string {
	for _, t := range r.Talks {
		for _, e := range t.Exchanges {
			if verb, name := split(e.Command); verb == "USER" {
				return name
			}
		}
	}
	return ""
}

// Greeted says that the recording begins where the connection did.
func (r Recording) Greeted() bool { return len(r.Talks) > 0 && len(r.Talks[0].Greeting) > 0 }

// Secure says that a connection was under TLS.
func (r Recording) Secure() bool {
	return slices.Contains([]string{"require", "implicit"}, r.TLSMode())
}

// TLSMode is how the client has to connect to say what the recorded one said: require, implicit, never, or
// auto where the server has refused TLS.
func (r Recording) TLSMode() string {
	mode := "never"
	for _, t := range r.Talks {
		if t.Implicit {
			return "implicit"
		}
		for _, e := range t.Exchanges {
			if e.StartTLS {
				return "require"
			}
			if verb, _ := split(e.Command); verb == "AUTH" {
				mode = "auto"
			}
		}
	}
	return mode
}

// Accounted says that the server wanted an account.
func (r Recording) Accounted() bool {
	return slices.ContainsFunc(r.Talks, func(t Talk) bool {
		return slices.ContainsFunc(t.Exchanges, func(e Exchange) bool { return strings.HasPrefix(e.Command, "ACCT") })
	})
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
var temporary = regexp.MustCompile(`\.ftpsh-[a-z0-9]{8}( |$)`)

// key is equal for lines that ask for the same thing, whatever directory they are said in.
func key(line, directory string) string {
	verb, argument := split(line)
	switch {
	case anyArgument(verb):
		return verb
	case !slices.Contains(onPath, verb):
		return lasting(strings.TrimSpace(verb + " " + argument))
	case verb == "CDUP" || verb == "XCUP":
		return "CWD " + clean(directory+"/..")
	}
	options, p := listOptions(verb, argument)
	if !strings.HasPrefix(p, "/") {
		p = directory + "/" + p
	}
	return strings.TrimPrefix(verb, "X") + " " + options + lasting(clean(p))
}

// lasting is a text without what is made up anew in it.
func lasting(text string) string { return temporary.ReplaceAllString(text, ".ftpsh-$1") }

// listOptions takes the argument of LIST and NLST apart: options and path.
func listOptions(verb, argument string) (options, p string) {
	if verb != "LIST" && verb != "NLST" {
		return "", argument
	}
	p = withoutOptions(argument)
	return strings.TrimSuffix(argument, p), p
}

// looseKey is equal for all listings of a directory, with whatever options and by whatever command: one that was
// recorded in another form is better than none. It is empty for what is no listing.
func looseKey(line, directory string) string {
	verb, argument := split(line)
	if verb != "LIST" && verb != "NLST" && verb != "MLSD" {
		return ""
	}
	_, p := listOptions(verb, argument)
	return "any " + key("MLSD "+p, directory)
}

// shown is a line as it may be shown to anybody.
func shown(line string) string {
	if verb, argument := split(line); secret(verb) && argument != "" {
		return verb + " ****"
	}
	return line
}
