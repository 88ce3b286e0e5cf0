package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/term"
)

// dayOf reads a closed day.
func dayOf(s *Store, day int64) (hours uint32, all []TermDay, err error) {
	hours, terms, err := s.DayPoints(day)
	if err != nil {
		return 0, nil, err
	}
	for d, err := range terms {
		if err != nil {
			return hours, all, err
		}
		all = append(all, d)
	}
	return hours, all, nil
}

// A closed day is what the series of all terms say of it, over restarts, retention and
// hours that are written again; a day that a run may write again is not closed.
func TestDaysAreTheSeriesOfAllTerms(t *testing.T) {
	t.Parallel()
	closed := 0
	defer func() {
		if closed == 0 {
			t.Error("no day was closed")
		}
	}()
	rapid.Check(t, func(rt *rapid.T) {
		s := openTest(t, t.TempDir())
		defer func() { s.Close() }()
		var order []term.ID // as registered
		register := func(n int) {
			id := testID(n)
			if !slices.Contains(order, id) {
				order = append(order, id)
			}
			if err := s.RegisterTerms([]Term{{ID: id, Kind: term.Hashtag, Platform: "x", Key: fmt.Sprint("k", n), FirstSeen: 1 << 60}}); err != nil {
				rt.Fatal(err)
			}
			s.terms.next += uint32(n%3) * 150
		}
		now, marks := int64(24*10), []int64(nil) // watermarks of the snapshots, in hours
		for range rapid.IntRange(5, 40).Draw(rt, "steps") {
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			case 0:
				s = reopen(t, s)
			case 1:
				before := max(0, now-int64(rapid.IntRange(20, 90).Draw(rt, "keep")))
				if _, err := s.Prune(Floors{Points: before}); err != nil {
					rt.Fatal(err)
				}
			case 2, 3:
				if _, err := s.WriteSnapshot(SnapshotMeta{Watermark: now * 3600e6}, partsOf()); err != nil {
					rt.Fatal(err)
				}
				marks = append(marks, now)
			default:
				now += int64(rapid.IntRange(0, 14).Draw(rt, "on"))
				hour := now - int64(rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 30)).Draw(rt, "ago"))
				var points []Point
				for n := range rapid.IntRange(0, 12).Draw(rt, "terms") {
					n *= 1 + rapid.IntRange(0, 3).Draw(rt, "stride")
					register(n)
					if !slices.ContainsFunc(points, func(p Point) bool { return p.ID == testID(n) }) {
						points = append(points, Point{testID(n), uint32(hour), uint32(n)})
					}
				}
				if err := s.AppendHour(hour, points); err != nil {
					rt.Fatal(err)
				}
			}
			oldest := int64(0)
			if n := len(marks); n > 0 {
				oldest = slices.Min(marks[max(0, n-snapshotsKept):])
			}
			closed += checkDays(t, rt, s, order, now, oldest)
		}
	})
}

func checkDays(t *testing.T, rt *rapid.T, s *Store, order []term.ID, now, oldest int64) (closedDays int) {
	closed, err := s.ClosedDays()
	if err != nil {
		rt.Fatal(err)
	}
	for day := now/24 - 8; day <= now/24+1; day++ {
		hours, all, err := dayOf(s, day)
		if !slices.Contains(closed, day) {
			wantErr(t, err, ErrNotFound, fmt.Sprint("day ", day))
			continue
		}
		if err != nil {
			rt.Fatal(err)
		}
		closedDays++
		if day*24+24 > oldest || day == now/24 {
			rt.Fatalf("day %d is closed at hour %d, with a snapshot of hour %d", day, now, oldest)
		}
		var mask uint32
		counted, err := s.Hours(day*24, day*24+24)
		if err != nil {
			rt.Fatal(err)
		}
		for _, hour := range counted {
			mask |= 1 << (hour % 24)
		}
		if hours != mask {
			rt.Fatalf("day %d has hours %06x, want %06x", day, hours, mask)
		}
		var want []TermDay
		for _, id := range order {
			points, err := s.Series(id, day*24, day*24+24)
			if errors.Is(err, ErrUnknownTerm) || len(points) == 0 {
				continue
			}
			if err != nil {
				rt.Fatal(err)
			}
			name, err := s.Term(id)
			if err != nil {
				rt.Fatal(err)
			}
			d := TermDay{Term: name}
			for _, p := range points {
				d.Posts[p.Hour%24], d.Fresh[p.Hour%24] = p.Posts, p.Fresh
			}
			want = append(want, d)
		}
		if !slices.Equal(all, want) {
			rt.Fatalf("day %d is\n%+v, want\n%+v", day, all, want)
		}
	}
	return closedDays
}

// closedStore returns a store with the closed days 1 and 2, the second in two buckets.
func closedStore(t testing.TB) *Store {
	t.Helper()
	s := openTest(t, t.TempDir())
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.RegisterTerms([]Term{{ID: 7, Kind: 1, Platform: "x", Key: "a"}, {ID: 2, Kind: 1, Platform: "x", Key: "b"}}))
	s.terms.next = 1000
	check(s.RegisterTerms([]Term{{ID: 5, Kind: 1, Platform: "x", Key: "c"}}))
	check(s.AppendHour(30, []Point{{7, 1, 2}, {2, 3, 4}}))
	check(s.AppendHour(50, []Point{{2, 5, 6}, {5, 7, 8}}))
	check(s.AppendHour(71, []Point{{5, 9, 1}}))
	check(s.AppendHour(72, nil))
	for range snapshotsKept {
		_, err := s.WriteSnapshot(SnapshotMeta{Watermark: 73 * 3600e6}, partsOf())
		check(err)
	}
	return s
}

func TestDamagedDayIsAnError(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key []byte
		ids string // yielded before the error
	}{
		"record": {dayKey(famCounts, 2), "[]"},
		"block":  {blockKey(famCounts, 2, 3), "[2]"},
		"term":   {dictKey(tabTerm, 5, 1000), "[2]"},
	} {
		s := closedStore(t)
		flipBit(t, s, c.key, 40)
		var ids []term.ID
		_, all, err := dayOf(s, 2)
		for _, d := range all {
			ids = append(ids, d.ID)
		}
		wantErr(t, err, ErrDamaged, name)
		if got := fmt.Sprint(ids); got != c.ids {
			t.Errorf("%s damaged: terms %s before the error, want %s", name, got, c.ids)
		}
		if _, all, err := dayOf(s, 1); err != nil || len(all) != 2 {
			t.Errorf("%s damaged: the day before it has %v (%v)", name, all, err)
		}
	}
	// A term whose entry is gone is told of at the end.
	s := closedStore(t)
	if err := s.deleteWhere(dictKey(tabTerm, 2, 1), func([]byte) bool { return true }); err != nil {
		t.Fatal(err)
	}
	_, all, err := dayOf(s, 2)
	wantErr(t, err, ErrDamaged, "an entry that is gone")
	if len(all) != 1 || all[0].ID != 5 {
		t.Errorf("%+v", all)
	}
}

func TestDaysThatAreNotClosed(t *testing.T) {
	t.Parallel()
	s := closedStore(t)
	for _, day := range []int64{-1 << 62, -1, 0, 3, 4, maxHour / 24, maxHour, 1 << 62} {
		_, _, err := s.DayPoints(day)
		wantErr(t, err, ErrNotFound, fmt.Sprint("day ", day))
	}
	_, terms, err := s.DayPoints(1)
	if err != nil {
		t.Fatal(err)
	}
	for range terms { // some of it, and then all
		break
	}
	n := 0
	for _, err := range terms {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	if n != 2 {
		t.Errorf("%d terms, want 2", n)
	}
	if _, err := s.Prune(Floors{Points: 48}); err != nil {
		t.Fatal(err)
	}
	for _, err := range terms {
		wantErr(t, err, ErrNotFound, "a day that went before the loop")
	}
	if err := s.AppendHour(49, nil); err != nil {
		t.Fatal(err)
	}
	if days, err := s.ClosedDays(); err != nil || len(days) > 0 {
		t.Errorf("days %v with an hour to be packed (%v)", days, err)
	}
	if err := s.Reset(); err != nil {
		t.Fatal(err)
	}
	if days, err := s.ClosedDays(); err != nil || len(days) > 0 {
		t.Errorf("days %v of an empty store (%v)", days, err)
	}
}

func TestDetectionAt(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	if err := s.AppendDetections(0, [][]byte{[]byte("a"), nil, []byte("c"), []byte("d")}); err != nil {
		t.Fatal(err)
	}
	if err := s.TrimDetections(1); err != nil {
		t.Fatal(err)
	}
	for pos, want := range map[uint64]string{1: "", 2: "c", 3: "d"} {
		if got, err := s.Detection(pos); err != nil || string(got) != want {
			t.Errorf("detection %d is %q (%v), want %q", pos, got, err, want)
		}
	}
	for _, pos := range []uint64{0, 4, 1<<64 - 1} {
		_, err := s.Detection(pos)
		wantErr(t, err, ErrNotFound, fmt.Sprint("detection ", pos))
	}
	flipBit(t, s, detectionKey(2), 3)
	_, err := s.Detection(2)
	wantErr(t, err, ErrDamaged, "a damaged line")
}

// BenchmarkDayPoints reads a closed day of benchTerms terms.
func BenchmarkDayPoints(b *testing.B) {
	s := openTest(b, b.TempDir())
	benchDays(b, s, 2)
	for range snapshotsKept {
		if _, err := s.WriteSnapshot(SnapshotMeta{Watermark: 48 * 3600e6}, partsOf()); err != nil {
			b.Fatal(err)
		}
	}
	rows := 0
	b.ReportAllocs()
	for b.Loop() {
		_, terms, err := s.DayPoints(1)
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range terms {
			if err != nil {
				b.Fatal(err)
			}
			rows++
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
