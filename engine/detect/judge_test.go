package detect

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

const firstPane = int64(planStart) * PanesPerHour

func newJudge(t interface{ Fatal(...any) }) *Judge {
	j, err := NewJudge(DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// strong is evidence of a clear rise.
func strong(pane int64) Evidence {
	return Evidence{
		Pane: pane, Started: pane - 6, Score: 6, Z: 8, Window: 6, Seen: 40, Expected: 3, Posts: 60,
		Rank: 5, Growth: 3, Share: 1, LastHour: 40, BestHour: 40, Day: 50, Excess: 45, Age: 500,
	}
}

func TestOneAlarmPerEpisode(t *testing.T) {
	j := newJudge(t)
	opt := DefaultOptions()
	var raised []int64
	pane := firstPane
	step := func(n int, e func(pane int64) []Candidate) {
		for range n {
			for _, c := range j.Tick(pane, e(pane)) {
				if c.From == 0 {
					raised = append(raised, pane)
				}
			}
			pane++
		}
	}
	on := func(p int64) []Candidate { return []Candidate{{ID: 7, Evidence: strong(p)}} }
	off := func(int64) []Candidate { return nil }
	step(30, on)
	step(3, off)
	step(30, on)
	if len(raised) != 1 {
		t.Fatalf("raised at %v; one alarm is wanted", raised)
	}
	step(int(opt.OverHours)*PanesPerHour+1, off)
	if left := j.Trends(nil); len(left) != 0 {
		t.Fatalf("%d trends are open %v hours after the last evidence", len(left), opt.OverHours)
	}
	step(12, on)
	if len(raised) != 1 {
		t.Fatal("raised again before the term was rearmed")
	}
	step(int(opt.RearmHours)*PanesPerHour, off)
	step(1, on)
	if len(raised) != 2 {
		t.Fatalf("raised %d times; a second time is wanted after %v hours of silence", len(raised), opt.RearmHours)
	}
}

func TestNothingIsRaisedWithoutReason(t *testing.T) {
	f := func(name string, spoil func(*Candidate)) {
		t.Helper()
		c := Candidate{ID: 1, Evidence: strong(firstPane)}
		spoil(&c)
		if changes := newJudge(t).Tick(firstPane, []Candidate{c}); len(changes) != 0 {
			t.Errorf("%s: raised", name)
		}
	}
	f("score below the threshold", func(c *Candidate) { c.Score = DefaultOptions().MinScore - 0.1 })
	f("regular", func(c *Candidate) { c.Flags |= FlagRegular })
	f("young stream", func(c *Candidate) { c.Age = DefaultOptions().WarmupHours - 1 })
	f("gauge below its own floor", func(c *Candidate) {
		c.Flags, c.Tier, c.Score = FlagGauge, GaugeTier, DefaultOptions().GaugeScore-0.1
	})
}

func TestPhasesOfALife(t *testing.T) {
	j := newJudge(t)
	var got []Phase
	pane := firstPane
	play := func(n int, e Evidence) {
		for range n {
			e.Pane = pane
			for _, c := range j.Tick(pane, []Candidate{{ID: 1, Evidence: e}}) {
				if c.From != 0 && c.From != got[len(got)-1] {
					t.Errorf("change from %s after %s", c.From, got[len(got)-1])
				}
				got = append(got, c.Phase)
			}
			pane++
		}
	}
	e := strong(pane)
	e.Growth = 0.5
	play(4, e)
	e.Growth = 2
	play(12, e)
	e.Growth = -0.5
	play(12, e)
	e.Growth, e.Fall, e.Share = -3, 4, 0.4
	play(12, e)
	e.Score, e.Excess, e.Growth = 0, 0, 0
	play(40, e)
	want := []Phase{Emerging, Rising, Peaking, Fading, Over}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("phases %v; want %v", got, want)
	}
}

func TestOutageFreezesThePhase(t *testing.T) {
	j := newJudge(t)
	j.Tick(firstPane, []Candidate{{ID: 1, Evidence: strong(firstPane)}})
	for p := firstPane + 1; p < firstPane+60; p++ {
		blind := Evidence{Pane: p, Fall: 9, Growth: -9, Flags: FlagBlind}
		if changes := j.Tick(p, []Candidate{{ID: 1, Evidence: blind}}); len(changes) != 0 {
			t.Fatalf("%d panes into the outage the trend turned %s", p-firstPane, changes[0].Phase)
		}
	}
}

func TestGroupOnTwoPlatformsIsConfirmed(t *testing.T) {
	j := newJudge(t)
	j.Tick(firstPane, []Candidate{{ID: 1, Group: 9, Platform: 1, Evidence: strong(firstPane)}})
	if tr := j.Trends(nil); tr[0].Confirmed || tr[0].Platforms != 1 {
		t.Errorf("one platform: %d platforms, confirmed %v", tr[0].Platforms, tr[0].Confirmed)
	}
	p := firstPane + 1
	changes := j.Tick(p, []Candidate{
		{ID: 1, Group: 9, Platform: 1, Evidence: strong(p)},
		{ID: 2, Group: 9, Platform: 2, Evidence: strong(p)},
		{ID: 3, Group: 8, Platform: 2, Evidence: strong(p)},
	})
	for _, c := range changes {
		if want := c.Group == 9; c.Confirmed != want {
			t.Errorf("term %d: confirmed %v; want %v", c.ID, c.Confirmed, want)
		}
	}
}

func TestTrendsAreRanked(t *testing.T) {
	j := newJudge(t)
	var cands []Candidate
	for id := range uint64(5) {
		e := strong(firstPane)
		e.Rank = float64(id*7%5) + 1
		cands = append(cands, Candidate{ID: id, Evidence: e})
	}
	j.Tick(firstPane, cands)
	ranked := j.Trends(nil)
	for i := range ranked[1:] {
		if ranked[i].Rank < ranked[i+1].Rank {
			t.Fatalf("place %d has rank %v, the next %v", i, ranked[i].Rank, ranked[i+1].Rank)
		}
	}
}

// someCandidates draws candidates of one tick, sorted by ID.
func someCandidates(rng *rand.Rand, pane int64) []Candidate {
	var out []Candidate
	for id := range uint64(12) {
		if rng.IntN(3) == 0 {
			continue
		}
		e := strong(pane)
		e.Score = 8 * rng.Float64() * rng.Float64()
		e.Growth, e.Fall, e.Share = 3*rng.NormFloat64(), 4*rng.Float64(), rng.Float64()
		e.Excess, e.LastHour, e.Rank = 60*rng.Float64(), 40*rng.Float64(), 9*rng.Float64()
		e.Base, e.Now, e.Lasting = e.Score+rng.Float64(), e.Score*rng.Float64(), 60*rng.Float64()
		e.Marks = someMarks(rng)
		e.Tier = uint8(rng.IntN(Tiers))
		e.Flags = Flags(rng.IntN(256)) &^ (FlagRegular | FlagBlind | FlagGauge)
		c := Candidate{ID: id * 1e17, Group: id / 3, Platform: uint16(id % 2), Kind: uint8(id % 3), Evidence: e}
		if id%4 == 0 {
			c.List, c.Flags, c.Tier, c.Lasting = uint32(3*(1+id%3)), c.Flags&^FlagThin|FlagGauge, GaugeTier, 8*rng.Float64()*rng.Float64()
		}
		out = append(out, c)
	}
	return out
}

func TestJudgeIgnoresTheOrderOfArrival(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		sorted, mixed := newJudge(t), newJudge(t)
		a, b := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, 1))
		order := rand.New(rand.NewPCG(seed, 2))
		for pane := firstPane; pane < firstPane+200; pane += 1 + int64(order.IntN(12)) {
			x, y := someCandidates(a, pane), someCandidates(b, pane)
			order.Shuffle(len(y), func(i, k int) { y[i], y[k] = y[k], y[i] })
			if p, q := sorted.Tick(pane, x), mixed.Tick(pane, y); !reflect.DeepEqual(p, q) {
				t.Fatalf("pane %d: %v sorted, %v mixed", pane-firstPane, p, q)
			}
		}
		if !reflect.DeepEqual(sorted.Trends(nil), mixed.Trends(nil)) {
			t.Fatal("rankings differ")
		}
	})
}

// A judge that was restored goes on as the one that was written: over days, so that
// terms are watched, prove to be trends and are taken out of the null again.
func TestRestoredJudgeGoesOnTheSame(t *testing.T) {
	const ticks = 120
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		cut := rapid.IntRange(0, ticks-1).Draw(t, "cut")
		rng := rand.New(rand.NewPCG(seed, 1))
		j := newJudge(t)
		var twin *Judge
		day := DayOf(firstPane)
		for i := range ticks {
			pane := firstPane + int64(i)*7 + rng.Int64N(7)
			if d := DayOf(pane); d != day {
				for p := range uint16(2) {
					var tails Tails
					for range 200 {
						m := someMarks(rng)
						tails.Add(uint8(rng.IntN(Tiers)), &m)
					}
					j.AddDay(p, day, &tails)
					if twin != nil {
						twin.AddDay(p, day, &tails)
					}
				}
				day = d
			}
			if i == cut {
				state, _ := j.AppendBinary(nil)
				var err error
				if twin, err = DecodeJudge(state, DefaultOptions()); err != nil {
					t.Fatal(err)
				}
			}
			cands := someCandidates(rng, pane)
			same := slices.Clone(cands)
			want := j.Tick(pane, cands)
			if twin == nil {
				continue
			}
			if got := twin.Tick(pane, same); !reflect.DeepEqual(got, want) {
				t.Fatalf("tick %d: %v after the restart, %v without", i, got, want)
			}
			for p := range uint16(2) {
				if *twin.Limits(p) != *j.Limits(p) {
					t.Fatalf("tick %d: the limits of platform %d differ after the restart", i, p)
				}
			}
		}
		a, _ := j.AppendBinary(nil)
		if b, _ := twin.AppendBinary(nil); string(a) != string(b) {
			t.Fatal("states differ in the end")
		}
		if len(j.watched) == 0 || j.nulls[0].days == 0 || j.nulls[0].trends == [Tiers]float64{} {
			t.Fatal("nothing was watched, pooled or proved")
		}
	})
}

func TestSteadyTickAllocatesNothing(t *testing.T) {
	j := newJudge(t)
	cands := make([]Candidate, 500)
	pane := firstPane
	tick := func() {
		for i := range cands {
			e := strong(pane)
			e.Base = e.Score
			cands[i] = Candidate{ID: uint64(i), Group: uint64(i / 3), Platform: uint16(i % 2), Evidence: e}
		}
		j.Tick(pane, cands)
		pane++
	}
	for range 12 { // raised, rising, and both arrays grown
		tick()
	}
	if n := testing.AllocsPerRun(20, tick); n != 0 {
		t.Errorf("a tick over %d steady trends allocates %v times", len(cands), n)
	}
}

func TestHoursLeft(t *testing.T) {
	var l lifetimes
	now := l.before(0)
	if now.Low < 40 || now.Low > now.Mid || now.Mid > now.High || now.Mid < 48 || now.Mid > 72 {
		t.Errorf("a new trend has %+v hours left; the cycle is 48 to 72", now)
	}
	for range 200 {
		l.add(5, 10)
	}
	if h := l.before(2); h.Mid < 7 || h.Mid > 10 {
		t.Errorf("%+v hours are left at age 2 although trends last 10", h)
	}
	rapid.Check(t, func(t *rapid.T) {
		var l lifetimes
		for _, h := range rapid.SliceOfN(rapid.Float64Range(-5, 500), 0, 50).Draw(t, "lives") {
			l.add(rapid.Float64Range(-5, 500).Draw(t, "fade"), h)
		}
		age := rapid.Float64Range(-10, 1000).Draw(t, "age")
		h := l.before(age)
		if rapid.Bool().Draw(t, "fading") {
			h = l.fading(age, rapid.Float64Range(-10, 1000).Draw(t, "since"))
		}
		if !(0 <= h.Low && h.Low <= h.Mid && h.Mid <= h.High && h.High <= lifeLongest) {
			t.Fatalf("%+v hours are left", h)
		}
	})
}

func TestFadingTrendsLastAsOthersFaded(t *testing.T) {
	var l lifetimes
	for range 50 {
		l.add(4, 10) // fades after 4 hours, for 6
		l.add(30, 70)
	}
	if h := l.before(10); h.Mid < 50 {
		t.Errorf("%+v hours are left of a trend that has not faded at 10 hours; those faded at 30 and lasted 70", h)
	}
	if h := l.fading(5, 1); h.Low > 7 || h.High < 30 {
		t.Errorf("%+v hours are left of a fading trend; half faded for 6 hours, half for 40", h)
	}
	if h := l.fading(20, 12); h.Low < 25 {
		t.Errorf("%+v hours are left of one that has faded for 12; those lasted 40", h)
	}
}

func TestLivesAreLearned(t *testing.T) {
	j := newJudge(t)
	before := j.lifeOf(2, 1).before(0)
	pane := firstPane
	for id := range uint64(60) { // every trend lasts five hours
		for range 30 {
			j.Tick(pane, []Candidate{{ID: id, Platform: 2, Kind: 1, Evidence: strong(pane)}})
			pane++
		}
	}
	after := j.lifeOf(2, 1).before(0)
	if after.Mid > 10 || before.Mid < 40 {
		t.Errorf("hours left of a new trend: %+v before, %+v after sixty short trends", before, after)
	}
	if other := j.lifeOf(1, 1).before(0); other != before {
		t.Error("another platform learned from them")
	}
}

func BenchmarkTick(b *testing.B) {
	j := newJudge(b)
	cands := make([]Candidate, 1000)
	pane := firstPane
	for b.Loop() {
		for i := range cands {
			cands[i] = Candidate{ID: uint64(i), Evidence: strong(pane)}
		}
		j.Tick(pane, cands)
		pane++
	}
}
