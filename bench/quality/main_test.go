package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/bench/workload"
)

var update = flag.Bool("update", false, "write the golden files")

// tiny makes a world of twelve days and a few posts out of any, with trends to match.
func tiny(cfg *workload.Config) {
	cfg.Days, cfg.Scale, cfg.FloodsPerDay = 12, 0.025, 40
	if cfg.TrendsPerDay > 0 {
		cfg.TrendsPerDay, cfg.TrendSize, cfg.LeastTrend = 6, [2]float64{0.1, 0.5}, 60
	}
}

// tinyRun measures all detectors on tiny worlds.
func tinyRun(t *testing.T, jobs, charts, keep string) string {
	t.Helper()
	var log bytes.Buffer
	o, err := parse([]string{"-worlds", "base,heavy,quiet", "-seeds", "3", "-revision", "test", "-j", jobs, "-charts", charts, "-keep", keep}, &log)
	if err != nil {
		t.Fatal(err)
	}
	o.shrink = tiny
	var out bytes.Buffer
	if err := o.report(&out, &log); err != nil {
		t.Fatalf("%v\n%s", err, &log)
	}
	return strings.ReplaceAll(out.String(), filepath.ToSlash(charts), "charts")
}

// The whole command on small worlds, two at once: all detectors run, and the report is the
// golden one, from what was kept as well.
func TestReport(t *testing.T) {
	charts, keep := t.TempDir(), t.TempDir()
	got := tinyRun(t, "2", charts, keep)
	for _, c := range contestants() {
		if !strings.Contains(got, c.Name) {
			t.Errorf("%s is not in the report", c.Name)
		}
	}
	if again := tinyRun(t, "1", charts, keep); again != got {
		t.Errorf("what was kept gives another report:\n%s", cmp.Diff(got, again))
	}
	for _, name := range []string{"base.svg", "base-without-floods.svg", "reliability.svg"} {
		if text, err := os.ReadFile(filepath.Join(charts, name)); err != nil || !bytes.Contains(text, []byte("<svg")) {
			t.Errorf("chart %s: %v", name, err)
		}
	}
	if runtime.GOARCH != "amd64" {
		t.Skip("the golden file was written on amd64: the detector's last bits may differ elsewhere")
	}
	golden := filepath.Join("testdata", "report.golden.md")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the report has changed; if it should have, run go test ./bench/quality -update\n%s", diff)
	}
}

func TestBadFlags(t *testing.T) {
	for _, args := range [][]string{
		{"-worlds", "flat"}, {"-seeds", "x"}, {"-seeds", "5-1"}, {"-seeds", "1-9999999"}, {"-detectors", "oracle"},
		{"-archive", "a.ndjson"}, {"-j", "0"}, {"-warmup", "-1"}, {"-warmup", "NaN"}, {"file"},
	} {
		if _, err := parse(args, &bytes.Buffer{}); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
}

func TestSeeds(t *testing.T) {
	got, err := parseSeeds("7,101-103,102")
	if want := []uint64{7, 101, 102, 103}; err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		a, b sample
		want relation
	}{
		{sample{2, 3}, sample{1, 2}, ahead}, {sample{1, 2}, sample{2, 3}, behind}, {sample{1, 3}, sample{2, 2}, tie},
		{sample{1, 1}, sample{1, 1}, tie}, {sample{2, 1}, sample{1, 1}, tie}, {nil, nil, tie},
	} {
		if got := compare(c.a, c.b); got != c.want {
			t.Errorf("compare(%v, %v) is %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestSample(t *testing.T) {
	for _, c := range []struct {
		s    sample
		want string
	}{{nil, "-"}, {sample{0.5}, "50.0"}, {sample{0.4, 0.6, 0.5}, "50.0 ± 10.0"}} {
		if got := c.s.text(percent); got != c.want {
			t.Errorf("%v is written %q, want %q", c.s, got, c.want)
		}
	}
}
