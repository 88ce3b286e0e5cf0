package engine

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// drawFloat draws what evidence is made of, and what it never should be.
func drawFloat(t *rapid.T) float64 {
	return rapid.OneOf(
		rapid.Map(rapid.Uint32(), func(n uint32) float64 { return float64(n) / 2 }),
		rapid.Float64(),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.NaN(), math.Float64frombits(0x7ff8000000000123), math.Inf(1), math.Inf(-1), -0.5, 1 << 41, 1 << 53}),
	).Draw(t, "float")
}

func drawTerm(t *rapid.T) term.Term {
	return term.Term{Kind: rapid.SampledFrom(term.Kinds()).Draw(t, "kind"), Key: rapid.String().Draw(t, "key"), Display: rapid.String().Draw(t, "display")}
}

// drawEvidence draws evidence that shares some fields with like.
func drawEvidence(t *rapid.T, like detect.Evidence) detect.Evidence {
	e := like
	for _, x := range evidenceFloats(&e) {
		if rapid.Bool().Draw(t, "own") {
			*x = drawFloat(t)
		}
	}
	e.Pane, e.Started, e.Window = rapid.Int64().Draw(t, "pane"), rapid.Int64().Draw(t, "started"), rapid.Int().Draw(t, "window")
	e.Tier, e.Flags = rapid.Uint8().Draw(t, "tier"), detect.Flags(rapid.Uint8().Draw(t, "flags"))
	if rapid.Bool().Draw(t, "marks") {
		copy(e.Marks[:], rapid.SliceOfN(rapid.Uint8(), len(e.Marks), len(e.Marks)).Draw(t, "marks"))
	}
	return e
}

func drawTrend(t *rapid.T) Trend {
	var out Trend
	out.ID, out.Group, out.Candidate.Platform = rapid.Uint64().Draw(t, "id"), rapid.Uint64().Draw(t, "group"), rapid.Uint16().Draw(t, "platform")
	out.List = rapid.Uint32().Draw(t, "list")
	out.Kind, out.Phase = rapid.Uint8().Draw(t, "kind"), detect.Phase(rapid.Uint8().Draw(t, "phase"))
	out.Best = drawEvidence(t, detect.Evidence{})
	out.Evidence = drawEvidence(t, out.Best)
	for _, pane := range []*int64{&out.Raised, &out.Since, &out.Began, &out.PeakPane} {
		*pane = rapid.Int64().Draw(t, "pane")
	}
	for _, x := range out.numbers() {
		*x = drawFloat(t)
	}
	out.Trend.Platforms = rapid.Int().Draw(t, "platforms")
	out.Confirmed, out.Variant = rapid.Bool().Draw(t, "confirmed"), rapid.Bool().Draw(t, "variant")
	out.Term, out.Platform, out.Spread = drawTerm(t), rapid.String().Draw(t, "platform"), Spread(rapid.String().Draw(t, "spread"))
	out.VariantOf = rapid.String().Draw(t, "variant of")
	if out.Why = out.Trend.Why(); rapid.Bool().Draw(t, "other reasons") {
		for _, x := range whyFloats(&out.Why) {
			*x = drawFloat(t)
		}
		out.Why.StartedUnix, out.Why.WindowMinutes = rapid.Int64().Draw(t, "started"), rapid.Int().Draw(t, "minutes")
		out.Why.Platforms, out.Why.Held = rapid.Int().Draw(t, "platforms"), rapid.Bool().Draw(t, "held")
	}
	if rapid.Bool().Draw(t, "hours") {
		out.Hours = rapid.SliceOfN(rapid.Uint32(), 0, 80).Draw(t, "hours")
	}
	for _, n := range []*uint64{&out.Posts, &out.Over, &out.Authors24, &out.Authors72} {
		*n = rapid.Uint64().Draw(t, "count")
	}
	for range rapid.IntRange(0, 2).Draw(t, "variants") {
		out.Variants = append(out.Variants, Variant{drawTerm(t), rapid.Uint64().Draw(t, "posts"), rapid.Uint64().Draw(t, "over"), rapid.Uint64().Draw(t, "authors"), drawFloat(t)})
	}
	return out
}

func drawView(t *rapid.T) *View {
	v := &View{Seq: rapid.Uint64().Draw(t, "seq"), AsOf: rapid.Int64().Draw(t, "as of"), From: rapid.Int64().Draw(t, "from"), Newest: rapid.Int64().Draw(t, "newest")}
	for _, n := range append(v.Counters.numbers(), v.Core.numbers()...) {
		*n = rapid.Uint64().Draw(t, "count")
	}
	for _, x := range append(v.Counters.hours(), v.Core.shares()...) {
		*x = drawFloat(t)
	}
	v.Core.Threshold, v.Core.DoorkeeperBound = rapid.Uint32().Draw(t, "threshold"), rapid.Uint32().Draw(t, "bound")
	v.Core.Tracked, v.Core.Capacity, v.Core.Gauges = rapid.Int().Draw(t, "tracked"), rapid.Int().Draw(t, "capacity"), rapid.Int().Draw(t, "gauges")
	v.Core.BlurredAt, v.Core.AuthorsLostAt, v.Core.Memory = rapid.Int64().Draw(t, "blurred"), rapid.Int64().Draw(t, "lost"), rapid.Int64().Draw(t, "memory")
	for range rapid.IntRange(0, 2).Draw(t, "platforms") {
		p := Platform{Name: rapid.String().Draw(t, "name"), Spread: SpreadGroups, Records: rapid.Uint64().Draw(t, "records")}
		for i := range p.Thresholds {
			p.Thresholds[i] = drawFloat(t)
		}
		p.Since = rapid.Int64().Draw(t, "since")
		for range rapid.IntRange(0, 3).Draw(t, "gaps") {
			p.Missing = append(p.Missing, Gap{rapid.Int64().Draw(t, "from"), rapid.Int64().Draw(t, "to")})
		}
		v.Platforms = append(v.Platforms, p)
	}
	for _, list := range []*[]Trend{&v.Trends, &v.Held, &v.Variants} {
		for range rapid.IntRange(0, 2).Draw(t, "trends") {
			*list = append(*list, drawTrend(t))
		}
	}
	return v
}

// bitwise compares floats by their bits, so that every NaN is itself alone.
var bitwise = cmp.Comparer(sameBits)

func TestViewComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawView(t)
		data := v.AppendBinary([]byte("front"))
		got, err := DecodeView(data[len("front"):])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(v, got, bitwise); diff != "" {
			t.Fatalf("the view came back changed (-was +is):\n%s", diff)
		}
		if again := got.AppendBinary([]byte("front")); !bytes.Equal(again, data) {
			t.Fatal("the same view is written as other bytes")
		}
	})
}

// What a view holds is listed here, so that a new field is not forgotten in the
// codec: it would come back as zero. The fifteenth of a trend, what is usual of it, is not
// stored.
func TestViewCodecKnowsAllFields(t *testing.T) {
	for _, c := range []struct {
		what   any
		fields int
	}{
		{View{}, 10}, {Trend{}, 15}, {Variant{}, 5}, {Platform{}, 6}, {Gap{}, 2}, {Counters{}, 15}, {Core{}, 9}, {Core{}.Stats, 11},
		{detect.Trend{}, 14}, {detect.Candidate{}, 6}, {detect.Evidence{}, 25}, {detect.Why{}, 11}, {detect.Hours{}, 3}, {term.Term{}, 3},
	} {
		if n := reflect.TypeOf(c.what).NumField(); n != c.fields {
			t.Errorf("%T has %d fields, the codec was written for %d: a new field needs a new format", c.what, n, c.fields)
		}
	}
}

// A view of format 1 is one without heartbeats, and without what is missing of platforms.
func TestViewOfTheFormatBefore(t *testing.T) {
	want := &View{Seq: 1, Counters: Counters{Records: 7, FacetsDropped: 9}, Platforms: []Platform{{Name: "x"}}}
	data := want.AppendBinary(nil)
	before := 1 + 4 + len(new(Counters).numbers()) - 2 // format, four numbers of a byte each, counters
	data = append([]byte{1}, append(data[1:before:before], data[before+2:]...)...)
	const since, lists = 2, 3 // since when, and how many gaps; how many trends
	data = append(data[:len(data)-since-lists], data[len(data)-lists:]...)
	got, err := DecodeView(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, bitwise); diff != "" {
		t.Errorf("the view came back changed (-was +is):\n%s", diff)
	}
}

func TestViewOfAnotherFormatIsRefused(t *testing.T) {
	data := new(View).AppendBinary(nil)
	data[0]++
	if _, err := DecodeView(data); !errors.Is(err, ErrView) {
		t.Errorf("error %v, want %v", err, ErrView)
	}
	for n := range data {
		if _, err := DecodeView(data[:n]); !errors.Is(err, ErrView) {
			t.Errorf("%d of %d bytes: error %v, want %v", n, len(data), err, ErrView)
		}
	}
}

// A decoder of damaged bytes gives an error or a view, and takes no more memory
// than the bytes are worth.
func FuzzDecodeView(f *testing.F) {
	f.Add([]byte{})
	f.Add(new(View).AppendBinary(nil))
	f.Add((&View{Seq: 3, AsOf: 1_780_000_200, Platforms: []Platform{{Name: "x", Since: 1_780_000_000, Missing: []Gap{{1_780_000_000, 1_780_000_100}}}}, Trends: []Trend{{Hours: []uint32{1, 2}, Variants: []Variant{{}}}}}).AppendBinary(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := DecodeView(data)
		if err != nil {
			if !errors.Is(err, ErrView) {
				t.Fatalf("error %v does not wrap %v", err, ErrView)
			}
			return
		}
		again, err := DecodeView(v.AppendBinary(nil))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(v, again, bitwise); diff != "" {
			t.Fatalf("changed when written again:\n%s", diff)
		}
	})
}
