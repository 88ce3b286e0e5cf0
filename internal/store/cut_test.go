package store

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"github.com/swell-radar/swell/term"
)

var errCut = errors.New("cut off")

// cutAfter makes the store apply n writes and then fail, as a crash inside a
// batch of several transactions does. The next call of cutAfter ends it.
func cutAfter(s *Store, n int) {
	s.beforeWrite = func(b *batch) error {
		if n--; n < 0 {
			s.beforeWrite = nil
			return errors.Join(errCut, b.wb.Flush())
		}
		return nil
	}
}

// restart forgets what the store knows of its history and reads it as an
// opening does.
func restart(t *testing.T, s *Store) {
	t.Helper()
	s.beforeWrite = nil
	if err := errors.Join(s.loadDictionary(), s.loadGauges(), s.loadHistory(), s.sweep()); err != nil {
		t.Fatal(err)
	}
}

// contents returns the raw keys and values of the store.
func contents(t *testing.T, s *Store) map[string]string {
	all := make(map[string]string)
	for _, key := range rawKeys(t, s) {
		all[string(key)] = string(rawGet(t, s, key))
	}
	return all
}

// restore makes the contents of the store what they were.
func restore(t *testing.T, s *Store, to map[string]string) {
	t.Helper()
	s.beforeWrite = nil
	now := contents(t, s)
	err := s.deleteWhere(nil, func(key []byte) bool { _, ok := to[string(key)]; return !ok })
	if err != nil {
		t.Fatal(err)
	}
	err = s.db.Update(func(tx *badger.Txn) error {
		for key, value := range to {
			if now[key] == value {
				continue
			}
			if err := tx.Set([]byte(key), []byte(value)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	restart(t, s)
}

// history returns every point of the terms.
func history(t *testing.T, s *Store, ids []term.ID) (all []Point, hours []int64) {
	t.Helper()
	for _, id := range ids {
		points, err := s.Series(id, 0, 500)
		if err != nil && !errors.Is(err, ErrUnknownTerm) {
			t.Fatal(err)
		}
		for _, p := range points {
			all = append(all, Point{id, p.Posts, p.Fresh})
			hours = append(hours, p.Hour)
		}
	}
	return all, hours
}

// TestHistoryCutAnywhere stops each operation on the history after every single
// write. What is found then must be the state before or after, hour by hour,
// and doing it again must give what an unbroken run gives.
func TestHistoryCutAnywhere(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	var ids []term.ID
	for i := range 6 {
		ids = append(ids, testID(i))
		if err := s.RegisterTerms([]Term{{ID: testID(i), Kind: term.Hashtag, FirstSeen: 1 << 60}}); err != nil {
			t.Fatal(err)
		}
		s.terms.next += 700 // in other buckets
	}
	for hour := int64(22); hour < 27; hour++ {
		for range 2 { // the second generation of each
			if err := s.AppendHour(hour, []Point{{ids[0], 1, 1}, {ids[hour%6], uint32(hour), 2}}[hour/24:]); err != nil {
				t.Fatal(err)
			}
		}
	}
	// Hour 23 is of a day that is rolled, and pending again.
	if err := s.AppendHour(23, []Point{{ids[4], 9, 9}}); err != nil {
		t.Fatal(err)
	}
	before := contents(t, s)
	beforePoints, beforeHours := history(t, s, ids)

	for name, op := range map[string]func() error{
		"new hour":             func() error { return s.AppendHour(30, []Point{{ids[1], 3, 1}, {ids[5], 4, 1}}) },
		"hour again":           func() error { return s.AppendHour(25, []Point{{ids[0], 8, 1}, {ids[5], 8, 1}}) },
		"roll two days":        func() error { return s.AppendHour(60, []Point{{ids[2], 3, 3}}) },
		"roll to an empty day": func() error { return errors.Join(s.AppendHour(22, nil), s.AppendHour(23, nil), s.AppendHour(50, nil)) },
		"new pane": func() error {
			return s.AppendPane(150, []Point{{ids[1], 3, 1}}, []Tracking{{ID: ids[1], Tracked: true}, {ID: ids[2]}})
		},
		"panes": func() error {
			return errors.Join(s.AppendPane(150, []Point{{ids[1], 3, 1}}, nil), s.AppendPane(200, []Point{{ids[2], 1, 1}}, nil))
		},
		"prune":     func() error { _, err := s.Prune(Floors{Points: 26, Rankings: 26}); return err },
		"prune all": func() error { _, err := s.Prune(Floors{Points: 400, Rankings: 400}); return err },
	} {
		t.Run(name, func(t *testing.T) {
			restore(t, s, before)
			if err := op(); err != nil {
				t.Fatal(err)
			}
			after := contents(t, s)
			afterPoints, afterHours := history(t, s, ids)
			for n := 0; ; n++ {
				restore(t, s, before)
				cutAfter(s, n)
				err := op()
				if err == nil {
					if n == 0 {
						t.Fatal("nothing was cut")
					}
					return
				}
				if !errors.Is(err, errCut) {
					t.Fatalf("cut after %d writes: %v", n, err)
				}
				wantSound(t, s)
				restart(t, s)
				points, hours := history(t, s, ids)
				for i, p := range points {
					if !has(beforePoints, beforeHours, p, hours[i]) && !has(afterPoints, afterHours, p, hours[i]) {
						t.Fatalf("cut after %d writes: hour %d has %+v, which was never stored", n, hours[i], p)
					}
				}
				for i, p := range beforePoints {
					if has(afterPoints, afterHours, p, beforeHours[i]) && !has(points, hours, p, beforeHours[i]) {
						t.Fatalf("cut after %d writes: hour %d lost %+v", n, beforeHours[i], p)
					}
				}
				if err := op(); err != nil {
					t.Fatalf("again, after a cut after %d writes: %v", n, err)
				}
				restart(t, s)
				points, hours = history(t, s, ids)
				if !slices.Equal(points, afterPoints) || !slices.Equal(hours, afterHours) {
					t.Fatalf("again, after a cut after %d writes: %v, want %v", n, points, afterPoints)
				}
				if got, want := stable(contents(t, s)), stable(after); !maps.Equal(got, want) {
					for key := range got {
						if got[key] == want[key] {
							delete(got, key)
							delete(want, key)
						}
					}
					t.Fatalf("again, after a cut after %d writes: %x is left, want %x", n, got, want)
				}
			}
		})
	}
}

func has(points []Point, hours []int64, p Point, hour int64) bool {
	for i := range points {
		if points[i] == p && hours[i] == hour {
			return true
		}
	}
	return false
}

// stable leaves out what a repetition may change: generations of
// pages, in keys and heads.
func stable(contents map[string]string) map[string]string {
	kept := make(map[string]string)
	for key, value := range contents {
		switch key[0] {
		case tabHour:
			kept[key] = ""
		case tabPage:
			kept[key[:len(key)-4]] = ""
		default:
			kept[key] = value
		}
	}
	return kept
}
