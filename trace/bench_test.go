package trace

import (
	"fmt"
	"io"
	"testing"

	"ftpsh/internal/term"
)

// BenchmarkEvent is what an event costs on its way: nothing to speak of while nobody looks.
func BenchmarkEvent(b *testing.B) {
	for level := range MaxLevel + 1 {
		t := New(term.NewPrinter(term.PrinterConfig{Out: io.Discard, Err: io.Discard, Getenv: func(string) string { return "" }}))
		t.SetLevel(level)
		b.Run(fmt.Sprintf("level=%d", level), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				t.Event(events[i%len(events)])
			}
		})
	}
}
