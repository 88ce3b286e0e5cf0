package detect

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write golden files")

func TestSentences(t *testing.T) {
	base := Why{WindowMinutes: 60, Seen: 34, Expected: 2.44, Posts: 51, Z: 6.1, Score: 4.6, Threshold: 2, Platforms: 1}
	with := func(change func(*Why)) Why { w := base; change(&w); return w }
	var b strings.Builder
	for _, w := range []Why{
		base,
		with(func(w *Why) { w.Posts, w.WindowMinutes = 20, 10 }),
		with(func(w *Why) { w.Platforms, w.WindowMinutes = 3, 480 }),
		with(func(w *Why) { w.Flags = FlagNew | FlagBurst }),
		with(func(w *Why) { w.Flags = FlagFew | FlagBlind }),
		with(func(w *Why) { w.Seen = 1.5 }),
		with(func(w *Why) { w.Seen, w.Expected, w.WindowMinutes, w.Flags = 2, 51, 360, FlagGauge|FlagRank }),
		with(func(w *Why) { w.Seen, w.Expected, w.WindowMinutes, w.Flags = 0.26, 0.0103, 360, FlagGauge }),
		with(func(w *Why) { w.Seen, w.Expected, w.Flags = 0, 0, FlagGauge }),
	} {
		b.WriteString(w.Sentence("#earthday") + "\n")
	}
	golden := filepath.Join("testdata", "sentences.golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("sentences differ from %s; run with -update and look at the difference:\n%s", golden, b.String())
	}
}

func TestWhyTakesTheTrendsNumbers(t *testing.T) {
	j := newJudge(t)
	tr := j.Tick(firstPane, []Candidate{{ID: 1, Evidence: strong(firstPane)}})[0].Trend
	w := tr.Why()
	if w.Seen != 40 || w.Expected != 3 || w.WindowMinutes != 60 || w.Threshold != DefaultOptions().MinScore || w.StartedUnix != PaneStart(firstPane-6) {
		t.Errorf("%+v", w)
	}
}
