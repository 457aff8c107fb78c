package commands

import "ftpsh/internal/config"

// near are at most three names that the word may have been meant for, the likeliest first.
func (t *Table) near(word string) []string {
	var names []string
	for _, c := range t.Listed() {
		names = append(names, c.Names()...)
	}
	return config.Nearest(word, names)
}
