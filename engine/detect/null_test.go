package detect

import (
	"math"
	"math/rand/v2"
	"testing"
)

// shape is how far the ordinary terms of a made-up stream get: one draw a term and
// day, in standard deviations.
type shape func(rng *rand.Rand, day float64) float64

// ordinary are the shapes that a limit has to cope with. day is the day's own
// luck, which all its terms share.
var ordinary = map[string]shape{
	"exponential": func(rng *rand.Rand, _ float64) float64 { return 1.2 * rng.ExpFloat64() },
	"bounded":     func(rng *rand.Rand, _ float64) float64 { return 4 * rng.Float64() },
	"heavy":       func(rng *rand.Rand, _ float64) float64 { return math.Pow(rng.Float64(), -0.4) - 1 },
	"noisy days":  func(rng *rand.Rand, day float64) float64 { return rng.ExpFloat64() * math.Exp(0.25*day) },
}

// nullStream drives a judge with evidence made of such draws, and plays the part of
// Evaluate and of the owner of the terms.
type nullStream struct {
	j      *Judge
	rng    *rand.Rand
	shape  shape
	terms  int    // a day
	names  uint64 // that these terms are drawn from; 0: each is new
	trends int    // a day
	thin   int    // terms a day that look coordinated
	next   uint64
	days   int64         // played
	alarms map[int64]int // of ordinary terms, by day
	found  int           // trends that were raised
	going  []going
}

// going is a trend that is on.
type going struct {
	id    uint64
	since int64
	z     float64
}

func newNullStream(t *testing.T, s shape) *nullStream {
	return &nullStream{j: newJudge(t), rng: rand.New(rand.NewPCG(4, 8)), shape: s, terms: 500, next: 1 << 32, alarms: map[int64]int{}}
}

// evidence weighs z by the rules of Evaluate: each measure and window gets a share
// of it, and is held against its limit.
func (n *nullStream) evidence(pane int64, z float64) Evidence {
	e := Evidence{Pane: pane, Started: pane, Age: 500, Seen: 20}
	for m := range measures {
		for i, w := range n.j.opt.Windows {
			own := z * (1 - 0.1*float64(m)) * (0.6 + 0.4*n.rng.Float64())
			k := markOf(m, i)
			e.Marks[k] = binOf(own)
			limit := n.j.Limits(0).z[0][k]
			if m != voices && limit == 0 {
				continue
			}
			e.Base = max(e.Base, own-w.Offset)
			e.Score = max(e.Score, own-max(w.Offset, limit-n.j.opt.MinScore))
		}
	}
	e.Marks[scoreMark] = binOf(e.Score)
	return e
}

// trendIDs is the first of the trends' IDs.
const trendIDs = 1 << 63

// play plays days, each of 24 ticks.
func (n *nullStream) play(days int64) {
	for range days {
		day := DayOf(firstPane) + n.days
		best := map[uint64]*Marks{}
		luck := n.rng.NormFloat64()
		for range n.trends {
			n.going = append(n.going, going{trendIDs | n.fresh(), day*PanesPerDay + n.rng.Int64N(PanesPerDay), 12 + 8*n.rng.Float64()})
		}
		for tick := range int64(24) {
			pane := day*PanesPerDay + 6*tick + 5
			var cands []Candidate
			add := func(id uint64, e Evidence) {
				cands = append(cands, Candidate{ID: id, Evidence: e})
				if best[id] == nil {
					best[id] = new(Marks)
				}
				best[id].Raise(&e.Marks)
			}
			for range n.terms / 24 {
				id := n.fresh()
				if n.names > 0 {
					id = n.rng.Uint64N(n.names)
				}
				add(id, n.evidence(pane, n.shape(n.rng, luck)))
			}
			if tick < int64(n.thin) {
				e := n.evidence(pane, 15)
				e.Flags |= FlagThin
				add(n.fresh(), e)
			}
			for _, g := range n.going {
				if pane >= g.since && pane < g.since+PanesPerDay {
					e := n.evidence(pane, g.z)
					e.Lasting = 200
					add(g.id, e)
				}
			}
			for _, c := range n.j.Tick(pane, cands) {
				switch {
				case !c.IsRaise():
				case c.ID >= trendIDs:
					n.found++
				default:
					n.alarms[n.days]++
				}
			}
		}
		var tails Tails
		for _, m := range best {
			tails.Add(0, m)
		}
		n.j.AddDay(0, day, &tails)
		n.days++
	}
}

func (n *nullStream) fresh() uint64 {
	n.next++
	return n.next
}

// mean returns the alarms a day in the days from..to.
func (n *nullStream) mean(from, to int64) float64 {
	sum := 0
	for d := from; d < to; d++ {
		sum += n.alarms[d]
	}
	return float64(sum) / float64(to-from)
}

// Where nothing happens the alarms keep to the budget, whatever the tail's shape,
// and the limits settle instead of driving each other up: the scores that set the
// threshold were themselves made with the limits of their day.
func TestBudgetHoldsWhereNothingHappens(t *testing.T) {
	for name, s := range ordinary {
		for _, names := range []uint64{0, 2000} {
			n := newNullStream(t, s)
			n.names = names
			n.play(30)
			early := *n.j.Limits(0)
			threshold := n.j.Threshold(0, 0)
			n.play(60)
			got := n.mean(30, 90)
			t.Logf("%s, %d names: %.1f alarms a day; threshold %.2f after 30 days, %.2f after 90", name, names, got, threshold, n.j.Threshold(0, 0))
			if budget := n.j.opt.Budget; got > 1.2*budget {
				t.Errorf("%s, %d names: %.1f alarms a day; the budget is %v", name, names, got, budget)
			}
			late := n.j.Limits(0)
			for k := range early.z[0] {
				if late.z[0][k] > 1.5*early.z[0][k]+1 {
					t.Errorf("%s, %d names: limit %d rose from %.2f to %.2f", name, names, k, early.z[0][k], late.z[0][k])
				}
			}
			if late.score[0] > 1.5*early.score[0]+1 {
				t.Errorf("%s, %d names: the threshold rose from %.2f to %.2f", name, names, early.score[0], late.score[0])
			}
		}
	}
}

// Forty strong trends a day among five hundred ordinary terms must not teach the
// null that such things are ordinary: they go on, and so are no part of it. Nor do
// floods of coordinated accounts.
func TestTrendsDoNotRaiseTheLimits(t *testing.T) {
	for name, s := range ordinary {
		clean := newNullStream(t, s)
		clean.play(40)
		for what, spoil := range map[string]func(*nullStream){
			"40 trends a day": func(n *nullStream) { n.trends = 40 },
			"20 floods a day": func(n *nullStream) { n.thin = 20 },
		} {
			n := newNullStream(t, s)
			spoil(n)
			n.play(40)
			a, b := n.j.Threshold(0, 0), clean.j.Threshold(0, 0)
			if a > b+0.75 {
				t.Errorf("%s: %s raise the threshold from %.2f to %.2f", name, what, b, a)
			}
			for k := range n.j.Limits(0).z[0] {
				if a, b := n.j.Limits(0).z[0][k], clean.j.Limits(0).z[0][k]; a > b+0.75 {
					t.Errorf("%s: %s raise limit %d from %.2f to %.2f", name, what, k, b, a)
				}
			}
			if n.found < n.trends*40*9/10 {
				t.Errorf("%s: %d of %d trends were raised", name, n.found, 40*n.trends)
			}
		}
	}
}

// days hands over days of terms whose scores are exponential.
func scoreDays(j *Judge, platform uint16, from, to int64, tier uint8, terms int) {
	rng := rand.New(rand.NewPCG(1, 1))
	for day := from; day < to; day++ {
		var tails Tails
		for range terms {
			var m Marks
			m[scoreMark] = binOf(rng.ExpFloat64())
			tails.Add(tier, &m)
		}
		j.AddDay(platform, day, &tails)
	}
}

func TestBudgetSetsTheThreshold(t *testing.T) {
	j := newJudge(t)
	opt := DefaultOptions()
	scoreDays(j, 3, 100, 120, 0, 20_000)
	want := math.Log(20_000 / opt.Budget)
	if got := j.Threshold(3, 0); math.Abs(got-want) > 0.7 {
		t.Errorf("threshold is %.2f; a budget of %v among 20,000 exponential scores a day needs %.2f", got, opt.Budget, want)
	}
	for tier, want := range []float64{opt.MinScore, opt.KnownScore, opt.KnownScore, opt.KnownScore, opt.GaugeScore} {
		if got := j.Threshold(4, uint8(tier)); got != want {
			t.Errorf("a platform without history asks for %v in tier %d; want %v", got, tier, want)
		}
	}
	if got := j.Threshold(3, 1); got != opt.KnownScore {
		t.Errorf("tier 1, in which there was nothing, asks for %v", got)
	}
	for day := range int64(200) {
		j.AddDay(3, 120+day, new(Tails))
	}
	if got := j.Threshold(3, 0); got != opt.MinScore {
		t.Errorf("the threshold is still %v half a year after the last term", got)
	}
}

func TestListsHaveTheirOwnBudget(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	day := func(lists ...uint32) (out []ListDay) {
		for _, list := range lists {
			d := ListDay{List: list, Platform: 1}
			for range 2000 {
				d.Scores = append(d.Scores, rng.ExpFloat64()*float64(list))
			}
			out = append(out, d)
		}
		return out
	}
	j := newJudge(t)
	for d := range int64(20) {
		j.AddLists(100+d, day(1))
	}
	alone := j.ListThreshold(1)
	if want := math.Log(2000 / j.opt.Budget); math.Abs(alone-want) > 0.7 {
		t.Errorf("the list asks for %.2f; want %.2f", alone, want)
	}
	for d := range int64(20) {
		j.AddLists(120+d, day(2, 1))
	}
	one, two := j.ListThreshold(1), j.ListThreshold(2)
	if want := math.Log(2000 / (j.opt.Budget / 2)); math.Abs(one-want) > 0.7 || math.Abs(two-2*want) > 1.4 {
		t.Errorf("two lists ask for %.2f and %.2f; want %.2f and twice that", one, two, want)
	}
	if got := j.ListThreshold(3); got != j.opt.GaugeScore+youngList {
		t.Errorf("a new list asks for %v", got)
	}
	if got := j.Threshold(1, GaugeTier); got != max(one, two) {
		t.Errorf("the platform's lists ask for at most %v, want %v", got, max(one, two))
	}
	if got := j.Threshold(1, 0); got != j.opt.MinScore {
		t.Errorf("lists raise the threshold of terms to %v", got)
	}
	j.opt.GaugeBudget = 100
	j.AddLists(140, nil)
	if got := j.ListThreshold(1); got != j.opt.GaugeScore {
		t.Errorf("with twenty times the budget a list asks for %v", got)
	}
	enc, _ := j.AppendBinary(nil)
	again, err := DecodeJudge(enc, j.opt)
	if err != nil || again.ListThreshold(2) != j.ListThreshold(2) {
		t.Errorf("the lists do not come back: %v", err)
	}
	j.AddLists(140+maxGap+1, day(7))
	if len(j.lists) != 1 {
		t.Errorf("%d lists are remembered for ever", len(j.lists))
	}
}

// A day may come in parts. What comes too late changes nothing: neither the limits
// nor what a snapshot holds.
func TestDaysComeInOrder(t *testing.T) {
	whole, parts := newJudge(t), newJudge(t)
	rng := rand.New(rand.NewPCG(2, 1))
	for day := range int64(8) {
		var all, a, b Tails
		for range 100 {
			m, tier := someMarks(rng), uint8(rng.IntN(Tiers))
			all.Add(tier, &m)
			if rng.IntN(2) == 0 {
				a.Add(tier, &m)
			} else {
				b.Add(tier, &m)
			}
		}
		whole.AddDay(1, 50+day, &all)
		parts.AddDay(1, 50+day, &b)
		parts.AddDay(1, 50+day, &a)
		parts.AddDay(1, 49+day, &all) // too late
		parts.AddDay(1, 10, &all)
	}
	x, _ := whole.AppendBinary(nil)
	y, _ := parts.AppendBinary(nil)
	if string(x) != string(y) {
		t.Error("days in parts, and days too late, give another null")
	}
	if _, err := DecodeJudge(y, DefaultOptions()); err != nil {
		t.Error(err)
	}
}

// The newest day waits: what is raised on it is not told apart yet.
func TestTheNewestDayWaits(t *testing.T) {
	j := newJudge(t)
	scoreDays(j, 1, 100, 101, 0, 20_000)
	if got := j.Threshold(1, 0); got != j.opt.MinScore {
		t.Errorf("a single day sets the threshold to %.2f", got)
	}
	j.AddDay(1, 101, new(Tails))
	if got := j.Threshold(1, 0); got < 5 {
		t.Errorf("the day before sets the threshold to %.2f", got)
	}
}
