package editor

import "testing"

// S79: lines that are pasted do not run one by one, whether the terminal
// brackets a paste or not: they wait, in one piece, for one Enter.
func TestS79_PastedLinesWait(t *testing.T) {
	for name, paste := range map[string]string{
		"bracketed":               "\x1b[200~ls\rrm *\r\x1b[201~",
		"not bracketed":           "ls\rrm *\r",
		"not bracketed, LF":       "ls\nrm *\n",
		"a bracket in the middle": "\x1b[200~ls\x1b[201~\rrm *\r\x1b[201~",
	} {
		t.Run(name, func(t *testing.T) {
			s := newSessionOf(t, newTerminal(t, 60, 10), Config{})
			s.reads()
			s.types(paste)
			s.sees("\n> ls\nrm *▏\n2 lines: Enter runs them in order, Ctrl-C drops them")
			s.types(enterKey)
			s.gets("ls\nrm *", nil)
			s.sees("\n> ls\nrm *\n▏")
		})
	}
}

// S79: a paste that a slow terminal delivers in pieces is one paste.
func TestS79_PasteInPieces(t *testing.T) {
	s := newSessionOf(t, newTerminal(t, 60, 10), Config{})
	s.reads()
	s.types("ls one")
	s.types(" two\r")
	s.types("rm *\r")
	s.sees("\n> ls one two\nrm *▏\n2 lines: Enter runs them in order, Ctrl-C drops them")
	s.types(ctrlC)
	s.gets("", ErrInterrupted)
}

func TestPastedLinesAreEdited(t *testing.T) {
	s := newSessionOf(t, newTerminal(t, 60, 10), Config{History: history{"ls past"}})
	s.reads()
	s.types("\x1b[200~ls\nrm *\x1b[201~")
	s.types(upKey + upKey)
	s.sees("> ls past▏")
	s.types(downKey)
	s.sees("\n> ls▏\nrm *\n2 lines: Enter runs them in order, Ctrl-C drops them")
	s.types(deleteKey)
	s.sees("> ls▏rm *")
	s.types("\x1f")
	s.types("\x1b\r")
	s.sees("\n> ls\n▏\nrm *\n3 lines: Enter runs them in order, Ctrl-C drops them")
}
