package wire

import (
	"bufio"
	"errors"
	"strings"
	"testing"
)

// readReply reads one reply from text.
func readReply(text string) (Reply, error) {
	r := &replyReader{br: bufio.NewReader(strings.NewReader(text))}
	return r.read()
}

func TestReplies(t *testing.T) {
	for text, want := range map[string]Reply{
		"220 hi\r\n":                           {Code: 220, Lines: []string{"hi"}},
		"220 hi\n":                             {Code: 220, Lines: []string{"hi"}},
		"213\r\n":                              {Code: 213, Lines: []string{""}},
		"211-a\r\n b\r\n211 c\r\n":             {Code: 211, Lines: []string{"a", " b", "c"}},
		"211-a\r\n211-b\r\n220 x\r\n211 c\r\n": {Code: 211, Lines: []string{"a", "b", "220 x", "c"}},
		"257 \"a\xff\xffb\"\r\n":               {Code: 257, Lines: []string{"\"a\xffb\""}},
	} {
		got, err := readReply(text)
		if err != nil || got.Code != want.Code || strings.Join(got.Lines, "|") != strings.Join(want.Lines, "|") {
			t.Errorf("%q reads as %+v, %v; want %+v", text, got, err, want)
		}
	}
}

func TestS10_S11_RepliesAreBounded(t *testing.T) {
	for name, text := range map[string]string{
		"a long line":    "220 " + strings.Repeat("x", 10<<20) + "\r\n",
		"no end":         "220-" + strings.Repeat("x\r\n", 400_000),
		"too many bytes": "220-" + strings.Repeat(strings.Repeat("y", 60_000)+"\r\n", 20),
		"a NUL":          "230 ok\x00\r\n",
		"HTTP":           "HTTP/1.1 400 Bad Request\r\n",
		"SSH":            "SSH-2.0-OpenSSH\r\n",
		"S83: 633":       "633 protected\r\n",
		"a low code":     "099 x\r\n",
		"no separator":   "220x\r\n",
	} {
		_, err := readReply(text)
		var protocol *ProtocolError
		if !errors.As(err, &protocol) {
			t.Errorf("%s: %v; want a protocol error", name, err)
		} else if len(err.Error()) > 500 {
			t.Errorf("%s: the message has %d bytes", name, len(err.Error()))
		}
	}
}
