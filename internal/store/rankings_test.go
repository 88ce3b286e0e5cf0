package store

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Rankings are what was put, whatever hours they share, however they are put
// again, and over restarts.
func TestRankingsMatchModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := openTest(t, t.TempDir())
		defer func() { s.Close() }()
		model := map[int64]string{}
		for n := range rapid.IntRange(1, 25).Draw(rt, "steps") {
			at := rapid.Int64Range(-7, 20).Draw(rt, "pane") * 600e6
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			case 0:
				s = reopen(t, s)
			case 1:
				if err := s.TruncateRankings(at); err != nil {
					rt.Fatal(err)
				}
				maps.DeleteFunc(model, func(have int64, _ string) bool { return have > at })
			case 2:
				hour := max(hourOf(at), 0)
				stats, err := s.Prune(Floors{Points: hour, Rankings: hour})
				before := len(model)
				if hour > 0 {
					maps.DeleteFunc(model, func(have int64, _ string) bool { return have < hour*rankingHour })
				}
				if err != nil || stats.Rankings != before-len(model) {
					rt.Fatalf("Prune(%d): %+v (%v), want %d rankings", hour, stats, err, before-len(model))
				}
			default:
				data := fmt.Sprintf("%s %d", bytes.Repeat([]byte("what most rankings say "), 20), n)
				// Later ones of an hour need their base as it was.
				if err := s.TruncateRankings(at - 1); err != nil {
					rt.Fatal(err)
				}
				maps.DeleteFunc(model, func(have int64, _ string) bool { return have >= at })
				if err := s.PutRanking(at, []byte(data)); err != nil {
					rt.Fatal(err)
				}
				model[at] = data
			}
			ask := rapid.Int64Range(-8, 21).Draw(rt, "ask") * 600e6
			times := slices.Sorted(maps.Keys(model))
			i, exact := slices.BinarySearch(times, ask)
			if !exact {
				i--
			}
			at, got, err := s.RankingAt(ask)
			if i < 0 {
				wantErr(t, err, ErrNotFound, "before the first")
			} else if err != nil || at != times[i] || string(got) != model[at] {
				rt.Fatalf("RankingAt(%d) = %d, %q (%v), want %d, %q", ask, at, got, err, times[i], model[times[i]])
			}
			j, _ := slices.BinarySearch(times, ask)
			next, err := s.RankingFrom(ask)
			if j == len(times) {
				wantErr(t, err, ErrNotFound, "behind the last")
			} else if err != nil || next != times[j] {
				rt.Fatalf("RankingFrom(%d) = %d (%v), want %d", ask, next, err, times[j])
			}
		}
	})
}

// A ranking whose base is gone, damaged or another is an error, never another
// ranking.
func TestRankingNeedsItsBase(t *testing.T) {
	t.Parallel()
	const base, at = 36000e6, 36600e6
	fill := func(t *testing.T) *Store {
		s := openTest(t, t.TempDir())
		for i, data := range []string{"one of the hour", "one of the hour, too"} {
			if err := s.PutRanking(base+int64(i)*600e6, []byte(data)); err != nil {
				t.Fatal(err)
			}
		}
		if v := rawGet(t, s, rankingKey(at)); v[0] != rankingDelta {
			t.Fatalf("the second of an hour has format %d, want %d", v[0], rankingDelta)
		}
		return s
	}
	for name, harm := range map[string]func(t *testing.T, s *Store){
		"gone": func(t *testing.T, s *Store) {
			if err := s.deleteWhere(rankingKey(base), func([]byte) bool { return true }); err != nil {
				t.Fatal(err)
			}
		},
		"damaged": func(t *testing.T, s *Store) { flipBit(t, s, rankingKey(base), 30) },
		"another": func(t *testing.T, s *Store) {
			if err := s.PutRanking(base, []byte("one of another hour")); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := fill(t)
			harm(t, s)
			_, _, err := s.RankingAt(at)
			wantErr(t, err, ErrDamaged, "ranking with such a base")
		})
	}
}
