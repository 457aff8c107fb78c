package doctor

import (
	"fmt"
	"strings"
)

// reachCauses keep one from an FTP server at all.
var reachCauses = []Cause{
	{
		Slug: "unresolved-name", Meaning: "the name of the server has no address",
		holds:    func(x *examination) bool { return x.unresolved != nil },
		sentence: func(x *examination) string { return x.Site.Host + " has no address: " + resolverWords(x.unresolved) },
		cure:     always("check the spelling of the name; an address in its place does without DNS"),
	},
	{
		Slug: "port-closed", Meaning: "nothing listens at the control port",
		holds: func(x *examination) bool { return x.stage == resolved && len(x.refused) > 0 },
		sentence: func(x *examination) string {
			return "nothing listens at " + x.refused[0] + ": the connection is refused"
		},
		cure: always("check the port (open HOST PORT); if it is right, the FTP service is not running: ask the administrator to start it"),
	},
	{
		Slug: "port-filtered", Meaning: "no answer comes from the control port: a firewall swallows the connection, or the machine is off",
		holds: func(x *examination) bool { return x.stage == resolved && len(x.silent) > 0 },
		sentence: func(x *examination) string {
			return fmt.Sprintf("%s does not answer within %v: a firewall swallows the connection, or the machine is off", x.silent[0], x.Site.Options.Timeouts.Connect)
		},
		cure: always("check the host and the port; ask the administrator, or that of your own network, to let the control port through"),
	},
	{
		Slug: "unreachable", Meaning: "there is no way to the server from here",
		holds:    func(x *examination) bool { return x.stage == resolved && len(x.noWay) > 0 },
		sentence: func(x *examination) string { return "there is no way to " + x.noWay[0] },
		cure:     always("check the network of this machine; -4 and -6 choose the family of addresses"),
	},
	{
		Slug: "tls-first", Meaning: "the server begins with TLS (implicit), and clear text was expected",
		holds: func(x *examination) bool { return x.speaks == "TLS" },
		sentence: func(x *examination) string {
			return "the server waits for TLS before it says a word: it does implicit TLS"
		},
		cure: func(x *examination) string { return "--tls=implicit, or open ftps://" + x.address() },
	},
	{
		Slug: "clear-first", Meaning: "the server greets in clear, and TLS from the first byte (implicit) was expected",
		holds:    func(x *examination) bool { return x.speaks == clearFTP },
		sentence: func(x *examination) string { return "the server greets in clear where TLS was to come first" },
		cure:     func(x *examination) string { return "--tls=require, or open ftpes://" + x.address() },
	},
	{
		Slug: "not-ftp", Meaning: "a server of another protocol answers at the port",
		holds:    func(x *examination) bool { return x.speaks != "" },
		sentence: func(x *examination) string { return x.speaks + " is spoken at " + x.address() + ", not FTP" },
		cure:     func(x *examination) string { return instead(x.speaks) },
	},
	{
		Slug: "not-ready", Meaning: "the server greets with a refusal",
		holds: func(x *examination) bool { return x.notReady && !crowded(x.greeting) },
		sentence: func(x *examination) string {
			return "the server is there and does not want to be used: " + quoted(x.greeting)
		},
		cure: always("try again later, or ask the administrator whether your address is allowed"),
	},
	{
		Slug: "hung-up", Meaning: "the server closes each connection without a greeting",
		holds:    func(x *examination) bool { return x.hungUp },
		sentence: func(x *examination) string { return x.address() + " closes the connection without a greeting" },
		cure:     always("ask the administrator whether your address is banned (fail2ban, hosts.deny) or the service has crashed"),
	},
	{
		Slug: "no-greeting", Meaning: "the server takes the connection and says nothing",
		holds: func(x *examination) bool { return x.mute },
		sentence: func(x *examination) string {
			return fmt.Sprintf("%s takes the connection and says nothing for %v", x.address(), x.Site.Options.Timeouts.Reply)
		},
		cure: always("try a longer --timeout; then ask the administrator: the service hangs, or a firewall in between keeps its words back"),
	},
}

// address is the control port as a target has it.
func (x *examination) address() string {
	host := x.Site.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return fmt.Sprintf("%s:%d", host, x.controlPort())
}

// instead is what is good for a protocol that is not ours.
func instead(protocol string) string {
	switch protocol {
	case "SSH":
		return "sftp speaks that; for FTP, find the right port (open HOST PORT)"
	case "HTTP":
		return "a browser or curl speaks that; for FTP, find the right port (open HOST PORT)"
	}
	return "find the port of the FTP service (open HOST PORT)"
}
