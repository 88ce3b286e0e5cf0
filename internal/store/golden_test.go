package store

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/swell-radar/swell/term"
)

// The golden file of a format holds every key and value of a small store in it.
// Code that writes other bytes, or can no longer read these, changed the format:
// that takes a new FormatVersion, a new golden file beside the old one and the
// new layout in docs/format. -update rewrites the file of a format that no
// release has written yet.

func goldenPath(format int) string {
	return filepath.Join("testdata", fmt.Sprintf("format-%d.golden", format))
}

// goldenFill makes the store that the golden file holds.
func goldenFill(t *testing.T, s *Store) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.AppendHour(20, nil))
	_, err := s.Prune(Floors{Points: 24, Rankings: 24})
	check(err)
	check(s.RegisterTerms([]Term{
		{ID: 0x0102030405060708, Kind: term.Hashtag, Platform: "tiktok", Key: "booktok", Display: "BookTok", FirstSeen: 1_700_000_000_000_000},
		{ID: 2, Kind: term.Sound, Platform: "x", Key: "mañana", Display: "Mañana", FirstSeen: -1},
	}))
	s.terms.next = 1500 // the third is in another bucket
	check(s.RegisterTerms([]Term{{ID: 3, Kind: term.Keyword, FirstSeen: 5_000_000_000_000_000}}))
	for hour := int64(24); hour < 48; hour++ {
		points := []Point{{ID: 2, Posts: uint32(hour), Fresh: uint32(hour) - 20}}
		if hour%5 == 0 {
			points = append(points, Point{ID: 0x0102030405060708, Fresh: 1}, Point{ID: 3, Posts: 1 << 31, Fresh: 1})
		}
		check(s.AppendHour(hour, points))
		check(s.AppendGauges(hour, []GaugePoint{
			{GaugeKey{2, "hot-music", "rank"}, term.UnitRank, float64(hour % 7)},
			{GaugeKey{2, "", "share"}, term.UnitPercent, float64(hour) / 3},
		}))
	}
	for range 2 {
		check(s.AppendHour(48, []Point{{ID: 3, Posts: 5, Fresh: 4}}))
	}
	check(s.AppendHour(49, nil))
	check(s.AppendActivity(48, []Activity{{"x", 300, 2, 0, 0}, {"tiktok", 7, 0, 5, 1 << 40}}))
	check(s.AppendActivity(49, nil))
	check(s.AppendGauges(48, []GaugePoint{{GaugeKey{3, "l", "views"}, term.UnitTotal, 52_311_877}}))
	check(s.AppendPane(24*6+3, []Point{{ID: 2, Posts: 3, Fresh: 5}}, []Tracking{
		{ID: 2, Tracked: true, First: 24*6 + 3, Since: 24*6 + 4, Before: 300, Full: true, Stopped: true, Display: "Mañana"}, {ID: 3},
	}))
	check(s.AppendPane(30*6, []Point{{ID: 3, Posts: 1, Fresh: 1}}, nil))
	check(s.AppendDetections(0, [][]byte{[]byte(`{"term":"booktok"}`), nil}))
	check(s.PutRanking(48*3600e6, []byte(`[{"term":"booktok"}]`)))
	check(s.PutRanking(48*3600e6+600e6, []byte(`[{"term":"booktok"},{"term":"mañana"}]`)))
	for n := range int64(2) {
		_, err := s.WriteSnapshot(SnapshotMeta{ConfigHash: "c0ffee", Watermark: 7, Created: n, Detections: 2, App: []byte(`{"offset":9}`)},
			partsOf(Part{Name: "shard-0", Data: []byte("unchanged")}, Part{Name: "shard-1", Data: fmt.Append(nil, "changed ", n)}, Part{Name: "empty"}))
		check(err)
	}
}

// goldenCheck reads back what goldenFill stored.
func goldenCheck(t *testing.T, s *Store, format int) {
	t.Helper()
	var got strings.Builder
	for e, err := range s.Terms() {
		fmt.Fprintln(&got, e, err)
	}
	if format > 2 {
		for _, key := range []string{"booktok", "boktok", "ma", "mañana"} {
			found, all, err := s.Search(Search{Key: key})
			fmt.Fprintln(&got, key, found, all, err)
		}
		for _, platform := range []string{"x", "tiktok"} {
			activity, err := s.Activity(platform, 0, 100)
			fmt.Fprintln(&got, platform, activity, err)
		}
		hours, err := s.ActivityHours(0, 100)
		fmt.Fprintln(&got, hours, err)
	}
	for _, id := range []term.ID{0x0102030405060708, 2, 3} {
		if format > 1 {
			panes, err := s.PaneSeries(id, 0, 1000)
			fmt.Fprintln(&got, panes, err)
			tracking, from, err := s.TrackingAt(id, 200)
			fmt.Fprintf(&got, "%+v %d %v\n", tracking, from, err)
		}
		points, err := s.Series(id, 0, 100)
		fmt.Fprintln(&got, points, err)
		gauges, err := s.Gauges(id)
		fmt.Fprintln(&got, gauges, err)
		for _, g := range gauges {
			values, err := s.GaugeSeries(g.GaugeKey, 0, 100)
			fmt.Fprintln(&got, values, err)
		}
	}
	hours, err := s.Hours(0, 100)
	fmt.Fprintln(&got, hours, err)
	lines, err := allDetections(s, 0)
	fmt.Fprintf(&got, "%q %v\n", lines, err)
	at, data, err := s.RankingAt(1 << 60)
	fmt.Fprintf(&got, "%d %s %v\n", at, data, err)
	snap, problems, err := s.LoadSnapshot()
	fmt.Fprintf(&got, "%+v %d %v %v\n", snap.SnapshotMeta, snap.Seq, problems, err)
	for p, err := range snap.Parts() {
		fmt.Fprintf(&got, "%s %q %v\n", p.Name, p.Data, err)
	}
	fmt.Fprintln(&got, "floor", s.HoursFrom())

	path := goldenPath(format) + ".read"
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("a store of format %d reads as\n%s\nwant\n%s", format, got.String(), want)
	}
}

func dump(t *testing.T, s *Store) string {
	t.Helper()
	var b strings.Builder
	for _, key := range rawKeys(t, s) {
		fmt.Fprintf(&b, "%c %x %x\n", key[0], key[1:], rawGet(t, s, key))
	}
	return b.String()
}

// comparable leaves out what depends on the release of the compressor: chunks,
// rankings, and the manifests, which hold the checksums of chunks.
func comparable(dump string) string {
	lines := slices.DeleteFunc(strings.SplitAfter(dump, "\n"), func(line string) bool {
		return line != "" && strings.ContainsRune("cmr", rune(line[0]))
	})
	return strings.Join(lines, "")
}

func TestGoldenStoreIsWritten(t *testing.T) {
	s := openTest(t, t.TempDir())
	goldenFill(t, s)
	got := dump(t, s)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(goldenPath(FormatVersion), []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenPath(FormatVersion))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := comparable(got), comparable(string(want)); got != want {
		t.Errorf("the stored format changed; see the comment in this file. Stored:\n%s\nwant\n%s", got, want)
	}
	goldenCheck(t, s, FormatVersion)
}

// Stores of all formats can be read, and are of this one once they were written to.
func TestGoldenStoreIsRead(t *testing.T) {
	for format := 1; format <= FormatVersion; format++ {
		t.Run(fmt.Sprint(format), func(t *testing.T) { goldenRead(t, format) })
	}
}

func goldenRead(t *testing.T, format int) {
	file, err := os.ReadFile(goldenPath(format))
	if err != nil {
		t.Fatal(err)
	}
	s := openTest(t, t.TempDir())
	for lines := bufio.NewScanner(bytes.NewReader(file)); lines.Scan(); {
		var table, key, value string
		if _, err := fmt.Sscan(strings.Replace(lines.Text(), "  ", " - ", 1), &table, &key, &value); err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
		k, err := hex.DecodeString(strings.Trim(key, "-"))
		if err != nil {
			t.Fatal(err)
		}
		v, err := hex.DecodeString(value)
		if err != nil {
			t.Fatal(err)
		}
		rawSet(t, s, append([]byte(table), k...), v)
	}
	s = reopen(t, s)
	goldenCheck(t, s, format)
	if err := s.Sync(); err != nil {
		t.Fatal(err)
	}
	if got, want := rawGet(t, s, formatKey()), seal(formatKey(), encodeFormat(FormatVersion)); !bytes.Equal(got, want) {
		t.Errorf("the format record is %x, want %x", got, want)
	}
}

func TestGoldenManifest(t *testing.T) {
	m := manifest{
		seq:  300,
		meta: SnapshotMeta{ConfigHash: "c", Watermark: -2, Created: 3, Detections: 4, App: []byte("{}")},
		parts: []partEntry{
			{name: "p", size: 5, chunks: []chunkEntry{{id: chunkID{seq: 299, index: 1}, size: 5, seal: 0x01020304, hash: [32]byte{0: 0xaa, 31: 0xbb}}}},
			{name: "q"},
		},
	}
	const want = "01" + "ac02" + "06" + "03" + "04" + "0163" + "027b7d" + "02" +
		"0170" + "05" + "01" + "ab02" + "01" + "05" + "04030201" + "aa" + "000000000000000000000000000000000000000000000000000000000000" + "bb" +
		"0171" + "00" + "00"
	if got := hex.EncodeToString(m.encode()); got != want {
		t.Errorf("manifest is written as\n%s, want\n%s", got, want)
	}
}
