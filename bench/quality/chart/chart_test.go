package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"image"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

// example is a chart as the measure of detectors draws them.
func example() *Chart {
	curve := func(shift float64) (recall, lead []Point) {
		for i := range 300 {
			x := math.Pow(10, -2+4*float64(i)/300)
			y := 1 / (1 + math.Pow(x, -0.8)*shift)
			recall = append(recall, Point{x, math.Round(y*90) / 90})
			lead = append(lead, Point{x, 9 * math.Round(y*90) / 90})
		}
		return recall, lead
	}
	c := Chart{
		Title: "Trends found before their peak: world “base”",
		Note:  "90 trends in 14 days; false alarms are terms and UTC days.\nMade up for a test.",
		Panels: []Panel{
			{Title: "Found before the peak", X: Axis{Label: "false alarms a day", Log: true}, Y: Axis{Label: "share of trends", Percent: true, Max: 1}},
			{Title: "Mean lead", X: Axis{Label: "false alarms a day", Log: true}, Y: Axis{Label: "hours; missed trends count 0"}},
			{Title: "Reliability", X: Axis{Label: "confidence", Percent: true, Max: 1}, Y: Axis{Label: "share that were trends", Percent: true, Max: 1}, Diagonal: true,
				Series: []Series{{Name: "Swell", Style: Dots, Points: []Point{{0.15, 0.1}, {0.35, 0.42}, {0.55, 0.5}, {0.76, 0.81}, {0.93, 0.97}}}}},
		},
	}
	for i, name := range []string{"Swell", "SigniTrend, tuned", "Mastodon", `<script>"&'`, "Gnip", "z-score", "volume", "spike test"} {
		recall, lead := curve(0.3 + 0.5*float64(i))
		c.Panels[0].Series = append(c.Panels[0].Series, Series{Name: name, Points: recall, Style: Steps})
		c.Panels[1].Series = append(c.Panels[1].Series, Series{Name: name, Points: lead, Style: Steps})
	}
	return &c
}

// small is quickly drawn as a PNG under the race detector.
func small() *Chart {
	c := example()
	c.Title, c.Note, c.Panels = "Found", "", c.Panels[:1]
	c.Panels[0].Series = c.Panels[0].Series[6:]
	return c
}

func TestGoldenSVG(t *testing.T) {
	var b bytes.Buffer
	if err := example().WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "example.svg")
	if *update {
		write(t, path, b.Bytes())
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Error("the SVG is another; look at it, and run the test with -update if it should be")
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// The golden image is compared by its pixels: compression may change with Go, and
// the edges by a shade with the processor.
func TestGoldenPNG(t *testing.T) {
	var b bytes.Buffer
	if err := small().WritePNG(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "example.png")
	if *update {
		write(t, path, b.Bytes())
	}
	got, want := decode(t, b.Bytes()), decode(t, read(t, path))
	if got.Bounds() != want.Bounds() {
		t.Fatalf("%v, want %v", got.Bounds(), want.Bounds())
	}
	const shade = 6 << 8
	for y := range got.Bounds().Dy() {
		for x := range got.Bounds().Dx() {
			r0, g0, b0, _ := got.At(x, y).RGBA()
			r1, g1, b1, _ := want.At(x, y).RGBA()
			if far(r0, r1) > shade || far(g0, g1) > shade || far(b0, b1) > shade {
				t.Fatalf("the pixel at %d,%d is another; look at the image, and run the test with -update if it should be", x, y)
			}
		}
	}
}

func far(a, b uint32) uint32 { return max(a, b) - min(a, b) }

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// What is in an SVG can be read as XML, and names come back as they went in.
func TestNamesAreEscaped(t *testing.T) {
	c := example()
	c.Title = "a\x00<b>&\"'\xff\u202ec]]>"
	var b bytes.Buffer
	if err := c.WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	words := texts(t, b.Bytes())
	for _, want := range []string{"a<b>&\"'\ufffdc]]>", `<script>"&'`} {
		if !slices.Contains(words, want) {
			t.Errorf("%q is not among %q", want, words)
		}
	}
	if strings.Contains(b.String(), "<script") || strings.Contains(b.String(), "<b>") {
		t.Error("a name became markup")
	}
}

// texts returns the text elements of a document that must be well formed.
func texts(t interface{ Fatal(...any) }, data []byte) []string {
	var words []string
	dec := xml.NewDecoder(bytes.NewReader(data))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return words
		}
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := tok.(xml.CharData); ok {
			words = append(words, string(c))
		}
	}
}

func TestEqualChartsGiveEqualBytes(t *testing.T) {
	for name, draw := range map[string]func(*Chart, io.Writer) error{"svg": (*Chart).WriteSVG, "png": (*Chart).WritePNG} {
		var a, b bytes.Buffer
		if err := errors.Join(draw(small(), &a), draw(small(), &b)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%s: two runs differ", name)
		}
		if err := draw(small(), full{}); !errors.Is(err, errFull) {
			t.Errorf("%s: a full disk gives the error %v", name, err)
		}
	}
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestLongNamesAreShortened(t *testing.T) {
	long := strings.Repeat("long name ", 200)
	c := Chart{Title: long, Note: long, Panels: []Panel{{Title: long, X: Axis{Label: long}, Y: Axis{Label: long},
		Series: []Series{{Name: long, Points: []Point{{1, 1}}}, {Name: "b"}}}}}
	s, err := layout(&c)
	if err != nil {
		t.Fatal(err)
	}
	f := faces{}
	for _, x := range s.shapes {
		if x.kind != label {
			continue
		}
		width, err := f.widthOf(x.text, x.width, x.bold)
		if err != nil {
			t.Fatal(err)
		}
		if x.anchor == start && x.points[0].X+width > s.width {
			t.Errorf("%q ends at %v of %v", x.text, x.points[0].X+width, s.width)
		}
	}
}

func TestManyPanels(t *testing.T) {
	c := Chart{Panels: make([]Panel, 7)}
	s, err := layout(&c)
	if err != nil || s.width != 3*panelWidth+outer || s.height < 3*panelHeight {
		t.Errorf("%v x %v (%v)", s.width, s.height, err)
	}
	c.Panels = make([]Panel, 1000)
	if err := c.WritePNG(io.Discard); err == nil || !strings.Contains(err.Error(), "1000 panels are too many") {
		t.Errorf("got the error %v", err)
	}
}

// Whatever the numbers are, the drawing is well formed and stays on the paper.
func TestAnyChart(t *testing.T) {
	value := rapid.OneOf(rapid.Float64(), rapid.Float64Range(-2, 200), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.MaxFloat64, -math.MaxFloat64, 5e-324}))
	axis := rapid.Custom(func(t *rapid.T) Axis {
		return Axis{rapid.String().Draw(t, "label"), rapid.Bool().Draw(t, "log"), rapid.Bool().Draw(t, "percent"), value.Draw(t, "min"), value.Draw(t, "max")}
	})
	panel := rapid.Custom(func(t *rapid.T) Panel {
		p := Panel{Title: rapid.String().Draw(t, "title"), X: axis.Draw(t, "x"), Y: axis.Draw(t, "y"), Diagonal: rapid.Bool().Draw(t, "diagonal")}
		for range rapid.IntRange(0, 3).Draw(t, "series") {
			s := Series{Name: rapid.SampledFrom([]string{"a", "b", "", "<"}).Draw(t, "name"), Style: Style(rapid.IntRange(0, 2).Draw(t, "style"))}
			for range rapid.IntRange(0, 6).Draw(t, "points") {
				s.Points = append(s.Points, Point{value.Draw(t, "x"), value.Draw(t, "y")})
			}
			p.Series = append(p.Series, s)
		}
		return p
	})
	rapid.Check(t, func(t *rapid.T) {
		c := Chart{Title: rapid.String().Draw(t, "title"), Note: rapid.String().Draw(t, "note"), Panels: rapid.SliceOfN(panel, 0, 2).Draw(t, "panels")}
		s, err := layout(&c)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range s.shapes {
			for _, p := range x.points {
				if !(p.X >= 0 && p.X <= s.width && p.Y >= 0 && p.Y <= s.height) {
					t.Fatalf("%+v leaves the paper of %v x %v", x, s.width, s.height)
				}
			}
		}
		if len(s.shapes) > 500 {
			t.Fatalf("%d shapes", len(s.shapes))
		}
		var b bytes.Buffer
		if err := c.WriteSVG(&b); err != nil {
			t.Fatal(err)
		}
		texts(t, b.Bytes())
	})
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		axis   Axis
		values []float64
		want   string
	}{
		{Axis{}, []float64{0, 9}, "0 2 4 6 8 10"},
		{Axis{}, []float64{0.03}, "0.000 0.005 0.010 0.015 0.020 0.025 0.030"},
		{Axis{}, []float64{-3, 3}, "-3 -2 -1 0 1 2 3"},
		{Axis{}, nil, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{Axis{Percent: true, Max: 1}, nil, "0 % 20 % 40 % 60 % 80 % 100 %"},
		{Axis{Min: 20, Max: 44}, nil, "20 25 30 35 40"},
		{Axis{Log: true}, []float64{0, 0.3, 40}, "0.1 1 10 100"},
		{Axis{Log: true}, []float64{7}, "1 2 5 10"},
		{Axis{Log: true}, []float64{1e-4, 1e6}, "0.0001 0.01 1 100 10000 1e+06"},
		{Axis{Log: true}, nil, "0.1 0.2 0.5 1 2 5 10"},
		{Axis{Log: true, Min: 0.5, Max: 50}, nil, "0.5 1 2 5 10 20 50"},
	} {
		s := newScale(c.axis, c.values)
		var labels []string
		for _, x := range s.ticks() {
			if x.label != "" {
				labels = append(labels, x.label)
			}
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("%+v %v: %s, want %s", c.axis, c.values, got, c.want)
		}
	}
}

// A stepped line goes through every point, and from one to the next first along,
// then up.
func TestSteps(t *testing.T) {
	var line []Point
	for _, p := range []Point{{0, 5}, {0, 5}, {2, 5}, {3, 5}, {4, 4}, {4, 3}, {6, 3}, {7, 1}} {
		line = Steps.join(line, p)
	}
	want := []Point{{0, 5}, {4, 5}, {4, 3}, {7, 3}, {7, 1}}
	if !slices.Equal(line, want) {
		t.Errorf("got %v, want %v", line, want)
	}
}

func TestDashes(t *testing.T) {
	total, end := 0.0, 0.0
	for _, d := range dashes([]Point{{0, 0}, {9, 0}, {40, 0}}, true) {
		for i := 1; i < len(d); i++ {
			total += d[i].X - d[i-1].X
		}
		if gap := d[0].X - end; end > 0 && math.Abs(gap-dashOff) > 1e-9 {
			t.Errorf("a gap of %v before %v", gap, d)
		}
		end = d[len(d)-1].X
	}
	if math.Abs(total-4*dashOn) > 1e-9 {
		t.Errorf("dashes of %v in all, want %v", total, 4*dashOn)
	}
}
