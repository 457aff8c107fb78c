package commands

import (
	"context"
	"net"
	"strconv"
	"strings"

	"ftpsh/internal/config"
	"ftpsh/internal/term"
)

// siteFlag makes set and unset speak of one server.
var siteFlag = Flag{Letter: 's', Long: "site", Value: "host", Kind: BookmarkName, Help: "for this server alone, and remembered: host or host:port"}

// settingCommands change what is set.
func settingCommands() []Command {
	return []Command{
		{
			Name:  "set",
			Group: Settings,
			Short: "show or change settings",
			Flags: []Flag{siteFlag},
			Args: []Arg{
				{Name: "name", Kind: SettingName, Optional: true},
				{Name: "value", Kind: SettingValue, Optional: true},
			},
			Details: `Without a value it shows the setting, without a name all of them, each with what
set it. A value holds until the session ends; what is to hold always goes into the
config file. Toggles such as glob and prompt are commands of their own. With - or +
it is the set of shells: set -x shows each command before it runs, set +e lets a
script go on after a failure, set +u allows variables that are not set, set -- A B
gives a script its $1 and $2.`,
			Examples: []string{"set", "set timeout", "set timeout 20s", "set -s ftp.example.com charset latin1"},
			Classic:  true,
			Run:      runSet,
		},
		{
			Name:     "unset",
			Group:    Settings,
			Short:    "take back what set has changed",
			Flags:    []Flag{siteFlag},
			Args:     []Arg{{Name: "name", Kind: SettingName}},
			Examples: []string{"unset timeout", "unset -s ftp.example.com charset"},
			Classic:  true,
			Run:      runUnset,
		},
	}
}

func runSet(_ context.Context, s *Session, c *Call) error {
	values := s.Values()
	host, port, err := c.site()
	if err != nil {
		return err
	}
	if host != "" {
		values = s.Config.At(host, port)
	}
	name := c.Arg("name")
	if name == "" {
		s.showSettings(values.All())
		return nil
	}
	if _, err := config.Find(name); err != nil {
		return misuse(c.Command, err)
	}
	switch {
	case !c.Given("value"):
		s.showSettings([]config.Value{values.Value(name)})
		return nil
	case host != "":
		err = s.Config.Learn(host, port, name, c.Arg("value"))
	default:
		err = s.Config.Set(config.SourceCommand, name, c.Arg("value"))
	}
	if err != nil {
		return misuse(c.Command, err)
	}
	return s.apply(name)
}

func runUnset(_ context.Context, s *Session, c *Call) error {
	host, port, err := c.site()
	if err != nil {
		return err
	}
	name := c.Arg("name")
	if _, err := config.Find(name); err != nil {
		return misuse(c.Command, err)
	}
	if host != "" {
		err = s.Config.Forget(host, port, name)
	} else {
		err = s.Config.Unset(name)
	}
	if err != nil {
		return err
	}
	return s.apply(name)
}

// site is the server that -s names: host, host:port, or an IPv6 address with or without brackets.
func (c *Call) site() (host string, port int, err error) {
	text := c.Value("site")
	if strings.Count(text, ":") != 1 && !strings.HasPrefix(text, "[") {
		return text, 0, nil
	}
	host, digits, err := net.SplitHostPort(text)
	if err == nil {
		port, err = strconv.Atoi(digits)
	}
	if err != nil || host == "" || port < 1 || port > 65535 {
		return "", 0, usage(c.Command, "%q is not host or host:port", text)
	}
	return host, port, nil
}

// showSettings prints settings with their values, and with what set those that are no defaults.
func (s *Session) showSettings(values []config.Value) {
	rows := make([][]string, 0, len(values))
	for _, v := range values {
		source := ""
		if v.Source != config.SourceDefault {
			source = v.Source.String()
		}
		if v.Where != "" {
			source += " (" + v.Where + ")"
		}
		rows = append(rows, []string{v.Setting.Name, term.Safe(v.Shown()), term.Safe(source)})
	}
	s.Print.Table([]term.Column{{Title: "setting"}, {Title: "value"}, {Title: "set by"}}, rows)
}
