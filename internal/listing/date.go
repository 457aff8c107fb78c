package listing

import (
	"strings"
	"time"
)

// A date is what a line says of a moment. Without a year it is one of the last twelve months; without a month
// it is only known that a date stands there.
type date struct {
	year, day         int // year 0: not given
	month             time.Month
	hour, minute, sec int
	offset            int  // seconds east of UTC, if zoned
	zoned             bool // the line had a zone of its own
}

// when turns a date into UTC; zero for an unknown or impossible one.
func (p *Parser) when(d date) time.Time {
	switch {
	case d.month == 0:
		return time.Time{}
	case d.year == 0:
		return p.lately(d)
	case d.day > daysIn(d.month, d.year):
		return time.Time{}
	case d.zoned:
		return time.Date(d.year, d.month, d.day, d.hour, d.minute, d.sec-d.offset, 0, time.UTC)
	}
	return time.Date(d.year, d.month, d.day, d.hour, d.minute, d.sec, 0, p.loc).UTC()
}

// lately is the date in the latest year that does not put it into the future. Ten years hold two leap years
// but around 1900 and 2100, where a 29 February without a year stays unknown.
func (p *Parser) lately(d date) time.Time {
	for year := p.limit.Year(); year > p.limit.Year()-10; year-- {
		if d.day > daysIn(d.month, year) {
			continue
		}
		if t := time.Date(year, d.month, d.day, d.hour, d.minute, d.sec, 0, p.loc); !t.After(p.limit) {
			return t.UTC()
		}
	}
	return time.Time{}
}

func daysIn(m time.Month, year int) int {
	switch m {
	case time.April, time.June, time.September, time.November:
		return 30
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// dateAt reads the date that begins at word i in any of the ways of ls: month or day first, a year or a time,
// ISO, numbered months. It returns how many words it takes, 0 for no date.
func (p *Parser) dateAt(f *fields, i int) (date, int) {
	word := f.at(i)
	if m := monthWord(word); m != 0 { // Jan 29, 4月 18日
		return dateTail(f, i, 2, m, dayNumber(f.at(i+1)))
	}
	if word == "" || !isDigit(word[0]) {
		return date{}, 0
	}
	if d, ok := p.dayField(word, &unixDates); ok { // 2024-01-29
		return d, 1 + d.clockAndZone(f, i+1)
	}
	if len(word) == 5 && word[2] == '-' { // 01-29
		return dateTail(f, i, 1, time.Month(number(word[:2])), number(word[3:]))
	}
	n, signed := counted(strings.TrimSuffix(word, "."))
	m := monthWord(f.at(i + 1))
	switch year := yearNumber(word); {
	case year != 0: // 2003年 4月 18日
		if day := dayNumber(f.at(i + 2)); validDay(m, day) && (signed || !yearOrClock(f.at(i+3))) {
			return date{year: year, month: m, day: day}, 3
		}
	case m != 0: // 29. Jan
		return dateTail(f, i, 2, m, n)
	case strings.Contains(f.at(i+2), ":"): // 1 29 03:26
		return dateTail(f, i, 2, time.Month(n), number(f.at(i+1)))
	}
	return date{}, 0
}

// dateTail reads what has to follow a day and a month that took used words from i on: a time or a year.
func dateTail(f *fields, i, used int, m time.Month, day int) (date, int) {
	if !validDay(m, day) {
		return date{}, 0
	}
	d := date{month: m, day: day}
	comma := strings.HasSuffix(f.at(i+used-1), ",")
	word := f.at(i + used)
	if d.clock(word) {
		used++
		// BSD's ls -lT is alone in showing seconds, and the year behind them.
		if y := yearNumber(f.at(i + used)); y != 0 && len(word) == len("03:26:10") {
			d.year = y
			used++
		}
		return d, used
	}
	if d.year = yearNumber(word); d.year == 0 {
		return date{}, 0
	}
	used++
	if comma && d.clock(f.at(i+used)) { // VShell: Oct 08, 2002 09:47
		used++
	}
	return d, used
}

// yearOrClock tells "2003 4月 18", a year in front, from "2003 4月 18 10:30", a size in front of a date.
func yearOrClock(s string) bool {
	var d date
	return d.clock(s) || yearNumber(s) != 0
}

// foreignDate finds that words i to i+2 are a date with a month in a language that we do not know.
func foreignDate(f *fields, i int) bool {
	if !yearOrClock(f.at(i + 2)) {
		return false
	}
	return isWord(f.at(i)) && validDay(1, dayNumber(f.at(i+1))) || validDay(1, dayNumber(f.at(i))) && isWord(f.at(i+1))
}

func isWord(s string) bool { return len(s) >= 3 && !isDigit(s[0]) }

func validDay(m time.Month, day int) bool { return m >= 1 && m <= 12 && day >= 1 && day <= 31 }

// monthWord is a month by name or by number and sign.
func monthWord(s string) time.Month {
	if s != "" && isDigit(s[0]) {
		return countedMonth(s)
	}
	return month(s)
}

// dayNumber reads "29", "29.", "29," and "29日"; -1 for anything else.
func dayNumber(s string) int {
	n, _ := counted(strings.TrimRight(s, ".,"))
	return n
}

// yearNumber reads "2003" and "2003年", 0 for anything else.
func yearNumber(s string) int {
	if n, _ := counted(s); n >= 1000 && leadingDigits(s) == 4 {
		return n
	}
	return 0
}

// clock reads H:MM, H:MM:SS and fractions of seconds, which it drops; 24:00 is the midnight that ends a day.
func (d *date) clock(s string) bool {
	h := leadingDigits(s)
	if h < 1 || h > 2 || len(s) < h+3 || s[h] != ':' {
		return false
	}
	hour, minute, sec := number(s[:h]), number(s[h+1:h+3]), 0
	if rest := s[h+3:]; rest != "" {
		if len(rest) < 3 || rest[0] != ':' || len(rest) > 3 && rest[3] != '.' && rest[3] != ',' {
			return false
		}
		sec = number(rest[1:3])
	}
	if minute < 0 || minute > 59 || sec < 0 || sec > 60 || hour > 24 || hour == 24 && minute+sec > 0 {
		return false
	}
	d.hour, d.minute, d.sec = hour, minute, sec
	return true
}

// clockAndZone reads the time that may follow an ISO date at word i, and the zone of ls --full-time behind it.
func (d *date) clockAndZone(f *fields, i int) (used int) {
	if !d.clock(f.at(i)) {
		return 0
	}
	zone := f.at(i + 1)
	if len(f.at(i)) < len("08:25:10") || len(zone) != 5 || zone[0] != '+' && zone[0] != '-' {
		return 1
	}
	hours, minutes := number(zone[1:3]), number(zone[3:])
	if hours < 0 || minutes < 0 {
		return 1
	}
	d.zoned, d.offset = true, (hours*60+minutes)*60
	if zone[0] == '-' {
		d.offset = -d.offset
	}
	return 2
}
