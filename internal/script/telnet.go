package script

import "strings"

// The telnet commands that may stand in a line (RFC 854).
const (
	telnetWill = 0xfb // this and the three above it take an option byte
	telnetDont = 0xfe
	telnetIAC  = 0xff
)

// withoutTelnet folds a doubled 0xFF into one and takes telnet commands out, such as the interrupt
// that comes before ABOR.
func withoutTelnet(line string) string {
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		if line[i] != telnetIAC || i+1 == len(line) {
			b.WriteByte(line[i])
			continue
		}
		i++
		switch command := line[i]; {
		case command == telnetIAC:
			b.WriteByte(telnetIAC)
		case command >= telnetWill && command <= telnetDont:
			i++
		}
	}
	return b.String()
}

// text makes a name fit for a reply: 0xFF doubled, unless Options.Literal.
func (c *Conversation) text(name string) string {
	if c.server.options.Literal {
		return name
	}
	return strings.ReplaceAll(name, "\xff", "\xff\xff")
}
