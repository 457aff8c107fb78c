package term

import (
	"math"
	"testing"
)

func TestHumanSize(t *testing.T) {
	tests := map[int64]string{
		-1: "-", 0: "0", 1023: "1023", 1024: "1.0K", 1025: "1.1K", 10137: "9.9K", 10138: "10K",
		1 << 20: "1.0M", 1<<20 - 1: "1.0M", 20 << 20: "20M", 5 << 40: "5.0T", math.MaxInt64: "8.0E",
	}
	for n, want := range tests {
		if got := HumanSize(n); got != want {
			t.Errorf("HumanSize(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestParseSize(t *testing.T) {
	good := map[string]int64{
		"0": 0, "512": 512, "512b": 512, "1k": 1024, "20M": 20 << 20, "20MB": 20 << 20, "2GiB": 2 << 30,
		"1.5M": 3 << 19, "1t": 1 << 40, "9223372036854775807": math.MaxInt64,
	}
	for s, want := range good {
		if got, err := ParseSize(s); got != want || err != nil {
			t.Errorf("ParseSize(%q) = %d, %v, want %d", s, got, err, want)
		}
	}
	bad := []string{
		"", "b", "k", "ib", "5i", "-1", "+1", "0x10", "1e3", "1_000", "ten", "1 k", "1..5M", "1.5", "inf", "nan",
		"9223372036854775808", "8E", "9999999999T", "9.5E",
	}
	for _, s := range bad {
		if got, err := ParseSize(s); err == nil {
			t.Errorf("ParseSize(%q) = %d, want an error", s, got)
		}
	}
}
