package judge

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// mentioned is a store with the mentions of a list on one platform, and the same as numbers.
type mentioned struct {
	*store.Store
	first int64 // pane
	posts []uint32
	fresh []uint32
	hours map[int64]bool // that were counted
}

// newMentioned stores some days of panes; of the hours that skip names nothing was counted.
func newMentioned(t *testing.T, days int, skip func(hour int64) bool, posts func(pane int64) uint32) *mentioned {
	t.Helper()
	st, err := store.Open(t.TempDir(), store.Options{MinFree: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	id := term.ScopeOf(Watch, "x").ID("acme")
	// The kind may be another one: the store looks terms up by their ID.
	if err := st.RegisterTerms([]store.Term{{ID: id, Kind: term.Keyword, Platform: "x", Key: "acme", Display: "acme", FirstSeen: start * 1e6}}); err != nil {
		t.Fatal(err)
	}
	m := &mentioned{Store: st, first: start / detect.PaneSeconds, hours: map[int64]bool{}}
	for h := start / hour; h < start/hour+int64(days)*dayHours; h++ {
		sum := store.Point{ID: id}
		for pane := h * detect.PanesPerHour; pane < (h+1)*detect.PanesPerHour; pane++ {
			p := store.Point{ID: id, Posts: posts(pane)}
			p.Fresh = p.Posts // every second one by somebody new
			if skip(h) {
				p = store.Point{ID: id}
			}
			m.posts, m.fresh = append(m.posts, p.Posts), append(m.fresh, p.Fresh)
			sum.Posts, sum.Fresh = sum.Posts+p.Posts, sum.Fresh+p.Fresh
			if skip(h) {
				continue
			}
			if err := st.AppendPane(pane, []store.Point{p}, nil); err != nil {
				t.Fatal(err)
			}
		}
		if m.hours[h] = !skip(h); !skip(h) {
			if err := st.AppendHour(h, []store.Point{sum}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return m
}

func (m *mentioned) sum(counts []uint32, from, to int64) (n float64) {
	for pane := max(from, m.first); pane < min(to, m.first+int64(len(counts))); pane++ {
		n += float64(counts[pane-m.first])
	}
	return n
}

var onX = []engine.Platform{{Name: "y"}, {Name: "x"}}

// Whatever range is gathered, a moment has the same mentions: those that counting the panes gives.
func TestGatherAgainstModel(t *testing.T) {
	skip := func(h int64) bool { return (h/7)%11 == 3 }
	m := newMentioned(t, 12, skip, func(pane int64) uint32 { return uint32((pane*7919)%13) * uint32((pane/36)%3) })
	lists := []List{{Name: "other"}, {Name: "acme"}}
	rapid.Check(t, func(rt *rapid.T) {
		end := m.first + int64(rapid.IntRange(dayPanes, len(m.posts)).Draw(rt, "pane"))
		at := end * detect.PaneSeconds
		before, after := int64(rapid.IntRange(0, 200).Draw(rt, "before")), int64(rapid.IntRange(0, 200).Draw(rt, "after"))
		past, err := Gather(m, lists, onX, at-before*detect.PaneSeconds, at+after*detect.PaneSeconds)
		if err != nil {
			rt.Fatal(err)
		}
		got := past.At(at, nil)
		if len(got) != 1 || got[0].List != "acme" || len(got[0].Platforms) != 1 || got[0].Platforms[0].Platform != "x" {
			rt.Fatalf("got %+v", got)
		}
		p := got[0].Platforms[0]
		running := (end - 1) / detect.PanesPerHour
		week := m.sum(m.posts, (running-dayHours-weekHours+1)*detect.PanesPerHour, (running-dayHours+1)*detect.PanesPerHour)
		if p.Hour != m.sum(m.posts, end-detect.PanesPerHour, end) || p.Day != uint64(m.sum(m.posts, end-dayPanes, end)) || p.Authors != m.sum(m.fresh, end-dayPanes, end)/2 || p.Week != uint64(week) {
			rt.Fatalf("at %d got %+v", end, p)
		}
		for k, n := range p.Hours {
			h := running - showHours + 1 + int64(k)
			if want := m.sum(m.posts, h*detect.PanesPerHour, min(end, (h+1)*detect.PanesPerHour)); float64(n) != want {
				rt.Fatalf("hour %d has %d, want %g", h, n, want)
			}
		}
		single, err := Gather(m, lists, onX, at, at)
		if err != nil {
			rt.Fatal(err)
		}
		if a, b := fmt.Sprintf("%v", got), fmt.Sprintf("%v", single.At(at, nil)); a != b {
			rt.Fatalf("of a range %s, alone %s", a, b)
		}
	})
}

// What is usual follows the hours of the day, and the weeks where there are any; hours of which nobody knows tell nothing.
func TestUsualFollowsTheDay(t *testing.T) {
	day := func(pane int64) uint32 {
		switch h := (pane / 6) % 24; {
		case h >= 9 && h < 17:
			return 10
		case h >= 17 && h < 21:
			return 3
		}
		return 0
	}
	m := newMentioned(t, 16, func(h int64) bool { return (h-start/hour)/dayHours == 5 }, day)
	at := func(days, hours int) Usual {
		end := start + int64(days*dayHours+hours)*hour
		past, err := Gather(m, []List{{Name: "acme"}}, onX, end, end)
		if err != nil {
			t.Fatal(err)
		}
		return past.At(end, nil)[0].Platforms[0].Usual
	}
	for _, c := range []struct {
		days, hours int
		want        float64
	}{{15, 12, 60}, {15, 19, 18}, {15, 4, leastMean}, {10, 12, 60}} {
		if u := at(c.days, c.hours); math.Abs(u.Mean-c.want) > 1e-9 || u.Scatter < 1 {
			t.Errorf("day %d, hour %d: %+v, want %g", c.days, c.hours, u, c.want)
		}
	}
	if u := at(2, 12); math.Abs(u.Mean-19) > 5 {
		t.Errorf("by all hours of two days: %+v", u)
	}
}

// Surprise has mean 0 and variance 1 where counts scatter as they always do, and an outbreak of last week does not hide the
// next one.
func TestSurprise(t *testing.T) {
	for _, mean := range []float64{3, 20, 400} {
		var sum, square, n float64
		rnd := uint64(1)
		draw := func() float64 { // a normal count with the scatter that is believed beforehand
			x := 0.0
			for range 12 {
				rnd = rnd*6364136223846793005 + 1442695040888963407
				x += float64(rnd>>11) / (1 << 53)
			}
			return math.Max(0, math.Round(mean+(x-6)*math.Sqrt(mean+priorPhi*mean*mean)))
		}
		for range 1000 {
			var past []Sample
			for day := range 28 {
				w := otherDay
				if day%7 == 0 {
					w = 1
				}
				past = append(past, Sample{draw(), w})
			}
			z := UsualOf(past).Surprise(draw())
			sum, square, n = sum+z, square+z*z, n+1
		}
		if m, v := sum/n, square/n-sum*sum/n/n; math.Abs(m) > 0.2 || v < 0.7 || v > 1.3 {
			t.Errorf("mean %g: surprise has mean %.2f and variance %.2f", mean, m, v)
		}
	}
	calm := []Sample{{20, 1}, {22, 0.5}, {18, 0.5}, {25, 0.5}, {19, 1}, {21, 0.5}, {17, 0.5}, {22, 1}}
	wild := append([]Sample{{400, 1}}, calm...)
	if z, after := UsualOf(calm).Surprise(200), UsualOf(wild).Surprise(200); z < 10 || after < 6 {
		t.Errorf("200 where 20 are usual surprise by %.1f, and after an outbreak by %.1f", z, after)
	}
	for name, u := range map[string]Usual{"nothing": UsualOf(nil), "one day": UsualOf([]Sample{{5, 1}}), "no weight": UsualOf([]Sample{{5, 0}, {5, -1}})} {
		if !math.IsNaN(u.Surprise(100)) {
			t.Errorf("%s tells what is usual: %+v", name, u)
		}
	}
	if z := UsualOf([]Sample{{0, 1}, {0, 1}, {0, 1}}).Surprise(2); z > 3 {
		t.Errorf("two posts about nothing surprise by %.1f", z)
	}
}

// Hours of before a list was, or matched what it does, are not hours without mentions.
func TestAYoungListHasNoPast(t *testing.T) {
	const days = 20
	for _, c := range []struct {
		name    string
		young   int64 // hours that the list is old
		known   bool
		unknown int
	}{{"new", 1, false, 168}, {"of fifteen hours", 15, false, 168}, {"of a day", 25, true, 167}, {"of five days", 5 * dayHours, true, 72}, {"old", 0, true, 0}} {
		since := int64(0)
		if c.young > 0 {
			since = start + (days*dayHours-c.young)*hour
		}
		m := newMentioned(t, days, func(int64) bool { return false }, func(pane int64) uint32 {
			if pane*detect.PaneSeconds < since {
				return 0
			}
			return 30
		})
		at := start + days*dayHours*hour
		list := List{Name: "acme", Title: "Acme", Purpose: watch.Brand, Since: since, Has: nothing}
		past, err := Gather(m, []List{list}, onX, at, at)
		if err != nil {
			t.Fatal(err)
		}
		found := past.At(at, nil)
		p := found[0].Platforms[0]
		if p.Unknown != c.unknown || math.IsNaN(p.Usual.Mean) == c.known || p.Usual.Surprise(p.Hour) > 1 {
			t.Errorf("%s: usual %+v, %d hours unknown", c.name, p.Usual, p.Unknown)
		}
		rules, j := compiled(t, builtin(RuleCrisis)), &Judge{}
		j.See(&Moment{At: at - 600, View: &engine.View{}}, rules)
		if got := j.See(&Moment{At: at, View: &engine.View{}, Lists: []List{list}, Mentions: found}, rules).New; len(got) > 0 {
			t.Errorf("%s: told of %q", c.name, got[0].Title)
		}
		if text := before(&p); (text == "") != (c.unknown > weekHours-dayHours) || strings.Contains(text, " 0 a day") {
			t.Errorf("%s: says %q", c.name, text)
		}
	}
}

// An archive is of a time before the list that it was replayed with: it was looked through from the first hour with a mention on, and
// what was before that is not known.
func TestAnArchiveOfBeforeTheList(t *testing.T) {
	const days = 20
	at := start + days*dayHours*hour
	for name, c := range map[string]struct {
		from    int64 // hours before at of the first mention
		known   bool
		unknown int
	}{"from its beginning": {days * dayHours, true, 0}, "from some day on": {5 * dayHours, true, 72}, "an hour ago": {1, false, 168}} {
		m := newMentioned(t, days, func(int64) bool { return false }, func(pane int64) uint32 {
			if pane*detect.PaneSeconds < at-c.from*hour {
				return 0
			}
			return 30
		})
		past, err := Gather(m, []List{{Name: "acme", Purpose: watch.Brand, Since: at + 1000*dayHours*hour, Has: nothing}}, onX, at, at)
		if err != nil {
			t.Fatal(err)
		}
		p := past.At(at, nil)[0].Platforms[0]
		if off := p.Unknown - c.unknown; off < 0 || off > 1 || math.IsNaN(p.Usual.Mean) == c.known || p.Usual.Surprise(p.Hour) > 1 {
			t.Errorf("%s: usual %+v, %d hours unknown", name, p.Usual, p.Unknown)
		}
	}
}

// Of a week in which one of the lists was not there yet nobody knows the shares.
func TestAYoungRivalTakesNoShare(t *testing.T) {
	at := start + 30*dayHours*hour
	lists := []List{{Name: "ours", Purpose: watch.Brand, Has: nothing}, {Name: "rival", Purpose: watch.Competitor, Has: nothing, Since: at - 2*dayHours*hour}}
	figures := []Mentions{
		{List: "ours", Platforms: []PlatformMentions{{Platform: "x", Hour: 9, Day: 200, Week: 1400, Authors: 90, Usual: Unknown()}}},
		{List: "rival", Platforms: []PlatformMentions{{Platform: "x", Hour: 9, Day: 200, Week: 200, Authors: 90, Usual: Unknown(), Unknown: 144}}},
	}
	rules, j := compiled(t, on(builtin(RuleShare))), &Judge{}
	j.See(&Moment{At: at - 600, View: &engine.View{}}, rules)
	if got := j.See(&Moment{At: at, View: &engine.View{}, Lists: lists, Mentions: figures}, rules).New; len(got) > 0 {
		t.Errorf("told of %q", got[0].Title)
	}
	lists[1].Since = 1
	if got := j.See(&Moment{At: at + 600, View: &engine.View{}, Lists: lists, Mentions: figures}, rules).New; len(got) != 1 {
		t.Errorf("told of %+v", got)
	}
}

// An outage of the sources of one platform is not taken for silence, while others go on: neither one that is kept in the store nor
// one of which a view tells.
func TestAnOutageIsNoSilence(t *testing.T) {
	away := func(h int64) bool { return h >= start/hour+10*dayHours && h < start/hour+14*dayHours }
	m := newMentioned(t, 16, func(int64) bool { return false }, func(pane int64) uint32 {
		if away(pane / detect.PanesPerHour) {
			return 0
		}
		return 10
	})
	for h := range m.hours {
		rows := []store.Activity{{Platform: "y", Posts: 900}}
		if !away(h) {
			rows = append(rows, store.Activity{Platform: "x", Posts: 70})
		}
		if err := m.AppendActivity(h, rows); err != nil {
			t.Fatal(err)
		}
	}
	end := start + (15*dayHours+12)*hour
	at := func(missing ...engine.Gap) PlatformMentions {
		platforms := []engine.Platform{{Name: "y", Missing: []engine.Gap{{From: start, To: end}}}, {Name: "x", Missing: missing}}
		past, err := Gather(m, []List{{Name: "acme"}}, platforms, end, end)
		if err != nil {
			t.Fatal(err)
		}
		return past.At(end, platforms)[0].Platforms[0]
	}
	p := at()
	if p.Usual.Mean != 60 || p.Unknown != 4*dayHours || p.Week != 3*dayHours*60 || before(&p) != "; the 72 hours of the week before that are known had 1,440 a day" {
		t.Errorf("got %+v (%s)", p, before(&p))
	}
	gap := engine.Gap{From: end - 30*hour - 600, To: end - 28*hour}
	if p := at(gap); p.Unknown != 4*dayHours+3 || p.Week != (3*dayHours-3)*60 {
		t.Errorf("with a gap: %+v", p)
	}
}
