package rows

import (
	"fmt"
	"io"
	"reflect"
	"testing"
)

func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{50, 100_000} {
		rows := make([]row, n)
		for i := range rows {
			rows[i] = row{Kind: "hashtag", Key: fmt.Sprint("key", i%5000), Posts: &posts{Count: uint64(i)}, Left: span{number(i) / 7, 1}, Flags: []string{"new", "few"}}
		}
		for _, f := range Formats() {
			b.Run(fmt.Sprintf("%v/rows=%d", f, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					w, err := NewWriter(io.Discard, reflect.TypeFor[row](), Options{Format: f})
					if err != nil {
						b.Fatal(err)
					}
					if err := w.Write(rows); err != nil {
						b.Fatal(err)
					}
					if err := w.Close(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
			})
		}
	}
}
