package script

import (
	"slices"
	"strings"
)

// verb is what the server does by default for one command.
type verb struct {
	play    Handler
	open    bool   // allowed before login
	feature string // the line of FEAT that announces it, empty for none (RFC 2389)
}

// verbs is every command of the decent server, with its old name where it has one (RFC 1123 section 4.1.3.1).
// It is a function because HELP and FEAT read it: a variable would be initialised in a circle.
func verbs() map[string]verb {
	return map[string]verb{
		"USER": {play: (*Conversation).doUser, open: true},
		"PASS": {play: (*Conversation).doPass, open: true},
		"ACCT": {play: (*Conversation).doAcct, open: true},
		"REIN": {play: (*Conversation).doRein, open: true},
		"QUIT": {play: (*Conversation).doQuit, open: true},
		"AUTH": {play: (*Conversation).doAuth, open: true, feature: "AUTH TLS"},
		"PBSZ": {play: (*Conversation).doPbsz, open: true, feature: "PBSZ"},
		"PROT": {play: (*Conversation).doProt, open: true, feature: "PROT"},

		"FEAT": {play: (*Conversation).doFeat, open: true},
		"HELP": {play: (*Conversation).doHelp, open: true},
		"SYST": {play: reply("215 UNIX Type: L8"), open: true},
		"NOOP": {play: reply("200 still here"), open: true},
		"OPTS": {play: (*Conversation).doOpts, open: true, feature: "UTF8"},
		"CLNT": {play: reply("200 noted"), open: true, feature: "CLNT"},
		"SITE": {play: (*Conversation).doSite},
		"STAT": {play: (*Conversation).doStat},
		"TYPE": {play: (*Conversation).doType},
		"MODE": {play: only("S")},
		"STRU": {play: only("F")},
		"ALLO": {play: reply("202 no storage to allocate")},

		"PWD":  {play: (*Conversation).doPwd},
		"XPWD": {play: (*Conversation).doPwd},
		"CWD":  {play: (*Conversation).doCwd},
		"XCWD": {play: (*Conversation).doCwd},
		"CDUP": {play: (*Conversation).doCdup},
		"XCUP": {play: (*Conversation).doCdup},
		"MKD":  {play: (*Conversation).doMkd},
		"XMKD": {play: (*Conversation).doMkd},
		"RMD":  {play: (*Conversation).doRmd},
		"XRMD": {play: (*Conversation).doRmd},
		"DELE": {play: (*Conversation).doDele},
		"RNFR": {play: (*Conversation).doRnfr},
		"RNTO": {play: (*Conversation).doRnto},
		"SIZE": {play: (*Conversation).doSize, feature: "SIZE"},
		"MDTM": {play: (*Conversation).doMdtm, feature: "MDTM"},
		"MFMT": {play: (*Conversation).doMfmt, feature: "MFMT"},
		"MLST": {play: (*Conversation).doMlst, feature: "MLST type*;size*;modify*;perm*;unique*;"},

		"EPSV": {play: (*Conversation).doEpsv, feature: "EPSV"},
		"PASV": {play: (*Conversation).doPasv},
		"EPRT": {play: (*Conversation).doEprt, feature: "EPRT"},
		"PORT": {play: (*Conversation).doPort},
		"REST": {play: (*Conversation).doRest, feature: "REST STREAM"},
		"LIST": {play: (*Conversation).doList},
		"NLST": {play: (*Conversation).doNlst},
		"MLSD": {play: (*Conversation).doMlsd},
		"RETR": {play: (*Conversation).doRetr},
		"STOR": {play: (*Conversation).doStor},
		"APPE": {play: (*Conversation).doAppe},
		"STOU": {play: (*Conversation).doStou},
		"ABOR": {play: reply("226 nothing left to abort")},
	}
}

// Default does with a command what the server would have done without the script.
func (c *Conversation) Default(name, argument string) {
	v, known := verbs()[name]
	switch {
	case !known:
		c.Reply("500 unknown command")
	case !v.open && !c.loggedIn:
		c.Reply("530 log in first")
	default:
		v.play(c, argument)
	}
}

func reply(lines ...string) Handler {
	return func(c *Conversation, _ string) { c.Reply(lines...) }
}

// only accepts the one value that anybody uses.
func only(value string) Handler {
	return func(c *Conversation, argument string) {
		if strings.EqualFold(argument, value) {
			c.Reply("200 ok")
			return
		}
		c.Reply("504 only " + value)
	}
}

func (c *Conversation) doFeat(string) {
	var lines []string
	for _, v := range verbs() {
		if v.feature != "" && (c.server.options.TLS != nil || !isSecurity(v.feature)) {
			lines = append(lines, " "+v.feature)
		}
	}
	slices.Sort(lines)
	c.Reply(slices.Concat([]string{"211-features"}, lines, []string{"211 end"})...)
}

func isSecurity(feature string) bool {
	return feature == "AUTH TLS" || feature == "PBSZ" || feature == "PROT"
}

func (c *Conversation) doHelp(string) {
	var names []string
	for name := range verbs() {
		names = append(names, name)
	}
	slices.Sort(names)
	c.Reply("214-commands", " "+strings.Join(names, " "), "214 end")
}

func (c *Conversation) doOpts(argument string) {
	if strings.EqualFold(argument, "UTF8 ON") {
		c.Reply("200 ok")
		return
	}
	c.Reply("501 unknown option")
}

// doSite knows CHMOD, without effect, and HELP.
func (c *Conversation) doSite(argument string) {
	switch name, rest := split(argument); name {
	case "HELP":
		c.Reply("214 CHMOD HELP")
	case "CHMOD":
		_, p, _ := strings.Cut(rest, " ")
		if _, ok := c.server.Tree.Get(c.path(p)); !ok {
			c.fail(p, errMissing)
			return
		}
		c.Reply("200 mode changed")
	default:
		c.Reply("504 unknown SITE command")
	}
}

// doType knows ASCII and image, "L 8" being the same as image on machines of our time.
func (c *Conversation) doType(argument string) {
	switch strings.ToUpper(argument) {
	case "A", "A N":
		c.ascii = true
	case "I", "L 8":
		c.ascii = false
	default:
		c.Reply("504 unknown type")
		return
	}
	c.Reply("200 type is " + strings.ToUpper(argument))
}

func (c *Conversation) doStat(argument string) {
	if argument == "" {
		c.Reply("211-script server", " user "+c.text(c.user), " directory "+c.text(c.directory), "211 end")
		return
	}
	lines, err := c.listing(withoutOptions(argument), longLine)
	if err != nil {
		c.fail(argument, err)
		return
	}
	c.Reply(slices.Concat([]string{"213-status"}, lines, []string{"213 end"})...)
}
