package config

import "testing"

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "get", 3}, {"get", "get", 0}, {"gte", "get", 1}, {"put", "get", 2}, {"mdelte", "mdelete", 1}, {"ab", "ba", 1}, {"abc", "ca", 3}} {
		if got := distance(test.a, test.b); got != test.want || distance(test.b, test.a) != got {
			t.Errorf("distance(%q, %q) is %d; want %d", test.a, test.b, got, test.want)
		}
	}
}
