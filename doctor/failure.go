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
	failedOp string     // as package remote names it: get, put, ...
	failed   wire.Reply // the refusal, if it was one
}

// recall notes what the last failure was about, so that the steps look at the same file.
func (x *examination) recall() {
	var operation *remote.Error
	if !errors.As(x.Failure, &operation) {
		return
	}
	x.failedOp = operation.Op
	if operation.Code == 0 {
		return
	}
	x.failed = wire.Reply{Code: operation.Code, Lines: strings.Split(operation.Text, "\n")}
	if x.File == "" && x.failedOp == "get" {
		x.File = operation.Path
	}
}

// repeat tells whether the last failure would happen again, where that can be seen.
func repeat(x *examination, _ context.Context) finding {
	switch {
	case x.Failure == nil:
		return finding{Skip, "nothing has failed"}
	case x.isThere && x.getErr == nil && x.failedOp == "get":
		return finding{Pass, "works now: " + x.Failure.Error()}
	case x.failedOp == "put" && x.Write && x.putErr == nil:
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
	case x.Write, x.failedOp != "put":
		return wire.Reply{}
	}
	return x.failed
}

// sizeInASCIIRefused says that the user asked for a size in ASCII and was refused (RFC 3659 section 4).
func (x *examination) sizeInASCIIRefused() bool {
	return strings.HasPrefix(x.failedOp, "size") && x.failed.Class() == 5 && (x.Type == "A" || says(x.failed, "ascii"))
}

// cutInTransfer says that the control connection broke while a transfer was under way.
func (x *examination) cutInTransfer() bool {
	moves := x.failedOp == "get" || x.failedOp == "put"
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
