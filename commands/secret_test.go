package commands

import "testing"

// TestS74_SecretsAreNotRemembered: none of these may enter the history.
func TestS74_SecretsAreNotRemembered(t *testing.T) {
	table := NewTable(append(sampleCommands(),
		Command{Name: "user", Raw: true, Args: []Arg{{Name: "name"}, {Name: "password", Kind: Secret, Optional: true}}},
		queueCommand,
		Command{Name: "open", Args: []Arg{{Name: "host", Kind: BookmarkName}}, Flags: []Flag{{Letter: 'w', Long: "word", Value: "x", Kind: Secret}}},
	)...)
	tests := map[string]bool{
		"user joe":                     false,
		"user joe x":                   true,
		"-@user joe x":                 true,
		"us joe x":                     true,
		"usre joe x":                   true, // a slip
		"u joe x":                      true,
		"user 'joe' \"x":               true, // half a line
		"account x":                    true,
		"get a; user joe x; get b":     true,
		"get a && account x || get b":  true,
		"open h":                       false,
		"open u@h":                     false,
		"open u:p@h":                   true,
		"open ftp://u:p@h/":            true,
		"open ftp://u@h:21/a:b@c":      true, // to be on the safe side
		"open h -w x":                  true,
		"open h -wx":                   true,
		"open h --word=x":              true,
		"opn ftp://u:p@h/":             true,
		"ftp://u:p@h/":                 true,
		"quote PASS x":                 true,
		"quote 'pass x'":               true,
		"quote -d acct x":              true,
		"quote STAT":                   false,
		"queue add user joe":           false,
		"queue add user joe x":         true,
		"queue add 'cd /; user joe x'": true,
		"queue add 'quote PASS x'":     true,
		"queue add queue add user j x": true,
		"ls; >":                        false, // never came to an end
		"get PASS":                     false,
		"get a b c d":                  false,
		"":                             false,
		"get x | account y":            false, // a local program
	}
	for line, want := range tests {
		if got := table.HoldsSecret(line); got != want {
			t.Errorf("%s: holds a secret: %v", line, got)
		}
	}
}

func FuzzHoldsSecret(f *testing.F) {
	f.Add("user joe x; quote 'PASS x' | a")
	f.Add(`"\`)
	table := sampleTable()
	f.Fuzz(func(_ *testing.T, line string) { table.HoldsSecret(line) })
}
