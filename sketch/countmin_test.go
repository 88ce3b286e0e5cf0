package sketch

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/zeebo/xxh3"
	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/offheap"
)

// hashed spreads small test keys as the caller's hash would.
func hashed(k uint64) uint64 {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], k)
	return xxh3.Hash(b[:])
}

func TestCountMinNeverCountsTooFew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := NewCountMin(nil, rapid.SampledFrom([]int{1, 128, 1024, 1 << 14}).Draw(t, "bytes"))
		gen := int64(0)
		c.Advance(gen)
		exact := [2]map[uint64]uint32{{}, {}} // current generation and the one before
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				k := rapid.Uint64Range(0, 200).Draw(t, "key")
				n := rapid.Uint32Range(1, 50).Draw(t, "n")
				got := c.Add(hashed(k), n)
				exact[0][k] += n
				if want := exact[0][k] + exact[1][k]; got < want {
					t.Fatalf("Add(%d, %d) = %d, at least %d were counted", k, n, got, want)
				}
			},
			"advance": func(t *rapid.T) {
				step := rapid.Int64Range(0, 3).Draw(t, "step")
				gen += step
				c.Advance(gen)
				switch {
				case step == 1:
					exact = [2]map[uint64]uint32{{}, exact[0]}
				case step > 1:
					exact = [2]map[uint64]uint32{{}, {}}
				}
			},
			"": func(t *rapid.T) {
				for k := range exact[0] {
					if got, _ := c.Estimate(hashed(k)); got < exact[0][k]+exact[1][k] {
						t.Fatalf("Estimate(%d) = %d < %d", k, got, exact[0][k]+exact[1][k])
					}
				}
			},
		})
	})
}

func TestCountMinSaturationIsReported(t *testing.T) {
	c := NewCountMin(nil, 1024)
	c.Add(7, cmMax-1)
	if _, saturated := c.Estimate(7); saturated {
		t.Error("saturated one below the top")
	}
	c.Add(7, 10)
	if n, saturated := c.Estimate(7); n != cmMax || !saturated {
		t.Errorf("Estimate = %d, %v; want %d, true", n, saturated, cmMax)
	}
}

// The measured bound is checked on streams of three skews: of the keys that were
// added, no more than delta may be off by more than the bound.
func TestCountMinErrorBoundHolds(t *testing.T) {
	for _, skew := range []float64{1.1, 1.4, 2} {
		rng := rand.New(rand.NewPCG(1, uint64(skew*10)))
		zipf := rand.NewZipf(rng, skew, 1, 1<<22)
		c := NewCountMin(nil, 1<<17)
		exact := map[uint64]uint32{}
		for range 400_000 {
			k := zipf.Uint64()
			c.Add(hashed(k), 1)
			exact[k]++
		}
		for _, delta := range []float64{0.1, 0.01} {
			bound := c.ErrorBound(delta, 4096)
			over := 0
			for k, n := range exact {
				got, saturated := c.Estimate(hashed(k))
				if !saturated && got-n > bound {
					over++
				}
			}
			share := float64(over) / float64(len(exact))
			t.Logf("zipf %.1f: %d keys, delta %.2f: bound %d, %.4f beyond it", skew, len(exact), delta, bound, share)
			// Sampling error of the 4,096 probes: three standard deviations.
			if slack := 3 * 0.5 / 64 * 2 * delta; share > delta+slack {
				t.Errorf("zipf %.1f: %.4f of the keys are off by more than %d, promised %.2f", skew, share, bound, delta)
			}
		}
	}
}

func TestCountMinCodec(t *testing.T) {
	c := NewCountMin(nil, 4096)
	for i := range uint64(500) {
		c.Add(hashed(i%90), 3)
		c.Advance(int64(i / 200))
	}
	enc := c.AppendBinary(nil)
	got := NewCountMin(nil, 4096)
	got.Add(1, 1)
	rest, err := got.Restore(append(enc, "tail"...))
	if err != nil || string(rest) != "tail" {
		t.Fatalf("rest %q, error %v", rest, err)
	}
	if !bytes.Equal(got.AppendBinary(nil), enc) {
		t.Fatal("a decoded sketch encodes differently")
	}
	for cut := range enc[:64] {
		if _, err := NewCountMin(nil, 4096).Restore(enc[:cut]); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
}

func FuzzRestoreCountMin(f *testing.F) {
	c := NewCountMin(nil, 256)
	f.Add(c.AppendBinary(nil))
	c.Add(1, 3)
	f.Add(c.AppendBinary(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		got := NewCountMin(nil, 256)
		rest, err := got.Restore(data)
		if !decoded(t, data, rest, err) {
			return
		}
		if again := got.AppendBinary(nil); len(again)+len(rest) > len(data) {
			t.Fatal("read more than there was")
		}
		got.Add(1, 1)
		got.Advance(got.gen + 1)
	})
}

func TestCountMinHotPathAllocatesNothing(t *testing.T) {
	c := NewCountMin(nil, 1<<16)
	k := uint64(0)
	if n := testing.AllocsPerRun(1000, func() { k++; c.Add(hashed(k), 1) }); n != 0 {
		t.Errorf("Add allocates %v times", n)
	}
}

func BenchmarkCountMinAdd(b *testing.B) {
	benchTables(b, func(size int) (func(uint64), func(uint64) uint64) {
		mem, err := offheap.Reserve(int64(size))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { mem.Close() })
		c := NewCountMin(mem, size)
		return func(key uint64) { c.Add(key, 1) }, c.Touch
	})
}
