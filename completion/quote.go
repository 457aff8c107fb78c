package completion

import (
	"strings"

	"ftpsh/internal/lang"
)

// candidate is what a source offers, as it is, without quotes.
type candidate struct {
	before string // the directory that was typed already
	name   string // what is compared with the rest of what was typed
	tail   string // what goes on behind the name: "/" or "="
	more   bool   // the word goes on: neither a quote nor a blank comes behind it
	kind   string
	help   string
}

// item quotes a candidate the way the user began to, at last.
func (at *slot) item(c candidate) Item {
	insert := at.lead + c.before + c.name + c.tail
	if !at.command && at.flags == nil || at.open != 0 {
		insert = lang.Quote(insert, at.open)
	}
	if at.open != 0 && (c.more || at.closed) {
		insert = strings.TrimSuffix(insert, string(at.open))
	}
	if !c.more && at.atEnd {
		insert += " "
	}
	return Item{Insert: insert, Label: c.name + c.tail, Kind: c.kind, Help: c.help}
}
