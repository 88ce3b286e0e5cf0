package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/bench/compare/internal/measure"
	"github.com/swell-radar/swell/bench/compare/internal/peer"
)

func TestTablesAreAligned(t *testing.T) {
	table := Table{Head: []string{"", "größe", "b"}}
	table.Add("one", "1", "–")
	var b strings.Builder
	if _, err := table.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	want := "|     | größe |  b |\n|-----|------:|---:|\n| one |     1 |  – |\n\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

func TestReplaceChangesOneSection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "doc.md")
	const before = "# A\n<!-- begin one -->\nold\n<!-- end one -->\nB\n<!-- begin two -->\n<!-- end two -->\n"
	if err := os.WriteFile(path, []byte(before), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a rerun changes nothing more
		if err := Replace(path, "one", "new\n"); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(before, "old\n", "\nnew\n\n", 1); string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := Replace(path, "three", ""); err == nil {
		t.Error("a section that is not there was replaced")
	}
	if _, err := replace("<!-- begin x -->\n", "x", ""); err == nil {
		t.Error("a section without an end was replaced")
	}
}

func TestFormats(t *testing.T) {
	for got, want := range map[string]string{
		count(0): "0", count(999): "999", count(1234567): "1,234,567",
		percent(0): "0", percent(0.00001): "< 0.01", percent(0.0123): "1.23",
		micros(1500): "1.50", micros(99_900): "100", millis(1.26e6): "1.3", millis(25e6): "25",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// figures are made up: Swell costs half as much as the map, and a third of it for
// two writers.
func figures() *Results {
	sample := func(ns float64) measure.Sample { return measure.Sample{ns, ns, 2 * ns} }
	speed := func(one, two float64) *measure.Speed {
		s := &measure.Speed{Observations: 10}
		s.Cost[0], s.Cost[1] = sample(one), sample(two)
		s.Wall = s.Cost
		return s
	}
	return &Results{
		Kinds: peer.Kinds(), Memory: 64 << 20,
		Streams: []Stream{{
			Name: "drifting", Observations: 1000, Distinct: 10, Hottest: 0.12, Rounds: 3, Slow: 3,
			Speeds: map[string]*measure.Speed{"swell": speed(50, 33), "map": speed(100, 120)},
			Surveys: map[string]*measure.Survey{"swell-authors": {
				Memory: 64 << 20, Distinct: 10, TellsTop: true, Top: time.Millisecond, Term: measure.Sample{1000, 60_000},
			}},
		}},
		Pauses: map[string]*measure.Pause{"swell-authors": {Full: measure.Sample{100, 2e6}, Paced: measure.Sample{100}}},
		Tick:   &measure.Tick{Terms: 100_000, Times: measure.Sample{4e7}},
	}
}

func TestTargetsAreJudged(t *testing.T) {
	r := figures()
	var b strings.Builder
	r.WriteHead(&b)
	r.WriteStream(&b, &r.Streams[0])
	r.WriteRest(&b)
	text := b.String()
	for _, want := range []string{
		"posts, times as fast as the exact map, 1 core|≥ 1.5×|2.0×|2.0×|yes",
		"the same on 2 cores|≥ 2.0×|3.6×|3.6×|yes",
		"two writers, times as fast as one, posts|≥ 1.60×|1.52×|1.52×|no",
		"pause of a writer, p99.9 at full speed, µs|≤ 100|2000|–|no",
		"one term over 72 hours, p99, µs|≤ 50.0|60.0|–|no",
		"reading 100,000 terms of a closed pane, ms|≤ 50|40|–|yes",
	} {
		if !containsRow(text, want) {
			t.Errorf("there is no row %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "NaN") || strings.Contains(text, "Redis with") {
		t.Errorf("figures that were not measured are shown:\n%s", text)
	}
}

func containsRow(text, cells string) bool {
	for line := range strings.Lines(text) {
		var got []string
		for _, cell := range strings.Split(strings.Trim(line, "|\n"), "|") {
			got = append(got, strings.TrimSpace(cell))
		}
		if strings.Join(got, "|") == cells {
			return true
		}
	}
	return false
}

func TestWaitsAreNamed(t *testing.T) {
	for _, c := range []struct{ where, how, want string }{
		{"bench/compare/internal/peer.(*swell).own", "runtime.selectgo", "work: an owner sleeps on its bell"},
		{"engine/window.(*Producer).send", "runtime.chanrecv1", "room: a producer waits for a batch"},
		{"engine/window.(*Shard).count", "sync.(*Mutex).Lock", "`sync.(*Mutex).Lock`"},
	} {
		if got := meaning(measure.Wait{Where: c.where, How: c.how}); got != c.want {
			t.Errorf("%s in %s is %q, want %q", c.how, c.where, got, c.want)
		}
	}
}
