package listing

import (
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// monthNames are the month names that ls prints in other languages than English, January first, one language
// a line; "|" parts spellings. Languages that number their months (月, 월) need none, see countedMonth.
var monthNames = [...]string{
	/* de */ "jan|jän|januar|jänner feb|februar mär|mrz|märz apr|april mai jun|juni jul|juli aug|august sep|sept|september okt|oktober nov|november dez|dezember",
	/* fr */ "jan|janv|janvier fév|févr|fev|février mar|mars avr|avril mai jun|juin jul|juil|juillet aoû|août|aout sep|sept|septembre oct|octobre nov|novembre déc|décembre",
	/* es */ "ene|enero feb|febrero mar|marzo abr|abril may|mayo jun|junio jul|julio ago|agosto sep|sept|septiembre oct|octubre nov|noviembre dic|diciembre",
	/* it */ "gen|gennaio feb|febbraio mar|marzo apr|aprile mag|maggio giu|giugno lug|luglio ago|agosto set|settembre ott|ottobre nov|novembre dic|dicembre",
	/* pt */ "jan|janeiro fev|fevereiro mar|março abr|abril mai|maio jun|junho jul|julho ago|agosto set|setembro out|outubro nov|novembro dez|dezembro",
	/* nl */ "jan|januari feb|februari mrt|maart apr mei jun jul aug|augustus sep okt nov dec",
	/* pl */ "sty|stycznia lut|lutego mar|marca kwi|kwietnia maj|maja cze|czerwca lip|lipca sie|sierpnia wrz|września paź|października lis|listopada gru|grudnia",
	/* cs */ "led|ledna úno|února bře|března dub|dubna kvě|května čen|června čec|července srp|srpna zář|září říj|října lis|listopadu pro|prosince",
	/* ru */ "янв|января фев|февраля мар|марта апр|апреля май|мая июн|июня июл|июля авг|августа сен|сентября окт|октября ноя|ноября дек|декабря",
	/* uk */ "січ|січня лют|лютого бер|березня кві|квітня тра|травня чер|червня лип|липня сер|серпня вер|вересня жов|жовтня лис|листопада гру|грудня",
	/* sv, no, da */ "jan feb mar|mars|marts apr maj|mai jun jul aug sep okt nov dec|des",
	/* fi */ "tammi|tammikuu helmi|helmikuu maalis|maaliskuu huhti|huhtikuu touko|toukokuu kesä|kesäkuu heinä|heinäkuu elo|elokuu syys|syyskuu loka|lokakuu marras|marraskuu joulu|joulukuu",
	/* hu */ "jan|január febr|február márc|már|március ápr|április máj|május jún|június júl|július aug|augusztus szept|szeptember okt|október nov|november dec|december",
	/* ro */ "ian|ianuarie feb|februarie mar|martie apr|aprilie mai iun|iunie iul|iulie aug|august sep|septembrie oct|octombrie noi|noiembrie dec|decembrie",
	/* tr */ "oca şub mar nis may haz tem ağu eyl eki kas ara",
	/* en */ "january february march april may june july august sept|september october november december",
}

// foreignMonths finds the month by name, lower case in UTF-8; names that older servers send in ISO 8859-1,
// windows-1251 or KOI8-R are there in these bytes too, in lower and title case.
var foreignMonths = sync.OnceValue(func() map[string]time.Month {
	months := make(map[string]time.Month, 1024)
	for _, language := range monthNames {
		for i, spellings := range strings.Fields(language) {
			for _, name := range strings.Split(spellings, "|") {
				months[name] = time.Month(i + 1)
				for _, legacy := range legacyBytes(name) {
					months[legacy] = time.Month(i + 1)
				}
			}
		}
	}
	return months
})

// legacyBytes is a name in the one-byte character sets that have all its letters, in lower and title case.
func legacyBytes(name string) []string {
	var all []string
	first, width := utf8.DecodeRuneInString(name)
	for _, spelling := range []string{name, string(unicode.ToUpper(first)) + name[width:]} {
		for _, encode := range []func(rune) (byte, bool){latin1, windows1251, koi8r} {
			if s, ok := encodeWith(encode, spelling); ok && s != spelling {
				all = append(all, s)
			}
		}
	}
	return all
}

func encodeWith(encode func(rune) (byte, bool), s string) (string, bool) {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		b, ok := byte(r), true
		if r >= utf8.RuneSelf {
			b, ok = encode(r)
		}
		if !ok {
			return "", false
		}
		out = append(out, b)
	}
	return string(out), true
}

func latin1(r rune) (byte, bool) { return byte(r), r < 0x100 }

func windows1251(r rune) (byte, bool) {
	return byte(r - 'А' + 0xC0), 'А' <= r && r <= 'я'
}

// koi8r: the small letters stand at 0xC0 in the order of the Latin ones, the capitals 0x20 above.
func koi8r(r rune) (byte, bool) {
	at := strings.IndexRune("юабцдефгхийклмнопярстужвьызшэщчъ", unicode.ToLower(r))
	b := 0xC0 + byte(at/2)
	if unicode.IsUpper(r) {
		b += 0x20
	}
	return b, at >= 0
}

// month is the month that a word names, in English at once, else in the other languages; 0 for none. A dot
// or comma at its end does not count ("Sept.", "Juli,").
func month(s string) time.Month {
	if len(s) == 3 {
		if m := englishMonth(s); m != 0 {
			return m
		}
	}
	s = strings.TrimSuffix(strings.TrimSuffix(s, ","), ".")
	if len(s) < 3 || len(s) > 24 || isDigit(s[0]) {
		return 0
	}
	if len(s) == 3 {
		if m := englishMonth(s); m != 0 {
			return m
		}
	}
	if utf8.ValidString(s) {
		s = strings.ToLower(s)
	}
	return foreignMonths()[s]
}

func englishMonth(s string) time.Month {
	switch uint32(s[0]|0x20)<<16 | uint32(s[1]|0x20)<<8 | uint32(s[2]|0x20) {
	case 'j'<<16 | 'a'<<8 | 'n':
		return time.January
	case 'f'<<16 | 'e'<<8 | 'b':
		return time.February
	case 'm'<<16 | 'a'<<8 | 'r':
		return time.March
	case 'a'<<16 | 'p'<<8 | 'r':
		return time.April
	case 'm'<<16 | 'a'<<8 | 'y':
		return time.May
	case 'j'<<16 | 'u'<<8 | 'n':
		return time.June
	case 'j'<<16 | 'u'<<8 | 'l':
		return time.July
	case 'a'<<16 | 'u'<<8 | 'g':
		return time.August
	case 's'<<16 | 'e'<<8 | 'p':
		return time.September
	case 'o'<<16 | 'c'<<8 | 't':
		return time.October
	case 'n'<<16 | 'o'<<8 | 'v':
		return time.November
	case 'd'<<16 | 'e'<<8 | 'c':
		return time.December
	}
	return 0
}

// countedMonth reads a month by its number with the word "month" glued to it, as Chinese, Japanese and Korean
// have it in any character set ("4月", "4\x8c\x8e", "8월").
func countedMonth(s string) time.Month {
	if n, word := counted(s); word && n >= 1 && n <= 12 {
		return time.Month(n)
	}
	return 0
}

// counted splits a number from a glued word of one character outside ASCII: "2003年" is 2003 and true, "20" is
// 20 and false, anything else -1.
func counted(s string) (n int, word bool) {
	digits := leadingDigits(s)
	n = number(s[:digits])
	if digits == len(s) {
		return n, false
	}
	if s[digits] < utf8.RuneSelf || len(s)-digits > utf8.UTFMax {
		return -1, false
	}
	return n, true
}
