package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/bench/quality/measure"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

var update = flag.Bool("update", false, "write the golden files anew")

// inProcess runs a command line in this process.
func inProcess(stdin string, args ...string) (code int, out, err string) {
	var stdout, stderr bytes.Buffer
	code = run(args, streams{in: strings.NewReader(stdin), out: &stdout, err: &stderr})
	return code, stdout.String(), stderr.String()
}

// golden compares with testdata/eval/NAME.golden.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "eval", name+".golden")
	if *update {
		writeInput(t, path, []byte(got))
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: -want +got; run the test with -update if it should be so\n%s", path, diff)
	}
}

func TestEvalGolden(t *testing.T) {
	for name, args := range map[string][]string{
		"table":    {"--truth", "testdata/eval/truth.csv"},
		"json":     {"--truth", "testdata/eval/truth.csv", "--json", "--stream", "2026-06-01T00:00:00Z/2026-06-08T00:00:00Z"},
		"oracle":   {"--truth", "testdata/eval/oracle.csv"},
		"platform": {"--truth", "testdata/eval/truth.csv", "--platform", "TikTok", "--budget", "0.2", "--top", "1"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, err := inProcess("", append([]string{"eval", "--detections", "testdata/eval/detections.ndjson"}, args...)...)
			if code != exitOK {
				t.Fatalf("exit code %d: %s", code, err)
			}
			golden(t, name, out+"\nstandard error:\n"+err)
		})
	}
}

func TestEvalChart(t *testing.T) {
	dir := t.TempDir()
	draw := func(file, truth string) []byte {
		path := filepath.Join(dir, file)
		if code, _, err := inProcess("", "eval", "--detections", "testdata/eval/detections.ndjson", "--truth", truth, "--chart", path); code != exitOK {
			t.Fatalf("exit code %d: %s", code, err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	golden(t, "chart.svg", string(draw("a.svg", "testdata/eval/truth.csv")))
	if oracle := draw("b.SVG", "testdata/eval/oracle.csv"); !bytes.Contains(oracle, []byte("share of events")) {
		t.Errorf("not about events:\n%s", oracle)
	}
	if image := draw("c.png", "testdata/eval/truth.csv"); !bytes.HasPrefix(image, []byte("\x89PNG\r\n")) {
		t.Errorf("no PNG: %q", image[:8])
	}
}

// Both files may come packed, and one from standard input.
func TestEvalInputs(t *testing.T) {
	_, want, _ := inProcess("", "eval", "--detections", "testdata/eval/detections.ndjson", "--truth", "testdata/eval/truth.csv", "--json")
	plain, err := os.ReadFile("testdata/eval/detections.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	detections := []string{stdoutName}
	for _, name := range []string{"d.zst", "d.gz"} {
		path := filepath.Join(dir, name)
		if err := writeFile(path, nil, func(w io.Writer) error { _, err := w.Write(plain); return err }); err != nil {
			t.Fatal(err)
		}
		detections = append(detections, path)
	}
	for _, path := range detections {
		code, out, said := inProcess(string(plain), "eval", "--detections", path, "--truth", "testdata/eval/truth.csv", "--json")
		if out = strings.Replace(out, fmt.Sprintf("%q", path), `"testdata/eval/detections.ndjson"`, 1); code != exitOK || out != want {
			t.Errorf("%s: exit code %d, said %s\n%s", path, code, said, cmp.Diff(want, out))
		}
	}
}

func TestEvalBadLines(t *testing.T) {
	const good = `{"ts":"2026-06-02T03:30:00Z","term":"early","phase":"emerging"}`
	for _, c := range []struct{ line, want string }{
		{`{"ts":"2026-06-02T03:30:00Z","term":"a","phase":"emerging"`, "no JSON object: unexpected end"},
		{`[]`, "no JSON object"},
		{`{"term":"a","phase":"emerging"}`, "ts is missing"},
		{`{"ts":5,"term":"a","phase":"emerging"}`, "ts: a JSON number does not belong there"},
		{`{"ts":"noon","term":"a","phase":"emerging"}`, `ts "noon" is no time; write it as 2026-06-01T00:00:00Z`},
		{`{"ts":"2026-06-02T03:30:00Z","term":"a","phase":"ebbing"}`, `phase "ebbing" is not known; write emerging`},
		{`{"ts":"2026-06-02T03:30:00Z","term":"#","phase":"emerging"}`, `term "#": nothing in it can be counted`},
		{`{"ts":"2026-06-02T03:30:00Z","term":"a","kind":"tag","phase":"emerging"}`, `kind "tag" is not known`},
		{`{"ts":"2026-06-02T03:30:00Z","term":"a","phase":"emerging","score":"x"}`, "score: a JSON string does not belong there"},
		{`{"ts":"2026-06-02T03:30:00Z","term":"a","phase":"emerging","score":1e999}`, "score: a JSON number 1e999 does not belong there"},
		{`{"ts":"2026-06-02T03:30:00Z","term":"a","phase":"emerging","confidence":1.5}`, "confidence 1.5 is not within 0 to 1"},
		{`{"ts":"2026-06-02T03:30:00Z","term":"a","phase":"emerging","hours_left":{"low":4,"mid":3,"high":5}}`, "hours_left 4, 3, 5 are not in order"},
		{`{"term":"` + strings.Repeat("a", maxDetectionLine) + `"}`, "longer than 1048576 bytes"},
		{"\x1b[2Jx", "no JSON object"},
	} {
		code, out, said := inProcess(good+"\n"+c.line+"\n\n"+good, "eval", "--detections", "-", "--truth", "testdata/eval/oracle.csv", "--json")
		if code != exitOK || !strings.Contains(said, "-:2: "+c.want) || strings.Contains(said, "\x1b") {
			t.Errorf("%.60q: exit code %d, said %q, want %q", c.line, code, said, c.want)
		}
		var result struct{ Lines inputLines }
		if err := json.Unmarshal([]byte(out), &result); err != nil || result.Lines != (inputLines{2, 1}) {
			t.Errorf("%.60q: %+v (%v)", c.line, result, err)
		}
		if n := strings.Count(said, "\n"); n != 1 {
			t.Errorf("%.60q: said %q", c.line, said)
		}
	}
	if _, _, said := inProcess(strings.Repeat("x\n", 100)+good, "eval", "--detections", "-", "--truth", "testdata/eval/oracle.csv"); !strings.Contains(said, "-: 80 more bad lines") || strings.Count(said, "\n") != 21 {
		t.Errorf("said %q", said)
	}
}

func TestEvalExitCodes(t *testing.T) {
	dir := t.TempDir()
	at := func(name, content string) string {
		path := filepath.Join(dir, name)
		writeInput(t, path, []byte(content))
		return path
	}
	const d, tr = "testdata/eval/detections.ndjson", "testdata/eval/truth.csv"
	both := []string{"--detections", d, "--truth", tr}
	for _, c := range []struct {
		args []string
		code int
		said string
	}{
		{nil, exitUsage, "--detections is missing"},
		{[]string{"--detections", d}, exitUsage, "--truth is missing"},
		{[]string{"--detections", "-", "--truth", "-"}, exitUsage, "both standard input"},
		{append(both, "more"), exitUsage, "unknown command"},
		{append(both, "--budget", "0"), exitUsage, "--budget 0: give more than 0"},
		{append(both, "--budget", "NaN"), exitUsage, "--budget NaN: give more than 0"},
		{append(both, "--top", "0"), exitUsage, "--top 0: give 1 to 1000"},
		{append(both, "--chart", "a.jpg"), exitUsage, "--chart a.jpg: the name must end in .svg or .png"},
		{append(both, "--chart", "-"), exitUsage, "--chart -: the name must end in .svg or .png"},
		{append(both, "--stream", "2026-06-01T00:00:00Z"), exitUsage, "write two times, as"},
		{append(both, "--stream", "a/b"), exitUsage, `--stream "a" is no time`},
		{append(both, "--stream", "2026-06-01T00:00:00Z/b"), exitUsage, `--stream "b" is no time`},
		{append(both, "--stream", "2026-06-02T00:00:00Z/2026-06-01T00:00:00Z"), exitUsage, "the first time is not before the second"},
		{append(both, "--stream", "/2026-06-01T00:00:00Z"), exitUsage, "the first time is not before the second"},
		{[]string{"--detections", d, "--truth", at("same.svg", "term,onset\n"), "--chart", filepath.Join(dir, "same.svg")}, exitUsage, "are the same file"},

		{[]string{"--detections", "missing", "--truth", tr}, exitFailed, "cannot read the detections: open missing"},
		{[]string{"--detections", d, "--truth", "missing"}, exitFailed, "cannot read the truth: open missing"},
		{[]string{"--detections", d, "--truth", d}, exitFailed, "wrong header: detections.ndjson:1"},
		{[]string{"--detections", at("cut.zst", "\x28\xb5\x2f\xfd\x00"), "--truth", tr}, exitFailed, "cut.zst, line 1"},
		{[]string{"--detections", d, "--truth", at("old.csv", "term,onset\na,1\n")}, exitFailed, "from 1970-01-01 00:00 UTC to 2026-06-06 00:00 UTC is too long to measure; say with --stream"},
		{append(both, "--chart", filepath.Join(dir, "nowhere", "a.svg")), exitFailed, "cannot write the chart"},

		{[]string{"--detections", tr, "--truth", tr}, exitPartial, "no line of testdata/eval/truth.csv could be read"},
		{[]string{"--detections", d, "--truth", at("bad.csv", "term,onset\na,b\n")}, exitPartial, "bad.csv could be read"},
		{[]string{"--detections", at("empty", ""), "--truth", tr}, exitOK, ""},
		{[]string{"--detections", at("empty2", ""), "--truth", at("none.csv", "term,onset\n")}, exitOK, ""},
	} {
		code, _, said := inProcess("", append([]string{"eval"}, c.args...)...)
		if code != c.code || !strings.Contains(said, c.said) {
			t.Errorf("%q: exit code %d, want %d with %q; said:\n%s", c.args, code, c.code, c.said, said)
		}
	}
	s := streams{in: strings.NewReader(""), out: failing{}, err: &bytes.Buffer{}}
	if code := run(append([]string{"eval"}, both...), s); code != exitFailed {
		t.Errorf("exit code %d where nothing can be printed", code)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, os.ErrClosed }

// An episode begins with a raise and ends when the trend is over; lists hold what is
// open, by the last score.
func TestEpisodes(t *testing.T) {
	var d detections
	for i, step := range []struct {
		term  string
		phase detect.Phase
		score float64
	}{
		{"a", detect.Fading, 9}, // known from before the file began
		{"a", detect.Emerging, 1},
		{"b", detect.Rising, 2},
		{"a", detect.Rising, 3},
		{"a", detect.Fading, 1},
		{"a", detect.Rising, 2}, // not over: no new alarm
		{"a", detect.Over, 0},
		{"a", detect.Peaking, 4},
		{"b", detect.Over, 0},
	} {
		line := detectionLine{phase: step.phase}
		line.At, line.Kind, line.Key, line.Score = int64(i)*1800, 1, step.term, step.score
		d.lines = append(d.lines, line)
	}
	alarms, scores := d.alarms()
	var at []int64
	for _, a := range alarms {
		at = append(at, a.At/1800)
	}
	if diff := cmp.Diff([]int64{1, 2, 7}, at); diff != "" || len(scores) != 5 {
		t.Errorf("%d scores and alarms at %v", len(scores), at)
	}
	var got []string
	for _, l := range d.lists(measure.Options{From: 1, To: 5 * 3600}, 2) {
		list := fmt.Sprint(l.At / 3600)
		for _, x := range l.Terms {
			list += " " + x.Key
		}
		got = append(got, list)
	}
	// At one o'clock b is above a, at two a has faded, at three it is over.
	if diff := cmp.Diff([]string{"1 b a", "2 b a", "3 b", "4 a"}, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzParseDetection(f *testing.F) {
	for line := range strings.Lines(string(readAll(f, "testdata/eval/detections.ndjson"))) {
		f.Add([]byte(line))
	}
	f.Add([]byte(`{"ts":"0001-01-01T00:00:00Z","term":"@@ @a","kind":"mention","phase":"over","score":-1e308,"hours_left":{}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		d, err := parseDetection(line)
		if err != nil {
			if said := err.Error(); len(said) > 1000 {
				t.Errorf("an error of %d bytes", len(said))
			}
			return
		}
		left := d.Left
		switch {
		case d.Key == "" || d.Key != term.KeyOf(d.Kind, d.Key):
			t.Errorf("key %q", d.Key)
		case math.IsNaN(d.Score) || math.IsInf(d.Score, 0):
			t.Errorf("score %v", d.Score)
		case d.Confidence < 0 || d.Confidence > 1:
			t.Errorf("confidence %v", d.Confidence)
		case !math.IsNaN(left.Mid) && !(0 <= left.Low && left.Low <= left.Mid && left.Mid <= left.High):
			t.Errorf("hours left %v", left)
		case d.phase.String() != d.Phase:
			t.Errorf("phase %v is %q", d.phase, d.Phase)
		}
	})
}

func readAll(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
