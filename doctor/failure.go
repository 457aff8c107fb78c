package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"

	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// This file is what failed last in the session: some faults show only in an operation that cannot be tried
// here.

// failFacts is what is known of it.
type failFacts struct {
	failed     wire.Reply // the refusal, if it was one
	failedPath string
}

// The commands that move a file, by direction (RFC 959 section 4.1.3).
var (
	downloads = []string{"RETR"}
	uploads   = []string{"STOR", "APPE", "STOU"}
)

// recall notes what the last failure was about, so that the steps after it look at the same file.
func (x *examination) recall() {
	var refused *remote.Error
	if !errors.As(x.Failure, &refused) || refused.Code == 0 {
		return
	}
	x.failed = wire.Reply{Code: refused.Code, Lines: strings.Split(refused.Text, "\n")}
	x.failedPath = refused.Path
	if x.File == "" && slices.Contains(downloads, x.Verb) {
		x.File = refused.Path
	}
}

// repeat tells whether the last failure would happen again, where that can be seen.
func repeat(x *examination, _ context.Context) finding {
	switch {
	case x.Failure == nil:
		return finding{Skip, "nothing has failed"}
	case x.isThere && x.getErr == nil && slices.Contains(downloads, x.Verb):
		return finding{Pass, "works now: " + x.Failure.Error()}
	case slices.Contains(uploads, x.Verb) && x.Write && x.putErr == nil:
		return finding{Pass, "an upload works now: " + x.Failure.Error()}
	case x.explainsFailure():
		return finding{Fail, x.Failure.Error()}
	}
	return finding{Warn, x.Failure.Error()}
}

// explainsFailure says that one of the causes is about this failure.
func (x *examination) explainsFailure() bool {
	return slices.ContainsFunc(operationCauses(), func(c Cause) bool { return c.holds(x) })
}

// storing is the refusal of an upload: of the one tried here, else of the one that failed in the session.
func (x *examination) storing() wire.Reply {
	switch {
	case x.putErr != nil:
		return refusalIn(x.putErr)
	case x.Write, !slices.Contains(uploads, x.Verb):
		return wire.Reply{}
	}
	return x.failed
}

// sizeInASCIIRefused says that the user asked for a size in ASCII and was refused (RFC 3659 section 4).
func (x *examination) sizeInASCIIRefused() bool {
	return x.Verb == "SIZE" && x.failed.Class() == 5 && (x.Type == "A" || says(x.failed, "ascii"))
}

// cutInTransfer says that the control connection broke while a transfer was under way.
func (x *examination) cutInTransfer() bool {
	moves := slices.Contains(slices.Concat(downloads, uploads), x.Verb)
	return transferLost(x.getErr) || x.anyTrial((*trial).cutOff) || moves && transferLost(x.Failure)
}

// transferLost says that the control connection broke after the command had left.
func transferLost(err error) bool {
	var lost *wire.LostError
	return errors.As(err, &lost) && lost.Sent && lost.Reply.Code == 0
}

// unconfirmed says that a transfer's data came and its final reply never did.
func unconfirmed(err error) bool {
	var timeout *wire.TimeoutError
	var data *wire.DataError
	return errors.As(err, &timeout) && !errors.As(err, &data) && strings.HasPrefix(timeout.Waiting, "a reply")
}
