package detect

import (
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"
)

func TestBaselineIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(Baseline{}); n > 256 {
		t.Errorf("a Baseline takes %d bytes; 256 are allowed, for there is one per tracked term", n)
	}
}

// school teaches a baseline hour by hour on a flat platform and returns the last
// frame.
func school(b *Baseline, hours int64, counts func(hour int64) (posts, authors uint32)) *Frame {
	opt := DefaultOptions()
	var r Rhythm
	var f *Frame
	for h := int64(planStart); h < planStart+hours+Guard; h++ {
		feed(&r, h, h+1, func(int64) float64 { return 600 }, nil)
		f = r.Frame(&opt)
		if learn := h - Guard; learn >= planStart {
			posts, authors := counts(learn)
			b.Learn(f, learn, posts, 2*authors)
		}
	}
	return f
}

func draw(rng *rand.Rand, mean float64) uint32 {
	return uint32((&stage{rng: rng}).poisson(mean))
}

func TestBaselineLearnsTheRate(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var b Baseline
	f := school(&b, 20*24, func(int64) (uint32, uint32) { n := draw(rng, 6); return n, n })
	if r := b.Rate(f); math.Abs(r-6) > 0.6 {
		t.Errorf("rate is %.2f authors an hour; want about 6", r)
	}
	if p := b.phi(0); p > 0.13 {
		t.Errorf("overdispersion of a Poisson term is %.3f; want less than the prior", p)
	}
}

func TestBaselineSeesOverdispersion(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var b Baseline
	school(&b, 30*24, func(int64) (uint32, uint32) {
		n := draw(rng, 8*math.Exp(0.6*rng.NormFloat64()-0.18))
		return n, n
	})
	// A log-normal rate with sigma 0.6 has phi = exp(0.36)-1 = 0.43, less what
	// winsorising takes.
	if p := b.phi(0); p < 0.15 || p > 0.6 {
		t.Errorf("overdispersion is %.3f; want about 0.3", p)
	}
}

func TestBaselineLearnsDayAndWeek(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var b Baseline
	f := school(&b, 6*7*24, func(h int64) (uint32, uint32) {
		mean := 2.0
		if weekday(h) == 2 {
			mean = 12
		}
		if hourOfDay(h) >= 12 {
			mean *= 2
		}
		n := draw(rng, mean)
		return n, n
	})
	at := func(day, hour int64) float64 { return b.expect(f, planStart+day*24+hour, 600) }
	if ratio := at(2, 15) / at(1, 15); ratio < 3 || ratio > 7 {
		t.Errorf("Wednesday is expected to be %.1f times Tuesday; want about 6", ratio)
	}
	if ratio := at(1, 15) / at(1, 5); ratio < 1.5 || ratio > 2.5 {
		t.Errorf("afternoon is expected to be %.1f times the morning; want about 2", ratio)
	}
}

func TestBurstTeachesLittle(t *testing.T) {
	var b Baseline
	f := school(&b, 10*24, func(h int64) (uint32, uint32) {
		if h == planStart+9*24 {
			return 5000, 5000
		}
		return 2, 2
	})
	if r := b.Rate(f); r > 2.4 {
		t.Errorf("one wild hour moved the rate from 2 to %.2f", r)
	}
}

func TestLearnIgnoresWhatIsNotNew(t *testing.T) {
	var b Baseline
	f := school(&b, 48, func(int64) (uint32, uint32) { return 3, 2 })
	before := b
	b.Learn(f, f.Hour-Guard, 900, 900)   // learned already
	b.Learn(f, f.Hour-Guard-5, 900, 900) // older
	b.Learn(f, f.Hour+3, 900, 900)       // not in the frame
	b.Learn(f, 1<<40, 900, 900)          // beyond any calendar
	if b != before {
		t.Error("hours that are not new changed the baseline")
	}
}

func TestHistoryKnowsRegulars(t *testing.T) {
	at := func(days int, authors func(day int) float64) (*history, int64) {
		var h history
		for d := range days {
			h.roll(planStart + int64(d)*24)
			h.add(authors(d))
		}
		return &h, planStart/24 + int64(days)
	}
	monday, day := at(21, func(d int) float64 {
		if d%7 == 0 {
			return 40
		}
		return 1
	})
	if !monday.weekly(day, 45) {
		t.Error("45 people on the fourth Monday of 40 are not regular")
	}
	if monday.weekly(day, 90) {
		t.Error("90 people on a Monday of 40 are taken for regular")
	}
	if monday.weekly(day+2, 45) {
		t.Error("45 people on a Wednesday are taken for the Monday's")
	}
	once, day := at(14, func(d int) float64 { return map[bool]float64{true: 40, false: 1}[d == 7] })
	if once.weekly(day, 45) {
		t.Error("one Monday makes a regular")
	}
	steady, day := at(10, func(int) float64 { return 30 })
	if !steady.daily(day, 40) || steady.daily(day, 60) {
		t.Error("40 a day is not regular for a term of 30, or 60 is")
	}
	var none history
	if none.weekly(day, 1) || none.daily(day, 0) {
		t.Error("a term without history is regular")
	}
}

func TestPackDay(t *testing.T) {
	for x := 0.0; x < 1e6; x = x*1.1 + 0.5 {
		if got := unpackDay(packDay(x)); math.Abs(got-x) > 0.05*(x+1) {
			t.Errorf("%.1f comes back as %.1f", x, got)
		}
	}
}
