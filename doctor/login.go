package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// loginFacts is what came of the login.
type loginFacts struct {
	loginErr error
	denied   wire.Reply // the reply that refused it, if one did

	noCredentials error // why there was nothing to log in with
	accountWanted bool  // the server said 332
	claimsUTF8    bool
}

// login opens the connection that all further steps use, exactly as a session does.
func login(x *examination, ctx context.Context) finding {
	if x.Site.NoLogin {
		return finding{Skip, "not asked for"}
	}
	x.loginErr = x.conn.Open(ctx, x.Site)
	if x.loginErr != nil {
		x.denied = refusalIn(x.loginErr)
		x.accountWanted = x.observed.heard(332)
		return finding{Fail, x.loginErr.Error()}
	}
	x.stage, x.claimsUTF8 = admitted, x.conn.Features().Has("UTF8")
	words := "as " + x.conn.Site().User
	if !x.conn.Secure() {
		words += ", in clear"
	}
	if x.Dir == "" || x.Dir == x.conn.Dir() {
		return finding{Pass, words}
	}
	if err := x.conn.Chdir(ctx, x.Dir); err != nil {
		return finding{Warn, words + "; " + err.Error()}
	}
	return finding{Pass, words}
}

// credentials asks for what is missing, and remembers that there is nobody who could tell.
func (x *examination) credentials(ctx context.Context, site *remote.Site) error {
	if x.Hooks.Credentials == nil {
		return nil
	}
	x.noCredentials = x.Hooks.Credentials(ctx, site)
	return x.noCredentials
}

// refusalIn is the reply that an error is about.
func refusalIn(err error) wire.Reply {
	var login *remote.LoginError
	var greeting *wire.GreetingError
	var lost *wire.LostError
	var secure *wire.TLSError
	var refused *remote.Error
	switch {
	case errors.As(err, &login):
		return login.Reply
	case errors.As(err, &greeting):
		return greeting.Reply
	case errors.As(err, &lost):
		return lost.Reply
	case errors.As(err, &secure):
		return secure.Reply
	case errors.As(err, &refused) && refused.Code != 0:
		return wire.Reply{Code: refused.Code, Lines: []string{refused.Text}}
	}
	return wire.Reply{}
}

// says reports whether a reply has one of the words, in any case.
func says(r wire.Reply, words ...string) bool {
	text := strings.ToLower(r.Text())
	for _, word := range words {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// quoted is a reply as a sentence names it.
func quoted(r wire.Reply) string {
	return fmt.Sprintf("%q", fmt.Sprintf("%d %s", r.Code, lastLine(r.Text())))
}

// crowded says that the server has no room for another connection.
func crowded(r wire.Reply) bool {
	return r.Code == 421 || r.Code == 530 && says(r, "too many", "maximum", "limit", "already logged in")
}
