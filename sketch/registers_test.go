package sketch

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/axiomhq/hyperloglog"
	"pgregory.net/rapid"
)

const coreMask = ^uint64(1<<17 - 1) // the hashes that the counting core keeps

const aDay = 480_000 // some hour, far from zero

func newRegisters(p uint8) Registers { return RegistersOver(make([]uint64, RegistersWords(p)), p) }

// sighting is a hash in an hour.
type sighting struct {
	hash uint64
	hour int64
}

// drawSightings makes up n sightings over a stretch of hours, a few of them late.
func drawSightings(t *rapid.T, n int) []sighting {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	step := rapid.SampledFrom([]int64{1, 3, 80, 300}).Draw(t, "step")
	hour := int64(aDay)
	all := make([]sighting, n)
	for i := range all {
		if rng.IntN(12) == 0 {
			hour += rng.Int64N(step + 1)
		}
		all[i] = sighting{hashed(rng.Uint64N(uint64(n))) & coreMask, hour - rng.Int64N(8)}
	}
	return all
}

func newestOf(all []sighting) int64 {
	newest := int64(0)
	for _, s := range all {
		newest = max(newest, s.hour)
	}
	return newest
}

// valuesOf returns the registers that a plain HyperLogLog of 16 levels would have
// for the window, fed with the last sighting of every hash.
func valuesOf(all []sighting, p uint8, now int64, hours int) []byte {
	newest := newestOf(all)
	type cell struct {
		reg   uint64
		value int
	}
	last := map[cell]int64{}
	for _, s := range all {
		value := 1
		for h := s.hash << p; h>>63 == 0 && value < levels; h <<= 1 {
			value++
		}
		c := cell{s.hash >> (64 - p), value}
		last[c] = max(last[c], s.hour)
	}
	regs := make([]byte, 1<<p)
	for c, hour := range last {
		if hour <= now && now-hour < int64(hours) && newest-hour <= Span {
			regs[c.reg] = max(regs[c.reg], uint8(c.value))
		}
	}
	return regs
}

func TestRegistersAgainstExactModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := uint8(rapid.IntRange(4, 8).Draw(t, "precision"))
		all := drawSightings(t, rapid.IntRange(1, 400).Draw(t, "n"))
		r := newRegisters(p)
		for _, s := range all {
			r.Add(s.hash, s.hour)
		}
		newest := newestOf(all)
		if r.Newest() != newest {
			t.Fatalf("newest hour %d, want %d", r.Newest(), newest)
		}
		for _, back := range []int64{-3, 0, 1, 30, 200} {
			for _, hours := range []int{0, 1, 24, Span} {
				got, want := r.Values(nil, newest-back, hours), valuesOf(all, p, newest-back, hours)
				if !bytes.Equal(got, want) {
					t.Fatalf("%d h, %d h before the newest:\n%v, want\n%v", hours, back, got, want)
				}
			}
		}
	})
}

// The order in which sightings come does not matter.
func TestRegistersForgetTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawSightings(t, rapid.IntRange(1, 300).Draw(t, "n"))
		a, b := newRegisters(5), newRegisters(5)
		for _, s := range all {
			a.Add(s.hash, s.hour)
		}
		newest := newestOf(all)
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, s := range all {
			b.Add(s.hash, s.hour)
		}
		for _, hours := range []int{1, 24, Span} {
			if !bytes.Equal(a.Values(nil, newest, hours), b.Values(nil, newest, hours)) {
				t.Fatalf("%d h: other registers in another order", hours)
			}
		}
	})
}

// Fed with the same few hashes, none of which passes 16, the library answers the same.
func TestRegistersAreTheLibrarys(t *testing.T) {
	for p := uint8(4); p <= 16; p++ {
		r := newRegisters(p)
		want, err := hyperloglog.NewSketch(p, false)
		if err != nil {
			t.Fatal(err)
		}
		top := min(400, 1<<p)
		for i := range uint64(top) {
			h := hashed(i<<8|uint64(p)) & coreMask
			r.Add(h, aDay)
			want.InsertHash(h)
			if i%37 == 0 {
				if got, _ := r.Estimate(aDay, 1); got != want.Estimate() {
					t.Fatalf("p=%d, %d hashes: %d, the library says %d", p, i+1, got, want.Estimate())
				}
			}
		}
	}
}

func TestRegistersMergeIsAddingAllToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := uint8(rapid.IntRange(4, 6).Draw(t, "precision"))
		finer := p + uint8(rapid.IntRange(0, 10).Draw(t, "finer"))
		all := drawSightings(t, rapid.IntRange(1, 500).Draw(t, "n"))
		cut := rapid.IntRange(0, len(all)).Draw(t, "cut")
		one, a, b := newRegisters(p), newRegisters(p), newRegisters(finer)
		for i, s := range all {
			one.Add(s.hash, s.hour)
			if i < cut {
				a.Add(s.hash, s.hour)
			} else {
				b.Add(s.hash, s.hour)
			}
		}
		before := b.AppendBinary(nil)
		if err := a.Merge(b); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.AppendBinary(nil), before) {
			t.Fatal("merging changed its argument")
		}
		newest := newestOf(all)
		for _, hours := range []int{1, 5, 24, Span} {
			if got, want := a.Values(nil, newest, hours), one.Values(nil, newest, hours); !bytes.Equal(got, want) {
				t.Fatalf("%d h: merged\n%v, added to one\n%v", hours, got, want)
			}
		}
	})
}

func TestRegistersMergeRefusesCoarser(t *testing.T) {
	if err := newRegisters(8).Merge(newRegisters(7)); err == nil {
		t.Error("2^7 registers were merged into 2^8")
	}
}

// A term may rest for any time and wake again: what it held before must not come
// back when the stamps wrap round.
func TestRegistersStampsDoNotWrap(t *testing.T) {
	for gap := int64(1); gap < 2*stampWrap; gap++ {
		r := newRegisters(6)
		for i := range uint64(500) {
			r.Add(hashed(i), aDay)
		}
		step := int64(aDay)
		for step < aDay+3*stampWrap {
			step += gap
			r.Add(hashed(0), step)
		}
		if got, _ := r.Estimate(step, 1); got != 1 {
			t.Fatalf("gap %d: %d in the last hour, want 1", gap, got)
		}
	}
}

func TestRegistersRefuseImpossibleHours(t *testing.T) {
	r := newRegisters(4)
	r.Add(1<<60, 10)
	before := r.AppendBinary(nil)
	for _, hour := range []int64{-1, math.MinInt64, math.MaxUint32 + 1, math.MaxInt64} {
		r.Add(2<<60, hour)
	}
	if !bytes.Equal(r.AppendBinary(nil), before) {
		t.Error("an impossible hour changed the block")
	}
}

// The error table: how far estimates are off the truth, by precision and window.
func TestRegistersErrorIsAsPublished(t *testing.T) {
	const rounds = 40
	for _, p := range []uint8{6, 8, 10} {
		published := 1.04 / math.Sqrt(float64(uint64(1)<<p))
		for _, n := range []int{200, 3000, 30_000} {
			sum, worst := map[int]float64{}, map[int]float64{}
			for round := range rounds {
				r := newRegisters(p)
				seen := [Span]int{} // distinct hashes by the hour of the last sighting
				for i := range n {
					hour := i % Span
					r.Add(hashed(uint64(round)<<32|uint64(i))&coreMask, aDay+int64(hour))
					seen[hour]++
				}
				for _, hours := range []int{1, 24, Span} {
					exact := 0
					for _, c := range seen[Span-hours:] {
						exact += c
					}
					got, stderr := r.Estimate(aDay+Span-1, hours)
					if stderr != published {
						t.Fatalf("published error %v, want %v", stderr, published)
					}
					rel := float64(got)/float64(exact) - 1
					sum[hours] += rel * rel
					worst[hours] = max(worst[hours], math.Abs(rel))
				}
			}
			for _, hours := range []int{1, 24, Span} {
				rms := math.Sqrt(sum[hours] / rounds)
				t.Logf("p=%2d n=%6d %2d h: rms %.4f, worst %.4f, published %.4f", p, n, hours, rms, worst[hours], published)
				if rms > 1.3*published {
					t.Errorf("p=%d n=%d %d h: rms error %.4f is over the published %.4f", p, n, hours, rms, published)
				}
			}
		}
	}
}

func TestRegistersCodec(t *testing.T) {
	for _, n := range []uint64{0, 3, 1000} {
		r := newRegisters(6)
		for i := range n {
			r.Add(hashed(i), aDay+int64(i%50))
		}
		enc := r.AppendBinary(nil)
		cells := usedWords(RegistersWords(6))
		got, rest, err := DecodeRegisters(cells, 6, append(enc, 1, 2))
		if err != nil || len(rest) != 2 || !bytes.Equal(got.AppendBinary(nil), enc) {
			t.Fatalf("n=%d: rest %d, error %v", n, len(rest), err)
		}
		if _, _, err := DecodeRegisters(cells, 6, enc[:len(enc)-1]); err == nil {
			t.Fatal("a short encoding was read")
		}
		if n > 0 && RegistersOver(cells, 6).Newest() != 0 {
			t.Fatal("the block is not empty after an error")
		}
	}
	if _, _, err := DecodeRegisters(make([]uint64, RegistersWords(7)), 7, newRegisters(6).AppendBinary(nil)); err == nil {
		t.Error("an encoding of another precision was read")
	}
}

// usedWords returns n words that are not zero, as a used block would be.
func usedWords(n int) []uint64 {
	words := make([]uint64, n)
	for i := range words {
		words[i] = uint64(i) * 0x9E3779B97F4A7C15
	}
	return words
}

func FuzzDecodeRegisters(f *testing.F) {
	r := newRegisters(4)
	f.Add(r.AppendBinary(nil))
	for i := range uint64(100) {
		r.Add(hashed(i), 1000+int64(i/30))
	}
	f.Add(r.AppendBinary(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, rest, err := DecodeRegisters(make([]uint64, RegistersWords(4)), 4, data)
		if !decoded(t, data, rest, err) {
			return
		}
		if again := got.AppendBinary(nil); len(again)+len(rest) > len(data) {
			t.Fatal("read more than there was")
		}
		if _, stderr := got.Estimate(got.Newest(), Span); stderr > 1 {
			t.Fatal("the library does not take the registers")
		}
		got.Add(1, got.Newest()+1)
		if err := newRegisters(4).Merge(got); err != nil {
			t.Fatal(err)
		}
	})
}

func TestRegistersAddAllocatesNothing(t *testing.T) {
	r := newRegisters(10)
	k, sink := uint64(0), uint64(0)
	if n := testing.AllocsPerRun(1000, func() {
		k++
		h := hashed(k)
		sink += r.cells[RegistersWord(h, 10)]
		r.Add(h, aDay+int64(k>>4))
	}); n != 0 {
		t.Errorf("Add allocates %v times", n)
	}
	if sink == 0 {
		t.Error("nothing was touched")
	}
}

func BenchmarkRegistersEstimate(b *testing.B) {
	r := newRegisters(10)
	for i := range uint64(100_000) {
		r.Add(hashed(i), aDay+int64(i%Span))
	}
	for _, bench := range []struct {
		name  string
		hours int
	}{{"1h", 1}, {"72h", Span}} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				r.Estimate(aDay+Span-1, bench.hours)
			}
		})
		b.Run(bench.name+"/library", func(b *testing.B) {
			for b.Loop() {
				sk, err := r.Sketch(aDay+Span-1, bench.hours)
				if err != nil {
					b.Fatal(err)
				}
				sk.Estimate()
			}
		})
	}
}
