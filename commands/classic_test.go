package commands

import "testing"

// classicPrefixes are the names of the classic set, each with the shortest prefix that reaches it in
// tnftp.
var classicPrefixes = []struct{ name, shortest string }{
	{"open", "o"}, {"ftp", "ft"}, {"user", "use"}, {"account", "ac"},
	{"close", "cl"}, {"disconnect", "dis"}, {"bye", "by"}, {"quit", "qui"}, {"exit", "ex"},
	{"cd", "cd"}, {"cdup", "cdu"}, {"pwd", "pw"}, {"lcd", "lc"}, {"lpwd", "lpw"},
	{"dir", "dir"}, {"ls", "ls"}, {"nlist", "nl"}, {"mdir", "mdi"}, {"mls", "mls"}, {"mlsd", "mlsd"}, {"mlst", "mlst"},
	{"page", "pag"}, {"more", "mor"}, {"less", "le"},
	{"get", "ge"}, {"recv", "rec"}, {"put", "pu"}, {"send", "sen"}, {"mget", "mg"}, {"mput", "mp"},
	{"fget", "fg"}, {"append", "ap"}, {"reget", "reg"}, {"restart", "rest"}, {"newer", "ne"},
	{"delete", "del"}, {"mdelete", "mde"}, {"rename", "ren"}, {"mkdir", "mk"}, {"rmdir", "rm"},
	{"chmod", "ch"}, {"umask", "um"}, {"idle", "id"}, {"size", "siz"}, {"modtime", "modt"},
	{"ascii", "as"}, {"binary", "bi"}, {"image", "im"}, {"tenex", "te"}, {"type", "ty"},
	{"mode", "mode"}, {"struct", "str"}, {"form", "fo"},
	{"system", "sy"}, {"rstatus", "rs"}, {"rhelp", "rh"}, {"features", "fe"}, {"remopts", "rem"},
	{"quote", "quo"}, {"site", "sit"}, {"reset", "rese"}, {"status", "sta"},
	{"help", "he"}, {"usage", "usa"}, {"set", "set"}, {"unset", "un"},
	{"bell", "be"}, {"case", "ca"}, {"cr", "cr"}, {"debug", "deb"}, {"epsv", "ep"}, {"glob", "gl"}, {"hash", "ha"},
	{"nmap", "nm"}, {"ntrans", "nt"}, {"passive", "pas"}, {"preserve", "pre"}, {"progress", "prog"}, {"prompt", "prom"},
	{"runique", "ru"}, {"sunique", "su"}, {"trace", "tr"}, {"verbose", "v"},
}

// TestClassicPrefixes: a newer command must never take a prefix away that reached a classic one.
func TestClassicPrefixes(t *testing.T) {
	table := withClassics(All())
	for _, test := range classicPrefixes {
		want, err := table.Find(test.name)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		for n := len(test.shortest); n < len(test.name); n++ {
			prefix := test.name[:n]
			if table.Has(prefix) {
				continue // rm and stat are names by themselves here, and a name always wins
			}
			if c, err := table.Find(prefix); err != nil || c != want {
				t.Errorf("%s is not %s: %v", prefix, test.name, err)
			}
		}
	}
}

// withClassics adds a command for each classic name that none of the commands has.
func withClassics(all []Command) *Table {
	table := NewTable(all...)
	for _, classic := range classicPrefixes {
		if !table.Has(classic.name) {
			all = append(all, Command{Name: classic.name, Classic: true, Run: runNothing})
		}
	}
	return NewTable(all...)
}
