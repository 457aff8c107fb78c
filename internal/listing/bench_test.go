package listing

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"
)

// hundredThousand is the number of entries that the listing of a very large directory has.
const hundredThousand = 100_000

func benchmarkListing(b *testing.B, newParser func() *Parser, line func(i int) string) {
	var text bytes.Buffer
	for i := range hundredThousand {
		fmt.Fprintf(&text, "%s\r\n", line(i))
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		sum, err := newParser().Each(bytes.NewReader(text.Bytes()), Limits{}, func(Entry, Verdict) error { return nil })
		if err != nil || sum.Entries != hundredThousand {
			b.Fatal(sum, err)
		}
	}
}

func newList() *Parser { return New(testNow, nil) }

func BenchmarkUnix100k(b *testing.B) {
	benchmarkListing(b, newList, func(i int) string {
		return fmt.Sprintf("-rw-r--r--    1 1000     1000     %8d Nov 12 09:15 file-%06d.dat", i, i)
	})
}

func BenchmarkUnixInBerlin100k(b *testing.B) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		b.Fatal(err)
	}
	benchmarkListing(b, func() *Parser { return New(testNow, berlin) }, func(i int) string {
		return fmt.Sprintf("-rw-r--r--    1 user     group    %8d 12. März 2024 datei-%06d.dat", i, i)
	})
}

func BenchmarkMLSD100k(b *testing.B) {
	benchmarkListing(b, NewFacts, func(i int) string {
		return fmt.Sprintf("modify=20241128120000;perm=adfrw;size=%d;type=file;unique=802U%X;UNIX.group=1000;UNIX.mode=0644;UNIX.owner=1000; file-%06d.dat", i, i, i)
	})
}

func BenchmarkUnknown100k(b *testing.B) {
	var text bytes.Buffer
	for i := range hundredThousand {
		fmt.Fprintf(&text, "nobody knows line %d\r\n", i)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := newList().Each(bytes.NewReader(text.Bytes()), Limits{}, func(Entry, Verdict) error { return nil }); err != nil && err != io.EOF {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadAll100k(b *testing.B) {
	var text bytes.Buffer
	for i := range hundredThousand {
		fmt.Fprintf(&text, "-rw-r--r--    1 1000     1000     %8d Nov 12 09:15 file-%06d.dat\r\n", i, i)
	}
	b.ReportAllocs()
	for b.Loop() {
		if all, err := newList().ReadAll(bytes.NewReader(text.Bytes()), Limits{}); err != nil || len(all.Entries) != hundredThousand {
			b.Fatal(err)
		}
	}
}
