//go:build linux

package bench

import (
	"cmp"
	"slices"
	"testing"
	"time"
)

// contestant is a client with the work that it is to do.
type contestant struct {
	client client
	do     func() (cost, error)
}

// compete lets everyone do the work once a round, and returns the median costs in the order of the
// contestants.
func compete(b *testing.B, contestants []contestant) []cost {
	b.Helper()
	spent := make([][]cost, len(contestants))
	once := func(who int) cost {
		c, err := contestants[who].do()
		if err != nil {
			b.Fatalf("%s: %v", contestants[who].client.name, err)
		}
		return c
	}
	for who := range contestants {
		once(who) // to warm up
	}
	for round := 0; b.Loop(); round++ {
		for place := range contestants {
			who := (round + place) % len(contestants)
			spent[who] = append(spent[who], once(who))
		}
	}
	medians := make([]cost, len(contestants))
	for who, each := range spent {
		medians[who] = median(each)
	}
	return medians
}

// median takes the median of each quantity by itself.
func median(all []cost) cost {
	return cost{
		wall:  middle(all, func(c cost) time.Duration { return c.wall }),
		first: middle(all, func(c cost) time.Duration { return c.first }),
		cpu:   middle(all, func(c cost) time.Duration { return c.cpu }),
		peak:  middle(all, func(c cost) int64 { return c.peak }),
		lines: middle(all, func(c cost) int { return c.lines }),
	}
}

func middle[T cmp.Ordered](all []cost, quantity func(cost) T) T {
	values := make([]T, len(all))
	for i, c := range all {
		values[i] = quantity(c)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
