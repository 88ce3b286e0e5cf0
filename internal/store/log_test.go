package store

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func allDetections(s *Store, from uint64) (lines []string, err error) {
	for line, err := range s.Detections(from) {
		if err != nil {
			return lines, err
		}
		lines = append(lines, string(line))
	}
	return lines, nil
}

func TestDetectionsMatchModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := openTest(t, t.TempDir())
		defer func() { s.Close() }()
		var want []string
		begin := 0
		for n := range rapid.IntRange(1, 20).Draw(rt, "steps") {
			at := rapid.IntRange(0, len(want)+1).Draw(rt, "at")
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			case 0:
				s = reopen(t, s)
			case 3:
				err := s.TrimDetections(uint64(at))
				if at > len(want) {
					wantErr(t, err, ErrInvalid, "trim past the end")
				} else if err != nil {
					rt.Fatal(err)
				} else {
					begin = max(begin, at)
				}
			case 1, 2:
				at = max(at, begin)
				if err := s.TruncateDetections(uint64(at)); err != nil {
					rt.Fatal(err)
				}
				want = want[:min(at, len(want))]
			default:
				lines := make([][]byte, rapid.IntRange(0, 3).Draw(rt, "lines"))
				for i := range lines {
					lines[i] = fmt.Appendf(nil, "%d.%d", n, i)
				}
				err := s.AppendDetections(uint64(at), lines)
				if at > len(want) {
					wantErr(t, err, ErrInvalid, "append past the end")
					continue
				}
				if err != nil {
					rt.Fatal(err)
				}
				want = want[:at:at]
				for _, line := range lines {
					want = append(want, string(line))
				}
				for len(want) < begin { // of these none is there
					want = append(want, "")
				}
			}
			from := rapid.IntRange(0, len(want)).Draw(rt, "from")
			got, err := allDetections(s, uint64(from))
			from = max(from, begin)
			if err != nil || !slices.Equal(got, want[from:]) {
				rt.Fatalf("from %d: %v (%v), want %v", from, got, err, want[from:])
			}
			if n := len(rawKeys(t, s, tabDetection)); n != len(want)-begin || s.DetectionsFrom() != uint64(begin) {
				rt.Fatalf("%d lines are stored from %d on, want %d from %d on", n, s.DetectionsFrom(), len(want)-begin, begin)
			}
			if got := s.DetectionCount(); got != uint64(len(want)) {
				rt.Fatalf("%d detections, want %d", got, len(want))
			}
		}
	})
}

func TestDetectionsTellDamage(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	lines := [][]byte{[]byte("a"), []byte("b"), []byte("c")}
	if err := s.AppendDetections(0, lines); err != nil {
		t.Fatal(err)
	}
	lines[0][0] = 'z' // the store has its own copy
	flipBit(t, s, detectionKey(1), 9)
	got, err := allDetections(s, 0)
	wantErr(t, err, ErrDamaged, "flipped bit")
	if !slices.Equal(got, []string{"a"}) {
		t.Errorf("read %v before the damage, want [a]", got)
	}
	if err := s.deleteWhere(detectionKey(1), func([]byte) bool { return true }); err != nil {
		t.Fatal(err)
	}
	_, err = allDetections(s, 0)
	wantErr(t, err, ErrDamaged, "missing line")
	// Writing them again from the damage on heals the log.
	if err := s.AppendDetections(1, [][]byte{[]byte("b"), []byte("c")}); err != nil {
		t.Fatal(err)
	}
	if got, err := allDetections(s, 0); err != nil || !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("%v (%v)", got, err)
	}
}

func TestRankings(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	_, _, err := s.RankingAt(1 << 60)
	wantErr(t, err, ErrNotFound, "no ranking at all")
	const hour = 3600e6
	long := bytes.Repeat([]byte("ranking "), 100_000)
	for at, data := range map[int64][]byte{-hour: []byte("before 1970"), 0: nil, 10 * hour: []byte("old"), 11 * hour: long} {
		if err := s.PutRanking(at, data); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.PutRanking(10*hour, []byte("new")); err != nil {
		t.Fatal(err)
	}
	f := func(t0, wantAt int64, want string) {
		t.Helper()
		at, data, err := s.RankingAt(t0)
		if err != nil || at != wantAt || string(data) != want {
			t.Errorf("RankingAt(%d) = %d, %.20q (%v), want %d, %.20q", t0, at, data, err, wantAt, want)
		}
	}
	f(-1, -hour, "before 1970")
	f(0, 0, "")
	f(10*hour-1, 0, "")
	f(10*hour, 10*hour, "new")
	f(12*hour, 11*hour, string(long))
	_, _, err = s.RankingAt(-hour - 1)
	wantErr(t, err, ErrNotFound, "before the first")

	if err := s.PutRanking(20*hour, make([]byte, maxRanking)); err != nil {
		t.Fatal(err)
	}
	f(20*hour, 20*hour, string(make([]byte, maxRanking)))

	if stats, err := s.Prune(Floors{Points: 10, Rankings: 10}); err != nil || stats.Rankings != 2 {
		t.Errorf("Prune: %+v (%v), want 2 rankings", stats, err)
	}
	_, _, err = s.RankingAt(10*hour - 1)
	wantErr(t, err, ErrNotFound, "pruned")
	f(10*hour, 10*hour, "new")

	flipBit(t, s, rankingKey(11*hour), 50)
	_, _, err = s.RankingAt(12 * hour)
	wantErr(t, err, ErrDamaged, "flipped bit")
	wantErr(t, s.PutRanking(1, make([]byte, maxRanking+1)), ErrInvalid, "too large")
	wantErr(t, s.PutRanking(1, incompressible(1, maxValue+1)), ErrInvalid, "too large after compression")
}
