package store

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/term"
)

// paneModel is what panes and trackings should say, kept in maps.
type paneModel struct {
	panes     map[int64]map[term.ID]Point
	trackings map[term.ID]map[int64]Tracking
	floor     int64 // panes
}

func (m *paneModel) series(id term.ID, from, to int64) (out []PanePoint) {
	for pane := max(from, m.floor); pane < to; pane++ {
		if p, ok := m.panes[pane][id]; ok && (p.Posts > 0 || p.Fresh > 0) {
			out = append(out, PanePoint{pane, p.Posts, p.Fresh})
		}
	}
	return out
}

func (m *paneModel) at(id term.ID, pane int64) Tracking {
	for ; pane >= 0; pane-- {
		if t, ok := m.trackings[id][pane]; ok {
			return t
		}
	}
	return Tracking{ID: id}
}

// Panes and trackings are what was appended last, over restarts, roll-ups,
// retention and a run that goes on from before.
func TestPanesMatchModel(t *testing.T) {
	t.Parallel()
	const terms = 5
	rapid.Check(t, func(rt *rapid.T) {
		s := openTest(t, t.TempDir())
		defer func() { s.Close() }()
		m := &paneModel{panes: map[int64]map[term.ID]Point{}, trackings: map[term.ID]map[int64]Tracking{}}
		var all []Term
		for i := range terms {
			all = append(all, Term{ID: testID(i), Kind: term.Hashtag, Key: fmt.Sprint(i), FirstSeen: 1 << 60})
			m.trackings[testID(i)] = map[int64]Tracking{}
		}
		if err := s.RegisterTerms(all); err != nil {
			rt.Fatal(err)
		}
		now := int64(100)
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			switch rapid.IntRange(0, 11).Draw(rt, "step") {
			case 0:
				s = reopen(t, s)
			case 1:
				hours := rapid.Int64Range(0, now/PanesPerHour).Draw(rt, "floor")
				if _, err := s.Prune(Floors{Panes: hours}); err != nil {
					rt.Fatal(err)
				}
				m.floor = max(m.floor, hours*PanesPerHour/24*24)
			case 2:
				last := rapid.Int64Range(max(m.floor, now-30), now).Draw(rt, "last")
				if err := s.TruncatePanes(last); err != nil {
					rt.Fatal(err)
				}
				for pane := last + 1; pane <= now; pane++ {
					delete(m.panes, pane)
					for _, byPane := range m.trackings {
						delete(byPane, pane)
					}
				}
				now = max(last, m.floor)
			default:
				now += rapid.Int64Range(0, 9).Draw(rt, "after")
				var points []Point
				var trackings []Tracking
				byID := map[term.ID]Point{}
				for _, at := range all {
					if rapid.Bool().Draw(rt, "seen") {
						p := Point{at.ID, rapid.Uint32Range(0, 3).Draw(rt, "posts"), rapid.Uint32().Draw(rt, "fresh")}
						points, byID[at.ID] = append(points, p), p
					}
					if rapid.IntRange(0, 3).Draw(rt, "told") == 0 {
						tr := Tracking{ID: at.ID, Tracked: rapid.Bool().Draw(rt, "tracked")}
						if tr.Tracked {
							tr.First, tr.Since = now-rapid.Int64Range(-9, 99).Draw(rt, "first"), now-rapid.Int64Range(-9, 99).Draw(rt, "since")
							tr.Before, tr.Display = rapid.Uint32().Draw(rt, "before"), rapid.String().Draw(rt, "display")
							tr.Full, tr.Stopped = rapid.Bool().Draw(rt, "full"), rapid.Bool().Draw(rt, "stopped")
						}
						trackings, m.trackings[at.ID][now] = append(trackings, tr), tr
					}
				}
				if err := s.AppendPane(now, points, trackings); err != nil {
					rt.Fatal(err)
				}
				m.panes[now] = byID
			}
			id := all[rapid.IntRange(0, terms-1).Draw(rt, "term")].ID
			from := rapid.Int64Range(m.floor, now+2).Draw(rt, "from")
			got, err := s.PaneSeries(id, from, now+1)
			if want := m.series(id, from, now+1); err != nil || !slices.Equal(got, want) {
				rt.Fatalf("panes from %d: %v (%v), want %v", from, got, err, want)
			}
			tracking, _, err := s.TrackingAt(id, from)
			if want := m.at(id, from); err != nil || tracking != want {
				rt.Fatalf("tracking at %d: %+v (%v), want %+v", from, tracking, err, want)
			}
		}
	})
}

// A term is not pruned while a pane of it is kept.
func TestPanesKeepTheirTerms(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	if err := s.RegisterTerms([]Term{{ID: 1, Key: "a"}, {ID: 2, Key: "b"}, {ID: 3, Key: "c"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.AppendPane(1000, []Point{{ID: 1, Posts: 1, Fresh: 2}}, []Tracking{{ID: 1, Tracked: true}, {ID: 2}, {ID: 3, Tracked: true}}); err != nil {
		t.Fatal(err)
	}
	stats, err := s.Prune(Floors{Points: 1000, Panes: 1000 / PanesPerHour})
	if err != nil || stats.Terms != 1 || !s.HasTerm(1) || s.HasTerm(2) || !s.HasTerm(3) {
		t.Errorf("%+v (%v): only the second has no pane and is not tracked", stats, err)
	}
	if n := len(rawKeys(t, s, tabTracking)); n != 2 {
		t.Errorf("%d trackings of 2 terms that are known", n)
	}
}

func FuzzTracking(f *testing.F) {
	f.Add((&Tracking{}).encode(7))
	f.Add((&Tracking{Tracked: true, First: 3, Since: 9, Before: 70, Full: true, Display: "BookTok"}).encode(7))
	f.Fuzz(func(t *testing.T, body []byte) {
		tr, err := decodeTracking(0, 7, body)
		if err != nil {
			return
		}
		if again, err := decodeTracking(0, 7, tr.encode(7)); err != nil || again != tr {
			t.Fatalf("%+v became %+v (%v)", tr, again, err)
		}
	})
}
