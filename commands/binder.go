package commands

import (
	"slices"
	"strings"
)

// Binder sorts the words of a line into the flags and the arguments of its command, one word at a
// time. [Table.Parse] and completion share it, so that TAB offers what will be accepted.
type Binder struct {
	command *Command
	verb    string
	pending *Flag // waits for its value, which is the next word
	spelled string
	ended   bool // no flags from here on
	words   []Word
	flags   map[*Flag][]string
}

// NewBinder starts a line of the command.
func NewBinder(command *Command) *Binder {
	return &Binder{command: command, verb: command.Name, flags: map[*Flag][]string{}}
}

// as keeps the name that the command was called by.
func (b *Binder) as(word string) *Binder {
	if slices.Contains(b.command.Names(), word) {
		b.verb = word
	}
	return b
}

// Add takes the next word. A word that does not fit is a [UsageError] and changes nothing.
func (b *Binder) Add(w Word) error {
	switch {
	case b.pending != nil:
		b.set(b.pending, w.Text)
		b.pending = nil
	case b.ended || len(w.Text) < 2 || w.Text[0] != '-':
		b.words = append(b.words, w)
		b.ended = b.ended || b.command.Raw
	case w.Text == "--":
		b.ended = true
	case strings.HasPrefix(w.Text, "--"):
		return b.long(w.Text)
	default:
		return b.letters(w.Text)
	}
	return nil
}

func (b *Binder) addAll(words []Word) error {
	for _, w := range words {
		if err := b.Add(w); err != nil {
			return err
		}
	}
	return nil
}

func (b *Binder) set(f *Flag, value string) { b.flags[f] = append(b.flags[f], value) }

// long takes --name, or --name=value.
func (b *Binder) long(text string) error {
	name, value, attached := strings.Cut(text[2:], "=")
	f := b.command.flag(name)
	switch {
	case f == nil || f.Long != name:
		return b.undeclared("--" + name)
	case f.Value == "" && attached:
		return usage(b.command, "--%s takes no value", name)
	case f.Value == "" || attached:
		b.set(f, value)
	default:
		b.pending, b.spelled = f, text
	}
	return nil
}

// letters takes -a, several in one word, and a value glued to the last: -la, -ofile.
func (b *Binder) letters(text string) error {
	if letter := b.undeclaredLetter(text); letter != "" {
		return b.undeclared("-" + letter)
	}
	for i := 1; i < len(text); i++ {
		f := b.command.flag(text[i : i+1])
		switch rest := text[i+1:]; {
		case f.Value == "":
			b.set(f, "")
		case rest == "":
			b.pending, b.spelled = f, "-"+text[i:i+1]
		default:
			b.set(f, rest)
			return nil
		}
	}
	return nil
}

// undeclaredLetter finds the first letter of a bundle that is no flag, so that a bundle is taken
// whole or not at all.
func (b *Binder) undeclaredLetter(text string) string {
	for _, letter := range text[1:] {
		f := b.command.flag(string(letter))
		if f == nil {
			return string(letter)
		}
		if f.Value != "" {
			break
		}
	}
	return ""
}

func (b *Binder) undeclared(flag string) error {
	err := usage(b.command, "unknown flag %s", flag)
	err.hint = `a name that starts with "-": put -- before it`
	return err
}

// finish checks that nothing is left open and gives the words to the arguments.
func (b *Binder) finish() (*Call, error) {
	if b.pending != nil {
		return nil, usage(b.command, "%s needs a value: %s", b.spelled, b.pending.Value)
	}
	args, err := assign(b.command, b.words)
	if err != nil {
		return nil, err
	}
	call := &Call{Command: b.command, Verb: b.verb, args: args, flags: b.flags}
	if err := call.check(); err != nil {
		return nil, err
	}
	return call, nil
}

// assign gives words to arguments from the left; one that takes many leaves a word to each of those
// behind it.
func assign(c *Command, words []Word) (map[string][]Word, error) {
	args := map[string][]Word{}
	for i, a := range c.Args {
		take := min(1, len(words))
		if behind := len(c.Args) - i - 1; a.Many {
			take = max(take, len(words)-behind)
		}
		if take == 0 && !a.Optional {
			return nil, &UsageError{Command: c, Problem: "missing " + a.Name, missing: &c.Args[i]}
		}
		args[a.Name] = words[:take]
		words = words[take:]
	}
	if len(words) > 0 {
		misused := usage(c, "too many arguments, from %q on", words[0].Text)
		misused.hint = c.TooMany
		return nil, misused
	}
	return args, nil
}

// Words are the words that stand for arguments so far.
func (b *Binder) Words() []Word { return b.words }

// Expected is what the next word of a line may be.
type Expected struct {
	Flag  *Flag // its value; then nothing else may come
	Flags bool  // a flag may come
	Args  []Arg // the arguments that the word may belong to; none when there are enough
}

// Next tells what the next word may be.
func (b *Binder) Next() Expected {
	if b.pending != nil {
		return Expected{Flag: b.pending}
	}
	return Expected{Flags: !b.ended, Args: b.argsAt(len(b.words))}
}

// argsAt are the arguments that word n may belong to: one, or with one that takes many before it,
// also each of those behind that one.
func (b *Binder) argsAt(n int) []Arg {
	for i, a := range b.command.Args {
		if a.Many && n > i {
			return b.command.Args[i:]
		}
		if n == i {
			return b.command.Args[i : i+1]
		}
	}
	return nil
}

// Attached finds the flag whose value the word holds already, and where the value begins:
// --limit-rate=20M, -ofile. It is nil for any other word.
func (b *Binder) Attached(text string) (*Flag, int) {
	if b.pending != nil || b.ended || len(text) < 2 || text[0] != '-' {
		return nil, 0
	}
	if name, _, attached := strings.Cut(text[1:], "="); attached && strings.HasPrefix(name, "-") {
		if f := b.command.flag(name[1:]); f != nil && f.Value != "" {
			return f, len(name) + 2
		}
		return nil, 0
	}
	for i := 1; i < len(text)-1; i++ {
		switch f := b.command.flag(text[i : i+1]); {
		case f == nil:
			return nil, 0
		case f.Value != "":
			return f, i + 1
		}
	}
	return nil, 0
}
