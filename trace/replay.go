package trace

import (
	"errors"
	"io"
	"net"
	"strings"

	"ftpsh/internal/script"
	"ftpsh/internal/wire"
)

// ReadRecording makes of a log what [script.StartReplay] can play, as far as the log goes.
func ReadRecording(log *LogReader) (script.Recording, error) {
	b := &builder{talks: map[int]*talk{}}
	for {
		switch entry, err := log.Next(); {
		case errors.Is(err, io.EOF):
			return b.recording(), nil
		case err != nil:
			return script.Recording{}, err
		case entry.Header != nil:
			b.talks = map[int]*talk{} // another session, with connections of its own
		default:
			b.add(entry.Event)
		}
	}
}

// builder puts together what belongs together.
type builder struct {
	all   []*talk       // in the order that they were opened
	talks map[int]*talk // the latest of each connection
}

// talk is one control connection that is being put together.
type talk struct {
	script.Talk
	waiting []int  // the exchanges whose replies are still to come
	partial string // the lines of a reply that is not complete
}

func (b *builder) recording() (r script.Recording) {
	for _, t := range b.all {
		for i := range t.Exchanges {
			if e := &t.Exchanges[i]; e.Data != nil && e.Data.Missing && refusedAtOnce(e.Answers) {
				e.Data = nil
			}
		}
		r.Talks = append(r.Talks, t.Talk)
	}
	return r
}

// refusedAtOnce says that the server refused before it came to the data connection, so that it does not matter
// how far that was.
func refusedAtOnce(answers []script.Answer) bool {
	if len(answers) != 1 {
		return false
	}
	text := answers[0].Text
	return (text[0] == '4' || text[0] == '5') && !strings.HasPrefix(text, "425") && !strings.HasPrefix(text, "426")
}

func (b *builder) open(conn int) *talk {
	t := &talk{}
	b.talks[conn] = t
	b.all = append(b.all, t)
	return t
}

func (b *builder) add(e wire.Event) {
	t := b.talks[e.Conn]
	if e.Kind == wire.Connected || t == nil && isLine(e.Kind) { // a log may have begun in the middle
		t = b.open(e.Conn)
	}
	if t == nil {
		return
	}
	switch e.Kind {
	case wire.Connected:
		t.Peer, _, _ = net.SplitHostPort(e.Text)
	case wire.Secured:
		t.secured()
	case wire.Sent:
		t.waiting = append(t.waiting, len(t.Exchanges))
		t.Exchanges = append(t.Exchanges, script.Exchange{Command: e.Text})
	case wire.Received:
		t.received(e)
	case wire.DataMoved:
		if d := t.data(e); d != nil {
			d.Content = append(d.Content, e.Raw...)
		}
	case wire.DataClosed:
		t.dataClosed(e)
	case wire.Closed:
		t.End = script.ServerLeft
		if e.Text == wire.ClosedByUs {
			t.End = script.ClientLeft
		}
	}
}

func (t *talk) secured() {
	if last := len(t.Exchanges) - 1; last >= 0 {
		t.Exchanges[last].StartTLS = true
		return
	}
	t.Implicit = true
}

// received adds a line of a reply. What nobody asked for is the greeting, or is said behind the latest reply.
func (t *talk) received(e wire.Event) {
	t.partial += string(e.Raw)
	if !e.Last {
		return
	}
	answer := script.Answer{Text: t.partial, Wait: e.Since}
	t.partial = ""
	switch last := len(t.Exchanges) - 1; {
	case e.Verb != "" && len(t.waiting) > 0:
		answers := &t.Exchanges[t.waiting[0]].Answers
		*answers = append(*answers, answer)
		if e.Code >= 200 {
			t.waiting = t.waiting[1:]
		}
	case last < 0:
		t.Greeting = append(t.Greeting, answer)
	case len(t.Exchanges[last].Answers) > 0:
		answers := t.Exchanges[last].Answers
		answers[len(answers)-1].Text += answer.Text
	}
}

// data is the flow that an event is about; nil when its command was not recorded.
func (t *talk) data(e wire.Event) *script.Flow {
	for i := len(t.Exchanges) - 1; i >= 0; i-- {
		exchange := &t.Exchanges[i]
		if exchange.Command != e.Data.Command {
			continue
		}
		if exchange.Data == nil {
			exchange.Data = &script.Flow{}
		}
		return exchange.Data
	}
	return nil
}

func (t *talk) dataClosed(e wire.Event) {
	if d := t.data(e); d != nil {
		d.Missing, d.Upload, d.Length = e.Data.Used == "", e.Data.Upload, e.Data.Bytes
		d.Took, d.Broken = e.Data.Took, e.Data.Err != nil
	}
}
