package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"ftpsh/commands"
	"ftpsh/internal/demo"
	"ftpsh/internal/script"
	"ftpsh/internal/term"
	"ftpsh/trace"
)

// replayCommand is ftpsh replay: a server that answers as a recorded one did, for any client.
func replayCommand() subcommand {
	var options script.ReplayOptions
	var certificate string
	return subcommand{
		name:      "replay",
		arguments: "FILE",
		least:     1,
		most:      1,
		short:     "a server that answers as the one in a log did",
		details: `A server that answers as the one in the log FILE did, for any client, until it is interrupted. A command is
found by what it asks for, not by its place; one that was not recorded is refused with 503 and counted at
the end. Any user and password will do. Files and listings have their recorded contents (log --data on),
else something as long. The TLS of a recorded session is left out, unless --tls is given.
A session on such a server, in the same process, is ftpsh --replay FILE.`,
		flags: []flagGroup{{"Server", func(set *pflag.FlagSet) {
			set.StringVar(&options.Listen, "listen", "127.0.0.1:0", "listen on `ADDR:PORT`; port 0 is any that is free")
			set.BoolVar(&options.Timing, "timing", false, "answer as slowly as the recorded server did")
			set.StringVar(&certificate, "tls", "", "play TLS too, with a certificate for localhost that is written to `FILE`")
		}}},
		run: func(arguments []string) (int, error) {
			recording, err := loadRecording(arguments[0])
			if err == nil && certificate != "" {
				options.TLS, err = temporaryTLS(certificate)
			}
			if err != nil {
				return 0, err
			}
			return 0, serveReplay(recording, options)
		},
	}
}

// serveReplay plays a recording until a signal ends it.
func serveReplay(recording script.Recording, options script.ReplayOptions) error {
	server, err := script.StartReplay(recording, options)
	if err != nil {
		return &commands.StateError{Op: "replay", Problem: err.Error(), Status: commands.StatusLocal}
	}
	defer server.Close()
	ended, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	fmt.Println(server.Addr())
	<-ended.Done()
	fmt.Fprint(os.Stderr, unknownCommands(server))
	return nil
}

// unknownCommands is what a replay has to say at its end: nothing if every command was recorded.
func unknownCommands(server *script.Replay) string {
	unknown := server.Unknown()
	if len(unknown) == 0 {
		return ""
	}
	return fmt.Sprintf("replay: commands that were not recorded: %d (%s)\n", len(unknown), term.Safe(strings.Join(unknown, ", ")))
}

// loadRecording reads a log, as far as it goes.
func loadRecording(name string) (script.Recording, error) {
	log, closeLog, err := openLog(name)
	if err != nil {
		return script.Recording{}, err
	}
	defer closeLog()
	recording, err := trace.ReadRecording(log)
	switch {
	case err != nil:
		return recording, unreadable(err)
	case len(recording.Talks) == 0:
		return recording, &commands.StateError{Op: "replay", Problem: name + " has no connection in it", Status: commands.StatusLocal}
	}
	tellCut(log)
	return recording, nil
}

// replaySession is ftpsh --replay: a session on a server that answers as the recorded one did, under TLS if
// that was.
func replaySession(f *flags, dir string) (status int, err error) {
	recording, err := loadRecording(f.replay)
	if err != nil {
		return 0, err
	}
	options := script.ReplayOptions{Timing: f.replayTiming}
	f.settings = append([]string{"tls=" + recording.TLSMode()}, f.settings...)
	if recording.Secure() {
		temporary, err := os.MkdirTemp("", "ftpsh-replay-")
		if err != nil {
			return 0, err
		}
		defer os.RemoveAll(temporary)
		authority := filepath.Join(temporary, "authority.pem")
		if options.TLS, err = temporaryTLS(authority); err != nil {
			return 0, err
		}
		f.settings = append(f.settings, "ca="+authority)
	}
	server, err := script.StartReplay(recording, options)
	if err != nil {
		return 0, &commands.StateError{Op: "replay", Problem: err.Error(), Status: commands.StatusLocal}
	}
	defer server.Close()
	p := &program{flags: f, target: []string{server.Addr()}, dir: dir}
	p.enter(recording)
	status = p.run()
	fmt.Fprint(os.Stderr, unknownCommands(server))
	return status, nil
}

// enter makes the session log in as the recorded one did, with any password. Where the log began after the
// login, anybody may.
func (p *program) enter(recording script.Recording) {
	f := p.flags
	f.noLogin = f.noLogin || recording.User() == "" && recording.Greeted()
	f.user = cmp.Or(f.user, recording.User(), "anonymous")
	p.password = "replayed"
	if recording.Accounted() {
		p.account = p.password
	}
}

// temporaryTLS is TLS with a certificate that nobody has seen before, which is written to a file so that it
// can be trusted.
func temporaryTLS(name string) (*tls.Config, error) {
	certificate, text, err := demo.NewCertificate()
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(name, text, 0o600); err != nil {
		return nil, &commands.LocalError{Op: "replay", Path: name, Err: err}
	}
	return &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, nil
}
