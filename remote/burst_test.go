package remote_test

import (
	"fmt"
	"testing"
	"time"
)

// Times of many files take a round trip for each hundred.
func TestRoundTripsOfManyTimes(t *testing.T) {
	t.Parallel()
	srv := plain(t)
	var names []string
	for i := range 250 {
		names = append(names, fmt.Sprint("f", i))
		srv.Tree.Write("/"+names[i], nil)
		if err := srv.Tree.Touch("/"+names[i], time.Unix(int64(1e9+i), 0).UTC()); err != nil {
			t.Fatal(err)
		}
	}
	names[100], names[200] = "nonesuch", "no\nname"
	s := overDelay(t, srv, nil)
	s.mu.Lock()
	s.events = nil
	s.mu.Unlock()
	times, err := s.ModTimes(t.Context(), names)
	if err != nil || s.flights() != 3 {
		t.Errorf("%d round trips, %v", s.flights(), err)
	}
	for i, at := range times {
		want := time.Unix(int64(1e9+i), 0).UTC()
		if i == 100 || i == 200 {
			want = time.Time{}
		}
		if !at.Equal(want) {
			t.Errorf("the time of %q is %v, want %v", names[i], at, want)
		}
	}
	s.works()
}
