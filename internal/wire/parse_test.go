package wire

import (
	"bufio"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestS14_ParsePASV(t *testing.T) {
	good := map[string]string{
		"Entering Passive Mode (127,0,0,1,10,20).": "127.0.0.1:2580",
		"Entering Passive Mode 10,1,2,3,0,21":      "10.1.2.3:21",
		"=127,0,0,1,4,1":                           "127.0.0.1:1025",
		"(255, 255, 255, 255, 255, 255)":           "255.255.255.255:65535",
	}
	for text, want := range good {
		if got, err := ParsePASV(text); err != nil || got.String() != want {
			t.Errorf("ParsePASV(%q) = %v, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "x )(", "(1,2,3,4,5)", "(1,2,3,4,5,6,7)", "(999,0,0,1,1,1)", "(127,0,0,1,0,0)", "(127,0,0,1,256,1)",
		"(127,0,0,1,-1,1)", "(a,0,0,1,1,1)", "(127,0,0,1,1,1", "(127,0,0,1,00000000000000000001,1)", "(host,1,2)",
	} {
		if got, err := ParsePASV(text); err == nil {
			t.Errorf("ParsePASV(%q) = %v; it must be refused", text, got)
		}
	}
}

func TestS14_ParseEPSV(t *testing.T) {
	for text, want := range map[string]int{"Extended (|||2121|)": 2121, "ok (!!!65535!) x": 65535} {
		if got, err := ParseEPSV(text); err != nil || got != want {
			t.Errorf("ParseEPSV(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "(", "()", "(|||)", "(||||)", "(|||0|)", "(|||70000|)", "(|||-1|)", "(|||12345678901234567890|)", "(|||21", "|||2121|",
		"(||2121|)", "(|1|127.0.0.1|2121|)", "(111211)", "(|||2 1|)", "229 (",
	} {
		if got, err := ParseEPSV(text); err == nil {
			t.Errorf("ParseEPSV(%q) = %d; it must be refused", text, got)
		}
	}
}

func TestS03_ParsePath(t *testing.T) {
	for text, want := range map[string]string{
		`"/" is current`: "/", `"/a""b"`: `/a"b`, `"/a""b" with a "quoted" comment`: `/a"b`, `"C:\x"`: `C:\x`, `"/é"`: "/é",
	} {
		if got, err := ParsePath(text); err != nil || got != want {
			t.Errorf("ParsePath(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
	// D10, D45: the library panics on a lone quote and swallows what follows a doubled one.
	for _, text := range []string{``, `"`, `""`, `"/a`, `/a`, "\"/a\x03\"", "\"/a\rDELE x\"", "\"/a\x7f\"", `"/d "q" is`} {
		if got, err := ParsePath(text); err == nil {
			t.Errorf("ParsePath(%q) = %q; it must be refused", text, got)
		}
	}
}

func TestS15_ParseSizeAndTime(t *testing.T) {
	// D19, D44: other parsers take octal, signs and overflow.
	for text, want := range map[string]int64{"0": 0, "010": 10, "9223372036854775807": 1<<63 - 1, " 5 ": 5} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("ParseSize(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-5", "+7", "0x10", "1_000", "12 bytes", "9223372036854775808", "12345678901234567890", "1e3"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("ParseSize(%q) = %d; it must be refused", text, got)
		}
	}
	when := time.Date(2024, 2, 29, 12, 30, 15, 0, time.UTC)
	for text, want := range map[string]time.Time{"20240229123015": when, "20240229123015.5": when.Add(500 * time.Millisecond)} {
		if got, err := ParseTime(text); err != nil || !got.Equal(want) {
			t.Errorf("ParseTime(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "2024", "20249929123015", "20230229123015", "-0240229123015", "20240229123015.x", "202402291230159"} {
		if got, err := ParseTime(text); err == nil {
			t.Errorf("ParseTime(%q) = %v; it must be refused", text, got)
		}
	}
}

func TestS17_Features(t *testing.T) {
	lines := []string{"Features:", " MDTM", "\tSIZE", "rest STREAM", " mlst Type*;Size*;", "End"}
	f := parseFeatures(Reply{Code: 211, Lines: lines})
	for name, want := range map[string]string{"MDTM": "", "SIZE": "", "REST": "STREAM", "MLST": "Type*;Size*;"} {
		if got, ok := f[name]; !ok || got != want {
			t.Errorf("%s is %q, %v; want %q", name, got, ok, want)
		}
	}
	many := make([]string, 10_000)
	for i := range many {
		many[i] = " X" + strings.Repeat("y", i%500)
	}
	if n := len(parseFeatures(Reply{Code: 211, Lines: many})); n > maxFeatures {
		t.Errorf("%d features are kept", n)
	}
}

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

func TestS01_GateRefusesControls(t *testing.T) {
	for _, verb := range []string{"USER", "PASS", "ACCT", "CWD", "RETR", "STOR", "MKD", "DELE", "RNFR", "SITE", "REST", "MDTM"} {
		for _, c := range []string{"\r", "\n", "\r\n", "\x00", "\x1b", "\x7f", "\x01"} {
			line := verb + " a" + c + "b"
			if err := checkLine(line, false); err == nil {
				t.Errorf("%q may pass", line)
			} else if strings.Contains(err.Error(), "a"+c) {
				t.Errorf("%q: the error repeats it: %v", line, err)
			}
			if err := checkLine(line, true); (err == nil) != (c == "\x1b" || c == "\x7f" || c == "\x01") {
				t.Errorf("%q with controls allowed: %v", line, err)
			}
		}
	}
	if checkLine("", true) == nil {
		t.Error("an empty line may pass")
	}
}

func TestS04_TelnetIAC(t *testing.T) {
	if got := string(encodeLine("RETR a\xffb", false)); got != "RETR a\xff\xffb\r\n" {
		t.Errorf("%q", got)
	}
	if got := string(encodeLine("RETR a\xffb", true)); got != "RETR a\xffb\r\n" {
		t.Errorf("raw: %q", got)
	}
}

func TestS73_SecretsAreMasked(t *testing.T) {
	for line, want := range map[string]string{
		"PASS secret": "PASS ****", "pass secret x": "pass ****", " Acct y": "Acct ****", "USER ann": "USER ann", "PASS": "PASS", "PASSIVE x": "PASSIVE x",
		"PASS\tx": "PASS ****",
	} {
		if got := mask(line); got != want {
			t.Errorf("mask(%q) = %q, want %q", line, got, want)
		}
	}
}

func FuzzReplies(f *testing.F) {
	f.Add("220-a\r\n220 b\r\n")
	f.Add("227 (1,2,3,4,5,6)\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		reply, err := readReply(text)
		if err != nil {
			return
		}
		if reply.Code < 100 || reply.Code > 599 || len(reply.Lines) == 0 {
			t.Errorf("%q reads as %+v", text, reply)
		}
		again, err := readReply(string(reply.bytes()))
		if err != nil || again.Code != reply.Code || len(again.Lines) != len(reply.Lines) {
			t.Errorf("%q rendered as %q reads as %+v, %v", text, reply.bytes(), again, err)
		}
		parseFeatures(reply)
	})
}

func FuzzValues(f *testing.F) {
	for _, text := range []string{`"/a""b"`, "(|||2121|)", "(1,2,3,4,5,6)", "213 5", "20240229123015.5"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if port, err := ParseEPSV(text); err == nil && (port < 1 || port > 65535) {
			t.Errorf("ParseEPSV(%q) = %d", text, port)
		}
		if a, err := ParsePASV(text); err == nil && (a.Port() == 0 || !a.Addr().Is4()) {
			t.Errorf("ParsePASV(%q) = %v", text, a)
		}
		if path, err := ParsePath(text); err == nil && (path == "" || strings.ContainsAny(path, "\r\n\x00")) {
			t.Errorf("ParsePath(%q) = %q", text, path)
		}
		if n, err := ParseSize(text); err == nil && n < 0 {
			t.Errorf("ParseSize(%q) = %d", text, n)
		}
		_, _ = ParseTime(text)
	})
}
