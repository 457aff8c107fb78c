package listing

import "strings"

// A table is a listing whose heading tells its format: the lines below belong to its family.
type table struct {
	words  string // the heading with single blanks, or how it begins
	family family
}

var tables = [...]table{
	{"Volume Unit Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname", family{"mvs data sets", (*Parser).dataSet, nil}},
	{"Name VV.MM Created Changed Size Init Mod Id", family{"mvs members", (*Parser).member, nil}},
	{"Name Size TTR Alias-of AC", family{"mvs load modules", (*Parser).loadModule, nil}},
	{"JOBNAME JOBID OWNER STATUS CLASS", family{"jes jobs", (*Parser).job2, nil}},
	{"ID STEPNAME PROCSTEP C DDNAME BYTE-COUNT", family{"jes spool", (*Parser).spoolFile, nil}},
	{"ID STEPNAME PROCSTEP C DDNAME REC-COUNT", family{"jes spool", (*Parser).spoolRecords, nil}},
	{"File Code EOF Last Modification Owner RWEP", family{"nonstop", (*Parser).nonstop, nil}},
}

// heading says that the line is known and no entry. fresh is true on the first line and after a blank one,
// where ls -R names the directory that comes next.
func (p *Parser) heading(line string, fresh bool) bool {
	var f fields
	f.split(line)
	words := strings.Join(strings.Fields(f.between(0, f.n)), " ")
	for i := range tables {
		if strings.HasPrefix(words, tables[i].words) {
			p.known = tables[i].family
			return true
		}
	}
	return isTotal(&f) || isRule(words) || fresh && isDirectoryName(words) || isNote(words)
}

// isTotal knows "total 123" in the languages of ls, and "123 total".
func isTotal(f *fields) bool {
	if f.n != 2 {
		return false
	}
	word, count := f.at(0), f.at(1)
	if isSize(word) {
		word, count = count, word
	}
	if !isSize(count) {
		return false
	}
	switch strings.ToLower(word) {
	case "total", "totale", "totaal", "totalt", "summa", "insgesamt", "gesamt", "razem", "celkem", "итого",
		"всього", "yhteensä", "összesen", "toplam", "σύνολο", "合計", "总计", "总用量", "總計", "합계", "총":
		return true
	}
	return false
}

// isRule knows a line of dashes under the heading of a table.
func isRule(words string) bool { return len(words) >= 4 && allOf(words, "- ") }

// isDirectoryName knows the line of ls -R and dls in front of each directory: "/pub/docs:", "./src:".
func isDirectoryName(words string) bool {
	return strings.HasSuffix(words, ":") && (strings.Contains(words, "/") || words == ".:")
}

// isNote knows the lines of VMS, DOS, OS-9, VxWorks and JES around their entries.
func isNote(words string) bool {
	for _, start := range [...]string{
		"Total of ", "Grand total of ", "%DIRECT-W-NOFILES", // VMS
		"Volume in drive ", "Volume Serial Number is ", // DOS
		"STEPNAME ", "CPUTIME ", // JES, of a running job
	} {
		if strings.HasPrefix(words, start) {
			return true
		}
	}
	switch words {
	case "Owner Last modified Attributes Sector Bytecount Name", "size date time name":
		return true
	}
	first, rest, _ := strings.Cut(words, " ")
	switch {
	case first == "Directory": // VMS and OS-9: of a directory, DOS: of a drive
		return strings.HasPrefix(rest, "of ") || strings.Contains(rest, "[")
	case leadingDigits(first) > 0:
		return strings.HasPrefix(rest, "File(s)") || strings.HasPrefix(rest, "Dir(s)") || strings.EqualFold(rest, "spool files")
	}
	return strings.Contains(first, ":[") && strings.HasSuffix(words, "]") && rest == "" // DISK:[DIR]
}
