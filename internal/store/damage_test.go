package store

import (
	"slices"
	"testing"
)

// dayStore returns a store with one rolled day, a pending one and a gauge.
func dayStore(t *testing.T) *Store {
	t.Helper()
	s := openTest(t, t.TempDir())
	if err := s.RegisterTerms([]Term{{ID: 1, Kind: 1, Platform: "x", Key: "a"}, {ID: 2, Kind: 1, Platform: "x", Key: "b"}}); err != nil {
		t.Fatal(err)
	}
	for _, hour := range []int64{24, 25, 48, 49} {
		if err := s.AppendHour(hour, []Point{{1, 5, 2}, {2, 7, 7}}); err != nil {
			t.Fatal(err)
		}
		if err := s.AppendGauges(hour, []GaugePoint{{GaugeKey: GaugeKey{ID: 1, List: "hot", Metric: "rank"}, Unit: 2, Value: 3}}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// TestDamagedHistoryIsAnError damages every value of the history, one at a
// time: what needs it is an error, the rest is read as before, and the store
// can be opened and written.
func TestDamagedHistoryIsAnError(t *testing.T) {
	t.Parallel()
	s := dayStore(t)
	gauge := GaugeKey{ID: 1, List: "hot", Metric: "rank"}
	reads := map[string]func() (int, error){
		"term":   func() (int, error) { _, err := s.Term(1); return 1, err },
		"day 1":  func() (int, error) { p, err := s.Series(1, 24, 48); return len(p), err },
		"day 2":  func() (int, error) { p, err := s.Series(1, 48, 72); return len(p), err },
		"gauge":  func() (int, error) { v, err := s.GaugeSeries(gauge, 24, 72); return len(v), err },
		"gauges": func() (int, error) { g, err := s.Gauges(1); return len(g), err },
	}
	want := make(map[string]int)
	for name, read := range reads {
		n, err := read()
		if err != nil {
			t.Fatal(name, err)
		}
		want[name] = n
	}
	// The tables in which damage must show in some read. Presence is read by Prune alone.
	shows := []byte{tabTerm, tabGauge, tabHour, tabPage, tabDay, tabBlock}
	for _, table := range append(shows, tabPresence) {
		for _, key := range rawKeys(t, s, table) {
			if table == tabTerm && dictKeyID(key) != 1 {
				continue
			}
			whole := rawGet(t, s, key)
			flipBit(t, s, key, len(whole)*4)
			failed := 0
			for name, read := range reads {
				n, err := read()
				if err != nil {
					failed++
					wantErr(t, err, ErrDamaged, name)
				} else if n != want[name] {
					t.Errorf("%s damaged: %s has %d values, want %d", keyString(key), name, n, want[name])
				}
			}
			if failed == 0 && slices.Contains(shows, table) {
				t.Errorf("%s damaged, and nothing fails", keyString(key))
			}
			rawSet(t, s, key, whole)
		}
	}
}

func TestDamagedDayDoesNotStopTheNext(t *testing.T) {
	t.Parallel()
	f := func(name string, key func(s *Store) []byte) {
		t.Run(name, func(t *testing.T) {
			s := dayStore(t)
			flipBit(t, s, key(s), 40)
			s = reopen(t, s)
			if err := s.AppendHour(72, []Point{{1, 5, 2}}); err != nil {
				t.Fatal(err)
			}
			if err := s.AppendHour(96, []Point{{1, 6, 2}}); err != nil {
				t.Fatal(err)
			}
			_, err := s.Series(1, 48, 72)
			wantErr(t, err, ErrDamaged, "the damaged day")
			if got, err := s.Series(1, 72, 120); err != nil || len(got) != 2 {
				t.Errorf("days after it: %v (%v)", got, err)
			}
			// Writing the hour again heals it, and retention can take the day.
			for hour := int64(48); hour < 50; hour++ {
				if err := s.AppendHour(hour, []Point{{1, 9, 9}}); err != nil {
					t.Fatal(err)
				}
			}
			s = reopen(t, s)
			if err := s.AppendHour(97, nil); err != nil {
				t.Fatal(err)
			}
			if got, err := s.Series(1, 48, 72); err != nil || len(got) != 2 || got[1] != (HourPoint{49, 9, 9}) {
				t.Errorf("healed day: %v (%v)", got, err)
			}
			if _, err := s.Prune(Floors{Points: 72, Rankings: 72}); err != nil {
				t.Error(err)
			}
		})
	}
	f("page", func(s *Store) []byte { return pageKey(famCounts, 49, 0, 0) })
	f("head", func(s *Store) []byte { return hourKey(famCounts, 49) })
}

func TestRepeatedHourReplaces(t *testing.T) {
	t.Parallel()
	s := dayStore(t)
	for gen := range 3 {
		for _, hour := range []int64{24, 49} { // one of a rolled day, one pending
			if err := s.AppendHour(hour, []Point{{2, uint32(gen) + 1, 0}}); err != nil {
				t.Fatal(err)
			}
			got, err := s.Series(1, hour, hour+1)
			if err != nil || len(got) != 0 {
				t.Errorf("hour %d: the point of term 1 is still there: %v (%v)", hour, got, err)
			}
			got, err = s.Series(2, hour, hour+1)
			if err != nil || !slices.Equal(got, []HourPoint{{hour, uint32(gen) + 1, 0}}) {
				t.Errorf("hour %d: %v (%v)", hour, got, err)
			}
		}
	}
	if pages := rawKeys(t, s, tabPage, byte(famCounts)); len(pages) != 2 {
		t.Errorf("%d pages, want one each of hours 48 and 49", len(pages))
	}
	wantErr(t, s.AppendHour(50, []Point{{1, 1, 1}, {1, 2, 2}}), ErrInvalid, "term given twice")
	wantErr(t, s.AppendHour(-1, nil), ErrInvalid, "hour before 1970")
	wantErr(t, s.AppendHour(maxHour, nil), ErrInvalid, "hour too late")
	if err := s.AppendHour(maxHour-1, []Point{{1, 1, 1}}); err != nil {
		t.Error(err)
	}
	if got, err := s.Series(1, -5, 1<<62); err != nil || got[len(got)-1].Hour != maxHour-1 {
		t.Errorf("%v (%v)", got, err)
	}
}

func TestCollisionIsTold(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	err := s.RegisterTerms([]Term{{ID: 1, Kind: 1, Key: "a"}, {ID: 1, Kind: 1, Key: "b"}, {ID: 2, Kind: 1, Key: "c"}})
	wantErr(t, err, ErrCollision, "RegisterTerms")
	if got, err := s.Term(1); err != nil || got.Key != "a" {
		t.Errorf("%+v (%v), want the first", got, err)
	}
	if !s.HasTerm(2) {
		t.Error("the term after the collision is not registered")
	}
	var all []Term
	for term, err := range s.Terms() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, term)
	}
	if len(all) != 2 {
		t.Errorf("%d terms, want 2", len(all))
	}
	wantErr(t, s.RegisterTerms([]Term{{ID: 3, Key: string(make([]byte, maxText+1))}}), ErrInvalid, "key too long")
}

// TestLostDictionaryEntriesDoNotLendTheirPoints takes the newest dictionary
// entries away, as a power cut may: the points that they left must not turn up
// under a term that is registered later.
func TestLostDictionaryEntriesDoNotLendTheirPoints(t *testing.T) {
	t.Parallel()
	s := dayStore(t)
	if err := s.deleteWhere([]byte{tabTerm}, func(key []byte) bool { return dictKeyID(key) == 2 }); err != nil {
		t.Fatal(err)
	}
	if err := s.deleteWhere([]byte{tabGauge}, func([]byte) bool { return true }); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, s)
	if err := s.RegisterTerms([]Term{{ID: 9, Kind: 1, Platform: "x", Key: "new"}}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Series(9, 0, 100); err != nil || len(got) != 0 {
		t.Errorf("a new term has points: %v (%v)", got, err)
	}
	other := GaugeKey{ID: 9, Metric: "views"}
	if err := s.AppendGauges(60, []GaugePoint{{GaugeKey: other, Unit: 1, Value: 4}}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.GaugeSeries(other, 0, 100); err != nil || len(got) != 1 {
		t.Errorf("a new gauge has readings: %v (%v)", got, err)
	}
}
