package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/term"
)

// wantSound fails unless all that is wrong with the open store is made good by the
// next start.
func wantSound(t *testing.T, s *Store) {
	t.Helper()
	report, err := s.fsck(t.Context(), nil)
	if err != nil || report.Worst() > Repairable {
		t.Fatalf("%+v (%v)", report.Findings, err)
	}
}

// untouched checks the store in dir and fails if a byte of it changes.
func untouched(t *testing.T, dir string) Report {
	t.Helper()
	before := hashes(t, dir)
	report, err := Fsck(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, hashes(t, dir)); diff != "" {
		t.Errorf("the check changed the store:\n%s", diff)
	}
	for _, f := range report.Findings {
		if f.Severity < Repairable || f.Severity > Unreadable || f.Where == "" || f.What == "" || f.Means == "" || f.Out == "" {
			t.Errorf("a finding that says too little: %+v", f)
		}
	}
	return report
}

func TestFsckOfAWholeStore(t *testing.T) {
	noTraces(t)
	dir := wholeStore(t, "")
	report := untouched(t, dir)
	if len(report.Findings) > 0 {
		t.Errorf("%+v", report.Findings)
	}
	killed := untouched(t, wholeStore(t, "-killed"))
	if diff := cmp.Diff(report.Contents, killed.Contents); diff != "" {
		t.Errorf("closed and killed:\n%s", diff)
	}
	if len(killed.Findings) != 1 || killed.Worst() != Repairable || !strings.Contains(killed.Findings[0].What, "did not close") {
		t.Errorf("%+v", killed.Findings)
	}
}

func TestFsckRefuses(t *testing.T) {
	noTraces(t)
	s := openTest(t, filepath.Join(t.TempDir(), "store"))
	fill(t, s)
	_, err := Fsck(t.Context(), s.dir, Options{})
	wantErr(t, err, ErrLocked, "a store in use")
	if !strings.Contains(err.Error(), "process ") || !strings.Contains(err.Error(), s.dir) {
		t.Errorf("%q", err)
	}
	_, err = Fsck(t.Context(), filepath.Join(t.TempDir(), "none"), Options{})
	wantErr(t, err, ErrNoStore, "no directory")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "letter.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Fsck(t.Context(), dir, Options{})
	wantErr(t, err, ErrForeign, "another directory")
	rawSet(t, s, formatKey(), seal(formatKey(), encodeFormat(FormatVersion+1)))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Fsck(t.Context(), s.dir, Options{})
	wantErr(t, err, ErrNewerFormat, "a newer store")
	if text := err.Error(); !strings.Contains(text, fmt.Sprint("format ", FormatVersion+1)) || !strings.Contains(text, fmt.Sprint("knows ", FormatVersion)) {
		t.Errorf("%q does not say both numbers", text)
	}
}

// Each damage to keys and values is found, with its severity and its place.
func TestFsckFinds(t *testing.T) {
	remove := func(key []byte) func(*testing.T, *Store) {
		return func(t *testing.T, s *Store) {
			t.Helper()
			rawGet(t, s, key) // it is there
			if err := s.deleteWhere(key, func([]byte) bool { return true }); err != nil {
				t.Fatal(err)
			}
		}
	}
	flip := func(key []byte) func(*testing.T, *Store) {
		return func(t *testing.T, s *Store) { t.Helper(); flipBit(t, s, key, 77) }
	}
	set := func(key, body []byte) func(*testing.T, *Store) {
		return func(t *testing.T, s *Store) { t.Helper(); rawSet(t, s, key, seal(key, body)) }
	}
	from := func(to, from []byte) func(*testing.T, *Store) {
		return func(t *testing.T, s *Store) {
			t.Helper()
			body, err := unseal(from, rawGet(t, s, from))
			if err != nil {
				t.Fatal(err)
			}
			rawSet(t, s, to, seal(to, bytes.Clone(body)))
		}
	}
	const day1, hour70, gen = 1, 70, 0
	page := pageKey(famCounts, hour70, 0, gen)
	for name, c := range map[string]struct {
		do   func(*testing.T, *Store)
		want Severity
		say  []string // in the findings
	}{
		"manifest, newest":         {flip(manifestKey(3)), Lost, []string{"manifest 3", "checksum", "is 2, of 1970-01-03 12:00 UTC", "counts again"}},
		"manifest, older":          {flip(manifestKey(2)), Lost, []string{"manifest 2", "checksum"}},
		"manifest, later format":   {set(manifestKey(3), []byte{9}), Lost, []string{"manifest 3", "format 9"}},
		"manifest, other number":   {from(manifestKey(4), manifestKey(3)), Lost, []string{"manifest 4", "says that it is snapshot 3"}},
		"chunk":                    {flip(chunkID{3, 0}.key()), Lost, []string{"chunk of a snapshot 3", "cannot be read", "is 2"}},
		"chunk missing":            {remove(chunkID{3, 0}.key()), Lost, []string{"is missing", "is 2"}},
		"chunk of another":         {from(chunkID{3, 0}.key(), chunkID{2, 0}.key()), Lost, []string{"not the one that the manifest means"}},
		"chunk, no zstd":           {set(chunkID{3, 0}.key(), []byte("\x01not zstd")), Lost, []string{"cannot decompress"}},
		"shared chunk missing":     {remove(chunkID{1, 0}.key()), Lost, []string{"none is whole", "nothing that a run could go on from"}},
		"chunk left over":          {from(chunkID{9, 0}.key(), chunkID{3, 0}.key()), Repairable, []string{"1 chunks of a snapshot that was not finished"}},
		"detection":                {flip(detectionKey(2)), Lost, []string{"number 2", "behind it cannot be listed"}},
		"detection missing":        {remove(detectionKey(2)), Lost, []string{"lines 2 to 2 are missing"}},
		"detections begin":         {flip(trimKey()), Lost, []string{"lines 0 to 0 are missing"}},
		"detections begin nowhere": {set(trimKey(), []byte{1}), Lost, []string{"ends too early", "lines 0 to 0 are missing"}},
		"detections begin later":   {set(trimKey(), []byte{1, 3}), 0, nil},
		"detections too short":     {remove(detectionKey(5)), Lost, []string{"counts 6 lines of detections, there are 5"}},
		"ranking":                  {flip(rankingKey(60 * 3600e6)), Lost, []string{"ranking, 1970-01-03 12:00 UTC"}},
		"ranking, no zstd":         {set(rankingKey(60*3600e6), []byte("\x01\x05never")), Lost, []string{"ranking, 1970-01-03 12:00 UTC"}},
		"term":                     {flip(dictKey(tabTerm, 1, 0)), Lost, []string{"no name"}},
		"term, no term":            {set(dictKey(tabTerm, 1, 0), []byte{1, 1}), Lost, []string{"ends too early"}},
		"term missing":             {remove(dictKey(tabTerm, 1, 0)), Lost, []string{"1 ordinals have values, but no term"}},
		"gauge's term missing":     {remove(dictKey(tabTerm, 3, 2)), Lost, []string{"term 0000000000000003", "has a gauge, but no entry"}},
		"ordinal twice":            {from(dictKey(tabTerm, 7, 1), dictKey(tabTerm, 1, 0)), Lost, []string{"ordinal 1 belongs to another"}},
		"term twice":               {from(dictKey(tabTerm, 1, 5), dictKey(tabTerm, 1, 0)), Lost, []string{"has another ordinal"}},
		"gauge":                    {flip(dictKey(tabGauge, 2, 0)), Lost, []string{"begins anew"}},
		"gauge missing":            {remove(dictKey(tabGauge, 2, 0)), Lost, []string{"no gauge"}},
		"head":                     {flip(hourKey(famCounts, hour70)), Lost, []string{"head of an hour, 1970-01-03 22:00"}},
		"page":                     {flip(page), Lost, []string{"page of an hour, 1970-01-03 22:00"}},
		"page missing":             {remove(page), Lost, []string{"1 of its 1 pages are missing"}},
		"page, other points":       {from(page, pageKey(famCounts, 75, 0, gen)), Lost, []string{"its pages hold 2 points, its head says 1"}},
		"page left over":           {from(pageKey(famCounts, hour70, 0, gen+7), page), Repairable, []string{"1 pages that no hour lists"}},
		"page without head":        {remove(hourKey(famCounts, hour70)), Repairable, []string{"1 pages that no hour lists"}},
		"day":                      {flip(dayKey(famCounts, day1)), Lost, []string{"record of a day, 1970-01-02"}},
		"day missing":              {remove(dayKey(famCounts, day1)), Lost, []string{"blocks without a record"}},
		"block":                    {flip(blockKey(famCounts, day1, 0)), Lost, []string{"block of a day, 1970-01-02"}},
		"block, no block":          {set(blockKey(famCounts, day1, 0), []byte{1}), Lost, []string{"ends too early"}},
		"block missing":            {remove(blockKey(famCounts, day1, 0)), Lost, []string{"1 of its 1 blocks are missing"}},
		"block left over":          {from(blockKey(famCounts, day1, 9), blockKey(famCounts, day1, 0)), Repairable, []string{"1 blocks that its record does not list"}},
		"block of another":         {from(blockKey(famGauges, day1, 0), blockKey(famCounts, day1, 0)), Lost, nil},
		"presence":                 {flip(presenceKey(famCounts, day1, 0)), Lost, []string{"series in a day, 1970-01-02"}},
		"presence missing":         {remove(presenceKey(famCounts, day1, 0)), Lost, []string{"lists 0 series as present, its blocks hold 2"}},
		"tracking":                 {flip(trackingKey(1, 360)), Lost, []string{"how a term was counted, 1970-01-03 12:00"}},
		"tracking, no such flags":  {set(trackingKey(1, 360), []byte{1, 9}), Lost, []string{"flags are 0x9"}},
		"activity":                 {flip(activityKey(48)), Lost, []string{"what happened in an hour, by platform, 1970-01-03 00:00"}},
		"activity, no activity":    {set(activityKey(48), []byte{1, 1}), Lost, []string{"1 items of 5 bytes in 0 bytes"}},
		"index":                    {flip(indexKey(indexForms, term.Hashtag, "booktok", markWhole, 1)), Lost, []string{"a term is found by (hashtag", "booktok", "checksum"}},
		"index, other text":        {set(indexKey(indexForms, term.Hashtag, "booktok", markWhole, 1), []byte("\x01other")), Lost, []string{"need 6, or others"}},
		"index, later format":      {set(indexKey(indexForms, term.Hashtag, "booktok", markWhole, 1), []byte{9}), Lost, []string{"format 9"}},
		"index missing":            {remove(indexKey(indexEnds, term.Hashtag, "ooktok", markWhole, 1)), Lost, []string{"it holds 5 entries, the 3 terms of the dictionary need 6"}},
		"index left over":          {set(indexKey(indexForms, term.Hashtag, "booktoks", markWhole, 1), []byte("\x01tiktok")), Lost, []string{"it holds 7 entries"}},
		"facet":                    {flip(facetKey(2, facetValue{FacetLang, "es"}, 0)), Lost, []string{"terms of a day by a language", "1970-01-03"}},
		"facet, no bitmap":         {set(facetKey(2, facetValue{FacetLang, "es"}, 0), []byte{1, 2, 3}), Lost, []string{"terms of a day by a language"}},
		"facet news":               {flip(facetNewsKey(360)), Lost, []string{"what a pane added", "1970-01-03 12:00"}},
		"base of rankings missing": {remove(rankingKey(60 * 3600e6)), Lost, []string{"its base, the ranking of 1970-01-03 12:00 UTC, is missing"}},
		"page of a pane":           {flip(pageKey(famPanes, 455, 0, 0)), Lost, []string{"page of an hour, 1970-01-04 03:50"}},
		"floor":                    {flip([]byte{tabFloor, byte(famCounts)}), Lost, []string{"retention floor"}},
		"below the floor":          {set([]byte{tabFloor, byte(famCounts)}, encodeFloor(2)), Repairable, []string{"1 days and hours from before 1970-01-03"}},
		"a key of other length":    {set([]byte("e123"), []byte{1}), Unreadable, nil},
		"unknown table":            {func(t *testing.T, s *Store) { rawSet(t, s, []byte("Zk"), []byte("not sealed")) }, Lost, []string{"key Z6b"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := openTest(t, wholeStore(t, ""))
			c.do(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			report, err := Fsck(t.Context(), s.dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(report.Findings)
			if err != nil {
				t.Fatal(err)
			}
			if report.Worst() != c.want {
				t.Errorf("worst is %v, want %v: %s", report.Worst(), c.want, text)
			}
			for _, say := range c.say {
				if !strings.Contains(string(text), say) {
					t.Errorf("%q is not said: %s", say, text)
				}
			}
		})
	}
}

// What a power cut may take beyond the last snapshot, a run writes again.
func TestFsckOfLostDictionaryEntries(t *testing.T) {
	s := openTest(t, wholeStore(t, ""))
	for hour := int64(76); hour < 78; hour++ {
		if err := errors.Join(s.RegisterTerms([]Term{{ID: 8, Kind: term.Hashtag, Key: "new"}}), s.AppendHour(hour, []Point{{8, 1, 1}})); err != nil {
			t.Fatal(err)
		}
	}
	entry, err := s.Term(8)
	if err != nil {
		t.Fatal(err)
	}
	gone := entry.index() // it is written with the entry
	for _, table := range []byte{tabTerm, tabIndex} {
		if err := s.deleteWhere([]byte{table}, func(key []byte) bool { return hasKey(gone, key) || table == tabTerm && dictKeyID(key) == 8 }); err != nil {
			t.Fatal(err)
		}
	}
	report, err := s.fsck(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if report.Worst() != Repairable || len(report.Findings) != 1 || !strings.Contains(report.Findings[0].Means, "power cut") {
		t.Errorf("%+v", report.Findings)
	}
}

// Findings of a sort are listed up to a number, and counted.
func TestFsckListsSomeOfMany(t *testing.T) {
	s := openTest(t, t.TempDir())
	var lines [][]byte
	for range 100 {
		lines = append(lines, []byte("line"))
	}
	if err := s.AppendDetections(0, lines); err != nil {
		t.Fatal(err)
	}
	for n := range uint64(100) {
		flipBit(t, s, detectionKey(n), 3)
	}
	report, err := s.fsck(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(report.Findings); n != sameListed || report.Findings[n-1].More != 100-sameListed {
		t.Errorf("%d findings, the last %+v", n, report.Findings[n-1])
	}
}

// Damage to the files is found, and what of it the next start makes good.
func TestFsckOfDamagedFiles(t *testing.T) {
	noTraces(t)
	write := func(name, text string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	change := func(pattern string, fn func(data []byte) []byte) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			files, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil || len(files) == 0 {
				t.Fatal(files, err)
			}
			data, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(files[0], fn(data), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	flip := func(at int) func([]byte) []byte {
		return func(data []byte) []byte { data[(at+len(data))%len(data)] ^= 4; return data }
	}
	cut := func(n int) func([]byte) []byte { return func(data []byte) []byte { return data[:n] } }
	tail := func(more string) func([]byte) []byte {
		return func(data []byte) []byte { return append(data, more...) }
	}
	end := func(more string) func([]byte) []byte {
		return func(data []byte) []byte { return append(bytes.TrimRight(data, "\x00"), more...) }
	}
	for name, c := range map[string]struct {
		kind string
		do   func(t *testing.T, dir string)
		want Severity
		say  string
	}{
		"table, a block":      {"", change("*.sst", flip(11_000)), Lost, "damaged blocks"},
		"table, its index":    {"", change("*.sst", flip(-20)), Unreadable, "000001.sst"},
		"table, cut":          {"", change("*.sst", cut(5000)), Unreadable, "000001.sst"},
		"table, missing":      {"", func(t *testing.T, dir string) { remove(t, dir, "*.sst") }, Unreadable, "does not exist for table 1"},
		"table, not listed":   {"", write("000077.sst", "half a table"), Repairable, "does not list"},
		"list, its end":       {"", change("MANIFEST", tail("\x00\x00\x00\x09half")), 0, ""},
		"list":                {"", change("MANIFEST", flip(-1)), Unreadable, "MANIFEST"},
		"key registry":        {"", change("KEYREGISTRY", flip(20)), Unreadable, "delete that file"},
		"head of a value log": {"", change("*.vlog", flip(2)), Unreadable, ".vlog"},
		"head of a log":       {"-killed", change("*.mem", flip(2)), Unreadable, ".mem"},
		"half an entry":       {"-killed", change("*.mem", end("\x40\x00\x11\x05half")), Repairable, "not written to its end"},
		"an empty log":        {"-killed", write("00002.mem", ""), Repairable, "without a header"},
		"an empty value log":  {"", write("000002.vlog", ""), 0, ""},
		"a log not begun":     {"-killed", write("00002.mem", strings.Repeat("\x00", 1000)), Repairable, "did not close"},
		"a file half written": {"", write("000001.sst.123.part", "half"), Repairable, "being written"},
		"a loss":              {"", write("000001.lost", "lost"), Unreadable, "000001.lost"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := wholeStore(t, c.kind)
			c.do(t, dir)
			report := untouched(t, dir)
			if report.Worst() != c.want || !strings.Contains(fmt.Sprint(report.Findings), c.say) {
				t.Errorf("worst is %v, want %v with %q: %+v", report.Worst(), c.want, c.say, report.Findings)
			}
			s, err := Open(dir, Options{})
			if (err != nil) != (c.want == Unreadable) {
				t.Errorf("opening it: %v", err)
			}
			if err != nil {
				return
			}
			defer s.Close()
			if again, err := s.fsck(t.Context(), nil); err != nil || c.want <= Repairable && len(again.Findings) > 0 {
				t.Errorf("after the next start: %+v (%v)", again.Findings, err)
			}
		})
	}
}

func remove(t *testing.T, dir, pattern string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
}

// FuzzLog reads any bytes as a log of the database: the end that is found for it is
// one where the log ends whole.
func FuzzLog(f *testing.F) {
	dir := filepath.Join(f.TempDir(), "store")
	unpackStore(f, dir, storeFile(FormatVersion, "-killed"))
	data, err := os.ReadFile(filepath.Join(dir, "00001.mem"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data[:2000])
	f.Add(data[:500])
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "log")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		end, _, err := logEnd(path)
		if err != nil || end > int64(len(data)) || end != 0 && end < logHeaderLen {
			t.Fatalf("it ends at %d of %d (%v)", end, len(data), err)
		}
		if err := os.Truncate(path, end); err != nil {
			t.Fatal(err)
		}
		if again, torn, err := logEnd(path); err != nil || again != end || torn {
			t.Fatalf("cut at %d it ends at %d, torn %v (%v)", end, again, torn, err)
		}
	})
}
