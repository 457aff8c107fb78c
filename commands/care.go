package commands

import (
	"fmt"
	"strings"

	"ftpsh/internal/term"
	"ftpsh/remote"
	"ftpsh/transfer"
)

// Flags about what a transfer does beyond moving.
var (
	limitRate    = Flag{Long: "limit-rate", Value: "rate", Kind: Number, Help: "at most so many bytes a second: 500k, 20M"}
	withChecksum = Flag{Long: "verify", Help: "compare the server's checksum, too; refused where it offers none"}
	removeSource = Flag{Long: "remove-source", Help: "remove each file at its source once it is verified"}
)

// moved are flags with those of a job that moves files behind them.
func moved(own ...Flag) []Flag { return append(joined(own...), limitRate, withChecksum, removeSource) }

// care is what the flags say about files beyond moving them.
func (s *Session) care(c *Call) (transfer.Care, error) {
	care := transfer.Care{
		Verify:       c.gives("verify"),
		RemoveSource: c.gives("remove-source") || c.gives("Remove-source-files"),
	}
	if care.Verify && !s.Conn.OffersChecksum() {
		return care, &StateError{
			Op: c.Verb, Problem: "--verify: " + remote.ErrNoChecksum.Error(),
			Next: c.Verb + " without --verify compares sizes", Status: StatusIncomplete,
		}
	}
	return care, nil
}

// refuseText refuses flags that do not go with an ASCII transfer, which changes the bytes.
func (c *Call) refuseText() error {
	for _, f := range []struct{ flag, why string }{
		{"continue", "an ASCII transfer cannot go on from the middle"},
		{"range", "an ASCII transfer has no ranges of bytes"},
		{"verify", "an ASCII transfer changes what a checksum is of"},
	} {
		if c.gives(f.flag) {
			refused := usage(c.Command, "--%s: %s", f.flag, f.why)
			refused.hint = "binary"
			return refused
		}
	}
	return nil
}

// region is the piece of a file that --range names; nil for all of it.
func (c *Call) region() (*transfer.Region, error) {
	if !c.gives("range") {
		return nil, nil
	}
	text := c.Value("range")
	r, err := readRegion(text)
	switch {
	case err != nil:
		return nil, usage(c.Command, "--range: %v", err)
	case c.isRecursive():
		return nil, usage(c.Command, "--range is about one file, and -r about many")
	}
	return r, nil
}

// readRegion reads A-B, A- or -N, as curl has them.
func readRegion(text string) (*transfer.Region, error) {
	first, last, isRange := strings.Cut(text, "-")
	a, errA := term.ParseSize(first)
	b, errB := term.ParseSize(last)
	switch {
	case !isRange, first+last == "", first != "" && errA != nil, last != "" && errB != nil:
		return nil, fmt.Errorf("%q is no range such as 0-499, 500- or -500", text)
	case first == "" && b > 0:
		return &transfer.Region{First: -b, Last: -1}, nil
	case first != "" && last == "":
		return &transfer.Region{First: a, Last: -1}, nil
	case first == "", b < a:
		return nil, fmt.Errorf("nothing is in the range %s", text)
	}
	return &transfer.Region{First: a, Last: b}, nil
}
