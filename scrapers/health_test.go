package scrapers

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// What is covered is the sum of the seconds within which the source was well.
func TestCoveredMatchesModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		begin := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
		now := begin
		h := newHealth(now)
		var seconds []bool
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "do") {
			case 0:
				h.part(now, "a", nil)
			case 1:
				h.part(now, "a", NewTrouble(Throttled, "slower"))
			case 2:
				h.ended(now, errors.New("gone"), now.Add(time.Minute))
			case 3:
				h.begun(now)
			case 4:
				h.paused(now, "busy")
			}
			for range rapid.IntRange(0, 100).Draw(t, "seconds") {
				seconds = append(seconds, h.state().Covers())
				now = now.Add(time.Second)
			}
		}
		from := rapid.IntRange(0, len(seconds)).Draw(t, "from")
		to := rapid.IntRange(from, len(seconds)).Draw(t, "to")
		var want time.Duration
		for _, well := range seconds[from:to] {
			if well {
				want += time.Second
			}
		}
		got := h.coveredWithin(begin.Add(time.Duration(from)*time.Second), begin.Add(time.Duration(to)*time.Second))
		if got != want {
			t.Fatalf("covered %s between %d and %d, want %s: %v", got, from, to, want, h.history)
		}
	})
}

// The state of the whole follows from the parts, and from what could not be understood.
func TestStateOfTheWhole(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	throttled, wall := NewTrouble(Throttled, "slower"), NewTrouble(LoginWall, "log in")
	h := newHealth(now)
	is := func(want State, why string) {
		t.Helper()
		if r := h.report(now); r.State != want || r.Why != why {
			t.Errorf("state %s (%s), want %s (%s)", r.State, r.Why, want, why)
		}
	}
	is(Starting, "")
	h.part(now, "a", throttled)
	is(Throttled, "a: slower")
	h.part(now, "b", nil)
	is(OK, "1 of 2 parts are in trouble, as a: slower")
	h.part(now, "b", wall)
	h.part(now, "c", wall)
	is(LoginWall, "all 3 parts are in trouble, as a: slower")
	h.part(now, "a", nil)
	h.part(now, "b", nil)
	h.part(now, "c", nil)
	is(OK, "")
	bad := make([]Reject, 15)
	for i := range bad {
		bad[i] = Reject{"item 1", errors.New("no id")}
	}
	h.delivered(now, &Delivery{Part: "a", Items: 20, Rejected: bad})
	is(SchemaChanged, "most of what came lately was not understood: item 1: no id")
	for range 3 {
		h.delivered(now, &Delivery{Part: "a", Items: 20})
	}
	is(OK, "")

	h = newHealth(now)
	h.delivered(now, &Delivery{Items: 1})
	h.part(now, "host", nil)
	h.delivered(now, &Delivery{Items: 1})
	h.part(now, "host", NewTrouble(Unreachable, "gone"))
	is(Unreachable, "host: gone")
}

// A source that flaps is remembered within bounds.
func TestHistoryIsBounded(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	h := newHealth(now)
	for range 10 * mostStretches {
		now = now.Add(time.Minute)
		h.part(now, "", NewTrouble(Throttled, "slower"))
		h.part(now, "", nil)
	}
	if len(h.history) > mostStretches {
		t.Errorf("%d stretches", len(h.history))
	}
	now = now.Add(1000 * time.Hour)
	h.part(now, "", NewTrouble(Throttled, "slower"))
	if len(h.history) != 2 {
		t.Errorf("%d stretches after a long time of peace", len(h.history))
	}
}

// However often a source fails, it is left alone for no longer than it should, and where it
// was told to be left alone, for no less.
func TestPause(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		failures := rapid.IntRange(0, 1000).Draw(t, "failures")
		draw := func(d time.Duration) time.Duration {
			if d <= 0 {
				return 0
			}
			return time.Duration(rapid.Int64Range(0, int64(d)).Draw(t, "jitter"))
		}
		state := State(rapid.IntRange(0, len(stateNames)-1).Draw(t, "state"))
		after := time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "after"))
		got := pause(&Trouble{State: state, After: after}, failures, draw)
		own := time.Duration(0) // that a throttle or a wall is left alone at least
		if outlives(state) {
			own = min(breaks[state].first<<min(failures, 20), breaks[state].most)
		}
		switch {
		case got < after, got < own/2:
			t.Fatalf("%s after %d failures where it was told %s", got, failures, after)
		case after > 0 && got > max(after+after/8, own):
			t.Fatalf("%s where it was told %s", got, after)
		case after == 0 && (got < 0 || got > 24*time.Hour):
			t.Fatalf("%s", got)
		case after == 0 && walls(state) && got < 30*time.Second:
			t.Fatalf("%s at a wall", got)
		}
	})
}

func TestStatesHaveNames(t *testing.T) {
	for i := range stateNames {
		if s, err := ParseState(State(i).String()); err != nil || s != State(i) {
			t.Errorf("%s is read as %v, %v", State(i), s, err)
		}
	}
	if _, err := ParseState("fine"); err == nil {
		t.Error("fine is a state")
	}
}
