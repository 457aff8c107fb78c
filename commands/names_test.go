package commands

import "testing"

func TestMapName(t *testing.T) {
	manual := Naming{MapIn: "$1.$2.$3", MapOut: "[$1,$2].[$2,file]"}
	tests := []struct {
		naming     Naming
		name, want string
	}{
		{Naming{}, "README.TXT", "README.TXT"},
		{Naming{Case: true}, "README.TXT", "readme.txt"},
		{Naming{Case: true}, "Readme.TXT", "Readme.TXT"},
		{Naming{Case: true}, "ÄRGER", "ärger"},

		{Naming{TransIn: " :", TransOut: "__"}, "a b:c", "a_b_c"},
		{Naming{TransIn: " :", TransOut: "_"}, "a b:c", "a_bc"},
		{Naming{TransIn: "ab"}, "cabbage", "cge"},
		{Naming{TransIn: "ä", TransOut: "a"}, "bär", "bar"},

		// The four of ftp's manual.
		{manual, "myfile.data", "myfile.data"},
		{manual, "myfile.data.old", "myfile.data"},
		{manual, "myfile", "myfile.file"},
		{manual, ".myfile", "myfile.myfile"},

		{Naming{MapIn: "$1.$2", MapOut: "$2.$1"}, "a.b", "b.a"},
		{Naming{MapIn: "$1.$2", MapOut: "$2.$1"}, "a.b.c", "b.c.a"},
		{Naming{MapIn: "$1", MapOut: "x-$0-$1"}, "a.b", "x-a.b-a.b"},
		{Naming{MapIn: "v$1;$2", MapOut: "$1"}, "vms;4", "ms"},
		{Naming{MapIn: "v$1;$2", MapOut: "[$1,$0]"}, "other;4", "other;4"},
		{Naming{MapIn: `$1\$$2`, MapOut: `$2\[$1\]`}, "a$b", "b[a]"},
		{Naming{MapIn: "$1.$2", MapOut: "[$2,none"}, "a", "none"},
		{Naming{MapIn: "$1$2", MapOut: "$2<$1>"}, "a.b", "<a.b>"},
		{Naming{MapIn: "$1ü$2", MapOut: "$2$1"}, "aüb", "ba"},
		{Naming{MapIn: "$1.$2", MapOut: ""}, "a.b", ""},

		// case before ntrans before nmap.
		{Naming{Case: true, TransIn: "a", TransOut: ".", MapIn: "$1.$2", MapOut: "$2.$1"}, "XAY", "y.x"},
	}
	for _, test := range tests {
		if got := MapName(test.naming, test.name); got != test.want {
			t.Errorf("%+v makes %q of %q; want %q", test.naming, got, test.name, test.want)
		}
	}
}

func FuzzMapName(f *testing.F) {
	f.Add("$1.$2", "[$1,[$2,$0]]", "a.b")
	f.Add(`\`, `\`, `\`)
	f.Add("$", "[", "")
	f.Fuzz(func(t *testing.T, in, out, name string) {
		MapName(Naming{Case: true, TransIn: in, TransOut: out, MapIn: in, MapOut: out}, name)
	})
}
