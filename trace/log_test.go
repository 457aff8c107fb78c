package trace

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/wire"
)

// everything is an event with all that there can be: a field that is added to Event and not to the log fails
// the test.
func everything(t *testing.T, kind wire.EventKind) wire.Event {
	t.Helper()
	leaf, err := x509.ParseCertificate(ftptest.Certificates(t).Good.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	state := &tls.ConnectionState{
		Version: tls.VersionTLS13, CipherSuite: tls.TLS_AES_128_GCM_SHA256, CurveID: tls.X25519, DidResume: true,
		PeerCertificates: []*x509.Certificate{leaf},
	}
	data := *state
	data.PeerCertificates = nil
	e := wire.Event{
		Time: time.Date(2026, 11, 28, 1, 2, 3, 456789012, time.UTC), Conn: 2, Kind: kind, Text: "550 no \xff", Verb: "RETR", Code: 550, Last: true,
		Raw: []byte("550 no \xff\n"), Since: 12345678, TLS: state,
		Data: &wire.DataReport{
			Command: "RETR b\xe9", Mode: "EPSV", Announced: "port 1", Used: "127.0.0.1:1", TLS: &data, Upload: true,
			Connect: 1, Handshake: 2, First: 3, Took: time.Hour, Bytes: 5, Err: errors.New("broken"),
		},
	}
	if kind == wire.Secured {
		e.Trust = wire.Pinned
	}
	for _, v := range []any{e, *e.Data} {
		value := reflect.ValueOf(v)
		for i := range value.NumField() {
			if name := value.Type().Field(i).Name; value.Field(i).IsZero() && name != "Kind" && name != "Trust" {
				t.Errorf("the test leaves %s empty", name)
			}
		}
	}
	return e
}

func TestEventsSurviveTheLog(t *testing.T) {
	for kind := wire.Sent; kind <= wire.Decision; kind++ {
		want := everything(t, kind)
		line, err := encodeEvent(want)
		if err != nil {
			t.Fatal(err)
		}
		got, known, err := decodeEvent(line)
		if err != nil || !known || !reflect.DeepEqual(got, want) {
			t.Errorf("%v came back as\n%+v %v, want\n%+v\nfrom %s", kind, got, err, want, line)
		}
		for level := range MaxLevel + 1 {
			role, lines := Render(got, level)
			wantRole, wantLines := Render(want, level)
			if role != wantRole || !reflect.DeepEqual(lines, wantLines) {
				t.Errorf("%v at level %d reads %q, want %q", kind, level, lines, wantLines)
			}
		}
	}
}

// written is the log of events, as text.
func written(t *testing.T, o LogOptions, events ...wire.Event) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log")
	l := NewLog("ftpsh test", func(err error) { t.Error(err) })
	if err := l.Open(path, o); err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		l.Event(e)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// read reads a log to its end.
func read(text string) (headers []Header, events []wire.Event, cut string, err error) {
	r := NewLogReader(strings.NewReader(text), "log")
	headers, events, err = r.All()
	return headers, events, r.Cut(), err
}

// A log that is cut off at any byte reads up to there, with one note unless it was cut between two lines.
func TestLogCutOffAnywhereReads(t *testing.T) {
	whole := written(t, LogOptions{Data: true}, events[0], events[3], everything(t, wire.Secured), events[7])
	for at := range len(whole) + 1 {
		headers, got, cut, err := read(whole[:at])
		lines := strings.Count(whole[:at], "\n")
		between := at > 0 && whole[at-1] == '\n'
		switch {
		case err != nil:
			t.Fatalf("cut at %d: %v", at, err)
		case len(headers)+len(got) != lines:
			t.Fatalf("cut at %d: %d events of %d lines", at, len(got), lines)
		case (cut == "") != between:
			t.Fatalf("cut at %d: noted as %q", at, cut)
		}
	}
}

// A log that was cut off and then gone on with has a broken line in the middle.
func TestLogGoesOnBehindABrokenLine(t *testing.T) {
	whole := written(t, LogOptions{}, events...)
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte(whole[:len(whole)-20]), 0o644); err != nil {
		t.Fatal(err)
	}
	l := NewLog("ftpsh test", func(err error) { t.Error(err) })
	if err := l.Open(path, LogOptions{Append: true}); err != nil {
		t.Fatal(err)
	}
	l.Event(events[0])
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	headers, got, cut, err := read(string(text))
	if len(headers) != 2 || len(got) != len(events) || cut == "" || err != nil {
		t.Errorf("%d sessions, %d events, noted %q, %v", len(headers), len(got), cut, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestLogRefusesWhatIsNoLog(t *testing.T) {
	whole := written(t, LogOptions{}, events...)
	header, rest, _ := strings.Cut(whole, "\n")
	for name, text := range map[string]string{
		"another file":     "hello\nworld\n",
		"a short file":     "hello",
		"no header":        rest,
		"a broken middle":  strings.Replace(whole, `{"time"`, `"time"`, 1),
		"a later version":  strings.Replace(header, `"version":1`, `"version":2`, 1) + "\n" + rest,
		"a line too long":  header + "\n" + strings.Repeat("x", longestLine+1),
		"no handshake":     header + "\n" + `{"time":"2026-11-28T00:00:00Z","event":"secured"}` + "\n" + rest,
		"no data":          header + "\n" + `{"time":"2026-11-28T00:00:00Z","event":"data-closed"}` + "\n" + rest,
		"bad certificates": header + "\n" + `{"time":"2026-11-28T00:00:00Z","event":"secured","tls":{"certificates":["AAAA"]}}` + "\n" + rest,
	} {
		var bad *LogError
		if _, _, _, err := read(text); !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A later ftpsh may add kinds of events and fields.
func TestLogPassesOverWhatIsNew(t *testing.T) {
	whole := written(t, LogOptions{}, events[0])
	_, got, cut, err := read(whole + `{"time":"2026-11-28T00:00:00Z","event":"teleported"}` + "\n" + `{"time":"2026-11-28T00:00:00Z","event":"sent","text":"NOOP","mood":"good"}` + "\n")
	if len(got) != 2 || got[1].Text != "NOOP" || string(got[1].Raw) != "NOOP\r\n" || cut != "" || err != nil {
		t.Errorf("%+v %q %v", got, cut, err)
	}
}

func TestLogIsForNobodyElseAndReplacesNothingUnasked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l := NewLog("ftpsh test", func(err error) { t.Error(err) })
	if err := l.Open(path, LogOptions{}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := l.Open(path, LogOptions{}); !errors.Is(err, os.ErrExist) {
		t.Errorf("again: %v", err)
	}
	l.Event(events[0])
	if state, ok := l.State(); !ok || state.Events != 1 || state.Name != path {
		t.Errorf("the first log has ended: %+v", state)
	}
	if err := l.Open(path, LogOptions{Replace: true}); err != nil {
		t.Fatal(err)
	}
	if state, ok := l.State(); !ok || state.Events != 0 {
		t.Errorf("replaced: %+v", state)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// Contents are recorded only when that was asked for, the beginning that debug 4 shows included.
func TestLogHasNoContentsUnasked(t *testing.T) {
	e := wire.Event{Kind: wire.DataBegan, Raw: []byte("the contents"), Data: &wire.DataReport{}}
	if text := written(t, LogOptions{}, e); strings.Contains(text, "contents") {
		t.Errorf("not asked for:\n%s", text)
	}
	if text := written(t, LogOptions{Data: true}, e); !strings.Contains(text, "the contents") {
		t.Errorf("asked for:\n%s", text)
	}
}

func TestLogAsText(t *testing.T) {
	dir := t.TempDir()
	l := NewLog("ftpsh test", func(err error) { t.Error(err) })
	text := filepath.Join(dir, "text")
	if err := l.Open(filepath.Join(dir, "log"), LogOptions{Text: text}); err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		l.Event(e)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(text)
	if want := play(textLevel, false); err != nil || string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A disk that takes no more ends the log with one word; the session goes on.
func TestLogOnAFullDisk(t *testing.T) {
	var complaints []string
	l := NewLog("ftpsh test", func(err error) { complaints = append(complaints, err.Error()) })
	if err := l.Open(filepath.Join(t.TempDir(), "log"), LogOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := l.file.Close(); err != nil { // as good as full
		t.Fatal(err)
	}
	l.Event(events[0])
	l.Event(events[1])
	if _, on := l.State(); on || len(complaints) != 1 {
		t.Errorf("told %q", complaints)
	}
}

func FuzzLog(f *testing.F) {
	f.Add([]byte(`{"format":"ftpsh-log","version":1}` + "\n" + `{"event":"received","text":{"base64":"/w=="},"ms":1.5}` + "\n"))
	f.Add([]byte(`{"format":"ftpsh-log","version":1}` + "\n" + `{"event":"data-closed","data":{"error":"x"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, events, _, _ := read(string(text))
		for _, e := range events {
			line, err := encodeEvent(e)
			if err != nil {
				return // a year beyond 9999, an infinite time
			}
			if again, _, err := decodeEvent(line); err != nil || !bytes.Equal(again.Raw, e.Raw) || again.Text != e.Text {
				t.Errorf("%+v came back as %+v, %v", e, again, err)
			}
			for level := range MaxLevel + 1 {
				Render(e, level)
			}
		}
	})
}
