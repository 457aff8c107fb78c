package commands

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"ftpsh/internal/lang"
	"ftpsh/internal/term"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

func openCommand() Command {
	return Command{
		Name:    "open",
		Aliases: []string{"ftp"},
		Group:   Connection,
		Alone:   true,
		Short:   "connect to a server and log in",
		Args: []Arg{
			{Name: "target", Kind: BookmarkName, Ask: "(to) "},
			{Name: "port", Kind: Number, Optional: true},
		},
		Flags: openingFlags,
		Details: `The target is a host, user@host, host:port, user@host:directory, a URL, or a bookmark. ftp:// tries
TLS and asks before a password goes out without it; ftpes:// insists on TLS; ftps:// begins with
TLS, on port 990. The password comes from ~/.netrc or is asked for.`,
		Examples: []string{"open ftp.example.com", "open -a ftp.example.com", "open ftpes://ann@ftp.example.com/pub", "open 192.0.2.7 2121"},
		Classic:  true,
		Run:      runOpen,
	}
}

// openingFlags are what may be said beside a target.
var openingFlags = []Flag{
	{Letter: 'u', Long: "user", Value: "user", Kind: UserName, Help: "log in as this user"},
	{Letter: 'p', Value: "port", Kind: Number, Help: "control port"},
	{Letter: 'a', Long: "anonymous", Help: "log in as anonymous"},
	{Letter: 'n', Long: "no-login", Help: "connect without logging in"},
	{Long: "tls", Value: "mode", Kind: Choice, Choices: []string{"auto", "require", "implicit", "never"}, Help: "how the connection is encrypted"},
}

// opening is what the call says beside its target.
func (c *Call) opening() Opening {
	return Opening{
		Port: int(c.Number("p")), User: c.Value("user"), Anonymous: c.Has("anonymous"), NoLogin: c.Has("no-login"), TLS: c.Value("tls"),
	}
}

func runOpen(ctx context.Context, s *Session, c *Call) error {
	opening := c.opening()
	if !c.Has("p") {
		opening.Port = int(c.Number("port"))
	}
	_, err := s.Open(ctx, c.Arg("target"), opening)
	return err
}

// Opening is what was said beside the target.
type Opening struct {
	Port      int    // 0 where the target or the mode says
	User      string // wins over the one in the target
	Password  string // the same
	Account   string // the same
	Anonymous bool
	NoLogin   bool
	TLS       string // a value of the setting tls; empty for the setting's own
	Network   string // tcp4 or tcp6; empty for either
	Stay      bool   // do not go to the target's path: the caller will look at it
}

// Open connects the session to a target and goes to its directory. The returned target tells the
// path and type that were in it.
func (s *Session) Open(ctx context.Context, text string, o Opening) (remote.Target, error) {
	if s.Conn.Opened() {
		return remote.Target{}, &StateError{Op: "open", Problem: "already connected to " + s.Conn.Site().Host, Next: "close", Status: StatusUsage}
	}
	target, err := s.target(text, o)
	if err != nil {
		return target, err
	}
	if target.Secret {
		s.Print.Warn("a password in a target can be read by others; leave it out and it is asked for")
	}
	s.Timing.Begin("open " + target.Site.Host)
	s.Log.Know(target.Site.Host, target.Site.User)
	if err := s.Conn.Open(ctx, target.Site); err != nil {
		return target, err
	}
	s.announce()
	if target.Path == "" || o.Stay || target.Site.NoLogin {
		return target, nil
	}
	return target, s.Conn.Chdir(ctx, target.Path)
}

// Visit opens what the command line names: a directory becomes the working directory, a file is
// fetched, and then fetched says that this was all. Output is where to, as get -o has it.
func (s *Session) Visit(ctx context.Context, text string, o Opening, output string) (fetched bool, err error) {
	o.Stay = true
	defer func() { s.Failed.note(err) }()
	target, err := s.Open(ctx, text, o)
	if err != nil || o.NoLogin {
		return false, err
	}
	if target.Path != "" {
		err = s.Conn.Chdir(ctx, target.Path)
	}
	if err == nil && output != "" {
		return true, &StateError{Op: "-o " + output, Problem: "the target names no file to fetch"}
	}
	if err == nil || strings.HasSuffix(target.Path, "/") || !refusedAs(err, 550, 501, 553) {
		return false, err
	}
	words := []Word{lang.Plain("get")}
	if output != "" {
		words = append(words, lang.Plain("-o"), lang.Plain(output))
	}
	if target.Type == "A" {
		words = append(words, lang.Plain("-a"))
	}
	call, err := s.Table.Parse(append(words, lang.Plain("--"), lang.Plain(target.Path)))
	if err != nil {
		return true, err
	}
	return true, s.Run(ctx, call)
}

// target works out where to go: a bookmark, then what the target says, then the flags, then the
// settings that hold at that site.
func (s *Session) target(text string, o Opening) (remote.Target, error) {
	bookmark, found, err := s.Config.Bookmarks().Find(text)
	if err != nil {
		return remote.Target{}, fmt.Errorf("bookmark %s: %w", text, err)
	}
	if found {
		text = bookmark.URL
	}
	t, err := remote.ParseTarget(text)
	if err != nil {
		return t, &TargetError{Problem: err.Error()}
	}
	if o.Port != 0 {
		t.Site.Port = o.Port
	}
	if o.Port < 0 || o.Port > 65535 {
		return t, &TargetError{Problem: fmt.Sprintf("port %d is not between 1 and 65535", o.Port)}
	}
	switch {
	case o.Anonymous:
		t.Site.User, t.Site.Password = "anonymous", ""
	case o.User != "":
		t.Site.User = o.User
	}
	if o.Password != "" {
		t.Site.Password = o.Password
	}
	if o.Account != "" {
		t.Site.Account = o.Account
	}
	t.Site.NoLogin = o.NoLogin || s.NoLogin && t.Site.User == ""
	return t, s.configure(&t, o)
}

// configure gives the site the settings that hold there.
func (s *Session) configure(t *remote.Target, o Opening) error {
	values := s.Config.At(t.Site.Host, t.Site.Port)
	if !t.Explicit || o.TLS != "" {
		mode := o.TLS
		if mode == "" {
			mode = values.Text("tls")
		}
		var err error
		if t.Site.TLS, err = remote.ParseTLSMode(mode); err != nil {
			return &TargetError{Problem: err.Error()}
		}
	}
	options, err := remote.Configure(values)
	if err != nil {
		return &SettingError{Err: err}
	}
	options.Network = o.Network
	t.Site.Options = options
	return nil
}

// renewing are the settings that a connection is made with: a change takes a new one.
var renewing = []string{"tls", "tls-min", "tls-max", "verify", "ca", "cert", "key", "bind", "proxy"}

// Reapply makes a setting that was changed hold for the open session.
func (s *Session) Reapply(setting string) error {
	if !s.Conn.Opened() {
		return nil
	}
	options, err := remote.Configure(s.Values())
	if err != nil {
		return &SettingError{Err: err}
	}
	mode, err := remote.ParseTLSMode(s.Values().Text("tls"))
	if err != nil {
		return &SettingError{Err: err}
	}
	renew := slices.Contains(renewing, setting)
	if renew {
		s.Print.Note("the next command opens the connection again, with %s as it is now", setting)
	}
	return s.Conn.Reconfigure(options, mode, renew)
}

// TargetError is a place to go that cannot be understood.
type TargetError struct{ Problem string }

func (e *TargetError) Error() string { return "open: " + e.Problem }

// Hint shows the forms that can.
func (e *TargetError) Hint() string {
	return "open HOST, user@host:port, ftp://host/path, or a bookmark"
}

// ExitStatus is that of a line that was not understood.
func (e *TargetError) ExitStatus() int { return int(StatusUsage) }

// announce tells where we are now.
func (s *Session) announce() {
	if text := s.Conn.Welcome(); text != "" && s.Interactive {
		fmt.Fprint(s.Print.Err(), term.Lines("| ", text))
	}
	if !s.Interactive {
		return
	}
	if s.Conn.LoggedIn() {
		s.Print.Note("logged in as %s; %s", s.Conn.Site().User, s.protection())
		return
	}
	s.Print.Note("connected; %s", s.protection())
}

// Hooks lets a connection ask and tell through the session.
func (s *Session) Hooks() remote.Hooks {
	return remote.Hooks{
		Observe:      s.observe,
		Payload:      s.Log.Payload,
		Note:         func(text string) { s.Print.Note("%s", text) },
		Credentials:  s.credentials,
		Account:      s.askAccount,
		ConfirmClear: s.confirmClear,
		Certificate:  s.judgeCertificate,
		Accepted:     s.accepted,
		Learned:      s.learned,
	}
}

// credentials fills in what the target left open: netrc, then questions.
func (s *Session) credentials(ctx context.Context, site *remote.Site) error {
	if err := s.fromNetrc(site); err != nil {
		return err
	}
	if site.User == "" && s.AtLogin != nil {
		user, err := s.AtLogin.Line(ctx, fmt.Sprintf("user at %s (anonymous): ", term.Safe(site.Host)))
		if err != nil {
			return err
		}
		site.User = strings.TrimSpace(user)
	}
	if site.User == "" {
		site.User = "anonymous"
	}
	switch {
	case site.Password != "":
		return nil
	case site.User == "anonymous" || site.User == "ftp":
		site.Password = s.Config.At(site.Host, site.Port).Text("anonymous-password")
		return nil
	case s.AtLogin == nil:
		return &StateError{Op: "login", Problem: "there is no password for " + site.User + " at " + site.Host, Next: "add it to ~/.netrc, or run ftpsh on a terminal to be asked", Status: StatusLogin}
	}
	password, err := s.AtLogin.Secret(ctx, fmt.Sprintf("password of %s at %s: ", term.Safe(site.User), term.Safe(site.Host)))
	site.Password = password
	return err
}

// fromNetrc fills in what ~/.netrc knows. A netrc that cannot be trusted is passed over with a word, but
// where nobody can be asked it is not taken for a wish to be anonymous.
func (s *Session) fromNetrc(site *remote.Site) error {
	login, found, warnings := s.Netrc.Lookup(site.Host, site.User)
	if len(warnings) > 0 && !found && site.User == "" && s.AtLogin == nil {
		return &StateError{Op: "login", Problem: warnings[0].Error(), Next: cmp.Or(ownHint(warnings[0]), "open -a logs in as anonymous"), Status: StatusLocal}
	}
	for _, warning := range warnings {
		s.Print.Warn("%v", warning)
	}
	if !found {
		return nil
	}
	site.User = login.User
	if site.Password == "" {
		site.Password = login.Password
	}
	if site.Account == "" {
		site.Account = login.Account
	}
	return nil
}

func (s *Session) askAccount(ctx context.Context, site *remote.Site) (string, error) {
	if s.AtLogin == nil {
		return "", &StateError{Problem: "the server wants an account", Next: "add it to ~/.netrc, or run ftpsh on a terminal to be asked", Status: StatusLogin}
	}
	return s.AtLogin.Secret(ctx, fmt.Sprintf("account of %s at %s: ", term.Safe(site.User), term.Safe(site.Host)))
}

func (s *Session) confirmClear(ctx context.Context, site *remote.Site) (bool, error) {
	if s.AtLogin == nil {
		return false, nil
	}
	return s.AtLogin.Confirm(ctx, fmt.Sprintf("the connection to %s is not encrypted: send the password all the same?", term.Safe(site.Host)))
}

var trustChoices = []choice{
	{'N', "no", "do not connect"},
	{'o', "once", "for this connection, and those of this session that replace it"},
	{'a', "always", "for this host from now on; another certificate will be asked about again"},
}

// judgeCertificate shows a certificate that proves nothing and lets a person decide.
func (s *Session) judgeCertificate(ctx context.Context, site *remote.Site, problem *wire.CertificateError) (remote.Trust, error) {
	if s.AtLogin == nil {
		return remote.TrustNo, nil
	}
	s.Print.Warn("%s: %v", site.Host, problem)
	s.showChain(problem.Chain)
	key, err := s.choose(ctx, s.AtLogin, "trust it?", trustChoices)
	switch {
	case err != nil:
		return remote.TrustNo, err
	case key == 'o':
		return remote.TrustOnce, nil
	case key == 'a':
		return remote.TrustAlways, s.pin(site, problem)
	}
	return remote.TrustNo, nil
}
