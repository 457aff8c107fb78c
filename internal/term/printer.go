package term

import (
	"fmt"
	"io"
)

// ColorMode is the value of --color.
type ColorMode int

// The values of --color.
const (
	ColorAuto   ColorMode = iota // on a terminal, unless the environment says no
	ColorAlways                  // everywhere
	ColorNever
)

// ParseColorMode reads auto, always or never.
func ParseColorMode(s string) (ColorMode, error) {
	switch s {
	case "auto":
		return ColorAuto, nil
	case "always":
		return ColorAlways, nil
	case "never":
		return ColorNever, nil
	}
	return ColorAuto, fmt.Errorf("color %q is not one of auto, always, never", s)
}

// defaultWidth is assumed where nobody knows the width, as in a pipe.
const defaultWidth = 80

// PrinterConfig is what a [Printer] needs to know about the world.
type PrinterConfig struct {
	Out, Err                 io.Writer
	OutTerminal, ErrTerminal bool
	Color                    ColorMode
	Quiet                    bool                // no notes
	Width                    func() int          // columns of the terminal; nil, 0 or less: 80
	Getenv                   func(string) string // for NO_COLOR, CLICOLOR_FORCE, TERM, LS_COLORS; nil: none is set
}

// Printer is what everybody prints with: results go to Out; notes, hints,
// trace and progress to Err. A printer does not change, so that many
// goroutines may share one; their writers are their own affair.
type Printer struct {
	config   PrinterConfig
	colors   *palette // used where a stream has colour
	outColor bool
	errColor bool
}

// NewPrinter returns a printer for the two streams.
func NewPrinter(config PrinterConfig) *Printer {
	if config.Getenv == nil {
		config.Getenv = func(string) string { return "" }
	}
	return &Printer{
		config:   config,
		colors:   newPalette(config.Getenv("LS_COLORS")),
		outColor: colored(config, config.OutTerminal),
		errColor: colored(config, config.ErrTerminal),
	}
}

// colored decides whether a stream gets colour. A flag wins over the
// environment; no-color.org and bixense.com/clicolors define the variables.
func colored(config PrinterConfig, terminal bool) bool {
	switch {
	case config.Color != ColorAuto:
		return config.Color == ColorAlways
	case config.Getenv("NO_COLOR") != "":
		return false
	case config.Getenv("CLICOLOR_FORCE") != "" && config.Getenv("CLICOLOR_FORCE") != "0":
		return true
	}
	return terminal && config.Getenv("TERM") != "dumb"
}

// To returns the same printer with its results going elsewhere: into a file, a
// pipe or a pager.
func (p *Printer) To(out io.Writer, terminal bool) *Printer {
	other := *p
	other.config.Out, other.config.OutTerminal = out, terminal
	other.outColor = colored(other.config, terminal)
	return &other
}

// Through returns the same printer with both streams going through others, which look the same in the end.
func (p *Printer) Through(out, err io.Writer) *Printer {
	other := *p
	other.config.Out, other.config.Err = out, err
	return &other
}

// Out is where results go.
func (p *Printer) Out() io.Writer { return p.config.Out }

// Err is where everything goes that is not a result.
func (p *Printer) Err() io.Writer { return p.config.Err }

// OutIsTerminal reports whether results are read by a person.
func (p *Printer) OutIsTerminal() bool { return p.config.OutTerminal }

// ErrIsTerminal reports whether notes and progress are read by a person.
func (p *Printer) ErrIsTerminal() bool { return p.config.ErrTerminal }

// Width returns the columns of the terminal, 80 where there is none.
func (p *Printer) Width() int {
	if p.config.Width == nil {
		return defaultWidth
	}
	if width := p.config.Width(); width > 0 {
		return width
	}
	return defaultWidth
}

// Printf writes a result. Foreign text in it must have been through [Safe].
func (p *Printer) Printf(format string, args ...any) {
	fmt.Fprintf(p.config.Out, format, args...)
}

// Note writes one line on Err, unless the printer is quiet. Like its siblings it
// makes the text safe.
func (p *Printer) Note(format string, args ...any) {
	if !p.config.Quiet {
		p.say(RoleNote, "", format, args)
	}
}

// IsQuiet reports whether only results, warnings and errors are wanted.
func (p *Printer) IsQuiet() bool { return p.config.Quiet }

// Warn writes one line on Err that starts with "warning: ".
func (p *Printer) Warn(format string, args ...any) { p.say(RoleWarning, "warning: ", format, args) }

// Hint writes one line on Err that starts with "hint: ": what to type next.
func (p *Printer) Hint(format string, args ...any) { p.say(RoleHint, "hint: ", format, args) }

// Echo writes a command on Err before it runs, for those who asked to see it.
func (p *Printer) Echo(format string, args ...any) { p.say(RoleNote, "+ ", format, args) }

// Error writes one line on Err in the colour of errors.
func (p *Printer) Error(format string, args ...any) { p.say(RoleError, "", format, args) }

// say writes one whole line at once, so that two goroutines cannot mix theirs.
func (p *Printer) say(role Role, prefix, format string, args []any) {
	line := prefix + Safe(fmt.Sprintf(format, args...))
	io.WriteString(p.config.Err, p.PaintErr(role, line)+"\n")
}

// Paint gives text on Out the look of its role.
func (p *Printer) Paint(role Role, s string) string {
	if !p.outColor {
		return s
	}
	return p.colors.roles[role].paint(s)
}

// PaintErr gives text on Err the look of its role.
func (p *Printer) PaintErr(role Role, s string) string {
	if !p.errColor {
		return s
	}
	return p.colors.roles[role].paint(s)
}

// Entry makes a file name safe and, where Out has colour, paints it as
// LS_COLORS says.
func (p *Printer) Entry(name string, kind LSKind) string {
	if !p.outColor {
		return Safe(name)
	}
	return p.colors.entry(Safe(name), kind)
}
