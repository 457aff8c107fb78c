package wire

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// S13: each parser of what a server sends meets whatever a server may send.

func FuzzParseEPSV(f *testing.F) {
	for _, text := range []string{"Extended (|||2121|)", "(!!!1!)", "(|||", "(||||)", "(|||70000|)", "(111211)", "("} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		port, err := ParseEPSV(text)
		if err == nil && (port < 1 || port > 65535 || !strings.Contains(text, "(")) {
			t.Errorf("ParseEPSV(%q) = %d", text, port)
		}
	})
}

func FuzzParsePASV(f *testing.F) {
	for _, text := range []string{"Entering (127,0,0,1,10,20).", "=1,2,3,4,5,6", "x )(", "(1,2,3,4,5)", "(256,0,0,1,1,1)", "(1,2,3,4,0,0)"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParsePASV(text)
		if err == nil && (a.Port() == 0 || !a.Addr().Is4() || strings.Count(text, ",") < 5) {
			t.Errorf("ParsePASV(%q) = %v", text, a)
		}
	})
}

func FuzzParsePath(f *testing.F) {
	for _, text := range []string{`"/" is it`, `"/a""b"`, `"`, `""`, `"/a`, "\"/a\x03\"", `"/d "q" is`, `"""" `} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		path, err := ParsePath(text)
		if err != nil {
			return
		}
		if path == "" || checkLine("CWD "+path, false) != nil {
			t.Errorf("ParsePath(%q) = %q, which cannot be sent back", text, path)
		}
		if again, err := ParsePath(`"` + strings.ReplaceAll(path, `"`, `""`) + `"`); err != nil || again != path {
			t.Errorf("%q, quoted, is %q, %v", path, again, err)
		}
	})
}

func FuzzParseSize(f *testing.F) {
	for _, text := range []string{"0", "010", "-5", "+7", "0x10", "9223372036854775807", "9223372036854775808", " 5 ", "12 bytes"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n, err := ParseSize(text); err == nil && (n < 0 || strings.Trim(strings.TrimSpace(text), "0123456789") != "") {
			t.Errorf("ParseSize(%q) = %d", text, n)
		}
	})
}

func FuzzParseTime(f *testing.F) {
	for _, text := range []string{"20240229123015", "20240229123015.5", "20230229123015", "2024", "-0240229123015", "20240229123015.", "00000101000000"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		when, err := ParseTime(text)
		if err == nil && (when.Location() != time.UTC || !strings.HasPrefix(strings.TrimSpace(text), when.Format("20060102150405"))) {
			t.Errorf("ParseTime(%q) = %v", text, when)
		}
	})
}

func FuzzParseFeatures(f *testing.F) {
	f.Add(" MDTM\n\tSIZE\nrest STREAM\n mlst Type*;\n\n \x00x")
	f.Fuzz(func(t *testing.T, text string) {
		lines := append(append([]string{"begin"}, strings.Split(text, "\n")...), "end")
		features := parseFeatures(Reply{Code: 211, Lines: lines})
		if len(features) > maxFeatures {
			t.Errorf("%d features", len(features))
		}
		for name := range features {
			if name == "" || name != strings.ToUpper(name) || strings.ContainsAny(name, " \n") {
				t.Errorf("%q names %q", text, name)
			}
		}
	})
}

func FuzzReplies(f *testing.F) {
	for _, text := range []string{"220-a\r\n220 b\r\n", "227 (1,2,3,4,5,6)\r\n", "220\r\n", "220-x\n y\n220\n", "\xff\xff 220 x\r\n", "200 \xff\xff\r\n", "199-\r\n199 \r\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		reply, err := readReply(text)
		if err != nil {
			return
		}
		if reply.Code < 100 || reply.Code > 599 || len(reply.Lines) == 0 {
			t.Errorf("%q reads as %+v", text, reply)
		}
		again, err := readReply(strings.ReplaceAll(string(reply.bytes()), "\xff", "\xff\xff"))
		if err != nil || again.Code != reply.Code || len(again.Lines) != len(reply.Lines) || again.more {
			t.Errorf("%q rendered as %q reads as %+v, %v", text, reply.bytes(), again, err)
		}
	})
}

// Whatever a server says, a conversation with it ends, and in time.
func FuzzConversations(f *testing.F) {
	for _, text := range []string{
		"220 hi\r\n200 ok\r\n211-x\r\n SIZE\r\n211 end\r\n", "220 hi\r\n150 a\r\n226 b\r\n227 (\r\n", "220 hi\r\n421 bye\r\n", "120 wait\r\n220 hi\r\n",
		"220-\r\n", "530 no\r\n", "220 hi\r\n200 a\r\n200 b\r\n200 c\r\n", "\x00", "220 hi\r\n229 (|||22|)\r\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ours, theirs := net.Pipe()
		go func() { _, _ = io.Copy(io.Discard, theirs) }()
		go func() { _, _ = io.WriteString(theirs, text); _ = theirs.Close() }()
		limit := 200 * time.Millisecond
		c := &Control{
			opts: Options{TLS: TLSNever, Timeouts: Timeouts{Reply: limit, Connect: limit}.WithDefaults()},
			ctx:  t.Context(), wake: make(chan struct{}, 1), tcp: ours, conn: ours, peer: "127.0.0.1",
		}
		defer c.Close()
		br, err := c.establish("host")
		if err != nil {
			return
		}
		c.start(br)
		for _, line := range []string{"NOOP", "FEAT", "PWD"} {
			if reply, err := c.Do(context.Background(), line); err == nil && (reply.Preliminary() || len(reply.Lines) == 0) {
				t.Errorf("%s is answered %+v", line, reply)
			}
		}
		_, _, _ = c.arrange()
		if err := c.SendAhead("USER x", "PASS y"); err == nil {
			_ = c.SkipAhead(context.Background())
		}
	})
}
