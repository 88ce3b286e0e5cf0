package store

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/swell-radar/swell/term"
)

// liveBytes returns how many bytes of keys and values the store holds.
func liveBytes(t *testing.T, s *Store) (n int) {
	t.Helper()
	for _, key := range rawKeys(t, s) {
		n += len(key) + len(rawGet(t, s, key))
	}
	return n
}

func dirBytes(t *testing.T, dir string) (n int64) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			n += info.Size()
		}
	}
	return n
}

// A store that lets go of what is older does not grow with its age: not what it
// holds, nor what that takes on the disk. Every day brings terms of its own.
func TestStoreStopsGrowing(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	keep := Retention{Points: 10 * day, Panes: 4 * day, Rankings: 6 * day, Detections: 8 * day, Facets: 7 * day}
	const terms, days = 60, 70
	positions := map[int64]uint64{} // of the first detection of a day
	liveDay := func(at int64) {
		if at%7 == 0 {
			s = reopen(t, s) // which sorts in what was written last
		}
		var all []Term
		for i := range terms {
			all = append(all, Term{ID: testID(int(at)*terms + i), Kind: term.Hashtag, Key: fmt.Sprint(at, " ", i), FirstSeen: at * 24 * 3600e6})
		}
		check := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		check(s.RegisterTerms(all))
		for hour := at * 24; hour < at*24+24; hour += 6 {
			var points []Point
			var pairs []TermFacet
			var trackings []Tracking
			for i, at := range all {
				points = append(points, Point{at.ID, uint32(i)%9 + 1, uint32(i) % 5})
				pairs = append(pairs, TermFacet{at.ID, FacetLang, fmt.Sprint("l", i%5)})
				trackings = append(trackings, Tracking{ID: at.ID, Tracked: hour%24 < 18, Display: at.Key})
			}
			pane := hour * PanesPerHour
			check(s.AppendPane(pane, points, trackings))
			check(s.AppendHour(hour, points))
			check(s.AppendGauges(hour, []GaugePoint{{GaugeKey{all[0].ID, "l", "rank"}, term.UnitRank, 1}}))
			check(s.AppendFacets(pane, pairs))
			check(s.PutRanking(pane*600e6, incompressible(uint64(pane), 2000)))
		}
		positions[at] = s.DetectionCount()
		check(s.AppendDetections(s.DetectionCount(), [][]byte{[]byte("a detection"), []byte("another")}))
		floors := keep.Floors((at + 1) * 24 * 3600)
		_, err := s.Prune(floors)
		check(err)
		check(s.TrimDetections(positions[floors.Detections/24]))
	}
	for at := int64(100); at < 100+days/2; at++ {
		liveDay(at)
	}
	if err := s.Compact(); err != nil {
		t.Fatal(err)
	}
	half, halfDir := liveBytes(t, s), dirBytes(t, s.dir)
	for at := int64(100 + days/2); at < 100+days; at++ {
		liveDay(at)
	}
	if err := s.Compact(); err != nil {
		t.Fatal(err)
	}
	whole, wholeDir := liveBytes(t, s), dirBytes(t, s.dir)
	t.Logf("%d bytes after %d days, %d after %d; tables %d and %d", half, days/2, whole, days, halfDir, wholeDir)
	if whole > half+half/20 {
		t.Errorf("the store holds %d bytes after %d days, %d after %d", half, days/2, whole, days)
	}
	// What was written last is not sorted in yet: see [Store.Compact].
	if wholeDir > 3*int64(whole)+80<<20 {
		t.Errorf("its tables take %d bytes for %d", wholeDir, whole)
	}
	if n := len(s.terms.ords); n > 12*terms {
		t.Errorf("%d terms are known, %d have points", n, 11*terms)
	}
}

func TestRetention(t *testing.T) {
	var r Retention
	if err := r.Validate(); err != nil {
		t.Error(err)
	}
	wantErr(t, Retention{Panes: day}.Validate(), ErrInvalid, "a day of panes")
	wantErr(t, Retention{Panes: -1}.Validate(), ErrInvalid, "panes for ever")
	wantErr(t, Retention{Points: 30 * day}.Validate(), ErrInvalid, "points no longer than panes")
	if err := (Retention{Points: -1}).Validate(); err != nil {
		t.Error(err)
	}
	f := Retention{Points: -1, Panes: 5 * day}.Floors(10 * 24 * 3600)
	if f.Points != 0 || f.Panes != 5*24 || f.Rankings != 0 {
		t.Errorf("floors %+v as of the end of the tenth day", f)
	}
	if r = r.WithDefaults(); r.Facets < r.Rankings+window72 {
		t.Error("rankings are kept for longer than what filters them")
	}
}

const window72 = 72 * time.Hour
