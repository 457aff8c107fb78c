package wire

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
)

// Limits on what a server may send as one reply.
const (
	maxReplyLine  = 64 << 10
	maxReplyBytes = 1 << 20
	maxReplyLines = 10_000
)

// Reply is one complete reply of the server (RFC 959 section 4.2).
type Reply struct {
	Code    int
	Lines   []string      // the lines without line ends; the first and the last without their code
	Since   time.Duration // from the command to the last line
	Command string        // that it answers, masked; empty for what nobody asked

	more bool // bytes that follow it had already arrived
}

// Text is the reply in words, its lines joined by newlines. It is foreign text.
func (r Reply) Text() string { return strings.Join(r.Lines, "\n") }

// Class is the first digit of the code: 2 for done, 4 for try again, 5 for no.
func (r Reply) Class() int { return r.Code / 100 }

// Preliminary says that another reply follows.
func (r Reply) Preliminary() bool { return r.Class() == 1 }

// OK says that the command was carried out.
func (r Reply) OK() bool { return r.Class() == 2 }

// bytes renders the reply as the library is to read it: canonical, whatever the server's form.
func (r Reply) bytes() []byte {
	var b bytes.Buffer
	last := len(r.Lines) - 1
	for i, line := range r.Lines {
		switch {
		case i == last:
			fmt.Fprintf(&b, "%03d %s\r\n", r.Code, line)
		case i == 0:
			fmt.Fprintf(&b, "%03d-%s\r\n", r.Code, line)
		default:
			fmt.Fprintf(&b, " %s\r\n", strings.TrimLeft(line, " "))
		}
	}
	return b.Bytes()
}

// replyReader cuts what the server sends into replies.
type replyReader struct {
	br     *bufio.Reader
	rawIAC bool

	// line is called for each line as it arrives, with its end, the code of its reply (0 if there
	// is none) and whether that is complete; it may be nil.
	line func(raw []byte, code int, last bool)
}

// read returns the next reply, or a *ProtocolError when the server does not speak FTP, or the
// error of the connection.
func (r *replyReader) read() (Reply, error) {
	var reply Reply
	size := 0
	for {
		raw, err := r.readLine(maxReplyBytes - size)
		if err != nil {
			return reply, err
		}
		size += len(raw)
		done, err := r.take(&reply, raw)
		if r.line != nil {
			r.line(raw, reply.Code, done)
		}
		if err != nil {
			return reply, err
		}
		if done {
			reply.more = r.br.Buffered() > 0
			return reply, nil
		}
	}
}

// take adds a line as it came to a reply.
func (r *replyReader) take(reply *Reply, raw []byte) (done bool, err error) {
	if bytes.IndexByte(raw, 0) >= 0 {
		return false, &ProtocolError{Problem: "a NUL byte in a reply", Text: string(raw)}
	}
	if len(reply.Lines) >= maxReplyLines {
		return false, &ProtocolError{Problem: fmt.Sprintf("a reply of more than %d lines", maxReplyLines)}
	}
	line := bytes.TrimSuffix(bytes.TrimSuffix(raw, []byte("\n")), []byte("\r"))
	if !r.rawIAC {
		line = bytes.ReplaceAll(line, []byte{0xff, 0xff}, []byte{0xff})
	}
	return reply.add(string(line))
}

// add takes one more line and says whether the reply is complete.
func (r *Reply) add(line string) (done bool, err error) {
	code, sep, text := splitReplyLine(line)
	if len(r.Lines) > 0 {
		if code == r.Code && sep == ' ' {
			r.Lines = append(r.Lines, text)
			return true, nil
		}
		r.Lines = append(r.Lines, strings.TrimPrefix(line, fmt.Sprintf("%03d-", r.Code)))
		return false, nil
	}
	if code < 100 || code > 599 {
		return false, &ProtocolError{Problem: "something that is no FTP reply", Text: line}
	}
	r.Code = code
	r.Lines = append(r.Lines, text)
	return sep == ' ', nil
}

// splitReplyLine takes `220-text` or `220 text` apart. The code is 0 when there is none.
func splitReplyLine(line string) (code int, sep byte, text string) {
	if len(line) < 3 {
		return 0, 0, line
	}
	for _, c := range []byte(line[:3]) {
		if c < '0' || c > '9' {
			return 0, 0, line
		}
		code = code*10 + int(c-'0')
	}
	if len(line) == 3 {
		return code, ' ', ""
	}
	if sep = line[3]; sep != ' ' && sep != '-' {
		return 0, 0, line
	}
	return code, sep, line[4:]
}

// readLine reads up to a line feed, at most limit bytes.
func (r *replyReader) readLine(limit int) ([]byte, error) {
	var line []byte
	for {
		chunk, err := r.br.ReadSlice('\n')
		line = append(line, chunk...)
		if len(line) > maxReplyLine {
			return nil, &ProtocolError{Problem: fmt.Sprintf("a reply line of more than %d KiB", maxReplyLine>>10)}
		}
		if len(line) > limit {
			return nil, &ProtocolError{Problem: fmt.Sprintf("a reply of more than %d MiB", maxReplyBytes>>20)}
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil {
			if err == io.EOF && len(line) > 0 {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		return line, nil
	}
}
