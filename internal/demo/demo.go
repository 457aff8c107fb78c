// Package demo is the FTP server behind "ftpsh demo": in this process, on loopback, on a random port,
// with a random password and a temporary tree worth browsing. The protocol is goftp's; the driver, the
// corrected commands and the listener are here, because a demonstration has to behave like a decent server.
package demo

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"

	"goftp.io/server/v2"
)

// User is the only account of the server.
const User = "demo"

// Options says what server to start. The zero value is a plain server with the demonstration tree.
type Options struct {
	TLS   bool // offer explicit TLS (AUTH TLS), under a certificate made for this server alone
	Empty bool // start with an empty tree
}

// Server is a running demonstration server.
type Server struct {
	password    string
	certificate []byte
	directory   string
	root        *os.Root
	listener    *listener
	served      chan struct{}
}

// Start makes the tree and the password, listens on a free port of 127.0.0.1 and serves until Close.
// Its errors are those of the temporary directory and of the listener.
func Start(options Options) (*Server, error) {
	s := &Server{password: rand.Text(), served: make(chan struct{})}
	if err := s.open(options); err != nil {
		return nil, errors.Join(fmt.Errorf("demo server: %w", err), s.Close())
	}
	return s, nil
}

func (s *Server) open(options Options) error {
	if err := s.makeTree(options.Empty); err != nil {
		return err
	}
	config, err := s.secure(options.TLS)
	if err != nil {
		return err
	}
	ftp, err := s.protocol(config)
	if err != nil {
		return err
	}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.listener = &listener{Listener: tcp, open: map[net.Conn]bool{}}
	go func() {
		defer close(s.served)
		_ = ftp.Serve(s.listener) // ends when the listener is closed, with that error
	}()
	return nil
}

// makeTree creates the temporary directory and, unless it is to be empty, its contents.
func (s *Server) makeTree(empty bool) (err error) {
	if s.directory, err = os.MkdirTemp("", "ftpsh-demo-"); err != nil {
		return err
	}
	if s.root, err = os.OpenRoot(s.directory); err != nil || empty {
		return err
	}
	return plant(s.root)
}

func (s *Server) secure(wanted bool) (*tls.Config, error) {
	if !wanted {
		return nil, nil
	}
	certificate, pem, err := NewCertificate()
	if err != nil {
		return nil, err
	}
	s.certificate = pem
	return &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, nil
}

// protocol returns goftp's server on our driver, ready for Serve.
func (s *Server) protocol(config *tls.Config) (*server.Server, error) {
	files := &driver{root: s.root}
	ftp, err := server.NewServer(&server.Options{
		Commands:       commands(files, config != nil),
		Driver:         files,
		Perm:           files,
		Auth:           &server.SimpleAuth{Name: User, Password: s.password},
		Name:           "ftpsh demo",
		WelcomeMessage: "ftpsh demo server, all of it temporary",
		Hostname:       "127.0.0.1",
		Port:           impossiblePort,
		TLS:            config != nil,
		TLSConfig:      config,
		ExplicitFTPS:   true,
		Logger:         &server.DiscardLogger{},
	})
	if err != nil {
		return nil, err
	}
	// goftp hands its TLS configuration to sessions in ListenAndServe only, and that takes no listener of
	// ours. The port makes it fail after the first and before the second; Serve then takes our listener.
	if err := ftp.ListenAndServe(); err == nil {
		return nil, fmt.Errorf("listening on port %d succeeded", impossiblePort)
	}
	return ftp, nil
}

// impossiblePort is a port that no listener can have.
const impossiblePort = -1

// Addr returns the address of the control port, host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Password returns the password of User.
func (s *Server) Password() string { return s.password }

// Certificate returns the certificate a client has to trust, in PEM; nil when the server has no TLS.
// Its names are localhost, 127.0.0.1 and ::1.
func (s *Server) Certificate() []byte { return s.certificate }

// Directory returns where the served tree lies on this machine's disk.
func (s *Server) Directory() string { return s.directory }

// Close ends the listener and every session, and removes the tree.
func (s *Server) Close() error {
	var errs []error
	if s.listener != nil {
		errs = append(errs, s.listener.Close())
		<-s.served
	}
	if s.root != nil {
		errs = append(errs, s.root.Close())
	}
	if s.directory != "" {
		errs = append(errs, os.RemoveAll(s.directory))
	}
	return errors.Join(errs...)
}
