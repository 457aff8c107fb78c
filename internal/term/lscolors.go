package term

import (
	"strconv"
	"strings"

	"github.com/fatih/color"
)

// LSKind is what LS_COLORS tells apart.
type LSKind int

// The kinds of names in a listing.
const (
	LSFile LSKind = iota
	LSDir
	LSLink
	LSExec
	LSOther // a device, a socket, a pipe, or a type that is not known
)

// lsRoles gives each kind the role it is painted in.
var lsRoles = map[LSKind]Role{
	LSFile: RolePlain, LSDir: RoleDir, LSLink: RoleLink, LSExec: RoleExec, LSOther: RoleOther,
}

// lsKeys are the keys of LS_COLORS that mean something here (dircolors(5)).
// A listing over FTP does not tell pipes, sockets and devices apart; pi speaks
// for all of them.
var lsKeys = map[string]Role{
	"fi": RolePlain, "di": RoleDir, "ln": RoleLink, "ex": RoleExec, "pi": RoleOther,
}

// suffixStyle is one *.tar=01;31 of LS_COLORS.
type suffixStyle struct {
	suffix string
	style  style
}

// readLSColors changes the palette as LS_COLORS asks. What it does not mention
// keeps its default; an entry that is no list of numbers is ignored, since the
// variable would otherwise carry any escape sequence to the terminal.
func (p *palette) readLSColors(value string) {
	for entry := range strings.SplitSeq(value, ":") {
		key, codes, _ := strings.Cut(entry, "=")
		attributes, ok := parseSGR(codes)
		if !ok {
			continue
		}
		look := newStyle(attributes...)
		if suffix, ok := strings.CutPrefix(key, "*"); ok && suffix != "" {
			p.suffixes = append(p.suffixes, suffixStyle{strings.ToLower(suffix), look})
		} else if role, ok := lsKeys[key]; ok {
			p.roles[role] = look
		}
	}
}

// parseSGR reads codes such as 01;38;5;208. All zero means no colour.
func parseSGR(codes string) (attributes []color.Attribute, ok bool) {
	colored := false
	for code := range strings.SplitSeq(codes, ";") {
		n, err := strconv.ParseUint(code, 10, 8)
		if err != nil {
			return nil, false
		}
		colored = colored || n != 0
		attributes = append(attributes, color.Attribute(n))
	}
	if !colored {
		return nil, true
	}
	return attributes, true
}

// entry paints a name, already safe, by its kind and, for a plain file, by how
// it ends.
func (p *palette) entry(name string, kind LSKind) string {
	look := p.roles[lsRoles[kind]]
	if kind == LSFile && len(p.suffixes) > 0 {
		lower := strings.ToLower(name)
		for _, s := range p.suffixes {
			if strings.HasSuffix(lower, s.suffix) {
				look = s.style
			}
		}
	}
	return look.paint(name)
}
