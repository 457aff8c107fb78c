package config

import (
	"fmt"
	"strconv"
	"time"
)

// Value is what a setting is set to, and who said so.
type Value struct {
	Setting Setting
	Text    string // canonical; may be ""
	Source  Source
	Where   string // path:line or the variable, "" for other sources
}

// Shown is the text without the password of a URL.
func (v Value) Shown() string { return maskPassword(v.Text) }

// Values are the settings that hold at one site. A name that is not declared,
// or is of another kind, panics: it is a mistake of the program.
type Values struct {
	config *Config
	host   string
	port   int
}

// At returns the settings for a server; those without one are At("", 0). Host
// is what the user typed, without brackets. Values follow later changes.
func (c *Config) At(host string, port int) Values { return Values{c, host, port} }

// All returns every setting, in the order of [Settings].
func (v Values) All() []Value {
	all := make([]Value, 0, len(settings))
	for i := range settings {
		all = append(all, v.lookup(&settings[i]))
	}
	return all
}

// Value returns one setting with its source.
func (v Values) Value(name string) Value {
	s := declared(name)
	if s == nil {
		panic("config: no setting " + name)
	}
	return v.lookup(s)
}

// Bool returns a setting that is on or off.
func (v Values) Bool(name string) bool { return v.text(name, Bool) == on }

// Int returns a number.
func (v Values) Int(name string) int {
	n, _ := strconv.Atoi(v.text(name, Int))
	return n
}

// Duration returns a time span; 0 is off or not set.
func (v Values) Duration(name string) time.Duration {
	d, _ := time.ParseDuration(v.text(name, Duration))
	return d
}

// Text returns a text, a choice or a path, as it was set.
func (v Values) Text(name string) string { return v.text(name, Text, Choice, Path) }

// Zone returns the time zone of the times in LIST.
func (v Values) Zone() *time.Location {
	zone, err := parseZone(v.text("timezone", Text))
	if err != nil {
		return time.UTC // it could be read when it was set
	}
	return zone
}

// ActivePorts returns the ports to listen on in active mode, 0 and 0 for any.
func (v Values) ActivePorts() (low, high uint16) {
	low, high, _ = parsePorts(v.text("active-ports", Text))
	return low, high
}

// text returns the value of a setting that must be of one of the kinds.
func (v Values) text(name string, kinds ...Kind) string {
	value := v.Value(name)
	for _, kind := range kinds {
		if value.Setting.Kind == kind {
			return value.Text
		}
	}
	panic(fmt.Sprintf("config: setting %s is of kind %d", name, value.Setting.Kind))
}

// lookup finds the value that counts: of the greatest source the latest one.
func (v Values) lookup(s *Setting) Value {
	v.config.mu.RLock()
	defer v.config.mu.RUnlock()
	value := Value{Setting: *s, Text: s.Default}
	for _, a := range v.config.given {
		if a.source >= value.Source && a.sets(s) && a.site.matches(v.host, v.port) {
			value.Text, value.Source, value.Where = a.text, a.source, a.where
		}
	}
	return value
}

// sets reports whether the assignment speaks of s, by its own name or by that
// of the setting that stands for several.
func (a assignment) sets(s *Setting) bool {
	return a.name == s.Name || a.name == s.general && a.text != ""
}
