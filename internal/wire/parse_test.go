package wire

import (
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
