package script_test

import (
	"net"
	"testing"

	"ftpsh/internal/script"
)

// In active mode a third party can come first. Only Linux has all of 127.0.0.0/8 without being told.
func TestActiveFromAnotherAddress(t *testing.T) {
	srv, c := connect(t, script.Options{})
	srv.On("LIST", func(c *script.Conversation, _ string) {
		c.Source = "127.0.0.2"
		c.Default("LIST", "")
	})
	c.Arrange = "EPRT"
	data := c.Begin("LIST")
	if host, _, _ := net.SplitHostPort(data.RemoteAddr().String()); host != "127.0.0.2" {
		t.Errorf("came from %s", host)
	}
}
