package term

import "testing"

func BenchmarkSafe(b *testing.B) {
	for name, line := range map[string]string{
		"ascii":   "-rw-r--r--    1 1000     1000     12345678 Nov 12 09:15 file-000001.dat",
		"unicode": "-rw-r--r--    1 1000     1000     12345678 Nov 12 09:15 über-000001.dat",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Safe(line)
			}
		})
	}
}
