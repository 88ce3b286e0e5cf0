package gauges

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// desk is a book and the judge of what it shows, as the engine has them.
type desk struct {
	book   *Book
	judge  *detect.Judge
	bests  map[uint32]map[term.ID]float64
	open   map[term.ID]bool
	day    int64
	raised []detect.Change
	phases []detect.Change
}

func newDesk(t testing.TB) *desk {
	j, err := detect.NewJudge(detect.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	return &desk{book: NewBook(), judge: j, bests: map[uint32]map[term.ID]float64{}, open: map[term.ID]bool{}}
}

func (d *desk) close(pane int64, readings []Reading, missing ...uint16) {
	var open []term.ID
	for id := range d.open {
		open = append(open, id)
	}
	slices.Sort(open)
	var all []detect.Candidate
	for _, e := range d.book.Close(pane, readings, open, missing) {
		if e.Score > 0 {
			if d.bests[e.List] == nil {
				d.bests[e.List] = map[term.ID]float64{}
			}
			d.bests[e.List][e.ID] = max(d.bests[e.List][e.ID], e.Score)
		}
		all = append(all, detect.Candidate{ID: uint64(e.ID), Platform: e.Platform, List: e.List, Evidence: e.Evidence})
	}
	for _, c := range d.judge.Tick(pane, all) {
		d.phases = append(d.phases, c)
		if c.IsRaise() {
			d.raised = append(d.raised, c)
		}
		if d.open[term.ID(c.ID)] = true; c.Phase == detect.Over {
			delete(d.open, term.ID(c.ID))
		}
	}
	if d.day = detect.DayOf(pane); detect.DayOf(pane+1) != d.day {
		var lists []detect.ListDay
		for number, platform := range d.book.Polled(d.day * detect.PanesPerDay) {
			l := detect.ListDay{List: number, Platform: platform}
			for _, score := range d.bests[number] {
				l.Scores = append(l.Scores, score)
			}
			lists = append(lists, l)
		}
		clear(d.bests)
		d.judge.AddLists(d.day, lists)
	}
	if detect.HourOf(pane+1) != detect.HourOf(pane) {
		d.book.Forget(pane)
	}
}

// chart is a made-up list: songs whose popularity drifts, hour by hour, about what is
// usual for them.
type chart struct {
	rng    *rand.Rand
	usual  []float64 // log popularity
	now    []float64
	views  []float64
	top    []int // as it was last updated
	depth  int
	every  int64 // hours between updates
	ranked bool
	noise  float64 // standard deviation of an hour's change in log popularity
}

func newChart(seed uint64, depth int, every int64, ranked bool, noise float64) *chart {
	c := &chart{rng: rand.New(rand.NewPCG(seed, 2)), depth: depth, every: every, ranked: ranked, noise: noise}
	for i := range 4 * depth {
		c.usual = append(c.usual, -0.7*math.Log(float64(i+1)))
		c.views = append(c.views, 1e6*math.Exp(c.usual[i])*(1+c.rng.Float64()))
	}
	c.now = slices.Clone(c.usual)
	for range 200 {
		c.drift()
	}
	return c
}

func (c *chart) drift() {
	for i := range c.now {
		c.now[i] += 0.03*(c.usual[i]-c.now[i]) + c.noise*c.rng.NormFloat64()
		c.views[i] += 2e3 * math.Exp(c.now[i])
	}
}

// hour moves the chart on. push adds to the popularity of songs.
func (c *chart) hour(hour int64, push map[int]float64) {
	c.drift()
	for i, x := range push {
		c.now[i] += x
	}
	if c.top == nil || hour%c.every == 0 {
		c.top = c.top[:0]
		for i := range c.now {
			c.top = append(c.top, i)
		}
		slices.SortFunc(c.top, func(a, b int) int { return cmp.Compare(c.now[b], c.now[a]) })
	}
}

func song(i int) term.Term {
	key := fmt.Sprint("id:", i)
	return term.Term{Kind: term.Sound, Key: key, Display: key}
}

func idOf(i int) term.ID { return term.ScopeOf(term.Sound, "charts").ID(song(i).Key) }

// poll returns what the chart shows to the depth.
func (c *chart) poll(at int64, depth int) []Reading {
	var out []Reading
	for r, i := range c.top[:depth] {
		v := term.Reading{Name: "rank", Unit: term.UnitRank, Value: float64(r + 1)}
		if !c.ranked {
			v = term.Reading{Name: "views", Unit: term.UnitTotal, Value: math.Round(c.views[i])}
		}
		out = append(out, Reading{ID: idOf(i), At: at, Platform: 1, List: "hot", Term: song(i), Values: []term.Reading{v}})
	}
	return out
}

// figures are what a run over many days found.
type figures struct {
	planted, found, others int
	late                   []float64 // hours from the beginning of a climb to its raise
	perDay                 float64   // alarms of songs that were not pushed
	most                   int       // in one day, behind the first two
}

const (
	chartDays  = 30
	chartStart = int64(firstPane/detect.PanesPerDay+1) * 24
)

// play runs a chart, polled every so many hours, in which a song from far below is
// pushed up within six hours at the given days.
func play(t testing.TB, c *chart, polled int64, plants map[int64]bool) figures {
	d := newDesk(t)
	var f figures
	type plant struct {
		song  int
		start int64
	}
	var planted []plant
	for h := int64(0); h < chartDays*24; h++ {
		push := map[int]float64{}
		if h%24 == 9 && plants[h/24] {
			planted = append(planted, plant{2*c.depth + len(planted), h})
		}
		for _, p := range planted {
			if h-p.start < 6 {
				push[p.song] = 0.7
			}
		}
		c.hour(h, push)
		for pane := range int64(detect.PanesPerHour) {
			var readings []Reading
			if pane == 1 && h%polled == 0 {
				readings = c.poll((chartStart+h)*3600+700, c.depth)
			}
			d.close((chartStart+h)*detect.PanesPerHour+pane, readings)
		}
	}
	days := map[int64]int{}
	for _, r := range d.raised {
		k := slices.IndexFunc(planted, func(p plant) bool { return uint64(idOf(p.song)) == r.ID })
		if k >= 0 {
			f.late = append(f.late, float64(r.Pane)/detect.PanesPerHour-float64(chartStart+planted[k].start))
			continue
		}
		f.others++
		days[detect.DayOf(r.Pane)]++
	}
	for day, n := range days {
		if day >= chartStart/24+2 {
			f.most = max(f.most, n)
		}
	}
	f.planted, f.found, f.perDay = len(planted), len(f.late), float64(f.others)/chartDays
	slices.Sort(f.late)
	return f
}

// How well climbs are found in made-up charts, and what is raised where nothing was
// planted. The figures stand in docs/quality.md.
func TestChartFigures(t *testing.T) {
	plants := map[int64]bool{}
	for day := int64(4); day < chartDays-2; day += 2 {
		plants[day] = true
	}
	for _, c := range []struct {
		name          string
		depth         int
		every, polled int64
		ranked        bool
		noise         float64
		found, late   float64 // the least share, the most hours
	}{
		{"50 places, hourly, calm", 50, 1, 1, true, 0.05, 0.9, 7},
		{"50 places, hourly, lively", 50, 1, 1, true, 0.2, 0.9, 7},
		{"50 places, hourly, wild", 50, 1, 1, true, 0.5, 0.9, 7},
		{"50 places, daily, polled hourly", 50, 24, 1, true, 0.2, 0.7, 30},
		{"50 places, daily, polled daily", 50, 24, 24, true, 0.2, 0.7, 30},
		{"views of 50 songs, hourly, calm", 50, 1, 1, false, 0.05, 0.9, 12},
		{"views of 50 songs, hourly, lively", 50, 1, 1, false, 0.2, 0.7, 12},
	} {
		quiet := play(t, newChart(5, c.depth, c.every, c.ranked, c.noise), c.polled, nil)
		busy := play(t, newChart(5, c.depth, c.every, c.ranked, c.noise), c.polled, plants)
		median := math.NaN()
		if n := len(busy.late); n > 0 {
			median = busy.late[n/2]
		}
		t.Logf("%-34s found %2d of %2d, after %4.1f h; others %.2f a day; where nothing was planted %.2f a day, at most %d",
			c.name, busy.found, busy.planted, median, busy.perDay, quiet.perDay, quiet.most)
		if budget := detect.DefaultOptions().Budget; quiet.perDay > budget || busy.perDay > budget {
			t.Errorf("%s: %.1f and %.1f alarms a day of songs that only drift; the budget is %v", c.name, quiet.perDay, busy.perDay, budget)
		}
		if float64(busy.found) < c.found*float64(busy.planted) || median > c.late {
			t.Errorf("%s: %d of %d planted climbs found, after %.1f hours", c.name, busy.found, busy.planted, median)
		}
	}
}

// room plays a quiet chart for some days and returns the desk, the chart and the hour
// that is next.
func room(t *testing.T, days int64, depth int) (*desk, *chart, int64) {
	d, c := newDesk(t), newChart(3, 50, 1, true, 0.05)
	h := int64(0)
	for ; h < days*24; h++ {
		hourOf(d, c, h, nil, depth)
	}
	if len(d.raised) > 0 {
		t.Fatalf("%d songs were raised in a quiet chart", len(d.raised))
	}
	return d, c, h
}

// hourOf plays an hour of a chart, of which depth places are shown; 0: it is not read.
func hourOf(d *desk, c *chart, h int64, push map[int]float64, depth int, missing ...uint16) {
	c.hour(h, push)
	for pane := range int64(detect.PanesPerHour) {
		var readings []Reading
		if pane == 1 && depth > 0 {
			readings = c.poll((chartStart+h)*3600+700, depth)
		}
		d.close((chartStart+h)*detect.PanesPerHour+pane, readings, missing...)
	}
}

// Half of the songs are others after a day in which nobody looked, and the day after.
func TestAListThatComesBackIsNotNew(t *testing.T) {
	for name, missing := range map[string][]uint16{"nobody asks": nil, "told to be missing": {1}} {
		d, c, h := room(t, 5, 50)
		swap := map[int]float64{}
		for i := range 20 {
			swap[100+i] = 5
		}
		hourOf(d, c, h, swap, 0, missing...)
		for k := int64(1); k < 24; k++ {
			hourOf(d, c, h+k, nil, 0, missing...)
		}
		for k := int64(24); k < 34; k++ {
			hourOf(d, c, h+k, nil, 50)
		}
		if len(d.raised) > 0 {
			t.Errorf("%s: %d songs were raised when the list came back", name, len(d.raised))
		}
	}
}

// A poll of which the source could not deliver all says nothing of what it lacks.
func TestAPartOfAListIsNoNews(t *testing.T) {
	d, c, h := room(t, 5, 50)
	for k := range int64(5) {
		hourOf(d, c, h+k, nil, 5, 1)
	}
	for k := int64(5); k < 12; k++ {
		hourOf(d, c, h+k, nil, 50)
	}
	if len(d.raised) > 0 {
		t.Errorf("%d songs were raised", len(d.raised))
	}
}

func TestALongerListIsNotFullOfNews(t *testing.T) {
	d, c, h := room(t, 5, 10)
	for k := range int64(12) {
		hourOf(d, c, h+k, nil, 50)
	}
	if len(d.raised) > 0 {
		t.Errorf("%d songs were raised when the list grew from 10 places to 50", len(d.raised))
	}
	// What climbs in it later is.
	for k := range int64(8) {
		hourOf(d, c, h+12+k, map[int]float64{120: 0.7}, 50)
	}
	if len(d.raised) != 1 || d.raised[0].ID != uint64(idOf(120)) {
		t.Errorf("%d songs were raised; one climbed from below the list", len(d.raised))
	}
}

func TestTheFirstPollIsNotNews(t *testing.T) {
	d, c := newDesk(t), newChart(3, 50, 1, true, 0.05)
	for h := range int64(10) {
		hourOf(d, c, h, nil, 50)
	}
	if len(d.raised) > 0 {
		t.Errorf("%d songs of a list just found were raised", len(d.raised))
	}
}

// A chart that is read every hour and changes once a day is judged once a day.
func TestAnUnchangedPollIsNoNews(t *testing.T) {
	b := NewBook()
	c := newChart(1, 20, 24, true, 0.05)
	var judged []int64
	for h := range int64(96) {
		c.hour(h, nil)
		at := (chartStart+h)*3600 + 700
		if len(b.Close(detect.HourOf(0)+at/detect.PaneSeconds, c.poll(at, 20), nil, nil)) > 0 {
			judged = append(judged, h)
		}
	}
	if want := []int64{0, 24, 48, 72}; !slices.Equal(judged, want) {
		t.Errorf("judged in hours %v, want %v", judged, want)
	}
	l := b.lists[listKey{1, "hot"}]
	if l.Every != 24 || l.Interval != 1 {
		t.Errorf("it is polled every %v hours and changes every %v", l.Interval, l.Every)
	}
}

// A song that climbed and is dropped is over some hours later; one in a list that is
// not read any more is not.
func TestDroppedIsNotOutOfSight(t *testing.T) {
	for _, read := range []bool{true, false} {
		d, c, h := room(t, 5, 50)
		for k := range int64(8) {
			hourOf(d, c, h+k, map[int]float64{120: 0.7}, 50)
		}
		if len(d.raised) != 1 {
			t.Fatalf("%d songs were raised", len(d.raised))
		}
		depth := 0
		if read {
			depth = 50
		}
		hourOf(d, c, h+8, map[int]float64{120: -9}, depth)
		for k := int64(9); k < 30; k++ {
			hourOf(d, c, h+k, nil, depth)
		}
		if over := d.phases[len(d.phases)-1].Phase == detect.Over; over != read {
			t.Errorf("read %v: over %v", read, over)
		}
	}
}

// One count a thousand times too high raises nothing, then or later.
func TestAWildCountRaisesNothing(t *testing.T) {
	d, c := newDesk(t), newChart(2, 50, 1, false, 0.05)
	for h := range int64(6 * 24) {
		wild := h == 4*24
		if wild {
			c.views[3] *= 1000
		}
		hourOf(d, c, h, nil, 50)
		if wild {
			c.views[3] /= 1000
		}
	}
	if len(d.raised) > 0 {
		t.Errorf("%d songs were raised", len(d.raised))
	}
}

// Confidence is a record here as well: it differs little from how many climbs lasted.
func TestConfidenceOfClimbs(t *testing.T) {
	d, c := newDesk(t), newChart(7, 50, 1, true, 0.5)
	fates := map[uint64]float64{}
	last := map[uint64]float64{}
	var believed, right []float64
	for h := range int64(60 * 24) {
		hourOf(d, c, h, nil, 50)
		for _, tr := range d.judge.Trends(nil) {
			last[tr.ID] = tr.Confidence
		}
		for ; len(d.phases) > 0; d.phases = d.phases[1:] {
			switch p := d.phases[0]; {
			case p.IsRaise():
				fates[p.ID] = p.Confidence
			case p.Phase == detect.Over && h > 20*24:
				believed = append(believed, fates[p.ID])
				right = append(right, map[bool]float64{true: 1}[last[p.ID] > 0.97])
			}
		}
	}
	mean := func(xs []float64) (sum float64) {
		for _, x := range xs {
			sum += x / float64(len(xs))
		}
		return sum
	}
	t.Logf("%d climbs: %.2f believed when raised, %.2f lasted", len(right), mean(believed), mean(right))
	if len(right) < 50 || math.Abs(mean(believed)-mean(right)) > 0.1 {
		t.Errorf("%d climbs: %.2f believed when raised, %.2f lasted", len(right), mean(believed), mean(right))
	}
}
