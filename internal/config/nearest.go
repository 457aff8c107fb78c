package config

import (
	"cmp"
	"slices"
	"strings"
)

// nearest returns the settings that name may have been meant for.
func nearest(name string) []string {
	names := make([]string, len(settings))
	for i, s := range settings {
		names[i] = s.Name
	}
	return Nearest(name, names)
}

// Nearest returns at most three of the names that word may have been meant for,
// the most likely first: spelt alike, or begun.
func Nearest(word string, names []string) []string {
	const most = 3
	word = strings.ToLower(word)
	farthest := 1 // of a short word, two other letters make any other
	if len(word) > 5 {
		farthest = 2
	}
	distances := map[string]int{}
	var near []string
	for _, name := range names {
		d := distance(word, name)
		if word != "" && strings.HasPrefix(name, word) {
			d = 0
		}
		if d <= farthest && d < len(word) && d < len(name) {
			distances[name] = d
			near = append(near, name)
		}
	}
	slices.SortStableFunc(near, func(a, b string) int { return cmp.Compare(distances[a], distances[b]) })
	return near[:min(len(near), most)]
}

// distance is the number of characters to insert, delete, replace or swap with
// the next that make b out of a (optimal string alignment).
func distance(a, b string) int {
	var before []int // the row above the last
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			replace := last[j]
			if a[i] != b[j] {
				replace++
			}
			row[j+1] = min(replace, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
