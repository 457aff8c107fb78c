package trace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"sync"
	"time"

	"ftpsh/internal/term"
	"ftpsh/internal/wire"
)

// LogOptions say how a log is written.
type LogOptions struct {
	Replace bool   // an existing file
	Append  bool   // go on in an existing file
	Text    string // a file for the same as text, at debug level 3; empty for none
	Redact  bool   // mask host, user, paths and addresses
	Data    bool   // record what data connections carry
	Limit   int64  // of each data connection, bytes; the rest is not recorded
}

// Log writes events into a file, one JSON object a line, each before the next one happens. Its methods may be
// called from any goroutine; closed, as it is at first, it does nothing.
type Log struct {
	program string
	warn    func(error)

	mu      sync.Mutex
	options LogOptions
	file    *os.File // nil when there is no log
	text    *os.File
	written int // events
	cut     int // data connections that carried more than was recorded
	redact  *redactor
	host    string
	user    string
}

// NewLog makes a closed log. The program, with its version, goes into the header. A disk that takes no more
// is told to warn, once, and ends the log.
func NewLog(program string, warn func(error)) *Log { return &Log{program: program, warn: warn} }

// Open begins a log in a file, which must not exist unless the options say otherwise, and is for nobody else
// to read. A log that is open is closed first, if the new one can be opened.
func (l *Log) Open(name string, o LogOptions) error {
	file, err := create(name, o)
	if err != nil {
		return err
	}
	var text *os.File
	if o.Text != "" {
		if text, err = create(o.Text, o); err != nil {
			return errors.Join(err, file.Close())
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	err = l.end()
	l.file, l.text, l.options, l.written, l.cut, l.redact = file, text, o, 0, 0, nil
	if o.Redact {
		l.redact = newRedactor()
		l.redact.know(l.host, l.user)
	}
	header := Header{
		Format: logFormat, Version: logVersion, Program: l.program, System: runtime.GOOS + "/" + runtime.GOARCH,
		Time: time.Now().UTC(), Redact: o.Redact,
	}
	line, encodeErr := encodeLine(header)
	_, writeErr := file.Write(line)
	if encodeErr != nil || writeErr != nil {
		return errors.Join(err, encodeErr, writeErr, l.end())
	}
	return err
}

func create(name string, o LogOptions) (*os.File, error) {
	flags := os.O_RDWR | os.O_CREATE
	switch {
	case o.Append:
		flags |= os.O_APPEND
	case o.Replace:
		flags |= os.O_TRUNC
	default:
		flags |= os.O_EXCL
	}
	file, err := os.OpenFile(name, flags, 0o600)
	if err != nil {
		return nil, err
	}
	if err := prepare(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// prepare takes the rights of others away and ends a line that an earlier session has left in the middle.
func prepare(file *os.File) error {
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	if err := file.Chmod(0o600); err != nil {
		return err
	}
	last := make([]byte, 1)
	if n, _ := file.ReadAt(last, info.Size()-1); n == 0 || last[0] == '\n' {
		return nil
	}
	_, err = file.Write([]byte("\n"))
	return err
}

// Close ends the log. Without one it does nothing.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.end()
}

func (l *Log) end() error {
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	if l.text != nil {
		err = errors.Join(err, l.text.Close())
	}
	l.file, l.text = nil, nil
	return err
}

// LogState is what is being written.
type LogState struct {
	Name   string
	Events int
	Cut    int // data connections that carried more than LogOptions.Limit
	LogOptions
}

// State describes the log; ok is false when there is none.
func (l *Log) State() (state LogState, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return LogState{}, false
	}
	return LogState{l.file.Name(), l.written, l.cut, l.options}, true
}

// SetData switches the recording of what data connections carry, from the next one on.
func (l *Log) SetData(on bool, limit int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.options.Data, l.options.Limit = on, limit
}

// Payload is how many bytes of each data connection the log wants to see.
func (l *Log) Payload() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil || !l.options.Data {
		return 0
	}
	return l.options.Limit
}

// Know tells a redacted log the names that no line shows for what they are.
func (l *Log) Know(host, user string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.host, l.user = host, user
	if l.redact != nil {
		l.redact.know(host, user)
	}
}

// Event writes one event.
func (l *Log) Event(e wire.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return
	}
	if !l.options.Data && e.Kind == wire.DataBegan {
		e.Raw = nil // it is the beginning of what is not to be recorded
	}
	if l.options.Data && e.Kind == wire.DataClosed && e.Data.Bytes > l.options.Limit {
		l.cut++
	}
	if l.redact != nil {
		e = l.redact.event(e)
	}
	if err := l.write(e); err != nil {
		l.warn(fmt.Errorf("the log %s ends here: %w", l.file.Name(), reason(err)))
		_ = l.end() // the first error counts
	}
}

// textLevel is the debug level of a log's text form.
const textLevel = 3

func (l *Log) write(e wire.Event) error {
	line, err := encodeEvent(e)
	if err == nil {
		_, err = l.file.Write(line)
	}
	l.written++
	if err != nil || l.text == nil {
		return err
	}
	var b bytes.Buffer
	_, lines := Render(e, textLevel)
	for _, line := range lines {
		fmt.Fprintln(&b, term.Safe(line))
	}
	_, err = io.Copy(l.text, &b)
	return err
}

// reason is an error without the file's name, which is said already.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
