package workload

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"testing"
	"time"

	"github.com/swell-radar/swell/term"
)

// seenTerm is what somebody counts who has only the archive.
type seenTerm struct{ kind, platform, key string }

// TestTruthIsWhatIsInTheArchive counts every planted term in the records, by
// group key for hashtags, by key for sounds.
func TestTruthIsWhatIsInTheArchive(t *testing.T) {
	t.Parallel()
	uses := map[seenTerm][]int64{}
	var ex term.Extractor
	g := each(t, small(11, 3), func(rec *term.Record) {
		terms, _ := ex.Terms(rec)
		met := map[seenTerm]bool{}
		for _, tm := range terms {
			key := seenTerm{tm.Kind.String(), rec.Platform, string([]byte(tm.Key))}
			if tm.Kind == term.Hashtag {
				key.key = string(term.AppendGroupKey(nil, tm.Key))
			}
			if !met[key] {
				met[key] = true
				uses[key] = append(uses[key], rec.TS)
			}
		}
	})
	truth := g.Truth()
	byType := map[Type]int{}
	for _, p := range truth {
		key := seenTerm{p.Term.Kind.String(), p.Platform, p.Term.Key}
		if p.Term.Kind == term.Hashtag {
			key.key = string(term.AppendGroupKey(nil, p.Term.Key))
		}
		var n int64
		for _, ts := range uses[key] {
			if p.Onset.UnixMicro() <= ts && ts < p.End.UnixMicro() {
				n++
			}
		}
		if n != p.Posts {
			t.Errorf("%s %s on %s: %d posts in the archive, the truth says %d", p.Type, p.Term.Display, p.Platform, n, p.Posts)
		}
		if p.Onset.After(p.Peak) || !p.Peak.Before(p.End) {
			t.Errorf("%s %s: onset %v, peak %v, end %v are out of order", p.Type, p.Term.Display, p.Onset, p.Peak, p.End)
		}
		if life := p.End.Sub(p.Onset).Hours(); p.Type == Trend && (life < 47.9 || life > 72) {
			t.Errorf("the trend %s lasts %.1f hours", p.Term.Display, life)
		}
		byType[p.Type]++
	}
	for kind := Trend; kind <= Flood; kind++ {
		if byType[kind] == 0 {
			t.Errorf("nothing of type %s was planted", kind)
		}
	}
	checkTruthFile(t, g, truth)
}

func checkTruthFile(t *testing.T, g *Generator, truth []Planted) {
	t.Helper()
	var b bytes.Buffer
	if err := g.WriteTruth(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != len(truth)+1 {
		t.Fatalf("the truth file has %d rows for %d things planted (%v)", len(rows), len(truth), err)
	}
	for i, row := range rows[1:] {
		p := truth[i]
		peak, err := time.Parse(time.RFC3339, row[6])
		if row[0] != p.Term.Key || row[3] != p.Type.String() || err != nil || !peak.Equal(p.Peak) || row[8] != strconv.FormatInt(p.Posts, 10) {
			t.Fatalf("row %d is %q, want %+v (%v)", i, row, p, err)
		}
	}
}

// TestDefaultTrends checks the plan of the archive that a newcomer sees first.
func TestDefaultTrends(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		g := newGenerator(t, Config{Seed: seed, Scale: 0.01})
		end := g.cfg.end()
		type id struct {
			kind term.Kind
			name string
		}
		trends, alive, shapes, platforms := map[id]bool{}, map[id]bool{}, map[Shape]int{}, map[id]int{}
		fresh := map[id]bool{}
		for _, p := range g.Truth() {
			if p.Type != Trend {
				continue
			}
			k := id{p.Term.Kind, p.Term.Display}
			trends[k] = true
			shapes[p.Shape]++
			platforms[k]++
			if p.Peak.After(end.Add(-time.Hour)) {
				alive[k] = true
			}
			if p.Onset.Before(g.cfg.Start.Add(24 * time.Hour)) {
				t.Errorf("seed %d: the trend %s begins on the first day", seed, k.name)
			}
		}
		for i := range g.w.tags {
			// The vocabulary comes first; what the plan invented lies behind it.
			if int32(i) >= lastOrdinary(g) {
				fresh[id{term.Hashtag, g.w.tags[i].spellings[0]}] = true
			}
		}
		crossing, isNew := 0, 0
		for k, n := range platforms {
			if n > 1 {
				crossing++
			}
			if fresh[k] {
				isNew++
			}
		}
		if len(trends) < 40 || len(alive) < 4 || shapes[Endogenous] < 15 || shapes[Exogenous] < 15 || crossing < 8 || isNew < 10 {
			t.Errorf("seed %d: %d trends, %d still rising at the end, %d endogenous and %d exogenous rows, %d on several platforms, %d on new tags",
				seed, len(trends), len(alive), shapes[Endogenous], shapes[Exogenous], crossing, isNew)
		}
	}
}

// lastOrdinary returns the number of the first tag past the ordinary vocabulary.
func lastOrdinary(g *Generator) int32 {
	last := int32(0)
	for _, c := range g.communities {
		last = max(last, c.library.firstTag+int32(c.library.tags))
	}
	return last
}
