package store

import (
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/term"
)

// historyModel says exactly what the history must hold.
type historyModel struct {
	terms  map[term.ID]Term
	counts map[int64]map[term.ID]counts   // by hour
	values map[int64]map[GaugeKey]float64 // by hour
	units  map[GaugeKey]term.Unit
	floor  int64 // first hour kept
}

// historyMachine drives a store and the model side by side.
type historyMachine struct {
	t     *testing.T
	store *Store
	model historyModel
	now   int64 // hour around which things happen
}

// testIDs terms are registered, ordinalGap ordinals apart: six to a bucket.
const (
	testIDs    = 60
	ordinalGap = 45
)

func testID(n int) term.ID { return term.ID(uint64(n+1) * 0x9e3779b97f4a7c15) }

func (m *historyMachine) hour(rt *rapid.T) int64 {
	return max(0, m.now-int64(rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 60)).Draw(rt, "hours ago")))
}

func (m *historyMachine) appendHour(rt *rapid.T) {
	m.now += int64(rapid.IntRange(0, 9).Draw(rt, "hours on"))
	hour := m.hour(rt)
	count := rapid.OneOf(rapid.Uint32Range(0, 5), rapid.Uint32Range(0, 5), rapid.Uint32())
	// A stride makes for sparse and for dense blocks out of few draws.
	start := rapid.IntRange(0, testIDs-1).Draw(rt, "first")
	stride := rapid.IntRange(1, 20).Draw(rt, "stride")
	n := rapid.IntRange(0, 12).Draw(rt, "terms")
	want := make(map[term.ID]counts)
	var points []Point
	for i := range n {
		at := start + i*stride
		if at >= testIDs {
			break
		}
		c := counts{Posts: count.Draw(rt, "posts"), Fresh: count.Draw(rt, "fresh")}
		points = append(points, Point{ID: testID(at), Posts: c.Posts, Fresh: c.Fresh})
		if c != (counts{}) {
			want[testID(at)] = c
		}
	}
	err := m.store.AppendHour(hour, points)
	if hour < m.model.floor {
		if err != nil {
			rt.Fatalf("hour %d, which retention has left: %v", hour, err)
		}
		return
	}
	missing := slices.ContainsFunc(points, func(p Point) bool { _, ok := m.model.terms[p.ID]; return !ok })
	if missing {
		wantErr(m.t, err, ErrUnknownTerm, "unknown term")
		return
	}
	if err != nil {
		rt.Fatal(err)
	}
	m.model.counts[hour] = want
}

func (m *historyMachine) appendGauges(rt *rapid.T) {
	hour := m.hour(rt)
	value := rapid.OneOf(rapid.Float64(), rapid.Map(rapid.IntRange(0, 1<<40), func(n int) float64 { return float64(n) }),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1 << 53, -(1 << 53), 1<<53 + 2, math.Inf(1), math.MaxFloat64, 0.5}))
	want := make(map[GaugeKey]float64)
	var points []GaugePoint
	for range rapid.IntRange(0, 4).Draw(rt, "gauges") {
		k := GaugeKey{
			ID:     testID(rapid.IntRange(0, 2).Draw(rt, "term") * 20),
			List:   rapid.SampledFrom([]string{"", "hot"}).Draw(rt, "list"),
			Metric: rapid.SampledFrom([]string{"rank", "views"}).Draw(rt, "metric"),
		}
		if _, twice := want[k]; twice {
			continue
		}
		want[k] = value.Draw(rt, "value")
		points = append(points, GaugePoint{GaugeKey: k, Value: want[k], Unit: term.Unit(rapid.IntRange(1, 5).Draw(rt, "unit"))})
	}
	err := m.store.AppendGauges(hour, points)
	if hour < m.model.floor {
		if err != nil {
			rt.Fatalf("hour %d, which retention has left: %v", hour, err)
		}
		return
	}
	if slices.ContainsFunc(points, func(p GaugePoint) bool { _, ok := m.model.terms[p.ID]; return !ok }) {
		wantErr(m.t, err, ErrUnknownTerm, "gauge of an unknown term")
		return
	}
	if err != nil {
		rt.Fatal(err)
	}
	m.model.values[hour] = want
	for _, p := range points {
		m.model.units[p.GaugeKey] = p.Unit
	}
}

func (m *historyMachine) register(rt *rapid.T) {
	t := Term{
		ID:        testID(rapid.IntRange(0, testIDs-1).Draw(rt, "term")),
		Kind:      term.Hashtag,
		Platform:  "x",
		Display:   rapid.SampledFrom([]string{"", "A", "B"}).Draw(rt, "display"),
		FirstSeen: m.hour(rt) * 3600e6,
	}
	if err := m.store.RegisterTerms([]Term{t}); err != nil {
		rt.Fatal(err)
	}
	m.model.register(t)
}

func (h *historyModel) register(t Term) {
	if old, ok := h.terms[t.ID]; ok {
		t.FirstSeen = min(t.FirstSeen, old.FirstSeen)
		if t.Display == "" {
			t.Display = old.Display
		}
	}
	h.terms[t.ID] = t
}

func (m *historyMachine) prune(rt *rapid.T) {
	before := max(0, m.now-int64(rapid.IntRange(0, 120).Draw(rt, "keep hours")))
	stats, err := m.store.Prune(Floors{Points: before, Rankings: before})
	if err != nil {
		rt.Fatal(err)
	}
	if want := m.model.prune(before); stats != want {
		rt.Fatalf("Prune(%d) = %+v, want %+v", before, stats, want)
	}
}

func (h *historyModel) prune(before int64) (stats PruneStats) {
	h.floor = max(h.floor, before/24*24)
	countDays, valueDays := make(map[int64]bool), make(map[int64]bool)
	maps.DeleteFunc(h.counts, func(hour int64, _ map[term.ID]counts) bool {
		if hour < h.floor {
			countDays[hour/24] = true
		}
		return hour < h.floor
	})
	maps.DeleteFunc(h.values, func(hour int64, _ map[GaugeKey]float64) bool {
		if hour < h.floor {
			valueDays[hour/24] = true
		}
		return hour < h.floor
	})
	stats.Days = len(countDays) + len(valueDays)
	liveGauges, liveTerms := make(map[GaugeKey]bool), make(map[term.ID]bool)
	for _, hour := range h.values {
		for k := range hour {
			liveGauges[k], liveTerms[k.ID] = true, true
		}
	}
	for _, hour := range h.counts {
		for id := range hour {
			liveTerms[id] = true
		}
	}
	if before > 0 {
		maps.DeleteFunc(h.units, func(k GaugeKey, _ term.Unit) bool {
			if !liveGauges[k] {
				stats.Gauges++
			}
			return !liveGauges[k]
		})
		maps.DeleteFunc(h.terms, func(id term.ID, t Term) bool {
			dead := !liveTerms[id] && t.FirstSeen < before*3600e6
			if dead {
				stats.Terms++
			}
			return dead
		})
	}
	return stats
}

func (m *historyMachine) reopen(rt *rapid.T) { m.store = reopen(m.t, m.store) }

// check reads a range of hours of a few series back.
func (m *historyMachine) check(rt *rapid.T) {
	from := m.now - int64(rapid.IntRange(0, 100).Draw(rt, "from"))
	to := from + int64(rapid.IntRange(0, 110).Draw(rt, "span"))
	seen := slices.Collect(maps.Keys(m.model.terms))
	slices.Sort(seen)
	if len(seen) > 0 {
		m.checkSeries(rt, rapid.SampledFrom(seen).Draw(rt, "term"), from, to)
	}
	for _, hour := range m.model.counts {
		for id := range hour {
			m.checkSeries(rt, id, from, to)
			break
		}
	}
	for k := range m.model.units {
		m.checkGauge(rt, k, from, to)
	}
	hours, err := m.store.Hours(from, to)
	if err != nil {
		rt.Fatal(err)
	}
	var want []int64
	for hour := range m.model.counts {
		if from <= hour && hour < to {
			want = append(want, hour)
		}
	}
	slices.Sort(want)
	if !slices.Equal(hours, want) {
		rt.Fatalf("Hours(%d, %d) = %v, want %v", from, to, hours, want)
	}
}

func (m *historyMachine) checkSeries(rt *rapid.T, id term.ID, from, to int64) {
	var want []HourPoint
	for hour := from; hour < to; hour++ {
		if c, ok := m.model.counts[hour][id]; ok {
			want = append(want, HourPoint{Hour: hour, Posts: c.Posts, Fresh: c.Fresh})
		}
	}
	got, err := m.store.Series(id, from, to)
	if err != nil {
		rt.Fatal(err)
	}
	if !slices.Equal(got, want) {
		rt.Fatalf("Series(%x, %d, %d) = %v, want %v", uint64(id), from, to, got, want)
	}
	if got, err := m.store.Term(id); err != nil || got != m.model.terms[id] {
		rt.Fatalf("Term = %+v (%v), want %+v", got, err, m.model.terms[id])
	}
}

func (m *historyMachine) checkGauge(rt *rapid.T, k GaugeKey, from, to int64) {
	var want []string
	for hour := from; hour < to; hour++ {
		if v, ok := m.model.values[hour][k]; ok {
			want = append(want, fmt.Sprintf("%d:%x", hour, math.Float64bits(v)))
		}
	}
	values, err := m.store.GaugeSeries(k, from, to)
	if err != nil {
		rt.Fatal(err)
	}
	var got []string
	for _, v := range values {
		got = append(got, fmt.Sprintf("%d:%x", v.Hour, math.Float64bits(v.Value)))
	}
	if !slices.Equal(got, want) {
		rt.Fatalf("%s from %d to %d: %v, want %v", k, from, to, got, want)
	}
	gauges, err := m.store.Gauges(k.ID)
	if err != nil {
		rt.Fatal(err)
	}
	if !slices.Contains(gauges, Gauge{k, m.model.units[k]}) {
		rt.Fatalf("Gauges(%x) = %v lacks %s", uint64(k.ID), gauges, k)
	}
}

func TestHistoryMatchesModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "swell-store-")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		s, err := Open(dir, Options{})
		if err != nil {
			rt.Fatal(err)
		}
		m := &historyMachine{t: t, store: s, now: 24*20 + 5, model: historyModel{
			terms:  make(map[term.ID]Term),
			counts: make(map[int64]map[term.ID]counts),
			values: make(map[int64]map[GaugeKey]float64),
			units:  make(map[GaugeKey]term.Unit),
		}}
		defer func() { m.store.Close() }()
		for i := range testIDs {
			t := Term{ID: testID(i), Kind: term.Hashtag, Platform: "x", FirstSeen: 24 * 15 * 3600e6}
			if err := s.RegisterTerms([]Term{t}); err != nil {
				rt.Fatal(err)
			}
			m.model.register(t)
			s.terms.next += ordinalGap
		}
		steps := rapid.IntRange(5, 40).Draw(rt, "steps")
		for range steps {
			switch n := rapid.IntRange(0, 99).Draw(rt, "step"); {
			case n < 60:
				m.appendHour(rt)
			case n < 80:
				m.appendGauges(rt)
			case n < 90:
				m.register(rt)
			case n < 94:
				m.prune(rt)
			case n < 96:
				m.reopen(rt)
			}
			m.check(rt)
		}
	})
}
