package sketch

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/axiomhq/hyperloglog"
	"pgregory.net/rapid"
)

const aDay = 480_000 // some hour, far from zero

func TestWindowedHLLIsExactWhileSmall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var w WindowedHLL
		lastSeen := map[uint64]int64{}
		now := int64(aDay)
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				k := rapid.Uint64Range(1, sparseMax).Draw(t, "key")
				hour := now - rapid.Int64Range(0, Span-1).Draw(t, "late")
				w.Add(hashed(k), hour, 8)
				lastSeen[k] = max(lastSeen[k], hour)
			},
			"tick": func(t *rapid.T) {
				now += rapid.Int64Range(0, 300).Draw(t, "hours")
				w.Add(hashed(1), now, 8)
				lastSeen[1] = now
			},
			"": func(t *rapid.T) {
				for _, hours := range []int{1, 24, Span} {
					want := uint64(0)
					for _, at := range lastSeen {
						if now-at < int64(hours) {
							want++
						}
					}
					if got, stderr := w.Estimate(now, hours); got != want || stderr != 0 {
						t.Fatalf("%d h: %d ± %v, want exactly %d", hours, got, stderr, want)
					}
				}
			},
		})
	})
}

// A window's registers are those of an axiomhq sketch that was fed that window.
func TestWindowedHLLEqualsLibraryFedWithTheWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := uint8(rapid.IntRange(4, 10).Draw(t, "precision"))
		var w WindowedHLL
		type event struct {
			hash uint64
			hour int64
		}
		var events []event
		now := int64(aDay)
		seed := rapid.Uint64().Draw(t, "seed")
		rng := rand.New(rand.NewPCG(seed, 1))
		for i := range rapid.IntRange(sparseMax+1, 600).Draw(t, "events") {
			// The first ones come at once, so that registers are in use.
			if i > sparseMax && rng.IntN(10) == 0 {
				now += rng.Int64N(90)
			}
			e := event{hashed(uint64(i)<<32 | rng.Uint64N(2)), now - rng.Int64N(6)}
			if i <= sparseMax {
				e.hour = now
			}
			w.Add(e.hash, e.hour, p)
			events = append(events, e)
		}
		for _, hours := range []int{1, 24, Span} {
			want, err := hyperloglog.NewSketch(p, false)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				if e.hour <= w.last && w.last-e.hour < int64(hours) {
					want.InsertHash(e.hash &^ 0xff)
				}
			}
			if got, _ := w.Estimate(w.last, hours); got != want.Estimate() {
				t.Fatalf("p=%d %d h: %d, the library says %d", p, hours, got, want.Estimate())
			}
		}
	})
}

func TestWindowedHLLErrorIsAsPublished(t *testing.T) {
	const p, rounds = 10, 60
	for _, n := range []int{100, 1000, 20_000} {
		sum := 0.0
		for round := range rounds {
			var w WindowedHLL
			for i := range n {
				w.Add(hashed(uint64(round)<<32|uint64(i)), aDay+int64(i%Span), p)
			}
			got, stderr := w.Estimate(aDay+Span-1, Span)
			if want := 1.04 / math.Sqrt(1<<p); stderr != want {
				t.Fatalf("published error %v, want %v", stderr, want)
			}
			rel := float64(got)/float64(n) - 1
			sum += rel * rel
		}
		rms := math.Sqrt(sum / rounds)
		t.Logf("n=%d: rms error %.4f, published %.4f", n, rms, 1.04/math.Sqrt(1<<p))
		if rms > 1.25*1.04/math.Sqrt(1<<p) {
			t.Errorf("n=%d: rms error %.4f is over the published one", n, rms)
		}
	}
}

// A term may rest for any time and wake again: what it held before must not
// come back when the stamps wrap round.
func TestWindowedHLLStampsDoNotWrap(t *testing.T) {
	for gap := int64(1); gap < 2*stampWrap; gap++ {
		for _, n := range []uint64{10, 500} {
			var w WindowedHLL
			for i := range n {
				w.Add(hashed(i), aDay, 8)
			}
			step := int64(aDay)
			for step < aDay+3*stampWrap {
				step += gap
				w.Add(hashed(0), step, 8)
			}
			if got, _ := w.Estimate(w.last, 1); got != 1 {
				t.Fatalf("gap %d, %d hashes: %d in the last hour, want 1", gap, n, got)
			}
		}
	}
}

func TestWindowedHLLCodec(t *testing.T) {
	for _, n := range []uint64{0, 3, sparseMax, 1000} {
		var w WindowedHLL
		for i := range n {
			w.Add(hashed(i), aDay+int64(i%50), 6)
		}
		enc := w.AppendBinary(nil)
		got, rest, err := DecodeWindowedHLL(append(enc, 1, 2))
		if err != nil || len(rest) != 2 || !bytes.Equal(got.AppendBinary(nil), enc) {
			t.Fatalf("n=%d: rest %d, error %v", n, len(rest), err)
		}
	}
}

func BenchmarkWindowedHLLAdd(b *testing.B) {
	var w WindowedHLL
	var i uint64
	for b.Loop() {
		i++
		w.Add(hashed(i), aDay+int64(i>>16), 10)
	}
}
