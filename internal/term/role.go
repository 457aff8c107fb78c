package term

import (
	"strings"

	"github.com/fatih/color"
)

// Role is what a piece of text is; its look follows from the role alone.
type Role int

// The roles of text. The first five are painted as LS_COLORS says.
const (
	RolePlain Role = iota
	RoleDir
	RoleLink
	RoleExec
	RoleOther

	RoleError    // a command failed
	RoleWarning  // it went on, but the user should know
	RoleHint     // what to type next
	RoleNote     // said in passing
	RoleHeading  // above a table or a section of help
	RoleSent     // a line to the server
	RoleReceived // a reply
	RoleRefused  // a reply of class 4 or 5
	RoleSlow     // a time that stands out

	RolePrompt
	RoleSecure   // the connection is encrypted and verified
	RoleInsecure // it is not

	RoleCommand  // a known command word on the line being typed
	RoleUnknown  // a word that will fail
	RoleQuoted   // a quoted word
	RoleOperator // ; && | >
	RoleGhost    // a suggestion not typed yet
	RoleSelected // the chosen row of a menu
	RoleMatch    // what a search found
	roleCount
)

// roleAttributes is the palette. It keeps to the sixteen colours that every
// theme defines, and to the default background.
var roleAttributes = [roleCount][]color.Attribute{
	RoleDir:   {color.Bold, color.FgBlue},
	RoleLink:  {color.Bold, color.FgCyan},
	RoleExec:  {color.Bold, color.FgGreen},
	RoleOther: {color.FgYellow},

	RoleError:    {color.FgRed},
	RoleWarning:  {color.FgYellow},
	RoleHint:     {color.FgCyan},
	RoleNote:     {},
	RoleHeading:  {color.Bold},
	RoleSent:     {color.FgCyan},
	RoleReceived: {color.FgGreen},
	RoleRefused:  {color.FgRed},
	RoleSlow:     {color.FgYellow},

	RolePrompt:   {color.Bold},
	RoleSecure:   {color.FgGreen},
	RoleInsecure: {color.FgYellow},

	RoleCommand:  {color.Bold},
	RoleUnknown:  {color.FgRed},
	RoleQuoted:   {color.FgYellow},
	RoleOperator: {color.FgMagenta},
	RoleGhost:    {color.Faint},
	RoleSelected: {color.ReverseVideo},
	RoleMatch:    {color.Bold, color.FgMagenta},
}

// style is a look as the sequences that start and end it; the zero style
// leaves text alone.
type style struct{ on, off string }

// newStyle asks the colour library for the sequences once, so that painting a
// hundred thousand names is no more than joining strings.
func newStyle(attributes ...color.Attribute) style {
	if len(attributes) == 0 {
		return style{}
	}
	c := color.New(attributes...)
	c.EnableColor()
	on, off, _ := strings.Cut(c.Sprint("|"), "|")
	return style{on, off}
}

func (s style) paint(text string) string {
	if s.on == "" || text == "" {
		return text
	}
	return s.on + text + s.off
}

// palette is the look of every role and of every kind of file.
type palette struct {
	roles    [roleCount]style
	suffixes []suffixStyle // the last that fits wins
}

// newPalette returns the palette for a value of LS_COLORS.
func newPalette(lsColors string) *palette {
	p := new(palette)
	for role, attributes := range roleAttributes {
		p.roles[role] = newStyle(attributes...)
	}
	p.readLSColors(lsColors)
	return p
}
