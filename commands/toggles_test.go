package commands

import "testing"

func TestToggles(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	d.shows(t, "bell", "bell after transfers: on\n")
	d.shows(t, "bell", "bell after transfers: off\n")
	d.shows(t, "bell on", "bell after transfers: on\n")
	d.shows(t, "bell on", "bell after transfers: on\n")
	d.shows(t, "case", "lower case for names in capitals: on\n")
	d.shows(t, "glob", "patterns in names: off\n")
	d.shows(t, "prompt off", "questions for each file: off\n")
	d.refuses(t, "glob maybe", `glob: state: "maybe" is not one of on, off`)
	if d.On("glob") || d.On("prompt") || !d.On("case") || !d.Values().Bool("bell") {
		t.Error("a toggle tells another state than it has")
	}
	d.run(t, "verbose on")
	if !d.Tracer.Verbose() {
		t.Error("verbose on does not reach the tracer")
	}
}

func TestToggleDefaults(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	on := map[string]bool{"cr": true, "glob": true, "preserve": true, "progress": true, "prompt": true, "passive": true, "epsv": true}
	for _, toggle := range toggles {
		if d.On(toggle.Name) != on[toggle.Name] {
			t.Errorf("%s is %v at first", toggle.Name, d.On(toggle.Name))
		}
	}
}

func TestHashAndProgressExcludeEachOther(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	d.shows(t, "hash", "hash marks: on (1024 bytes each)\n")
	if d.On("progress") || !d.On("hash") {
		t.Error("hash leaves progress on")
	}
	d.shows(t, "hash 64k", "hash marks: on (65536 bytes each)\n")
	d.shows(t, "progress on", "progress of transfers: on\n")
	if d.On("hash") {
		t.Error("progress leaves hash on")
	}
	d.shows(t, "hash off", "hash marks: off\n")
	if !d.On("progress") || d.Toggles.HashSize() != 64<<10 {
		t.Error("hash off changes more than hash")
	}
	d.refuses(t, "hash 0", "hash: size: a mark stands for one byte at least")
}

func TestSettingsBehindTogglesAreApplied(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	var applied string
	d.Apply = func(setting string) error { applied += setting + " "; return nil }
	d.run(t, "preserve off")
	d.run(t, "set timeout 8")
	if applied != "preserve timeout " {
		t.Errorf("applied: %q", applied)
	}
}

func TestUndeclaredTogglePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an undeclared toggle does not panic")
		}
	}()
	newDesk(t, NewTable()).On("golb")
}

func TestNamingCommands(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	d.shows(t, "ntrans ' ' _", "characters in names:   become _\n")
	d.shows(t, "nmap '$1.$2' '$2.$1'", "templates of names: $1.$2 becomes $2.$1\n")
	d.run(t, "case on")
	if local, sent := d.LocalName("A B.TXT"), d.RemoteName("A B.TXT"); local != "txt.a_b" || sent != "TXT.A_B" {
		t.Errorf("names are %q and %q", local, sent)
	}
	d.refuses(t, "nmap x", "nmap: missing out")
	d.shows(t, "nmap", "templates of names: none\n")
	d.shows(t, "ntrans", "characters in names: left alone\n")
	if d.Naming() != (Naming{Case: true}) {
		t.Errorf("naming is %+v", d.Naming())
	}
}
