package commands

import (
	"context"
	"path/filepath"

	"ftpsh/internal/lang"
	"ftpsh/remote"
	"ftpsh/transfer"
)

// sending is what the flags of one command say about the uploads that it makes.
type sending struct {
	*Session
	call *Call
	way  []string // flags that belong to the file whatever is done about it, for hints

	dir    string // where files without a typed name go, on the server
	append bool
	resume bool
	ascii  bool
	unique bool // the server makes up the names
	offset int64
	policy transfer.Policy
	asker  transfer.Asker
	manner transfer.Manner
	care   transfer.Care
	region *transfer.Region
}

// sending is an upload as the session's switches have it.
func (s *Session) sending(c *Call) *sending {
	p := &sending{
		Session: s,
		call:    c,
		ascii:   s.Conn.TransferType() == "A",
		policy:  s.defaultPolicy(),
		asker:   s.conflictAsker(),
	}
	if !s.Values().Bool("upload-temp") {
		p.manner = transfer.NewDirectly
	}
	return p
}

// sendingFor adds what the flags say.
func (s *Session) sendingFor(c *Call) (*sending, error) {
	p := s.sending(c)
	policy, given, err := c.policy()
	if err != nil {
		return nil, err
	}
	p.resume = c.gives("c")
	p.unique = c.gives("u") || s.On("sunique") && !given
	if given && !p.resume && !p.unique {
		p.policy = policy
	}
	if c.gives("a") {
		p.ascii, p.way = true, append(p.way, "-a")
	}
	p.dir = c.Value("O")
	if c.gives("direct") {
		p.manner, p.way = transfer.Directly, append(p.way, "--direct")
	}
	if p.care, err = s.care(c); err == nil {
		p.region, err = c.region()
	}
	if err == nil && p.ascii {
		err = c.refuseText()
	}
	return p, err
}

// typed sends a file that was named by a person, who may have named the one on the server too.
func (p *sending) typed(ctx context.Context, local, target string) error {
	if err := refusePipe(p.call.Verb, local, "!"+local[min(1, len(local)):]+" > FILE, then put FILE"); err != nil {
		return err
	}
	if local == "-" {
		return p.sendInput(ctx, target)
	}
	if target == "" {
		return p.send(ctx, local)
	}
	return p.run(ctx, p.upload(local, target))
}

// send sends a file under its own name, as ntrans and nmap change it.
func (p *sending) send(ctx context.Context, local string) error {
	name := p.RemoteName(filepath.Base(p.Local.Abs(local)))
	return p.run(ctx, p.upload(local, remote.Join(p.dir, name)))
}

// sendInput sends what a pipe or a redirection brings.
func (p *sending) sendInput(ctx context.Context, target string) error {
	switch {
	case target == "":
		return usage(p.call.Command, "what comes through a pipe needs a name on the server")
	case p.call.Stdin == nil:
		return &StateError{Op: p.call.Verb, Problem: "-: nothing comes through a pipe", Next: "put " + lang.Operands("-", target) + " < FILE", Status: StatusUsage}
	}
	u := p.upload("-", target)
	u.From, u.Path = p.call.Stdin, ""
	return p.run(ctx, u)
}

func (p *sending) upload(local, target string) transfer.Upload {
	return transfer.Upload{
		Op: p.call.Verb, Way: p.way, Local: local, Path: p.Local.Abs(local), Remote: target,
		Manner: p.manner, Append: p.append, Unique: p.unique, Resume: p.resume, Offset: p.offset,
		Region: p.region, Care: p.care,
		Policy: p.policy, Asker: p.asker,
		ASCII: p.ascii, Preserve: p.On("preserve"),
		Progress: p.progress(),
	}
}

func (p *sending) run(ctx context.Context, u transfer.Upload) error {
	if p.asJob(p.call) {
		_, err := p.runJob(ctx, p.call, &transfer.Several{
			Files: []transfer.Single{{Path: u.Local}},
			Send:  func(transfer.Single) transfer.Upload { return u },
		})
		return err
	}
	result, err := transfer.Put(ctx, p.Conn, u)
	p.tell(result, err)
	return err
}
