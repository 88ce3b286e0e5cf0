package pairs

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkAdd counts pairs of a Zipf stream in a table that is full, 2 MiB long.
func BenchmarkAdd(b *testing.B) {
	table := New(nil, 2<<20)
	table.Advance(1)
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.1, 4, 1<<20)
	type add struct {
		of  Term
		key uint64
	}
	adds := make([]add, 1<<20)
	for i := range adds {
		adds[i] = add{table.Of(id(int(zipf.Uint64()))), id(int(zipf.Uint64()))}
	}
	for _, a := range adds {
		table.Add(a.of, a.key)
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		a := &adds[n&(len(adds)-1)]
		table.Add(a.of, a.key)
		n++
	}
}

func BenchmarkCompanions(b *testing.B) {
	table := New(nil, 2<<20)
	table.Advance(1)
	run(table, rand.New(rand.NewPCG(1, 1)), 100_000)
	room := make([]Companion, 0, MaxCompanions)
	n := 0
	for b.Loop() {
		table.Companions(room, id(n%60))
		n++
	}
}
