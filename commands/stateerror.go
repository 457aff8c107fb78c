package commands

// StateError is a command that does not fit the state of the session.
type StateError struct {
	Op      string
	Problem string
	Next    string // what to type first
	Status  Status // 0 is StatusFailed
}

func (e *StateError) Error() string { return e.Op + ": " + e.Problem }

// ExitStatus is what the error means to a script.
func (e *StateError) ExitStatus() int {
	if e.Status == StatusOK {
		return int(StatusFailed)
	}
	return int(e.Status)
}

// Hint is what to type first.
func (e *StateError) Hint() string { return e.Next }

// SettingError is a setting whose value cannot be used.
type SettingError struct{ Err error }

func (e *SettingError) Error() string { return "setting " + e.Err.Error() }

func (e *SettingError) Unwrap() error { return e.Err }

// ExitStatus is that of a line that cannot be used.
func (e *SettingError) ExitStatus() int { return int(StatusUsage) }

// HintedError is an error that the command knows a way out of.
type HintedError struct {
	Err  error
	Next string
}

func (e *HintedError) Error() string { return e.Err.Error() }

func (e *HintedError) Unwrap() error { return e.Err }

// Hint is what to type next.
func (e *HintedError) Hint() string { return e.Next }
