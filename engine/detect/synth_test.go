package detect

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// plan describes a made-up platform: a Zipf background with a day and a week, noisy
// beyond Poisson, and planted trends, floods and regulars.
type plan struct {
	days      int
	terms     int     // background terms
	perHour   float64 // background posts in an average hour
	trends    int     // planted trends, half slow, half sudden
	floods    int     // few accounts with many posts
	regulars  int     // terms of one weekday each
	doublesOn int     // day from which all volume is doubled; 0: never
}

const (
	planStart = 1_700_438_400 / 3600 // hour of 2023-11-20 00:00 UTC, a Monday
	planQuiet = 8                    // days before the first plant
)

// planted is a trend with its truth.
type planted struct {
	term        uint32
	start, peak int64 // hours
	end         int64
}

type stage struct {
	plan
	rng     *rand.Rand
	posts   []post
	trends  []planted
	floods  []uint32
	regular []uint32
	total   int // terms
	authors uint32
}

func (p plan) build(seed uint64) *stage {
	s := &stage{plan: p, rng: rand.New(rand.NewPCG(seed, 1)), total: p.terms, authors: 1 << 20}
	s.background()
	for i := range p.trends {
		s.trend(i%2 == 0)
	}
	for range p.floods {
		s.flood()
	}
	for i := range p.regulars {
		s.weekly(i)
	}
	slices.SortStableFunc(s.posts, func(a, b post) int { return int(a.at - b.at) })
	return s
}

func (s *stage) season(hour int64) float64 {
	day := 1 + 0.7*math.Sin(2*math.Pi*(float64(hourOfDay(hour))-9)/24)
	if weekday(hour) >= 5 {
		day *= 0.7
	}
	if s.doublesOn > 0 && hour >= planStart+int64(s.doublesOn)*24 {
		day *= 2
	}
	return day
}

func (s *stage) poisson(mean float64) int {
	if mean > 50 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*s.rng.NormFloat64())))
	}
	n, limit, prod := 0, math.Exp(-mean), s.rng.Float64()
	for prod > limit {
		n++
		prod *= s.rng.Float64()
	}
	return n
}

// emit adds n posts within the hour by people out of a crowd of that size.
func (s *stage) emit(hour int64, term uint32, n int, first, crowd uint32) {
	for range n {
		s.posts = append(s.posts, post{at: hour*3600 + s.rng.Int64N(3600), term: term, author: first + uint32(s.rng.Int64N(int64(crowd)))})
	}
}

func (s *stage) crowd(size uint32) uint32 {
	first := s.authors
	s.authors += size
	return first
}

func (s *stage) background() {
	var norm float64
	for t := range s.plan.terms {
		norm += math.Pow(float64(t+1), -1)
	}
	for t := range s.plan.terms {
		base := s.perHour * math.Pow(float64(t+1), -1) / norm
		var drift float64
		for h := range int64(s.days) * 24 {
			drift = 0.97*drift + 0.06*s.rng.NormFloat64()
			hour := planStart + h
			s.emit(hour, uint32(t), s.poisson(base*s.season(hour)*math.Exp(drift)), 0, 1<<20)
		}
	}
}

func (s *stage) fresh() uint32 {
	s.total++
	return uint32(s.total - 1)
}

// trend plants a rise to a peak and a slower fall over 48 to 72 hours.
func (s *stage) trend(slow bool) {
	rise, life := 2.0, 48+24*s.rng.Float64()
	if slow {
		rise = 10 + 14*s.rng.Float64()
	}
	span := int64(s.days-planQuiet-4) * 24
	start := planStart + planQuiet*24 + s.rng.Int64N(span)
	p := planted{term: s.fresh(), start: start, peak: start + int64(rise), end: start + int64(life)}
	height := 15 + 30*s.rng.Float64()
	first := s.crowd(20_000)
	for h := range int64(life) {
		x := float64(h) + 0.5
		rate := height * math.Exp((x-rise)/(rise/3))
		if x > rise {
			rate = height * math.Exp(-(x-rise)/(life/3))
		}
		s.emit(start+h, p.term, s.poisson(rate*s.season(start+h)), first, 20_000)
	}
	s.trends = append(s.trends, p)
}

// flood is three to four accounts with sixty posts in an hour.
func (s *stage) flood() {
	t := s.fresh()
	n := 3 + uint32(s.rng.Int64N(2))
	s.emit(planStart+planQuiet*24+s.rng.Int64N(int64(s.days-planQuiet)*24), t, 60, s.crowd(n), n)
	s.floods = append(s.floods, t)
}

// weekly is a tag that forty people use on the morning of one weekday.
func (s *stage) weekly(i int) {
	t := s.fresh()
	first := s.crowd(400)
	for d := i % 7; d < s.days; d += 7 {
		for h := range int64(6) {
			s.emit(planStart+int64(d)*24+8+h, t, s.poisson(7), first, 400)
		}
	}
	s.regular = append(s.regular, t)
}

// outcome counts the raises of a stage by cause.
type outcome struct {
	early, late, missed        int // trends raised before, after their peak, never
	background, flood, regular int
	lead                       []float64
}

func (s *stage) play(opt Options) (outcome, *world) {
	w := newWorld(s.total, s.posts, opt)
	w.run(s.posts)
	var o outcome
	first := map[uint64]int64{}
	for _, c := range w.raises() {
		if _, ok := first[c.ID]; !ok {
			first[c.ID] = c.Pane
		}
		switch t := uint32(c.ID); {
		case c.Pane < (planStart+planQuiet*24)*PanesPerHour:
		case slices.Contains(s.floods, t):
			o.flood++
		case slices.Contains(s.regular, t):
			if HourOf(c.Pane) >= planStart+14*24 {
				o.regular++
			}
		case int(t) < s.plan.terms:
			o.background++
		}
	}
	for _, p := range s.trends {
		pane, ok := first[uint64(p.term)]
		lead := float64((p.peak+1)*PanesPerHour-pane) / PanesPerHour
		switch {
		case !ok:
			o.missed++
		case lead > 0:
			o.early++
			o.lead = append(o.lead, lead)
		default:
			o.late++
		}
	}
	return o, w
}

func TestPlantedTrends(t *testing.T) {
	p := plan{days: 24, terms: 120, perHour: 60, trends: 14, floods: 10, regulars: 4}
	for seed := range uint64(2) {
		s := p.build(seed)
		o, w := s.play(DefaultOptions())
		t.Logf("seed %d, %d posts: %d of %d trends before their peak (median lead %.1f h), %d after, %d missed; raised beside: %d background, %d floods, %d regulars; threshold %.2f",
			seed, len(s.posts), o.early, len(s.trends), median(o.lead), o.late, o.missed, o.background, o.flood, o.regular, w.judge.Threshold(0, 0))
		if o.early < len(s.trends)*8/10 || o.missed > 0 {
			t.Errorf("seed %d: only %d of %d trends raised before their peak, %d missed", seed, o.early, len(s.trends), o.missed)
		}
		if days := p.days - planQuiet; o.background > days {
			t.Errorf("seed %d: %d background terms raised in %d days; at most one a day is wanted", seed, o.background, days)
		}
		if o.flood > 0 {
			t.Errorf("seed %d: %d floods by fewer than five accounts raised", seed, o.flood)
		}
		if o.regular > 0 {
			t.Errorf("seed %d: weekly regulars raised %d times from the third week on", seed, o.regular)
		}
	}
}

func TestDoubledPlatformRaisesNothing(t *testing.T) {
	p := plan{days: 12, terms: 150, perHour: 120, doublesOn: 9}
	s := p.build(7)
	w := newWorld(s.total, s.posts, DefaultOptions())
	w.run(s.posts)
	n := 0
	for _, c := range w.raises() {
		if DayOf(c.Pane) >= planStart/24+int64(p.doublesOn) {
			n++
		}
	}
	t.Logf("%d raises in the three days after the volume doubled", n)
	if n > 6 {
		t.Errorf("%d raises after the platform's volume doubled; at most two a day are wanted", n)
	}
}

func TestFirstDaysAreQuiet(t *testing.T) {
	opt := DefaultOptions()
	p := plan{days: 4, terms: 300, perHour: 300}
	s := p.build(5)
	w := newWorld(s.total, s.posts, opt)
	w.run(s.posts)
	n := len(w.raises())
	t.Logf("%d raises in the first %d days of a stream without trends", n, p.days)
	if most := int(opt.Budget) * p.days; n > most {
		t.Errorf("%d raises in the first %d days; the budget allows %d", n, p.days, most)
	}
}

func TestTrendOfTheSecondDayIsRaised(t *testing.T) {
	p := plan{days: 4, terms: 150, perHour: 150}
	s := p.build(6)
	term, first := s.fresh(), s.crowd(5000)
	start := int64(planStart + 30)
	for h := range int64(12) {
		s.emit(start+h, term, 5+int(5*h), first, 5000)
	}
	slices.SortStableFunc(s.posts, func(a, b post) int { return int(a.at - b.at) })
	w := newWorld(s.total, s.posts, DefaultOptions())
	w.run(s.posts)
	for _, c := range w.raises() {
		if uint32(c.ID) == term {
			if late := float64(c.Pane)/PanesPerHour - float64(start); late > 4 {
				t.Errorf("raised %.1f hours after its start", late)
			}
			return
		}
	}
	t.Error("not raised")
}
