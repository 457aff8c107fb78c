package doctor

import (
	"fmt"

	"ftpsh/internal/wire"
)

// loginCauses keep one out of a server that is there.
var loginCauses = []Cause{
	{
		Slug: "no-password", Meaning: "there is no password to log in with, and nobody to ask",
		holds: func(x *examination) bool { return x.noCredentials != nil },
		sentence: func(x *examination) string {
			return "nothing behind the login could be looked at: " + x.noCredentials.Error()
		},
		cure: always("add it to ~/.netrc, or run diagnose on a terminal to be asked"),
	},
	{
		Slug: "account-wanted", Meaning: "the server wants an account beside the password (332)",
		holds:    func(x *examination) bool { return x.loginErr != nil && x.accountWanted },
		sentence: func(x *examination) string { return "the server wants an account beside user and password (332)" },
		cure:     always("add account NAME to the machine's entry in ~/.netrc, or run it on a terminal to be asked"),
	},
	{
		Slug: "tls-demanded", Meaning: "the server lets nobody log in without TLS",
		holds: func(x *examination) bool {
			return x.loginErr != nil && x.session == nil && says(x.denied, "tls", "ssl", "encrypt", "cleartext", "clear text")
		},
		sentence: func(x *examination) string { return "the server takes no login without TLS: " + quoted(x.denied) },
		cure:     func(x *examination) string { return "--tls=require, or open ftpes://" + x.address() },
	},
	{
		Slug: "too-many-connections", Meaning: "the server takes no more connections, or none more from here",
		holds: func(x *examination) bool { return crowded(x.turnedAway()) },
		sentence: func(x *examination) string {
			return "the server takes no further connection: " + quoted(x.turnedAway())
		},
		cure: always("close what you have open there, wait, and open again; fewer connections at once help"),
	},
	{
		Slug: "prot-refused", Meaning: "the server refuses to encrypt data connections (PROT P)",
		holds:    func(x *examination) bool { return x.denied.Code != 0 && isA[*wire.TLSError](x.loginErr) },
		sentence: func(x *examination) string { return "the server refuses to encrypt data (PROT P): " + quoted(x.denied) },
		cure:     always("ask the administrator to allow PROT P; --tls=never does without encryption, where that is good enough"),
	},
	{
		Slug: "login-refused", Meaning: "the server refuses the user or the password",
		holds: func(x *examination) bool { return x.loginErr != nil && x.denied.Class() >= 4 },
		sentence: func(x *examination) string {
			return fmt.Sprintf("the server refuses the login as %s: %s", x.conn.Site().User, quoted(x.denied))
		},
		cure: always("check user and password (user NAME tries again); many servers give the same answer to an account that is locked"),
	},
	{
		Slug: "login-stalls", Meaning: "the server stops answering during the login",
		holds: func(x *examination) bool { return x.loginErr != nil && isTimeout(x.loginErr) },
		sentence: func(x *examination) string {
			return "the server stops answering during the login: " + x.loginErr.Error()
		},
		cure: always("--timeout waits longer; a server that looks up your name in DNS, or a directory of users that is down, is the administrator's to mend"),
	},
	{
		Slug: "login-cut", Meaning: "the connection breaks during the login",
		holds:    func(x *examination) bool { return isA[*wire.LostError](x.loginErr) },
		sentence: func(x *examination) string { return "the connection breaks during the login: " + x.loginErr.Error() },
		cure:     always("set pipelining off helps with servers that cannot bear commands sent ahead; else the server's log tells why"),
	},
}

// turnedAway is the reply that kept us out, at the door or at the login.
func (x *examination) turnedAway() wire.Reply {
	if x.notReady {
		return x.greeting
	}
	return x.denied
}
