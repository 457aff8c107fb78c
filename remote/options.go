package remote

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"

	"ftpsh/internal/config"
	"ftpsh/internal/term"
	"ftpsh/internal/wire"
)

// Configure makes the options of a connection from the settings that hold at its site. Errors
// name the setting whose value cannot be used.
func Configure(v config.Values) (Options, error) {
	security, err := configureTLS(v)
	if err != nil {
		return Options{}, err
	}
	o := Options{
		Bind:        parseAddr(v.Text("bind")),
		TLSConfig:   security,
		Insecure:    !v.Bool("verify"),
		Timeouts:    configureTimeouts(v),
		Data:        configureData(v),
		RawIAC:      !v.Bool("telnet-iac"),
		Retries:     v.Int("retries"),
		Connections: v.Int("max-connections"),
		Charset:     v.Text("charset"),
		Location:    v.Zone(),
		LockStep:    !v.Bool("pipelining"),
		AllowClear:  v.Bool("allow-clear"),
		NoMLSD:      !v.Bool("mlsd"),
		MaxEntries:  v.Int("max-list-entries"),
		LimitRate:   configureRate(v),
	}
	if text := v.Text("proxy"); text != "" {
		if o.Proxy, err = url.Parse(text); err != nil {
			return Options{}, errors.New("proxy: not a URL")
		}
	}
	return o, nil
}

// configureRate reads a rate; off is 0.
func configureRate(v config.Values) int64 {
	rate, _ := term.ParseSize(v.Text("limit-rate"))
	return rate
}

func configureTimeouts(v config.Values) wire.Timeouts {
	return wire.Timeouts{
		Connect: v.Duration("connect-timeout"),
		TLS:     v.Duration("tls-timeout"),
		Reply:   v.Duration("reply-timeout"),
		Data:    v.Duration("data-timeout"),
		Final:   v.Duration("final-timeout"),
	}
}

func configureData(v config.Values) wire.DataOptions {
	low, high := v.ActivePorts()
	return wire.DataOptions{
		Active:        !v.Bool("passive"),
		Classic:       !v.Bool("epsv"),
		ActivePorts:   [2]int{int(low), int(high)},
		ActiveAddress: parseAddr(v.Text("active-address")),
		LowPorts:      v.Bool("low-ports"),
		MustResume:    v.Bool("require-resume"),
	}
}

// parseAddr reads an address that the setting has already checked; none is the zero value.
func parseAddr(text string) netip.Addr {
	addr, _ := netip.ParseAddr(text)
	return addr
}

var tlsVersions = map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

// configureTLS reads the certificates that the settings name.
func configureTLS(v config.Values) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tlsVersions[v.Text("tls-min")], MaxVersion: tlsVersions[v.Text("tls-max")]}
	if c.MinVersion > c.MaxVersion {
		return nil, fmt.Errorf("tls-min %s is above tls-max %s", v.Text("tls-min"), v.Text("tls-max"))
	}
	if file := v.Text("ca"); file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("ca: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca: %s holds no certificate in PEM form", file)
		}
	}
	certificate, key := v.Text("cert"), v.Text("key")
	if key == "" {
		key = certificate
	}
	if certificate != "" {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return nil, fmt.Errorf("cert: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}
