package term

import (
	"strings"
	"testing"
)

func TestWidth(t *testing.T) {
	tests := []struct {
		in   string
		want int
	}{
		{"", 0},
		{"abc", 3},
		{"Grüße", 5},
		{"日本", 4},
		{"e\u0301", 1},
		{"👩‍🚀", 2},
		{"🇩🇪🇫🇷", 4},
		{"\x1b[1;34mdir\x1b[0m", 3},
		{"\x1b[mx", 1},
	}
	for _, test := range tests {
		if got := Width(test.in); got != test.want {
			t.Errorf("Width(%q) = %d, want %d", test.in, got, test.want)
		}
	}
}

func TestCut(t *testing.T) {
	tests := []struct {
		in    string
		width int
		want  string
	}{
		{"abcdef", 6, "abcdef"},
		{"abcdef", 5, "abcd…"},
		{"abcdef", 1, "…"},
		{"abcdef", 0, ""},
		{"abcdef", -3, ""},
		{"日本語", 4, "日…"},
		{"日本語", 5, "日本…"},
		{"\x1b[34mabcdef\x1b[0m", 4, "\x1b[34mabc…\x1b[0m"},
		{"\x1b[34mabc\x1b[0m", 3, "\x1b[34mabc\x1b[0m"},
	}
	for _, test := range tests {
		if got := Cut(test.in, test.width); got != test.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", test.in, test.width, got, test.want)
		}
	}
}

func FuzzCutFits(f *testing.F) {
	f.Add("Grüße 日本 👩‍🚀", 7)
	f.Add("\x1b[1mbold", 2)
	f.Fuzz(func(t *testing.T, s string, width int) {
		cut := Cut(s, width)
		if Width(cut) > max(0, width) {
			t.Fatalf("Cut(%q, %d) = %q is %d wide", s, width, cut, Width(cut))
		}
	})
}

func TestClusterTakesAllOfACharacter(t *testing.T) {
	rest, clusters := "e\u0301日x", []string{}
	for rest != "" {
		cluster, _ := Cluster(rest)
		clusters = append(clusters, cluster)
		rest = rest[len(cluster):]
	}
	if got := strings.Join(clusters, "|"); got != "e\u0301|日|x" {
		t.Errorf("clusters %q", got)
	}
}
