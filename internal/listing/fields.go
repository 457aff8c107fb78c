package listing

import "math"

// maxFields is how many fields of a line are told apart; every known format needs fewer before the name.
const maxFields = 16

// fields are the words of a line with their places, so that the rest of the line stays at hand unchanged.
type fields struct {
	line       string
	n          int
	start, end [maxFields]int
}

// split finds the words of line, which blanks and tabs part.
func (f *fields) split(line string) {
	f.line, f.n = line, 0
	for i := 0; i < len(line) && f.n < maxFields; {
		for i < len(line) && isSpace(line[i]) {
			i++
		}
		if i == len(line) {
			return
		}
		f.start[f.n] = i
		for i < len(line) && !isSpace(line[i]) {
			i++
		}
		f.end[f.n] = i
		f.n++
	}
}

// at is word i, "" where there is none.
func (f *fields) at(i int) string {
	if i < 0 || i >= f.n {
		return ""
	}
	return f.line[f.start[i]:f.end[i]]
}

// from is the rest of the line from word i on, "" where there is none.
func (f *fields) from(i int) string {
	if i >= f.n {
		return ""
	}
	return f.line[f.start[i]:]
}

// after is the rest of the line behind word i, without the one blank that parts them.
func (f *fields) after(i int) string {
	if i >= f.n || f.end[i] == len(f.line) {
		return ""
	}
	return f.line[f.end[i]+1:]
}

// between is the line from word i up to word j, which does not belong to it; "" if that is nothing.
func (f *fields) between(i, j int) string {
	if i >= j || j > f.n {
		return ""
	}
	return f.line[f.start[i]:f.end[j-1]]
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }
func isDigit(c byte) bool { return c-'0' <= 9 }
func isAlpha(c byte) bool { return c|0x20-'a' < 26 }

func isBlank(s string) bool { return skipSpace(s) == "" }

func skipSpace(s string) string {
	for s != "" && isSpace(s[0]) {
		s = s[1:]
	}
	return s
}

// leadingDigits is how many digits s begins with.
func leadingDigits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// allOf says that s is not empty and every byte of it is in set.
func allOf(s, set string) bool {
	for i := range len(s) {
		found := false
		for j := range len(set) {
			found = found || s[i] == set[j]
		}
		if !found {
			return false
		}
	}
	return s != ""
}

// decimal reads a whole field of digits, 0 to 2^63-1; leading zeros mean nothing.
func decimal(s string) (int64, bool) {
	if s == "" || leadingDigits(s) != len(s) {
		return 0, false
	}
	var n int64
	for i := range len(s) {
		digit := int64(s[i] - '0')
		if n > (math.MaxInt64-digit)/10 {
			return 0, false
		}
		n = n*10 + digit
	}
	return n, true
}

// number reads a short field of digits; -1 where s is anything else.
func number(s string) int {
	if n, ok := decimal(s); ok && len(s) <= 6 {
		return int(n)
	}
	return -1
}

// size is the value of a size column, -1 where it is too big or no number.
func size(s string) int64 {
	if n, ok := decimal(s); ok {
		return n
	}
	return -1
}
