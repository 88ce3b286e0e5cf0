package store

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/swell-radar/swell/term"
)

// testdata/stores holds two whole stores of every format, one that was closed and
// one whose process was killed, and what they have to read as. They were written
// by the code of their time: -update writes those of the present format alone. All
// must open, read the same, and go on.

var storesDir = filepath.Join("testdata", "stores")

var upgradeGauges = []GaugeKey{{2, "hot-music", "rank"}, {2, "", "share"}, {3, "l", "views"}}

// upgradeFill fills a store with something of everything.
func upgradeFill(t *testing.T, s *Store) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.RegisterTerms([]Term{
		{ID: 1, Kind: term.Hashtag, Platform: "tiktok", Key: "booktok", Display: "BookTok", FirstSeen: 1_700_000_000_000_000},
		{ID: 2, Kind: term.Sound, Platform: "x", Key: "mañana", Display: "Mañana", FirstSeen: 24 * 3600e6},
		{ID: 3, Kind: term.Keyword, Platform: "x", Key: "unread", FirstSeen: 5_000_000_000_000_000},
	}))
	check(s.AppendHour(20, []Point{{ID: 1, Posts: 1, Fresh: 1}}))
	_, err := s.Prune(Floors{Points: 24, Rankings: 24})
	check(err)
	for hour := int64(24); hour < 76; hour++ {
		points := []Point{{ID: 2, Posts: uint32(hour), Fresh: uint32(hour) - 20}}
		if hour%5 == 0 {
			points = append(points, Point{ID: 1, Posts: 1 << 31, Fresh: 1})
		}
		check(s.AppendHour(hour, points))
		check(s.AppendGauges(hour, []GaugePoint{
			{upgradeGauges[0], term.UnitRank, float64(hour % 7)},
			{upgradeGauges[1], term.UnitPercent, float64(hour) / 3},
		}))
		switch hour {
		case 47, 60, 75:
			check(s.AppendDetections(s.DetectionCount(), [][]byte{fmt.Appendf(nil, `{"hour":%d}`, hour), nil}))
			check(s.PutRanking(hour*3600e6, fmt.Appendf(nil, `[{"hour":%d}]`, hour)))
			_, err := s.WriteSnapshot(SnapshotMeta{ConfigHash: "c0ffee", Watermark: hour * 3600e6, Created: hour, Detections: s.DetectionCount(), App: []byte(`{"offset":9}`)},
				partsOf(Part{Name: "shard/0", Data: bytes.Repeat([]byte("unchanged "), 40_000)}, Part{Name: "shard/1", Data: fmt.Append(nil, "changed ", hour)}, Part{Name: "empty"}))
			check(err)
		}
	}
	for pane := int64(60 * PanesPerHour); pane < 76*PanesPerHour; pane += 5 {
		check(s.AppendPane(pane, []Point{{ID: 2, Posts: uint32(pane), Fresh: 3}}, []Tracking{
			{ID: 2, Tracked: pane%2 == 0, First: pane - 3, Since: pane - 1, Before: 300, Full: true, Display: "Mañana"},
		}))
		check(s.AppendFacets(pane, []TermFacet{{2, FacetLang, "es"}, {1, FacetRegion, fmt.Sprint("R", pane%3)}}))
		check(s.PutRanking(pane*600e6, fmt.Appendf(nil, `[{"pane":%d}]`, pane)))
	}
	for hour := int64(24); hour < 76; hour += 3 {
		check(s.AppendActivity(hour, []Activity{{"x", uint64(hour), 3, 2, 1 << 40}, {"tiktok", 0, uint64(hour % 2), 0, 0}}))
	}
	check(s.AppendHour(70, []Point{{ID: 1, Posts: 7, Fresh: 2}})) // written again
	check(s.AppendGauges(75, []GaugePoint{{upgradeGauges[2], term.UnitTotal, 52_311_877}}))
	check(s.TrimDetections(1))
}

// upgradeRead tells everything that upgradeFill put there.
func upgradeRead(s *Store, format int) string {
	var got strings.Builder
	if format > 1 {
		for id := term.ID(1); id <= 3; id++ {
			panes, err := s.PaneSeries(id, 0, 76*PanesPerHour)
			fmt.Fprintln(&got, panes, err)
			for _, pane := range []int64{300, 400, 455} {
				tracking, from, err := s.TrackingAt(id, pane)
				fmt.Fprintf(&got, "%+v %d %v\n", tracking, from, err)
			}
		}
		for _, at := range []int64{365, 450} {
			at, data, err := s.RankingAt(at * 600e6)
			fmt.Fprintf(&got, "%d %s %v\n", at, data, err)
		}
		for _, v := range []facetValue{{FacetLang, "es"}, {FacetRegion, "R0"}, {FacetRegion, "R1"}, {FacetPhase, "rising"}} {
			for _, to := range []int64{60, 80} { // of a day that is sealed, and of the running one
				set, err := s.facetSet(48*PanesPerHour, to*PanesPerHour, v.facet, []string{v.value})
				fmt.Fprintln(&got, v, set, err)
			}
		}
	}
	if format > 2 {
		fmt.Fprintln(&got, upgradeSearch(s))
		for _, platform := range []string{"x", "tiktok"} {
			activity, err := s.Activity(platform, 0, 76)
			fmt.Fprintln(&got, activity, err)
		}
		days, err := s.ClosedDays()
		fmt.Fprintln(&got, days, err)
		for _, day := range days {
			hours, all, err := dayOf(s, day)
			fmt.Fprintf(&got, "%06x %v %v\n", hours, all, err)
		}
	}
	for e, err := range s.Terms() {
		fmt.Fprintln(&got, e, err)
	}
	for id := term.ID(1); id <= 3; id++ {
		points, err := s.Series(id, 0, 76)
		fmt.Fprintln(&got, points, err)
		gauges, err := s.Gauges(id)
		for _, g := range gauges {
			fmt.Fprintln(&got, g.GaugeKey, g.Unit)
		}
		fmt.Fprintln(&got, err)
	}
	for _, k := range upgradeGauges {
		values, err := s.GaugeSeries(k, 0, 76)
		fmt.Fprintln(&got, values, err)
	}
	hours, err := s.Hours(0, 76)
	fmt.Fprintln(&got, hours, err)
	lines, err := allDetections(s, 0)
	fmt.Fprintf(&got, "%q %v\n", lines, err)
	for _, at := range []int64{47, 60, 1000} {
		at, data, err := s.RankingAt(at * 3600e6)
		fmt.Fprintf(&got, "%d %s %v\n", at, data, err)
	}
	for before := uint64(1 << 60); ; {
		snap, problems, err := s.LoadSnapshotBefore(before)
		if errors.Is(err, ErrNoSnapshot) {
			break
		}
		fmt.Fprintf(&got, "%d %d %d %s %s %d %v %v\n", snap.Seq, snap.Watermark, snap.Created, snap.ConfigHash, snap.App, snap.Detections, problems, err)
		for p, err := range snap.Parts() {
			fmt.Fprintf(&got, "%s %d %.40q %v\n", p.Name, len(p.Data), p.Data, err)
		}
		before = snap.Seq
	}
	return got.String()
}

// upgradeSearch tells what is found of the terms that upgradeFill registered, each in a
// way of its own.
func upgradeSearch(s *Store) (got string) {
	for _, key := range []string{"booktok", "bok", "bookotk", "manana", "unread"} {
		found, all, err := s.Search(Search{Key: key})
		got += fmt.Sprintln(key, found, all, err)
	}
	return got
}

// upgradeFound is what upgradeSearch has to tell.
const upgradeFound = `booktok [{{1 hashtag tiktok booktok BookTok 1700000000000000} 1}] true <nil>
bok [] true <nil>
bookotk [{{1 hashtag tiktok booktok BookTok 1700000000000000} 4}] true <nil>
manana [{{2 sound x mañana Mañana 86400000000} 2}] true <nil>
unread [{{3 keyword x unread  5000000000000000} 1}] true <nil>
`

// upgradeGoOn writes to the store and reads it back over a restart.
func upgradeGoOn(t *testing.T, s *Store) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.RegisterTerms([]Term{{ID: 9, Kind: term.Hashtag, Platform: "x", Key: "new"}}))
	for hour := int64(90); hour < 130; hour++ {
		check(s.AppendHour(hour, []Point{{ID: 9, Posts: 3, Fresh: 2}, {ID: 2, Posts: 4, Fresh: 1}}))
		check(s.AppendGauges(hour, []GaugePoint{{upgradeGauges[0], term.UnitRank, float64(hour)}}))
	}
	if got := upgradeSearch(s); got != upgradeFound {
		t.Errorf("searching tells\n%swant\n%s", got, upgradeFound)
	}
	check(s.AppendDetections(s.DetectionCount(), [][]byte{[]byte("new")}))
	_, err := s.WriteSnapshot(SnapshotMeta{Created: 129, Detections: s.DetectionCount()}, partsOf(Part{Name: "shard/0", Data: bytes.Repeat([]byte("unchanged "), 40_000)}))
	check(err)
	s = reopen(t, s)
	snap, problems, err := s.LoadSnapshot()
	if err != nil || len(problems) > 0 || snap.Created != 129 {
		t.Errorf("snapshot made at %d, problems %v (%v)", snap.Created, problems, err)
	}
	for id, first := range map[term.ID]int{9: 0, 2: 51} {
		points, err := s.Series(id, 0, 200)
		if err != nil || len(points) != first+40 {
			t.Errorf("term %d: %d points, want %d (%v)", id, len(points), first+40, err)
		}
	}
	if n := s.DetectionCount(); n != 7 {
		t.Errorf("%d detections, want 7", n)
	}
	wantSound(t, s)
}

func storeFile(format int, kind string) string {
	return filepath.Join(storesDir, fmt.Sprintf("format-%d%s.tar.zst", format, kind))
}

// TestStoresAreWritten rewrites the stores of the present format when asked to.
func TestStoresAreWritten(t *testing.T) {
	if !*update {
		t.Skip("writes testdata with -update alone")
	}
	s := openTest(t, filepath.Join(t.TempDir(), "store"))
	upgradeFill(t, s)
	if err := os.MkdirAll(storesDir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(storesDir, fmt.Sprintf("format-%d.read", FormatVersion)), []byte(upgradeRead(s, FormatVersion)), 0o644); err != nil {
		t.Fatal(err)
	}
	packStore(t, storeFile(FormatVersion, "-killed"), s.dir)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	packStore(t, storeFile(FormatVersion, ""), s.dir)
}

func TestStoresOfEveryFormatGoOn(t *testing.T) {
	for format := 1; format <= FormatVersion; format++ {
		want, err := os.ReadFile(filepath.Join(storesDir, fmt.Sprintf("format-%d.read", format)))
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []string{"", "-killed"} {
			t.Run(fmt.Sprint(format, kind), func(t *testing.T) {
				t.Parallel()
				dir := filepath.Join(t.TempDir(), "store")
				unpackStore(t, dir, storeFile(format, kind))
				s := openTest(t, dir)
				for _, when := range []string{"at first", "after a restart"} {
					if got := upgradeRead(s, format); got != string(want) {
						t.Fatalf("%s it reads as\n%s\nwant\n%s", when, got, want)
					}
					s = reopen(t, s)
				}
				upgradeGoOn(t, s)
			})
		}
	}
}

// sizeRecord tells how long a file is. Logs are reserved in advance; the archive
// holds them without the zeros at their ends.
const sizeRecord = "SWELL.size"

// packStore writes the files of a directory into a compressed archive, always
// the same for the same files.
func packStore(t *testing.T, to, from string) {
	t.Helper()
	var out bytes.Buffer
	z, err := zstd.NewWriter(&out, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	files, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(from, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		h := &tar.Header{Name: f.Name(), Mode: 0o600, PAXRecords: map[string]string{sizeRecord: fmt.Sprint(len(data))}}
		data = bytes.TrimRight(data, "\x00")
		h.Size = int64(len(data))
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close(), os.WriteFile(to, out.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// unpackStore makes a directory of what packStore packed.
func unpackStore(t testing.TB, dir, from string) {
	t.Helper()
	f, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	r := tar.NewReader(z)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		size, err := strconv.ParseInt(h.PAXRecords[sizeRecord], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.Base(h.Name))
		if err := errors.Join(os.WriteFile(path, data, 0o600), os.Truncate(path, size)); err != nil {
			t.Fatal(err)
		}
	}
}
