package sketch

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestFreshFilterNeverForgetsTooSoon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := NewFreshFilter(rapid.SampledFrom([]int{1, 192, 4096, 1 << 15}).Draw(t, "bytes"))
		seen := map[uint64]int64{} // generation of the last use
		gen := int64(0)
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				k := rapid.Uint64Range(0, 500).Draw(t, "key")
				fresh := f.Add(hashed(k))
				if last, ok := seen[k]; ok && gen-last <= freshGens-1 && fresh {
					t.Fatalf("key %d of generation %d is fresh in %d", k, last, gen)
				}
				seen[k] = gen
			},
			"advance": func(t *rapid.T) {
				gen += rapid.Int64Range(0, 5).Draw(t, "step")
				f.Advance(gen)
			},
		})
	})
}

func TestFreshFilterForgets(t *testing.T) {
	f := NewFreshFilter(1 << 16)
	f.Add(hashed(1))
	f.Advance(freshGens)
	if !f.Add(hashed(1)) {
		t.Errorf("seen %d generations later", freshGens)
	}
}

func TestFreshFilterFalseSeenIsMeasured(t *testing.T) {
	const keys = 512 * 512 / 12 // 512 blocks of 512 bits, twelve bits a key
	f := NewFreshFilter(freshGens * 512 * 64)
	wrong := 0
	for i := range uint64(keys) {
		if !f.Add(hashed(i)) {
			wrong++
		}
	}
	measured := f.FalseSeen(20_000)
	t.Logf("false seen while filling %.4f, measured at the end %.4f", float64(wrong)/keys, measured)
	// Filling starts empty, so its average lies below what the full filter does.
	if share := float64(wrong) / 20_000; share > measured*1.2+0.002 {
		t.Errorf("%.4f false seen, the filter claims %.4f", share, measured)
	}
	if measured > 0.02 {
		t.Errorf("false seen %.4f at twelve bits a key", measured)
	}
}

func TestFreshFilterCodec(t *testing.T) {
	f := NewFreshFilter(4096)
	for i := range uint64(300) {
		f.Add(hashed(i))
		f.Advance(int64(i / 100))
	}
	enc := f.AppendBinary(nil)
	got, rest, err := DecodeFreshFilter(enc)
	if err != nil || len(rest) != 0 || !bytes.Equal(got.AppendBinary(nil), enc) {
		t.Fatalf("round trip: rest %d bytes, error %v", len(rest), err)
	}
	if _, _, err := DecodeFreshFilter(enc[:len(enc)-1]); !errors.Is(err, ErrCorrupt) {
		t.Fatalf("cut: %v", err)
	}
	if n := testing.AllocsPerRun(1000, func() { f.Add(hashed(9)) }); n != 0 {
		t.Errorf("Add allocates %v times", n)
	}
}
