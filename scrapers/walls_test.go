package scrapers

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// What a server said stands, over restarts as well, until it is over or the part has answered; what was
// found out without a server is forgotten by a restart; a clock that is set back makes nothing longer.
func TestWallsOutliveRestarts(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
		clock := func() time.Time { return now }
		shelf := &shelf{kept: map[string][]byte{}}
		start := func() *Walls {
			w, err := NewWalls("s", shelf, clock)
			if err != nil {
				r.Fatal(err)
			}
			return w
		}
		w := start()
		type told struct {
			state    State
			until    time.Time
			failures int
			ours     bool
		}
		model := map[string]told{}
		part := rapid.SampledFrom([]string{"", "a", "b/c", "ö"})
		r.Repeat(map[string]func(*rapid.T){
			"trouble": func(r *rapid.T) {
				p, s := part.Draw(r, "part"), State(rapid.IntRange(int(Starting), int(Ended)).Draw(r, "state"))
				after := time.Duration(rapid.IntRange(0, 10_000).Draw(r, "seconds")) * time.Second
				trouble := &Trouble{State: s, Why: "why " + p, After: after, Failures: rapid.IntRange(0, 9).Draw(r, "failures"), Ours: rapid.Bool().Draw(r, "ours")}
				if err := w.Note(p, fmt.Errorf("wrapped: %w", trouble)); err != nil {
					r.Fatal(err)
				}
				model[p] = told{s, now.Add(after), trouble.Failures, trouble.Ours}
			},
			"answer": func(r *rapid.T) {
				p := part.Draw(r, "part")
				if err := w.Note(p, rapid.SampledFrom([]error{nil, errors.New("no route")}).Draw(r, "err")); err != nil {
					r.Fatal(err)
				}
				delete(model, p)
			},
			"later": func(r *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(0, 4000).Draw(r, "seconds")) * time.Second)
			},
			"restart": func(*rapid.T) {
				w = start()
				maps.DeleteFunc(model, func(_ string, k told) bool {
					return k.ours || k.state != Throttled && k.state != Blocked && k.state != LoginWall
				})
			},
			"": func(r *rapid.T) {
				for _, p := range []string{"", "a", "b/c", "ö", "never"} {
					want, got := model[p], w.Of(p)
					if left := want.until.Sub(now); left <= 0 {
						if got != nil {
							r.Fatalf("%q has a wall that is over: %+v", p, got)
						}
						continue
					}
					if got == nil || got.State != want.state || got.Why != "why "+p || got.Failures != want.failures || got.Ours != want.ours || got.After != want.until.Sub(now) {
						r.Fatalf("%q has %+v, expected %+v at %v", p, got, want, now)
					}
				}
			},
		})
	})
}

func TestAClockSetBackMakesNoWallLonger(t *testing.T) {
	now := time.Date(2027, 11, 28, 12, 0, 0, 0, time.UTC)
	shelf := &shelf{kept: map[string][]byte{}}
	w, err := NewWalls("s", shelf, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Note("a", &Trouble{State: Blocked, Why: "403", After: time.Hour}); err != nil {
		t.Fatal(err)
	}
	if err := w.Note("b", &Trouble{State: Blocked, Why: "403", After: 1 << 62}); err != nil {
		t.Fatal(err)
	}
	now = now.AddDate(-1, 0, 0)
	if w, err = NewWalls("s", shelf, func() time.Time { return now }); err != nil {
		t.Fatal(err)
	}
	if got := w.Of("a"); got == nil || got.After != time.Hour {
		t.Errorf("a year before the wall of an hour: %+v", got)
	}
	if got := w.Of("b"); got == nil || got.After > longestWall {
		t.Errorf("a wall without an end: %+v", got)
	}
}

// However many parts a source has and however much is said of them: the shelf takes it, and
// the longest walls are on it.
func TestWallsHaveRoom(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		parts int
		why   string
		least int // that are kept
	}{{100, "short", 100}, {400, strings.Repeat("é", 1000), 400}, {mostParts, strings.Repeat("x", 1000), 300}} {
		shelf := &shelf{kept: map[string][]byte{}}
		w, err := NewWalls("s", shelf, func() time.Time { return now })
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.parts {
			w.all[fmt.Sprintf("part %d", i)] = wall{state: Blocked, why: c.why, told: now, until: now.Add(time.Hour + time.Duration(i)*time.Second)}
		}
		last := fmt.Sprintf("part %d", c.parts-1)
		if err := w.Note(last, &Trouble{State: Blocked, Why: c.why, After: 2 * 24 * time.Hour}); err != nil {
			t.Fatal(err)
		}
		data := shelf.kept["walls/s"]
		if len(data) > mostKept {
			t.Errorf("%d parts take %d bytes", c.parts, len(data))
		}
		again, err := NewWalls("s", shelf, func() time.Time { return now })
		if err != nil || len(again.all) < c.least || again.Of(last) == nil {
			t.Errorf("%d of %d walls are kept, the longest: %v; %v", len(again.all), c.parts, again.Of(last), err)
		}
	}
}

// FuzzWalls: whatever is on the shelf gives walls that end, or an error.
func FuzzWalls(f *testing.F) {
	f.Add([]byte(`{"a":{"state":"blocked","why":"403","told":1795867200,"until":1795870800,"failures":3}}`))
	f.Add([]byte(`{"a":{"state":"ok","told":1,"until":2}}`))
	f.Add([]byte(`{"a":{"state":"throttled","told":-1,"until":9223372036854775807}}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, data []byte) {
		now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
		w, err := NewWalls("s", &shelf{kept: map[string][]byte{"walls/s": data}}, func() time.Time { return now })
		if err != nil {
			if len(w.all) > 0 {
				t.Errorf("%v, and %d walls", err, len(w.all))
			}
			return
		}
		for part := range w.all {
			if got := w.Of(part); got != nil && (got.After <= 0 || got.After > longestWall || !outlives(got.State)) {
				t.Errorf("%q: %+v", part, got)
			}
		}
		if err := w.Note("new", &Trouble{State: Throttled, Why: "429", After: time.Minute}); err != nil {
			t.Error(err)
		}
	})
}
