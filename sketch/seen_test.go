package sketch

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestSeenSetAgainstExactModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gens := rapid.IntRange(2, 5).Draw(t, "generations")
		s := NewSeenSet(gens)
		model := map[uint64]int64{} // generation in which a hash was remembered
		gen := int64(0)
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				h := rapid.Uint64Range(0, 300).Draw(t, "hash")
				at, ok := model[h]
				want := !ok || gen-at >= int64(gens)
				if got := s.Add(h); got != want {
					t.Fatalf("Add(%d) = %v in generation %d, remembered in %d (%v)", h, got, gen, at, ok)
				}
				if want {
					model[h] = gen
				}
			},
			"advance": func(t *rapid.T) {
				gen += rapid.Int64Range(0, 6).Draw(t, "step")
				s.Advance(gen)
			},
			"reload": func(t *rapid.T) {
				enc := s.AppendBinary(nil)
				got, rest, err := DecodeSeenSet(enc)
				if err != nil || len(rest) != 0 {
					t.Fatalf("rest %d, error %v", len(rest), err)
				}
				if !bytes.Equal(got.AppendBinary(nil), enc) {
					t.Fatal("encodes differently after a round trip")
				}
				s = got
			},
		})
	})
}

func TestSeenSetGrows(t *testing.T) {
	s := NewSeenSet(2)
	for i := range uint64(100_000) {
		if !s.Add(i) {
			t.Fatalf("%d seen before it came", i)
		}
	}
	for i := range uint64(100_000) {
		if s.Add(i) {
			t.Fatalf("%d forgotten", i)
		}
	}
	if s.Len() != 100_000 {
		t.Errorf("Len = %d", s.Len())
	}
}

func FuzzDecode(f *testing.F) {
	s := NewSeenSet(3)
	s.Add(1)
	f.Add(s.AppendBinary(nil))
	f.Add(NewCountMin(nil, 128).AppendBinary(nil))
	f.Add(NewFreshFilter(192).AppendBinary(nil))
	var w WindowedHLL
	for i := range uint64(100) {
		w.Add(hashed(i), 1000, 4)
	}
	f.Add(w.AppendBinary(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		check := func(again []byte, rest []byte, err error) {
			if err != nil {
				if !errors.Is(err, ErrCorrupt) {
					t.Fatalf("error %v is not ErrCorrupt", err)
				}
				return
			}
			if len(again)+len(rest) > len(data) {
				t.Fatal("read more than there was")
			}
		}
		if v, rest, err := DecodeSeenSet(data); err == nil {
			check(nil, rest, nil)
			v.Add(1)
		} else {
			check(nil, nil, err)
		}
		if v, rest, err := DecodeCountMin(nil, data); err == nil {
			check(v.AppendBinary(nil), rest, nil)
			v.Add(1, 1)
		} else {
			check(nil, nil, err)
		}
		if v, rest, err := DecodeFreshFilter(data); err == nil {
			check(v.AppendBinary(nil), rest, nil)
			v.Add(1)
		} else {
			check(nil, nil, err)
		}
		if v, rest, err := DecodeWindowedHLL(data); err == nil {
			check(v.AppendBinary(nil), rest, nil)
			v.Add(1, 5, 10)
			v.Estimate(5, Span)
		} else {
			check(nil, nil, err)
		}
	})
}
