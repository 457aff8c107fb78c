package shell

import (
	"strconv"
	"strings"

	"ftpsh/commands"
	"ftpsh/remote"
)

// Variable is an environment variable that local programs get.
type Variable struct {
	Name    string
	Meaning string

	value func(*commands.Session) string // empty where there is none
}

// Variables are what local programs learn of the session.
func Variables() []Variable {
	return []Variable{
		{"FTPSH_HOST", "the server, as it was named", ofSite(func(site remote.Site) string { return site.Host })},
		{"FTPSH_PORT", "its port", ofSite(func(site remote.Site) string { return strconv.Itoa(site.Port) })},
		{"FTPSH_USER", "who is logged in there", ofSite(func(site remote.Site) string { return site.User })},
		{"FTPSH_DIR", "the directory on the server", func(s *commands.Session) string { return s.Conn.Dir() }},
		{"FTPSH_LOCAL_DIR", "the local directory, in which they start", func(s *commands.Session) string { return s.Local.Dir() }},
	}
}

// ofSite is something about the server, while there is one.
func ofSite(value func(remote.Site) string) func(*commands.Session) string {
	return func(s *commands.Session) string {
		if !s.Conn.Opened() {
			return ""
		}
		return value(s.Conn.Site())
	}
}

// environment are the variables that have a value now.
func environment(s *commands.Session) (list []string) {
	for _, v := range Variables() {
		if value := v.value(s); value != "" && !strings.Contains(value, "\x00") {
			list = append(list, v.Name+"="+value)
		}
	}
	return list
}
