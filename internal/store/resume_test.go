package store

import (
	"fmt"
	"testing"

	"github.com/swell-radar/swell/term"
)

// Whatever is to be let go of, what a run writes again that goes on from either
// snapshot is there: it can store all of it, and nothing of before is missing.
func TestRetentionLeavesWhatSnapshotsNeed(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.RegisterTerms([]Term{{ID: 1, Kind: term.Hashtag, Key: "a", FirstSeen: 1 << 60}}))
	// write stores a day, at whose end a snapshot may be taken.
	write := func(day int64) {
		t.Helper()
		for hour := day * 24; hour < day*24+24; hour++ {
			pane := hour * PanesPerHour
			check(s.AppendPane(pane, []Point{{1, uint32(hour), 1}}, []Tracking{{ID: 1, Tracked: hour%2 == 0, Display: "a"}}))
			check(s.AppendHour(hour, []Point{{1, uint32(hour), 1}}))
			check(s.AppendGauges(hour, []GaugePoint{{GaugeKey{1, "l", "rank"}, term.UnitRank, float64(hour)}}))
			check(s.AppendFacets(pane, []TermFacet{{1, FacetLang, fmt.Sprint("l", hour%5)}}))
			check(s.PutRanking(hour*3600e6, fmt.Appendf(nil, "ranking %d", hour)))
			check(s.AppendDetections(uint64(hour), [][]byte{fmt.Appendf(nil, "hour %d", hour)}))
		}
	}
	snapshot := func(hour int64) {
		t.Helper()
		_, err := s.WriteSnapshot(SnapshotMeta{Watermark: hour * 3600e6, Detections: uint64(hour)}, partsOf(Part{Name: "p", Data: fmt.Append(nil, hour)}))
		check(err)
	}
	letGo := func(days int64) {
		t.Helper()
		_, err := s.Prune(Floors{Points: days * 24, Panes: days * 24, Rankings: days * 24, Facets: days * 24})
		check(err)
		check(s.TrimDetections(uint64(days * 24)))
	}
	wantFrom := func(what string, days int64, hour uint64) {
		t.Helper()
		if from := s.HoursFrom(); from != days*24 {
			t.Errorf("%s: hours from %d, want %d", what, from, days*24)
		}
		if from := s.PanesFrom(); from/PanesPerHour > int64(hour) || from/PanesPerHour <= int64(hour)-4 {
			t.Errorf("%s: panes from %d, want those of hour %d", what, from, hour)
		}
		if at, err := s.RankingFrom(0); err != nil || at != int64(hour)*3600e6 {
			t.Errorf("%s: rankings from %d (%v), want hour %d", what, at, err, hour)
		}
		if from := s.facets.floor.Load(); int64(from) != days {
			t.Errorf("%s: facets from day %d, want %d", what, from, days)
		}
		if from := s.DetectionsFrom(); from != hour {
			t.Errorf("%s: detections from %d, want %d", what, from, hour)
		}
	}
	for day := range int64(12) {
		write(day)
		switch day {
		case 2:
			snapshot(60)
		case 4:
			snapshot(110)
		}
	}
	letGo(9)
	wantFrom("two snapshots", 2, 60)
	s = reopen(t, s)
	letGo(10)
	wantFrom("after a restart", 2, 60)
	snapshot(288)
	letGo(10)
	wantFrom("without the first", 4, 110)

	// The newest is passed over: the run goes on from the one before.
	snap, _, err := s.LoadSnapshotBefore(3)
	check(err)
	hour := snap.Watermark / 3600e6
	check(s.TruncateDetections(snap.Detections))
	check(s.TruncateRankings(hour * 3600e6))
	check(s.TruncatePanes(hour*PanesPerHour - 1))
	check(s.TruncateFacets(hour*PanesPerHour - 1))
	for day := hour / 24; day < 12; day++ {
		write(day)
	}
	points, err := s.Series(1, 0, 1000)
	check(err)
	if len(points) != 8*24 {
		t.Errorf("%d hours, want those of 8 days", len(points))
	}
	for pane := int64(110 * PanesPerHour); pane < 288*PanesPerHour; pane += 6 {
		got, err := s.PaneSeries(1, pane, pane+1)
		if err != nil || len(got) != 1 {
			t.Fatalf("pane %d: %v (%v)", pane, got, err)
		}
	}
	lines, err := allDetections(s, 0)
	if err != nil || len(lines) != 288-110 || lines[0] != "hour 110" {
		t.Errorf("%d detections from %q on (%v)", len(lines), lines[:1], err)
	}
	wantSound(t, s)
}

// What retention has left can be written again by a run that goes on from before it.
// Nothing of it is kept, but how terms are counted from then on.
func TestWritesBelowTheFloorAreLeftOut(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.RegisterTerms([]Term{{ID: 1, Kind: term.Hashtag, Key: "a", FirstSeen: 1 << 60}}))
	check(s.AppendDetections(0, [][]byte{[]byte("0"), []byte("1"), []byte("2"), []byte("3")}))
	check(s.TrimDetections(3))
	_, err := s.Prune(Floors{Points: 240, Panes: 240, Rankings: 240, Facets: 240})
	check(err)
	_, err = s.WriteSnapshot(SnapshotMeta{Watermark: 48 * 3600e6, Detections: 1}, partsOf()) // as it was left by an earlier version
	check(err)
	s = reopen(t, s)

	before := len(rawKeys(t, s))
	unknown := []Point{{7, 1, 1}} // deleted with its points
	check(s.AppendHour(50, unknown))
	check(s.AppendGauges(50, []GaugePoint{{GaugeKey{7, "l", "rank"}, term.UnitRank, 1}}))
	check(s.AppendPane(300, unknown, nil))
	check(s.AppendFacets(300, []TermFacet{{1, FacetLang, "en"}}))
	check(s.TruncateDetections(1))
	check(s.AppendDetections(1, [][]byte{[]byte("1")}))
	if after := len(rawKeys(t, s)); after != before-1 {
		t.Errorf("%d keys, want %d, without a detection", after, before-1)
	}
	check(s.AppendPane(301, unknown, []Tracking{{ID: 1, Tracked: true, Display: "A"}}))
	check(s.AppendDetections(2, [][]byte{[]byte("2"), []byte("three"), []byte("four")}))
	s = reopen(t, s)
	if got, from, err := s.TrackingAt(1, 240*PanesPerHour); err != nil || !got.Tracked || from != 301 {
		t.Errorf("at the floor: %+v from %d on (%v)", got, from, err)
	}
	if lines, err := allDetections(s, 0); err != nil || fmt.Sprint(lines) != "[three four]" || s.DetectionCount() != 5 {
		t.Errorf("%q of %d (%v)", lines, s.DetectionCount(), err)
	}
	for what, err := range map[string]error{
		"hour":  s.AppendHour(-1, nil),
		"pane":  s.AppendPane(maxHour, nil, nil),
		"facet": s.AppendFacets(-1, nil),
	} {
		wantErr(t, err, ErrInvalid, what)
	}
	wantSound(t, s)
}
