package commands

import "context"

// namingCommands set how files are named and counted on their way.
func namingCommands() []Command {
	return []Command{
		{
			Name:  "hash",
			Group: Settings,
			Short: toggleNamed("hash").Help,
			Args:  []Arg{{Name: "size", Kind: Number, Choices: []string{"on", "off"}, Optional: true}},
			Details: `A size sets how many bytes a mark stands for, and turns the marks on. Hash marks
and progress exclude each other.`,
			Examples: []string{"hash", "hash 64k", "hash off"},
			Classic:  true,
			Run:      runHash,
		},
		{
			Name:  "ntrans",
			Group: Settings,
			Short: "replace characters in the names of files",
			Args: []Arg{
				{Name: "characters", Optional: true},
				{Name: "replacements", Optional: true},
			},
			Details: `Each of the characters becomes the replacement in the same place; those without
one are dropped. It holds for names that are not typed: get and mget name the file
on this machine so, put and mput the one on the server. Without arguments names
are left alone again.`,
			Examples: []string{"ntrans ' :' __", "ntrans"},
			Classic:  true,
			Run:      runNTrans,
		},
		{
			Name:  "nmap",
			Group: Settings,
			Short: "make the names of files from a template",
			Args: []Arg{
				{Name: "in", Optional: true},
				{Name: "out", Optional: true},
			},
			Details: `In the first template $1 to $9 take what stands between its other characters;
the second one puts the parts together, with $0 for the whole name and [a,b] for a,
or b where a is empty. Quote the templates: $ and [ mean something on a line.
After case and ntrans, and before runique. Without arguments names are left alone
again.`,
			Examples: []string{"nmap '$1.$2' '$2.$1'", "nmap '$1.$2.$3' '[$1,$2].[$2,file]'", "nmap"},
			Classic:  true,
			Run:      runNMap,
		},
	}
}

func runHash(_ context.Context, s *Session, c *Call) error {
	on := !s.On("hash")
	switch size := c.Arg("size"); size {
	case "":
	case "on", "off":
		on = size == "on"
	default:
		if c.Number("size") == 0 {
			return usage(c.Command, "size: a mark stands for one byte at least")
		}
		on = true
		s.Toggles.mu.Lock()
		s.Toggles.hashSize = c.Number("size")
		s.Toggles.mu.Unlock()
	}
	if err := s.Switch("hash", on); err != nil {
		return err
	}
	if on {
		s.Print.Note("%s: on (%d bytes each)", toggleNamed("hash").Meaning, s.Toggles.HashSize())
		return nil
	}
	s.tellToggle("hash")
	return nil
}

func runNTrans(_ context.Context, s *Session, c *Call) error {
	in, out := c.Arg("characters"), c.Arg("replacements")
	s.Toggles.mu.Lock()
	s.Toggles.naming.TransIn, s.Toggles.naming.TransOut = in, out
	s.Toggles.mu.Unlock()
	if in == "" {
		s.Print.Note("characters in names: left alone")
		return nil
	}
	s.Print.Note("characters in names: %s become %s", in, out)
	return nil
}

func runNMap(_ context.Context, s *Session, c *Call) error {
	in, out := c.Arg("in"), c.Arg("out")
	if in != "" && out == "" {
		return usage(c.Command, "missing out")
	}
	s.Toggles.mu.Lock()
	s.Toggles.naming.MapIn, s.Toggles.naming.MapOut = in, out
	s.Toggles.mu.Unlock()
	if in == "" {
		s.Print.Note("templates of names: none")
		return nil
	}
	s.Print.Note("templates of names: %s becomes %s", in, out)
	return nil
}

// LocalName is the name that a download gets on this machine when none was typed, as case, ntrans
// and nmap have it. Base is the last part of the remote name; the result is not checked to be
// safe, nor to be free.
func (s *Session) LocalName(base string) string { return MapName(s.Naming(), base) }

// RemoteName is the name that an upload gets on the server when none was typed: as ntrans and nmap
// have it, but never case.
func (s *Session) RemoteName(base string) string {
	n := s.Naming()
	n.Case = false
	return MapName(n, base)
}

// Naming is what case, ntrans and nmap have set.
func (s *Session) Naming() Naming {
	lower := s.On("case")
	s.Toggles.mu.Lock()
	defer s.Toggles.mu.Unlock()
	n := s.Toggles.naming
	n.Case = lower
	return n
}
