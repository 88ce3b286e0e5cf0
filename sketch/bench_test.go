package sketch

import (
	"errors"
	"fmt"
	"testing"
)

// decoded reports whether a fuzzed encoding was accepted; if not, the error must
// say that it is corrupt.
func decoded(t *testing.T, data, rest []byte, err error) bool {
	t.Helper()
	if err != nil {
		if !errors.Is(err, ErrCorrupt) {
			t.Fatalf("error %v is not ErrCorrupt", err)
		}
		return false
	}
	if len(rest) > len(data) {
		t.Fatal("more is left than there was")
	}
	return true
}

// touched keeps what Touch returns, so that the calls stay.
var touched uint64

// benchTables runs a benchmark over tables that fit the cache and that do not,
// one key after the other and in groups of 32 that are touched first.
func benchTables(b *testing.B, table func(size int) (add func(key uint64), touch func(key uint64) uint64)) {
	const group = 32
	for _, mib := range []int{1, 256} {
		add, touch := table(mib << 20)
		// Pages are touched once before the clock runs.
		for i := range 4 * mib << 20 / 64 {
			add(probeKey(i))
		}
		b.Run(fmt.Sprintf("%dMiB/plain", mib), func(b *testing.B) {
			i := 0
			for b.Loop() {
				for range group {
					add(probeKey(i))
					i++
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(i), "ns/key")
		})
		b.Run(fmt.Sprintf("%dMiB/touch", mib), func(b *testing.B) {
			i := 0
			var keys [group]uint64
			for b.Loop() {
				for k := range keys {
					keys[k] = probeKey(i)
					touched += touch(keys[k])
					i++
				}
				for _, key := range keys {
					add(key)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(i), "ns/key")
		})
	}
}

// Many blocks of registers, as many terms have them.
func BenchmarkRegistersAdd(b *testing.B) {
	benchTables(b, func(size int) (func(uint64), func(uint64) uint64) {
		const p = 8
		words := RegistersWords(p)
		blocks := size / 8 / words
		cells := make([]uint64, blocks*words)
		of := func(key uint64) Registers {
			at := int(key>>8%uint64(blocks)) * words
			return RegistersOver(cells[at:], p)
		}
		return func(key uint64) { of(key).Add(Mix(key, 1), aDay) },
			func(key uint64) uint64 { return of(key).cells[RegistersWord(Mix(key, 1), p)] }
	})
}
