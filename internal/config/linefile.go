package config

import (
	"strings"
	"sync"
)

// lineFile is a file of one entry a line. Comments and lines that are not
// understood stay as they are when another line changes.
type lineFile struct {
	path string
	mu   sync.Mutex
}

// lines returns the lines of the file, none if it does not exist.
func (f *lineFile) lines() ([]string, error) {
	text, err := readTrusted(f.path, maxConfig)
	if err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.TrimRight(line, "\r\n"))
	}
	return lines, nil
}

// replace puts line, unless it is "", in the place of the first line that is
// old, or at the end, and removes the others that are old. It reports whether
// any was.
func (f *lineFile) replace(old func(line string) bool, line string) (found bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	lines, err := f.lines()
	if err != nil {
		return false, err
	}
	var kept []string
	for _, l := range lines {
		if !old(l) {
			kept = append(kept, l)
			continue
		}
		if !found && line != "" {
			kept = append(kept, line)
		}
		found = true
	}
	switch {
	case !found && line != "":
		kept = append(kept, line)
	case !found:
		return false, nil
	}
	return found, writePrivate(f.path, strings.Join(kept, "\n")+"\n")
}

// isComment reports whether a line says nothing.
func isComment(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || line[0] == '#'
}
