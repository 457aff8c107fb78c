package listing

import (
	"strings"
	"time"
)

// An order of the groups of a numeric date. "04-06-00" fits all three; the lines of a listing together often
// leave one, so a parser keeps those that every line so far fits.
type order uint8

const (
	yearFirst  order = 1 << iota // 2024-03-31
	monthFirst                   // 03-31-24
	dayFirst                     // 31.03.24

	anyOrder = yearFirst | monthFirst | dayFirst
)

// A dateStyle is how a family of servers writes numeric dates.
type dateStyle struct {
	prefer    [3]order // where several orders fit
	shortYear bool     // two or three digits may be a year
}

var (
	unixDates   = dateStyle{prefer: [3]order{dayFirst, monthFirst, yearFirst}}
	dosDates    = dateStyle{prefer: [3]order{monthFirst, dayFirst, yearFirst}, shortYear: true}
	as400Dates  = dateStyle{prefer: [3]order{yearFirst, monthFirst, dayFirst}, shortYear: true}
	germanDates = dateStyle{prefer: [3]order{dayFirst, yearFirst, monthFirst}, shortYear: true}
)

// dayField reads a day that is one word of three groups: numbers in some order, or with a month by name
// ("2-JUL-2003", "Feb-28-1998").
func (p *Parser) dayField(s string, style *dateStyle) (date, bool) {
	a, b, c, ok := groups(s)
	if !ok {
		return date{}, false
	}
	if m := month(b); m != 0 {
		return calendarDay(c, m, a)
	}
	if m := month(a); m != 0 {
		return calendarDay(c, m, b)
	}
	var found [3]date
	var fits order
	for i, o := range style.prefer {
		if d, ok := o.read(a, b, c, style); ok {
			found[i] = d
			fits |= o
		}
	}
	if p.orders&fits != 0 {
		p.orders &= fits
		fits = p.orders
	}
	for i, o := range style.prefer {
		if fits&o != 0 {
			return found[i], true
		}
	}
	return date{}, false
}

// groups splits a date at its two separators, which are the same character.
func groups(s string) (a, b, c string, ok bool) {
	i := strings.IndexAny(s, "-/.")
	if i < 1 {
		return "", "", "", false
	}
	j := strings.IndexByte(s[i+1:], s[i])
	if j < 1 {
		return "", "", "", false
	}
	return s[:i], s[i+1 : i+1+j], s[i+j+2:], true
}

func (o order) read(a, b, c string, style *dateStyle) (date, bool) {
	y, m, d := c, a, b // monthFirst
	switch o {
	case yearFirst:
		y, m, d = a, b, c
	case dayFirst:
		m, d = b, a
	}
	if len(y) != 4 && !style.shortYear || len(m) > 2 || len(d) > 2 {
		return date{}, false
	}
	return calendarDay(y, time.Month(number(m)), d)
}

func calendarDay(year string, m time.Month, day string) (date, bool) {
	d := date{year: fullYear(year), month: m, day: number(day)}
	return d, d.year > 0 && validDay(m, d.day) && d.day <= daysIn(m, d.year)
}

// fullYear reads 2024, 24 and, from servers that count from 1900, 124; 0 for anything else.
func fullYear(s string) int {
	n := number(s)
	switch {
	case n < 0 || len(s) < 2 || len(s) > 4:
		return 0
	case len(s) == 4:
		return n
	case len(s) == 2 && n < 70:
		return 2000 + n
	}
	return 1900 + n
}
