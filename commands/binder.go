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
	value   []string // of pending, as far as it goes over several words
	ended   bool     // no flags from here on
	words   []Word
	flags   map[*Flag][]string
	typed   []TypedFlag
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
	case b.pending != nil && b.pending.Until != "" && b.pending.Until != w.Text:
		b.value = append(b.value, w.Text)
	case b.pending != nil:
		b.end(w.Text)
	case !b.ended && b.command.spelledOut(w.Text) != nil:
		b.begin(b.command.spelledOut(w.Text), w.Text)
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

func (b *Binder) set(f *Flag, values ...string) {
	b.flags[f] = append(b.flags[f], strings.Join(values, " "))
	b.typed = append(b.typed, TypedFlag{f, values})
}

// begin takes a flag whose value, if it has one, stands in the next words.
func (b *Binder) begin(f *Flag, spelled string) {
	if f.Value == "" {
		b.set(f, "")
		return
	}
	b.pending, b.spelled, b.value = f, spelled, nil
}

// end takes the last word of a value.
func (b *Binder) end(word string) {
	if b.pending.Until == "" {
		b.value = []string{word}
	}
	b.set(b.pending, b.value...)
	b.pending = nil
}

// spelledOut finds the flag that a word is as a whole: -name, !.
func (c *Command) spelledOut(word string) *Flag {
	for i := range c.Flags {
		f := &c.Flags[i]
		if f.OneDash && word == "-"+f.Long || f.Sign != "" && word == f.Sign {
			return f
		}
	}
	return nil
}

// long takes --name, or --name=value.
func (b *Binder) long(text string) error {
	name, value, attached := strings.Cut(text[2:], "=")
	f := b.command.flag(name)
	switch {
	case f == nil || f.Long != name || f.OneDash:
		return b.undeclared("--" + name)
	case f.Value == "" && attached:
		return usage(b.command, "--%s takes no value", name)
	case attached:
		b.set(f, value)
	default:
		b.begin(f, text)
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
		case f.Value == "" || rest == "":
			b.begin(f, "-"+text[i:i+1])
		default:
			b.set(f, rest)
			return nil
		}
	}
	return nil
}

// undeclaredLetter finds the first letter of a bundle that is no flag, so that a bundle is taken
// whole or not at all. Where words stand behind one dash it is the word.
func (b *Binder) undeclaredLetter(text string) string {
	for _, letter := range text[1:] {
		f := b.command.flag(string(letter))
		if f == nil && slices.ContainsFunc(b.command.Flags, func(f Flag) bool { return f.OneDash }) {
			return text[1:]
		}
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
	call := &Call{Command: b.command, Verb: b.verb, args: args, flags: b.flags, typed: b.typed}
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
	args := b.command.argsWith(b.flags)
	for i, a := range args {
		if a.Many && n > i {
			return args[i:]
		}
		if n == i {
			return args[i : i+1]
		}
	}
	return nil
}

// argsWith are the arguments as the flags that were typed make them.
func (c *Command) argsWith(flags map[*Flag][]string) []Arg {
	args := slices.Clone(c.Args)
	for i := range args {
		for name, kind := range args[i].With {
			if flags[c.flag(name)] != nil {
				args[i].Kind = kind
			}
		}
	}
	return args
}

// Line is the line of its own that the words are a part of so far, if the next one belongs to it.
func (b *Binder) Line() (words []Word, within bool) {
	at := slices.IndexFunc(b.command.Args, func(a Arg) bool { return a.Kind == CommandLine })
	if at < 1 || len(b.words) < at || b.words[at-1].Text != b.command.Args[at].After {
		return nil, false
	}
	return b.words[at:], true
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
