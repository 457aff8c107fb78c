package main

import (
	"os"
	"path/filepath"
	"slices"

	"ftpsh/commands"
	"ftpsh/internal/demo"
)

// demoCommand is ftpsh demo: a server in this process and a session on it.
func demoCommand() subcommand {
	f := &flags{}
	return subcommand{
		name:  "demo",
		short: "a server in this process, and a session on it",
		details: `A server in this process, and a session on it: to try ftpsh without a server of one's own. It listens on
loopback; its files, and the local directory of the session, are temporary. With --tls=require it speaks
TLS.`,
		flags: []flagGroup{f.source(), f.connection(), f.behaviour()},
		check: f.check,
		run: func([]string) (int, error) {
			status, err := demonstrate(f)
			if err != nil {
				return 0, &commands.StateError{Op: "demo", Problem: err.Error(), Status: commands.StatusLocal}
			}
			return status, nil
		},
	}
}

// demonstrate runs the session in a directory of its own, so that what is fetched does not litter the one
// that it was started from.
func demonstrate(f *flags) (status int, err error) {
	encrypted := slices.Contains(f.settings, "tls=require")
	server, err := demo.Start(demo.Options{TLS: encrypted})
	if err != nil {
		return 0, err
	}
	defer server.Close()
	dir, err := os.MkdirTemp("", "ftpsh-demo-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if encrypted {
		authority := filepath.Join(dir, ".authority.pem")
		if err := os.WriteFile(authority, server.Certificate(), 0o600); err != nil {
			return 0, err
		}
		f.settings = append(f.settings, "ca="+authority)
	}
	f.user = demo.User
	p := &program{flags: f, target: []string{server.Addr()}, dir: dir, password: server.Password()}
	return p.run(), nil
}
