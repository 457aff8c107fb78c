package script

func (c *Conversation) doUser(name string) {
	c.loggedIn = false
	c.user = name
	c.Reply("331 password please")
}

func (c *Conversation) doPass(password string) {
	o := &c.server.options
	switch {
	case c.user == "":
		c.Reply("503 USER first")
	case o.User != "" && (c.user != o.User || password != o.Password):
		c.Reply("530 wrong user or password")
	case o.Account != "":
		c.Reply("332 account please")
	default:
		c.loggedIn = true
		c.Reply("230 logged in")
	}
}

func (c *Conversation) doAcct(account string) {
	switch o := &c.server.options; {
	case o.Account == "":
		c.Reply("202 no account needed")
	case c.user == "" || account != o.Account:
		c.Reply("530 wrong account")
	default:
		c.loggedIn = true
		c.Reply("230 logged in")
	}
}

func (c *Conversation) doRein(string) {
	c.session = session{directory: "/"}
	c.Reply("220 start again")
}

func (c *Conversation) doQuit(string) {
	c.Reply("221 bye")
	c.Close()
}

// doAuth shakes hands behind its 234 and forgets what was learned in clear (RFC 4217 section 4).
func (c *Conversation) doAuth(mechanism string) {
	switch {
	case c.server.options.TLS == nil:
		c.Reply("502 no TLS here")
	case c.secure.Load() != nil:
		c.Reply("503 TLS is on already")
	case mechanism != "TLS" && mechanism != "TLS-C":
		c.Reply("504 only TLS")
	default:
		c.Reply("234 shake hands")
		c.session = session{directory: "/"}
		_ = c.StartTLS() // has ended the conversation
	}
}

func (c *Conversation) doPbsz(size string) {
	switch {
	case c.secure.Load() == nil:
		c.Reply("503 AUTH first")
	case size != "0":
		c.Reply("200 PBSZ=0")
	default:
		c.buffered = true
		c.Reply("200 ok")
	}
}

func (c *Conversation) doProt(level string) {
	switch {
	case !c.buffered:
		c.Reply("503 PBSZ first")
	case level == "P" || level == "C":
		c.protected = level == "P"
		c.Reply("200 ok")
	default:
		c.Reply("536 only P and C")
	}
}
