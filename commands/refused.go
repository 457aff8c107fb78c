package commands

import "context"

// refusals are commands of other programs that are not offered, each with the reason and with what
// to use instead.
var refusals = []struct{ name, reason, instead string }{
	{"ccc", "the control connection stays encrypted: in clear, commands could be read and changed on their way", "prot c leaves data connections in clear, where a server insists on that"},
	{"macdef", "there are no macros", "alias NAME 'LINE', or a function: NAME() { first; second; }"},
	{"$", "there are no macros", "alias NAME 'LINE', or a function: NAME() { first; second; }"},
	{"proxy", "there is one server at a time", "get the file here, open the other server, put it there"},
	{"fxcp", "servers are never told to connect to one another: that is how they are abused", "get the file here, open the other server, put it there"},
	{"gate", "gateways that speak FTP are not known", "set proxy socks5://host:port"},
	{"sendport", "the port of a data connection is always announced", "passive on, or set active-ports 50000-50100"},
	{"tick", "there is no byte counter", "progress, or hash"},
}

// refusedCommands answer for the commands that are not offered.
func refusedCommands() (all []Command) {
	for _, r := range refusals {
		all = append(all, Command{
			Name:   r.name,
			Group:  Scripting,
			Short:  "not offered: " + r.reason,
			Args:   []Arg{{Name: "words", Optional: true, Many: true}},
			Hidden: true,
			Raw:    true,
			Run: func(context.Context, *Session, *Call) error {
				return &StateError{Op: r.name, Problem: r.reason, Next: r.instead, Status: StatusUsage}
			},
		})
	}
	return all
}
