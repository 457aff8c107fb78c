package config

import (
	"crypto/sha256"
	"crypto/x509"
	"slices"
	"strings"
	"testing"
)

func TestPins(t *testing.T) {
	c := New(environment(), t.TempDir())
	p := c.Pins()
	first, second := PinOf(&x509.Certificate{Raw: []byte("one")}), PinOf(&x509.Certificate{Raw: []byte("two")})
	expect := func(host string, port int, want ...Pin) {
		t.Helper()
		if got, err := p.Lookup(host, port); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s:%d: %v, %v", host, port, got, err)
		}
	}
	add := func(host string, port int, pin Pin) {
		t.Helper()
		if err := p.Add(host, port, pin); err != nil {
			t.Fatal(err)
		}
	}
	expect("h", 21)
	add("h", 21, first)
	add("H.", 21, second)
	add("h", 21, first)
	add("::1", 990, second)
	expect("h", 21, first, second)
	expect("h", 990)
	expect("x.h", 21)
	expect("::1", 990, second)
	if ok, err := p.Accepts("h", 21, &x509.Certificate{Raw: []byte("two")}); !ok || err != nil {
		t.Errorf("accepts: %v, %v", ok, err)
	}
	if ok, _ := p.Accepts("h", 21, &x509.Certificate{Raw: []byte("three")}); ok {
		t.Error("an unknown certificate was accepted")
	}
	if err := p.Remove("h", 21); err != nil {
		t.Fatal(err)
	}
	expect("h", 21)
	expect("::1", 990, second)
	if err := p.Remove("h", 21); err == nil || err.Error() != "no certificate is pinned for h:21" {
		t.Errorf("removed twice: %v", err)
	}
}

func TestPinsFileWrittenByHand(t *testing.T) {
	c := New(environment(), t.TempDir())
	path := c.Paths().inConfig("pins")
	pin := Pin(sha256.Sum256([]byte("one")))
	plain := strings.ToLower(strings.ReplaceAll(pin.String(), ":", ""))
	write(t, path, "# ours\n*:21 "+plain+"\nh:21 "+plain+"\n")
	if got, err := c.Pins().Lookup("h", 21); err != nil || len(got) != 1 || got[0] != pin {
		t.Errorf("got %v, %v", got, err)
	}
	if got, _ := c.Pins().Lookup("other", 21); len(got) != 0 {
		t.Error("a pattern pinned a certificate for every server")
	}
	for _, bad := range []string{"h:21", "h:21 abc", "h:21 " + plain + "00", "h:99999 " + plain, "h:21 " + plain + " x"} {
		write(t, path, "\n"+bad+"\n")
		if _, err := c.Pins().Lookup("h", 21); err == nil || !strings.HasPrefix(err.Error(), path+":2: ") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
