package detect

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// archive is a real stream with its oracle.
type archive struct {
	name  string
	posts []post
	terms []string
	rows  []oracleRow
}

// oracleRow is one event of one term by the definition in the archive's notes.
type oracleRow struct {
	event   int
	term    string
	near    bool
	kind    string
	onset   int64
	crossed int64
	peak    int64
}

// openArchive reads NAME.ndjson.zst and its oracle from $SWELL_TESTDATA.
func openArchive(t testing.TB, name string) *archive {
	dir := os.Getenv("SWELL_TESTDATA")
	if dir == "" {
		t.Skip("SWELL_TESTDATA is not set: real archives are not replayed")
	}
	a := &archive{name: name}
	f, err := os.Open(filepath.Join(dir, name+".ndjson.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	terms, authors := map[string]uint32{}, map[string]uint32{}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var rec struct {
			TS       int64
			Author   string
			Group    string
			Tags     []string
			Keywords []string
		}
		if err := json.Unmarshal(lines.Bytes(), &rec); err != nil {
			t.Fatal(err)
		}
		who := rec.Author
		if who == "" {
			who = rec.Group
		}
		for _, key := range append(rec.Tags, rec.Keywords...) {
			id := intern(terms, key)
			if int(id) == len(a.terms) {
				a.terms = append(a.terms, key)
			}
			a.posts = append(a.posts, post{at: rec.TS, term: id, author: intern(authors, who)})
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	a.rows = openOracle(t, filepath.Join(dir, name+".oracle.csv"))
	return a
}

func intern(ids map[string]uint32, s string) uint32 {
	id, ok := ids[s]
	if !ok {
		id = uint32(len(ids))
		ids[s] = id
	}
	return id
}

func openOracle(t testing.TB, path string) []oracleRow {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	recs, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	col := func(name string) int { return slices.Index(recs[0], name) }
	at := func(rec []string, name string) int64 {
		ts, err := time.Parse(time.RFC3339, rec[col(name)])
		if err != nil {
			t.Fatal(err)
		}
		return ts.Unix()
	}
	var rows []oracleRow
	for _, rec := range recs[1:] {
		event, err := strconv.Atoi(rec[col("event")])
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, oracleRow{
			event: event, term: rec[col("term")], near: rec[col("tier")] == "near", kind: rec[col("kind")],
			onset: at(rec, "onset"), crossed: at(rec, "crossed"), peak: at(rec, "peak"),
		})
	}
	return rows
}

// verdict is the outcome of the hit rule.
type verdict struct {
	events, found     int
	hits, near, wrong int
	toCrossed, toPeak []float64 // hours of lead of the first hit of each event
	wrongAt, missed   []string
}

func (v verdict) precision() float64 {
	if v.hits+v.wrong == 0 {
		return 1
	}
	return float64(v.hits) / float64(v.hits+v.wrong)
}

// judgeBy applies the hit rule to alerts in order of time: the first alert of a
// term in 72 h counts, as a hit from an hour before the onset to a day after.
func (a *archive) judgeBy(alerts []Change) verdict {
	var v verdict
	first := a.rows[0].onset
	rows := map[string][]oracleRow{}
	events := map[int]bool{}
	for _, r := range a.rows {
		first = min(first, r.onset)
		rows[r.term] = append(rows[r.term], r)
		if !r.near {
			events[r.event] = false
		}
	}
	last := map[string]int64{}
	for _, c := range alerts {
		at, term := PaneStart(c.Pane+1), a.terms[c.ID]
		if prev, ok := last[term]; ok && at-prev < 72*3600 {
			continue
		}
		last[term] = at
		if at < first {
			continue
		}
		var hit, near bool
		for _, r := range rows[term] {
			if at < r.onset-3600 || at > r.onset+24*3600 {
				continue
			}
			if r.near {
				near = true
				continue
			}
			hit = true
			if !events[r.event] {
				events[r.event] = true
				v.toCrossed = append(v.toCrossed, float64(r.crossed+3600-at)/3600)
				v.toPeak = append(v.toPeak, float64(r.peak+3600-at)/3600)
			}
		}
		switch {
		case hit:
			v.hits++
		case near:
			v.near++
		default:
			v.wrong++
			v.wrongAt = append(v.wrongAt, time.Unix(at, 0).UTC().Format("01-02T15:04 ")+term)
		}
	}
	v.events = len(events)
	for _, ok := range events {
		if ok {
			v.found++
		}
	}
	for _, r := range a.rows {
		if !r.near && !events[r.event] {
			v.missed = append(v.missed, time.Unix(r.onset, 0).UTC().Format("01-02T15 ")+r.kind+" "+r.term)
		}
	}
	return v
}

func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	x = slices.Clone(x)
	slices.Sort(x)
	return x[len(x)/2]
}

func TestArchives(t *testing.T) {
	for _, c := range []struct {
		name      string
		found     int
		precision float64
	}{
		{"congress-2016", 80, 0.8},
		{"reddit-2013a", 25, 0.25},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := openArchive(t, c.name)
			w := newWorld(len(a.terms), a.posts, DefaultOptions())
			w.run(a.posts)
			v := a.judgeBy(w.raises())
			t.Logf("%d of %d events, precision %.2f (%d hits, %d near, %d wrong); median lead %.1f h to crossed, %.1f h to peak",
				v.found, v.events, v.precision(), v.hits, v.near, v.wrong, median(v.toCrossed), median(v.toPeak))
			if v.found < c.found || v.precision() < c.precision {
				t.Errorf("want at least %d events at precision %.2f", c.found, c.precision)
			}
		})
	}
}
