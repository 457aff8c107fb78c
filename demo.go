package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"ftpsh/commands"
	"ftpsh/internal/demo"
)

// runDemo is ftpsh demo: a server in this process and a session on it, in a temporary directory
// so that what is fetched does not litter the one that it was started from.
func runDemo(args []string) int {
	f, err := parseFlags(args)
	if err == nil && len(f.arguments) > 0 {
		err = &flagError{errors.New("demo takes no target")}
	}
	if err != nil {
		return refuse(err)
	}
	if f.help {
		fmt.Print(usageText())
		return 0
	}
	status, err := demonstrate(f)
	if err != nil {
		fmt.Fprintf(os.Stderr, "ftpsh: demo: %v\n", err)
		return int(commands.StatusLocal)
	}
	return status
}

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
	if f.script != "" && f.script != "-" {
		if f.script, err = filepath.Abs(f.script); err != nil {
			return 0, err
		}
	}
	if err := os.Chdir(dir); err != nil {
		return 0, err
	}
	f.arguments, f.user = []string{server.Addr()}, demo.User
	p := &program{flags: f, password: server.Password()}
	return p.run(), nil
}
