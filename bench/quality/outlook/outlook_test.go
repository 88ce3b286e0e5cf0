package outlook_test

import (
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/swell-radar/swell/bench/quality/outlook"
	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/bench/quality/worlds"
	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/scrapers/push"
	"github.com/swell-radar/swell/term"
)

var update = flag.Bool("update", false, "make the table of forecasts anew, and tell how good the one before is on other seeds")

// collect returns the cases of a world at a scale, from its fifth day on.
func collect(t *testing.T, name string, seed uint64, scale float64, days int) []outlook.Case {
	t.Helper()
	cfg, err := worlds.Config(name, seed)
	if err != nil {
		t.Fatal(err)
	}
	if scale > 0 {
		cfg.Scale = scale
	}
	cfg.Days = days
	g, err := workload.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	b := trace.NewBuilder(name)
	var rec term.Record
	for g.Next(&rec) {
		b.Add(&rec)
	}
	tr := b.Trace()
	cases, err := outlook.Collect(tr, detect.PaneStart(tr.First)+5*86400)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// streams are the worlds that the table is made from, and checked on with other seeds.
var streams = []struct {
	name  string
	seeds uint64
	scale float64
}{{"small", 3, 0}, {"base", 1, 0.3}, {"several", 1, 0.3}}

// TestForecastTable makes the table anew where it is asked to.
func TestForecastTable(t *testing.T) {
	if !*update {
		t.Skip("only with -update: it takes some minutes")
	}
	var learn []outlook.Case
	for _, s := range streams {
		for seed := range s.seeds {
			cases := collect(t, s.name, 11+seed, s.scale, worlds.Days)
			t.Log(s.name, 11+seed, len(cases), "cases")
			learn = append(learn, cases...)
		}
	}
	text, err := outlook.Fit(learn).Source()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("../../../engine/detect/forecast_table.go", text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestForecastQuality tells how good forecasts are where nothing was learned.
func TestForecastQuality(t *testing.T) {
	if !*update {
		t.Skip("only with -update: it takes some minutes")
	}
	for _, s := range streams {
		tell(t, s.name, collect(t, s.name, 21, s.scale, worlds.Days))
	}
}

// TestForecastOnArchives tells how good forecasts are on streams that nobody made up.
func TestForecastOnArchives(t *testing.T) {
	folder := os.Getenv("SWELL_TESTDATA")
	if !*update || folder == "" {
		t.Skip("only with -update and SWELL_TESTDATA, the folder of congress-2016 and reddit-2013a")
	}
	for _, name := range []string{"congress-2016", "reddit-2013a"} {
		tell(t, name, replay(t, filepath.Join(folder, name+".ndjson.zst")))
	}
}

// replay returns the cases of an archive, from its eighth day on.
func replay(t *testing.T, path string) []outlook.Case {
	t.Helper()
	r, err := push.Open(path, push.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b := trace.NewBuilder(path)
	var rec term.Record
	for {
		if _, err = r.Next(&rec); err != nil {
			break
		}
		b.Add(&rec)
	}
	if err != io.EOF {
		t.Fatal(err)
	}
	tr := b.Trace()
	cases, err := outlook.Collect(tr, detect.PaneStart(tr.First)+7*86400)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func tell(t *testing.T, name string, cases []outlook.Case) {
	t.Helper()
	t.Logf("%s, %d cases: coverage, interval score, error", name, len(cases))
	for _, m := range []struct {
		name   string
		method outlook.Method
	}{{"swell  ", outlook.Swell}, {"persist", outlook.Persist}, {"decay  ", outlook.Decay}} {
		scores := outlook.Rate(cases, m.method)
		t.Log(m.name, &scores)
	}
}

// Forecasts hold in about eight of ten cases at every distance, and beat those that know
// nothing of how trends go.
func TestForecastHolds(t *testing.T) {
	cases := collect(t, "small", 31, 0, 10)
	own, persist, decay := outlook.Rate(cases, outlook.Swell), outlook.Rate(cases, outlook.Persist), outlook.Rate(cases, outlook.Decay)
	t.Log(&own)
	var sum, rival, other float64
	for i := range own {
		if c := own[i].Covered(); c < 0.7 || c > 0.98 {
			t.Errorf("up to %v hours ahead %.0f %% of %d outcomes lie within", outlook.Leads[i], 100*c, own[i].N)
		}
		sum, rival, other = sum+own[i].Interval, rival+persist[i].Interval, other+decay[i].Interval
	}
	if sum > 0.9*min(rival, other) || math.IsNaN(sum) {
		t.Errorf("interval score %.0f; where the rate stays %.0f, where it decays %.0f", sum, rival, other)
	}
}
