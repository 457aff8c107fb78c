package demo

import (
	"maps"

	"goftp.io/server/v2"
)

// commands returns goftp's commands with the corrections that a client's user would otherwise stumble on.
func commands(files *driver, secure bool) map[string]server.Command {
	table := maps.Clone(server.DefaultCommands())
	delete(table, "LPRT") // crashes before the first data connection, and nobody misses it

	table["SIZE"] = existing{Command: table["SIZE"], files: files, plain: true, feature: true}
	table["MDTM"] = existing{Command: table["MDTM"], files: files, feature: true}
	table["RETR"] = existing{Command: table["RETR"], files: files, plain: true}
	table["STAT"] = existing{Command: table["STAT"], files: files}
	table["RMD"] = removeDirectory{Command: table["RMD"], files: files}
	table["XRMD"] = table["RMD"]
	if secure {
		table["PORT"] = refused{Command: table["PORT"], why: "no active mode under TLS, use EPSV or PASV"}
		table["EPRT"] = refused{Command: table["EPRT"], why: "no active mode under TLS, use EPSV"}
	}
	for verb, command := range table {
		table[verb] = answering{command}
	}
	// FEAT prints the keys of the table, and no line can name this one (RFC 3659 section 5.3).
	table["REST STREAM"] = refused{Command: table["REST"], feature: true}
	return table
}

// answering is a command that replies even when goftp's handler panics, which it does on short arguments
// and on a transfer without a data connection; goftp itself would leave the client waiting.
type answering struct{ server.Command }

func (a answering) Execute(s *server.Session, argument string) {
	defer func() {
		if recover() != nil {
			s.WriteMessage(501, "wrong argument, or no data connection")
		}
	}()
	a.Command.Execute(s, argument)
}

// existing is a command on something that must be there, or else it is answered 550. goftp answers
// 450 or 551, and for SIZE and STAT prints on standard error.
type existing struct {
	server.Command
	files   *driver
	plain   bool // it must be a plain file
	feature bool // FEAT names it (RFC 3659 sections 3.3 and 4.3); goftp forgets to
}

func (e existing) IsExtend() bool { return e.feature }

func (e existing) Execute(s *server.Session, argument string) {
	if argument == "" {
		e.Command.Execute(s, argument)
		return
	}
	info, err := e.files.Stat(nil, s.BuildPath(argument))
	switch {
	case err != nil:
		s.WriteMessage(550, argument+": "+err.Error())
	case e.plain && !info.Mode().IsRegular():
		s.WriteMessage(550, argument+": not a plain file")
	default:
		e.Command.Execute(s, argument)
	}
}

// removeDirectory is RMD. goftp's own changes the working directory as well.
type removeDirectory struct {
	server.Command
	files *driver
}

func (r removeDirectory) Execute(s *server.Session, argument string) {
	if err := r.files.DeleteDir(nil, s.BuildPath(argument)); err != nil {
		s.WriteMessage(550, argument+": "+err.Error())
		return
	}
	s.WriteMessage(250, "directory removed")
}

// refused is a command that this server does not carry out: an active data connection of goftp's
// is in clear whatever PROT said.
type refused struct {
	server.Command
	why     string
	feature bool
}

func (r refused) IsExtend() bool                      { return r.feature }
func (r refused) Execute(s *server.Session, _ string) { s.WriteMessage(502, r.why) }
