package feed

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// tick returns a view and what was found with it: n detections, whose lines tell their
// positions from pos on.
func tick(seq, pos uint64, n int) (*engine.View, []engine.Detection, [][]byte) {
	v := &engine.View{Seq: seq, AsOf: int64(seq) * detect.PaneSeconds}
	var found []engine.Detection
	var lines [][]byte
	for i := range n {
		t := term.Term{Kind: term.Hashtag, Key: fmt.Sprint(pos + uint64(i))}
		found = append(found, engine.Detection{Term: t, Platform: "x", Phase: detect.Emerging})
		lines = append(lines, []byte(t.Key))
		v.Trends = append(v.Trends, engine.Trend{Term: t, Platform: "x"})
	}
	return v, found, lines
}

// grow pushes views with some detections each and returns all events.
func grow(t *rapid.T, f *Feed, views, most int) (all []*Event) {
	for range views {
		at := f.Now().Last()
		f.Push(tick(at.Seq+1, at.Pos, rapid.IntRange(0, most).Draw(t, "detections")))
		events, ok := f.Now().Since(at)
		if !ok {
			t.Fatal("the newest events are missing")
		}
		all = append(all, events...)
	}
	return all
}

// From whatever place, what is read is what comes behind it, each event once and in
// order; or it is told that some of it is not here.
func TestSince(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		begin := ID{"a", rapid.Uint64Range(0, 9).Draw(t, "seq"), rapid.Uint64Range(0, 9).Draw(t, "pos")}
		f, err := New("a", &engine.View{Seq: begin.Seq}, begin.Pos)
		if err != nil {
			t.Fatal(err)
		}
		all := grow(t, f, rapid.IntRange(0, 60).Draw(t, "views"), rapid.SampledFrom([]int{0, 3, 3, 3, 3, 3, 3, 3, 3, 250}).Draw(t, "most"))
		s := f.Now()
		if len(s.events) > 2*kept {
			t.Fatalf("%d events are kept", len(s.events))
		}
		places := []ID{begin}
		for _, e := range all {
			places = append(places, e.ID)
		}
		n := rapid.IntRange(0, len(all)).Draw(t, "place")
		got, ok := s.Since(places[n])
		gone := all[n:max(n, len(all)-len(s.events))]
		if lost := slices.ContainsFunc(gone, func(e *Event) bool { return !e.IsView() }); ok == lost {
			t.Fatalf("detections are missing: %t; told %t", lost, ok)
		}
		if !ok {
			if !places[n].Within(s.Before()) {
				t.Fatalf("the log is read from %v to %v", places[n], s.Before())
			}
			return
		}
		n += len(gone)
		if len(got) != len(all)-n {
			t.Fatalf("%d events, want %d", len(got), len(all)-n)
		}
		for i, e := range got {
			if e != all[n+i] || !places[n+i].Within(e.ID) || !e.After(places[n+i]) || e.After(e.ID) {
				t.Fatalf("event %d is %v behind %v", i, e.ID, places[n+i])
			}
			if e.IsView() != (e.Trend == nil) || !e.IsView() && (string(e.Line) != fmt.Sprint(e.Pos) || e.Trend.Term.Key != string(e.Line)) {
				t.Fatalf("event %v has line %s and row %v", e.ID, e.Line, e.Trend)
			}
		}
		ahead := ID{"a", s.last.Seq + 1, s.last.Pos + 1}
		if got, ok := s.Since(ahead); !ok || len(got) > 0 {
			t.Fatalf("behind the end there are %d events, %t", len(got), ok)
		}
	})
}

// A run that counts again what was counted names every place as before.
func TestPlacesSurviveARestart(t *testing.T) {
	f, _ := New("a", &engine.View{Seq: 5}, 7)
	g, _ := New("a", &engine.View{Seq: 6}, 9)
	f.Push(tick(6, 7, 2))
	f.Push(tick(7, 9, 3))
	g.Push(tick(7, 9, 3))
	a, _ := f.Now().Since(g.Now().Before())
	b, _ := g.Now().Since(g.Now().Before())
	if len(a) != 4 || len(b) != 4 {
		t.Fatalf("%d and %d events", len(a), len(b))
	}
	for i := range a {
		if a[i].ID != b[i].ID {
			t.Errorf("%v is %v", a[i].ID, b[i].ID)
		}
	}
}

// A place that no event had, as the log gives where rankings are not kept: what was had
// does not come again.
func TestSincePlacesOfTheLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, _ := New("a", &engine.View{}, 0)
		all := grow(t, f, 10, 3)
		last := f.Now().Last()
		at := ID{"a", rapid.Uint64Range(0, last.Seq).Draw(t, "seq"), rapid.Uint64Range(0, last.Pos).Draw(t, "pos")}
		events, ok := f.Now().Since(at)
		if !ok {
			t.Fatal("all are here")
		}
		behind := func(events []*Event) []*Event {
			return slices.DeleteFunc(slices.Clone(events), func(e *Event) bool { return !e.After(at) })
		}
		if got, want := behind(events), behind(all); !slices.Equal(got, want) {
			t.Fatalf("%d events, want %d", len(got), len(want))
		}
		for _, e := range events {
			if at = at.Join(e.ID); !e.ID.Within(at) {
				t.Fatalf("%v is not within %v", e.ID, at)
			}
		}
		if at != last {
			t.Fatalf("the way ends at %v, not %v", at, last)
		}
	})
}

func TestReadersWhileItGrows(t *testing.T) {
	f, _ := New("a", &engine.View{}, 0)
	const views, readers = 2000, 4
	var reading sync.WaitGroup
	for range readers {
		reading.Go(func() {
			at, next := ID{Life: "a"}, uint64(0)
			for at.Seq < views {
				s := f.Now()
				events, ok := s.Since(at)
				if !ok { // fell behind: as the log would have it
					at, next = s.Before(), s.Before().Pos
					continue
				}
				for _, e := range events {
					if !e.IsView() {
						if e.Pos != next {
							t.Errorf("position %d where %d was next", e.Pos, next)
						}
						next++
					}
					at = e.ID
				}
				if len(events) == 0 {
					<-s.Changed()
				}
			}
		})
	}
	for seq := range uint64(views) {
		f.Push(tick(seq+1, f.Now().Last().Pos, int(seq%3)))
		if seq == views/2 {
			f.Settle()
		}
	}
	reading.Wait()
	if !f.Now().Settled() {
		t.Error("the feed is not settled")
	}
}

func TestRowIsOfThePlatformAndTheMeasure(t *testing.T) {
	v, _, _ := tick(1, 0, 1)
	v.Trends = append(v.Trends, v.Trends[0])
	v.Trends[1].Flags = detect.FlagGauge
	for _, c := range []struct {
		platform string
		gauge    bool
		want     *engine.Trend
	}{{"x", false, &v.Trends[0]}, {"x", true, &v.Trends[1]}, {"y", false, nil}} {
		got := Row(v, term.Hashtag, "0", c.platform, c.gauge)
		if (got == nil) != (c.want == nil) || got != nil && (got == c.want || got.Flags != c.want.Flags) {
			t.Errorf("%+v: got %+v", c, got)
		}
	}
}

func TestNewRefusesALifeThatIDsCannotName(t *testing.T) {
	for _, life := range []string{"", "a-b", "ä", "a b", string(make([]byte, maxLife+1))} {
		if _, err := New(life, &engine.View{}, 0); err == nil {
			t.Errorf("%q is a life", life)
		}
	}
}

func TestIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := ID{rapid.StringMatching(`[A-Za-z0-9]{1,32}`).Draw(t, "life"), rapid.Uint64().Draw(t, "seq"), rapid.Uint64().Draw(t, "pos")}
		if got, err := ParseID(id.String()); err != nil || got != id {
			t.Fatalf("%v is read as %v, %v", id, got, err)
		}
	})
}

func FuzzParseID(f *testing.F) {
	for _, s := range []string{"a-1-2", "", "a-1", "a-01-2", "a-1-18446744073709551616", "-1-2", "a--1-2", "a-+1-2", "a-1-2\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseID(s)
		if err != nil {
			if !errors.Is(err, ErrID) {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		if id.String() != s {
			t.Errorf("%q is read as %v", s, id)
		}
	})
}
