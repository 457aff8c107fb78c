package commands

import (
	"sync"

	"ftpsh/internal/lang"
)

// LastFailure is the latest failure of a command of the session, for those that find out what it means. Any
// goroutine may use it; the zero value has none.
type LastFailure struct {
	mu  sync.Mutex
	err error
}

// Err is the failure; nil when nothing has failed yet.
func (f *LastFailure) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// note keeps a failure that the server or the network had a part in.
func (f *LastFailure) note(err error) {
	if err == nil || ExitStatus(err) == int(StatusUsage) || as[*ToldError](err) || lang.IsClosedPipe(err) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

// ToldError is a result that counts as a failure to scripts and has been printed: only its status is left to
// tell.
type ToldError struct {
	Words  string
	Status Status
}

func (e *ToldError) Error() string { return e.Words }

// ExitStatus is what the result means to a script.
func (e *ToldError) ExitStatus() int { return int(e.Status) }
