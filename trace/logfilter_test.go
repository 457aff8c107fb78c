package trace

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/wire"
)

// What belongs to a command comes with it: replies in the order of the commands, its own data connection.
func TestLogFilter(t *testing.T) {
	said := func(conn int, verb, text string) wire.Event {
		return wire.Event{Kind: wire.Sent, Conn: conn, Verb: verb, Text: text}
	}
	replied := func(conn int, verb, text string, took time.Duration) wire.Event {
		return wire.Event{Kind: wire.Received, Conn: conn, Verb: verb, Text: text, Code: int(text[0]-'0') * 100, Last: true, Since: took}
	}
	events := []wire.Event{
		{Kind: wire.Connected, Conn: 1, Text: "127.0.0.1:21", Since: time.Millisecond},
		said(1, "PWD", "PWD"), said(1, "RETR", "RETR a"), said(2, "PWD", "PWD"),
		replied(1, "PWD", "257 one", time.Millisecond),
		replied(2, "PWD", "257 two", time.Second),
		{Kind: wire.DataOpened, Conn: 1, Data: &wire.DataReport{Command: "RETR a"}},
		replied(1, "RETR", "150 go", time.Millisecond),
		replied(1, "RETR", "226 done", 2*time.Second),
		{Kind: wire.DataClosed, Conn: 1, Data: &wire.DataReport{Command: "RETR a"}},
		{Kind: wire.Decision, Text: "so be it"},
	}
	for _, test := range []struct {
		filter LogFilter
		want   []int
	}{
		{LogFilter{}, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
		{LogFilter{Verb: "retr"}, []int{2, 6, 7, 8, 9}},
		{LogFilter{Slow: time.Second}, []int{2, 3, 5, 6, 7, 8, 9}},
		{LogFilter{Verb: "PWD", Slow: 500 * time.Millisecond}, []int{3, 5}},
		{LogFilter{Slow: time.Hour}, nil},
	} {
		var got, want []string
		for _, e := range test.filter.Choose(events) {
			got = append(got, e.Text)
		}
		for _, i := range test.want {
			want = append(want, events[i].Text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%+v chooses %s, want %s", test.filter, strings.Join(got, "; "), strings.Join(want, "; "))
		}
	}
}
