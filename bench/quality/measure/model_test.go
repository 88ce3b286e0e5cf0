package measure

import (
	"cmp"
	"math"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/swell-radar/swell/bench/quality/truth"
	"github.com/swell-radar/swell/term"
)

// world is a made-up truth with alarms about it, on a grid of half hours so that
// every border is met.
type world struct {
	set    truth.Set
	alarms []Alarm
	opt    Options
}

func drawWorld(t *rapid.T) world {
	half := func(label string, low, high int) int64 {
		return h(float64(rapid.IntRange(low, high).Draw(t, label)) / 2)
	}
	key := rapid.SampledFrom([]string{"a", "b", "c"})
	kind := rapid.SampledFrom([]term.Kind{term.Hashtag, term.Hashtag, term.Sound})
	platform := rapid.SampledFrom([]string{"x", "y"})
	var w world
	w.set.Oracle = rapid.Bool().Draw(t, "oracle")
	for range rapid.IntRange(0, 8).Draw(t, "rows") {
		r := truth.Row{
			Key: key.Draw(t, "key"), Kind: kind.Draw(t, "kind"), Platform: platform.Draw(t, "platform"), Type: truth.Trend,
			Shape: rapid.SampledFrom([]string{"fast", "slow"}).Draw(t, "shape"), Onset: half("onset", -20, 400),
			Event: rapid.IntRange(1, 3).Draw(t, "event"), Near: rapid.IntRange(0, 4).Draw(t, "near") == 0,
		}
		if rapid.Bool().Draw(t, "any") {
			r.Kind, r.Platform = 0, ""
		}
		if !w.set.Oracle {
			r.Type = rapid.SampledFrom([]truth.Type{truth.Trend, truth.Trend, truth.Bot, truth.Flood}).Draw(t, "type")
		}
		if rapid.IntRange(0, 5).Draw(t, "peaked") > 0 {
			r.Peak = r.Onset + half("rise", 0, 40) - h(0)
		}
		if rapid.Bool().Draw(t, "ends") {
			r.End = max(r.Onset, r.Peak) + half("decline", 0, 80) - h(0)
		}
		w.set.Rows = append(w.set.Rows, r)
	}
	slices.SortStableFunc(w.set.Rows, func(a, b truth.Row) int { return cmp.Compare(a.Onset, b.Onset) })
	for range rapid.IntRange(0, 25).Draw(t, "alarms") {
		w.alarms = append(w.alarms, Alarm{
			At: half("at", -20, 500), Kind: kind.Draw(t, "kind"), Key: key.Draw(t, "key"), Platform: platform.Draw(t, "platform"),
			Score: float64(rapid.IntRange(1, 6).Draw(t, "score")),
		})
	}
	w.opt = Options{From: h(0), To: half("to", 0, 480)}
	if rapid.Bool().Draw(t, "one platform") {
		w.opt.Platforms = []string{"x"}
	}
	return w
}

func (w *world) on(platform string) bool {
	return platform == "" || w.opt.Platforms == nil || platform == "x"
}

func matches(r *truth.Row, a *Alarm) bool {
	return r.Key == a.Key && (r.Kind == 0 || r.Kind == a.Kind) && (r.Platform == "" || r.Platform == a.Platform)
}

// from is where the measured part begins.
func (w *world) from() int64 {
	if w.set.Oracle && len(w.set.Rows) > 0 {
		return max(w.opt.From, w.set.Rows[0].Onset)
	}
	return w.opt.From
}

// within reports whether the alarm is right about the row.
func (w *world) within(r *truth.Row, a *Alarm) bool {
	if r.Near || r.Type != truth.Trend || !matches(r, a) || !w.on(r.Platform) {
		return false
	}
	if w.set.Oracle {
		return r.Onset-3600 <= a.At && a.At <= r.Onset+24*3600
	}
	return r.Onset <= a.At && a.At <= w.end(r)
}

func (w *world) end(r *truth.Row) int64 {
	if r.End > 0 {
		return r.End
	}
	return max(r.Onset+72*3600, r.Peak)
}

// verdict is right, spared, or a cause.
func (w *world) verdict(a *Alarm) string {
	result := string(Background)
	for i := range w.set.Rows {
		r := &w.set.Rows[i]
		if !matches(r, a) || !w.on(r.Platform) {
			continue
		}
		covers := r.Onset-3600 <= a.At && a.At <= w.end(r)+24*3600
		if w.set.Oracle {
			covers = r.Onset-3600 <= a.At && a.At <= r.Onset+24*3600
		}
		switch {
		case w.within(r, a):
			return "right"
		case covers && (r.Near || r.Type == truth.Trend):
			result = "spared"
		case covers && r.Onset <= a.At && result != "spared":
			result = string(r.Type)
		}
	}
	// A later row may be right all the same.
	for i := range w.set.Rows {
		if w.within(&w.set.Rows[i], a) {
			return "right"
		}
	}
	return result
}

// measured returns the alarms that count; with once, an oracle's first of 72 hours.
func (w *world) measured(threshold float64, once bool) []Alarm {
	var kept, passed []Alarm
	for _, a := range byTime(w.alarms) {
		if a.Score < threshold {
			continue
		}
		if once && w.set.Oracle && slices.ContainsFunc(passed, func(b Alarm) bool {
			return b.name() == a.name() && a.At-b.At < 72*3600
		}) {
			continue
		}
		passed = append(passed, a)
		if w.from() <= a.At && a.At < w.opt.To && w.on(a.Platform) {
			kept = append(kept, a)
		}
	}
	return kept
}

// outcome is what came of a trend or event.
type outcome struct {
	peaked, raised bool
	delay, lead    int64
}

func (w *world) outcomes(alarms []Alarm) []outcome {
	var groups [][]*truth.Row
	for i := range w.set.Rows {
		r := &w.set.Rows[i]
		if r.Near || r.Type != truth.Trend || !w.on(r.Platform) || r.Onset < w.from() || r.Onset >= w.opt.To || !w.set.Oracle && r.Peak >= w.opt.To {
			continue
		}
		g := -1
		if w.set.Oracle {
			g = slices.IndexFunc(groups, func(rows []*truth.Row) bool { return rows[0].Event == r.Event })
		}
		if g < 0 {
			groups = append(groups, nil)
			g = len(groups) - 1
		}
		groups[g] = append(groups[g], r)
	}
	var all []outcome
	for _, rows := range groups {
		o := outcome{peaked: true}
		for _, r := range rows {
			o.peaked = o.peaked && r.Peak != 0
		}
	alarms:
		for i := range alarms {
			for _, r := range rows {
				if w.within(r, &alarms[i]) {
					o.raised, o.delay, o.lead = true, alarms[i].At-r.Onset, r.Peak-alarms[i].At
					if w.set.Oracle {
						o.lead += 3600
					}
					break alarms
				}
			}
		}
		all = append(all, o)
	}
	return all
}

// check compares figures with the outcomes of trends.
func check(t *rapid.T, f *Figures, all []outcome) {
	var before, late, missed, peaked Ratio
	var leads, delays []int64
	for _, o := range all {
		lead := int64(0)
		switch {
		case !o.raised:
			missed.Count++
		case o.peaked && o.lead > 0:
			before.Count++
			lead = o.lead
		case o.peaked:
			late.Count++
		}
		if o.peaked {
			peaked.Count++
			leads = append(leads, lead)
		}
		if o.raised {
			delays = append(delays, o.delay)
		}
	}
	want := Figures{
		BeforePeak: Ratio{before.Count, peaked.Count}, Recall: Ratio{len(delays), len(all)},
		Late: late.Count, Missed: missed.Count, Lead: summarise(leads), Delay: summarise(delays), False: f.False, Shapes: f.Shapes,
	}
	if diff := gocmp.Diff(want, *f); diff != "" {
		t.Fatalf("-want +got\n%s", diff)
	}
	var sum Shape
	for _, s := range f.Shapes {
		sum.BeforePeak.Count += s.BeforePeak.Count
		sum.BeforePeak.Of += s.BeforePeak.Of
		sum.Recall.Count += s.Recall.Count
		sum.Recall.Of += s.Recall.Of
	}
	if sum.BeforePeak != f.BeforePeak || sum.Recall != f.Recall {
		t.Fatalf("the shapes add up to %+v", sum)
	}
}

func TestEvaluateAgainstTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		given := slices.Clone(w.alarms)
		r := Evaluate(w.alarms, w.set, w.opt)
		if !slices.Equal(given, w.alarms) {
			t.Fatal("the alarms were changed")
		}
		measured := w.measured(0, true)
		check(t, &r.Figures, w.outcomes(measured))
		count := map[string]int{}
		for i := range measured {
			count[w.verdict(&measured[i])]++
		}
		want := Alarms{Count: len(measured), Right: count["right"], Spared: count["spared"]}
		want.False = want.Count - want.Right - want.Spared
		if r.Alarms != want || r.False.Count != want.False {
			t.Fatalf("got %+v and %d false alarms, want %+v", r.Alarms, r.False.Count, want)
		}
		judged := Judge(w.alarms, w.set, w.opt)
		if len(judged) != len(measured) {
			t.Fatalf("%d alarms are judged, want %d", len(judged), len(measured))
		}
		for i, j := range judged {
			verdict := map[Verdict]string{Right: "right", Spared: "spared", False: string(j.Cause)}[j.Verdict]
			if j.Alarm != measured[i] || verdict != w.verdict(&measured[i]) || (j.Row >= 0) != (j.Verdict == Right) {
				t.Fatalf("judged %+v, want %s", j, w.verdict(&measured[i]))
			}
			if j.Row >= 0 && !w.within(&w.set.Rows[j.Row], &measured[i]) {
				t.Fatalf("%+v is not about its row", j)
			}
		}
		for _, c := range r.False.Causes {
			if c.Count != count[string(c.Cause)] {
				t.Fatalf("%d false alarms by %s, want %d", c.Count, c.Cause, count[string(c.Cause)])
			}
		}
	})
}

// falseDays counts terms and UTC days with a false alarm.
func (w *world) falseDays(threshold float64) int {
	type termDay struct {
		name
		day int64
	}
	days := map[termDay]bool{}
	for _, a := range w.measured(threshold, false) {
		if v := w.verdict(&a); v != "right" && v != "spared" {
			days[termDay{a.name(), a.At / 86400}] = true
		}
	}
	return len(days)
}

func TestSweepAgainstTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		s := Collect(w.alarms, w.set, w.opt)
		for threshold := 0.; threshold <= 7; threshold += 0.5 {
			f := s.At(threshold)
			check(t, &f, w.outcomes(w.measured(threshold, false)))
			if want := w.falseDays(threshold); f.False.Count != want {
				t.Fatalf("%d false alarms at %v, want %d", f.False.Count, threshold, want)
			}
		}
		previous := math.Inf(1)
		for _, p := range s.Curve() {
			f := s.At(p.Threshold)
			want := Point{p.Threshold, f.False.PerDay, f.BeforePeak.Share(), f.Recall.Share(), f.Lead.Mean}
			if p != want || p.Threshold >= previous {
				t.Fatalf("the curve has %+v after %v, want %+v", p, previous, want)
			}
			previous = p.Threshold
		}
		budget := float64(rapid.IntRange(0, 20).Draw(t, "budget")) / 4
		threshold := s.Threshold(budget)
		if n := w.falseDays(threshold); float64(n) > budget*s.Days {
			t.Fatalf("%d false alarms in %v days at %v, more than %v a day", n, s.Days, threshold, budget)
		}
		for lower := threshold - 1; lower >= 1 && s.Days > 0; lower-- {
			if n := w.falseDays(lower); float64(n) <= budget*s.Days && s.At(lower).Recall.Count > s.At(threshold).Recall.Count {
				t.Fatalf("threshold %v for %v a day, but %v gives %d in %v days", threshold, budget, lower, n, s.Days)
			}
		}
	})
}

func TestListsAgainstTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		var lists []List
		at := h(-3)
		for range rapid.IntRange(0, 12).Draw(t, "lists") {
			l := List{At: at}
			for _, a := range w.alarms {
				if rapid.Bool().Draw(t, "listed") {
					l.Terms = append(l.Terms, Listed{a.Kind, a.Key, a.Platform})
				}
			}
			lists = append(lists, l)
			at += int64(rapid.IntRange(1, 60).Draw(t, "pause")) * 1800
		}
		k := rapid.IntRange(1, 5).Draw(t, "k")
		r := EvaluateLists(lists, k, w.set, w.opt)

		alive := func(r *truth.Row, at int64) bool {
			return r.Type == truth.Trend && !r.Near && w.on(r.Platform) && r.Onset <= at && at <= w.end(r)
		}
		hits, possible, measured := 0, 0, 0
		before := map[int]bool{}
		for _, l := range lists {
			if l.At < w.opt.From || l.At >= w.opt.To {
				continue
			}
			measured++
			n := 0
			for i := range w.set.Rows {
				if alive(&w.set.Rows[i], l.At) {
					n++
				}
			}
			possible += min(n, k)
			met := map[Listed]bool{}
			for rank, e := range l.Terms {
				if rank >= k || met[e] || !w.on(e.Platform) {
					continue
				}
				met[e] = true
				hit := 0
				for i := range w.set.Rows {
					r := &w.set.Rows[i]
					if alive(r, l.At) && matches(r, &Alarm{Kind: e.Kind, Key: e.Key, Platform: e.Platform}) {
						hit = 1
						if l.At < r.Peak {
							before[i] = true
						}
					}
				}
				hits += hit
			}
		}
		want := ListReport{K: k, Lists: measured}
		if measured > 0 {
			want.Precision, want.Ceiling = float64(hits)/float64(measured*k), float64(possible)/float64(measured*k)
		}
		for i := range w.set.Rows {
			r := &w.set.Rows[i]
			if r.Type == truth.Trend && !r.Near && w.on(r.Platform) && r.Onset >= w.opt.From && r.Onset < w.opt.To && r.Peak > 0 && r.Peak < w.opt.To {
				want.BeforePeak.Of++
				if before[i] {
					want.BeforePeak.Count++
				}
			}
		}
		if r != want {
			t.Fatalf("got %+v, want %+v", r, want)
		}
	})
}

// The score of a forecast that is right on average has no calibration error, and
// what Brier gives is what its definition says.
func TestCalibrationAgainstTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bins := rapid.IntRange(1, 12).Draw(t, "bins")
		var forecasts []Forecast
		for range rapid.IntRange(1, 60).Draw(t, "forecasts") {
			forecasts = append(forecasts, Forecast{rapid.Float64Range(0, 1).Draw(t, "p"), rapid.Bool().Draw(t, "was")})
		}
		r := Calibrate(forecasts, bins)
		brier, ece, n := 0., 0., 0
		for b := range bins {
			var p, was float64
			for _, f := range forecasts {
				x := 0.
				if f.Was {
					x = 1
				}
				if b == 0 {
					brier += (f.P - x) * (f.P - x)
				}
				if int(math.Min(f.P*float64(bins), float64(bins-1))) == b {
					p, was, n = p+f.P, was+x, n+1
				}
			}
			ece += math.Abs(p - was)
		}
		count := float64(len(forecasts))
		if n != r.N || math.Abs(r.Brier-brier/count) > 1e-9 || math.Abs(r.ECE-ece/count) > 1e-9 {
			t.Fatalf("got %+v, want a Brier score of %v and an error of %v", r, brier/count, ece/count)
		}
	})
}
