package commands

import (
	"slices"
	"strings"
	"unicode"
)

// Naming is how the name of a file is made when only the name on the other side was typed, as the
// commands case, ntrans and nmap set it. The zero Naming changes nothing.
type Naming struct {
	Case     bool   // names in capitals become lower case; for downloads only
	TransIn  string // characters to replace
	TransOut string // by these, one for one; those without a partner are dropped
	MapIn    string // template that the name is matched with: "$1.$2"
	MapOut   string // template of the result: "$1.[$2,txt]"
}

// MapName applies case, ntrans and nmap, in this order, to the last part of a name. Whether the
// result is taken is a later question.
func MapName(n Naming, name string) string {
	if n.Case && strings.ToUpper(name) == name {
		name = strings.ToLower(name)
	}
	if n.TransIn != "" {
		name = translate(name, []rune(n.TransIn), []rune(n.TransOut))
	}
	if n.MapIn != "" {
		name = fillTemplate(n.MapOut, matchTemplate(n.MapIn, name))
	}
	return name
}

// translate replaces characters one for one and drops those that have no partner.
func translate(name string, in, out []rune) string {
	return strings.Map(func(r rune) rune {
		switch i := slices.Index(in, r); {
		case i < 0:
			return r
		case i < len(out):
			return out[i]
		}
		return -1
	}, name)
}

// variables are the parts of a matched name: $0 is all of it, $1 to $9 what the template took.
type variables [10]string

// matchTemplate takes a name apart. Each variable takes all up to the literal character behind it
// in the template. Where name and template part, the matching ends and what is left stays empty.
func matchTemplate(template, name string) variables {
	found := variables{0: name}
	for template != "" && name != "" {
		if n, rest := variable(template); n > 0 {
			end := taken(name, rest)
			found[n], name, template = name[:end], name[end:], rest
			continue
		}
		char, rest := literal(template)
		if !strings.HasPrefix(name, char) {
			break
		}
		name, template = name[len(char):], rest
	}
	return found
}

// taken is how much of the name a variable takes, with what stands behind it in the template.
func taken(name, template string) int {
	if n, _ := variable(template); n < 0 {
		if stop, _ := literal(template); stop != "" && strings.Contains(name, stop) {
			return strings.Index(name, stop)
		}
	}
	return len(name)
}

// variable reads $0 to $9 at the start of a template; n is below 0 if there is none.
func variable(template string) (n int, rest string) {
	if len(template) >= 2 && template[0] == '$' && unicode.IsDigit(rune(template[1])) {
		return int(template[1] - '0'), template[2:]
	}
	return -1, template
}

// literal reads one character that stands for itself; a backslash makes any character one.
func literal(template string) (char, rest string) {
	if len(template) > 1 && template[0] == '\\' {
		template = template[1:]
	}
	for i := range template {
		if i > 0 {
			return template[:i], template[i:]
		}
	}
	return template, ""
}

// fillTemplate builds a name. [a,b] is a, or b where a comes out empty.
func fillTemplate(template string, found variables) string {
	out, _ := fillUntil(template, "", found)
	return out
}

// fillUntil builds up to one of the stop characters, which it leaves in rest.
func fillUntil(template, stops string, found variables) (out, rest string) {
	var b strings.Builder
	for template != "" && !strings.ContainsAny(template[:1], stops) {
		if n, after := variable(template); n >= 0 {
			b.WriteString(found[n])
			template = after
			continue
		}
		if template[0] == '[' {
			var choice string
			choice, template = fillChoice(template, found)
			b.WriteString(choice)
			continue
		}
		var char string
		char, template = literal(template)
		b.WriteString(char)
	}
	return b.String(), template
}

// fillChoice builds [a,b]; the bracket that closes it may be missing at the end.
func fillChoice(template string, found variables) (out, rest string) {
	first, rest := fillUntil(template[1:], ",]", found)
	second := ""
	if strings.HasPrefix(rest, ",") {
		second, rest = fillUntil(rest[1:], "]", found)
	}
	if first == "" {
		first = second
	}
	return first, strings.TrimPrefix(rest, "]")
}
