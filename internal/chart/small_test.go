package chart

import (
	"encoding/xml"
	"errors"
	"html/template"
	"io"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// wellFormed fails unless the drawing is XML without numbers that are none.
func wellFormed(t interface {
	Helper()
	Fatalf(string, ...any)
}, svg template.HTML) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range e.Attr {
			name := strings.ToLower(a.Name.Local)
			if name == "style" || strings.HasPrefix(name, "on") || name == "href" && !strings.HasPrefix(a.Value, "/") {
				t.Fatalf("%s=%q in %s", name, a.Value, svg)
			}
			if name != "aria-label" && name != "href" && !strings.HasPrefix(name, "data-") && (strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") || strings.Contains(a.Value, "e+")) {
				t.Fatalf("%s=%q in %s", name, a.Value, svg)
			}
		}
		if e.Name.Local == "script" || e.Name.Local == "style" {
			t.Fatalf("<%s> in %s", e.Name.Local, svg)
		}
	}
}

// anyNumber draws numbers, those that are none among them.
func anyNumber() *rapid.Generator[float64] {
	return rapid.OneOf(rapid.Float64(), rapid.Float64Range(-2, 200), rapid.SampledFrom([]float64{0, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64}))
}

// anyText draws what people write, hostile text among it.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"", `"><script>alert(1)</script>`, "a\u202eb", "\x00\xff", "]]>", "&amp;", strings.Repeat("long ", 3000), "#سلام", "👩‍👩‍👧‍👦", "\uffff", "'onload='x",
	}))
}

func TestSparkIsLight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Spark{Label: strings.Repeat("l", 80), Posts: rapid.SliceOfN(rapid.Uint32Range(0, 300), 72, 72).Draw(t, "posts")}
		c.Low = rapid.SliceOfN(rapid.Float64Range(0, 100), 72, 72).Draw(t, "low")
		c.High = rapid.SliceOfN(rapid.Float64Range(100, 300), 72, 72).Draw(t, "high")
		if svg := c.SVG(); len(svg) > 900 {
			t.Fatalf("%d bytes: %s", len(svg), svg)
		}
	})
}

func TestSparkOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Spark{Label: anyText().Draw(t, "label"), Posts: rapid.SliceOfN(rapid.Uint32(), 0, 80).Draw(t, "posts"), Unseen: rapid.IntRange(-1, 90).Draw(t, "unseen")}
		c.Low = rapid.SliceOfN(anyNumber(), 0, 80).Draw(t, "low")
		c.High = rapid.SliceOfN(anyNumber(), 0, 80).Draw(t, "high")
		svg := c.SVG()
		wellFormed(t, svg)
		if svg != c.SVG() {
			t.Fatalf("two drawings of the same numbers differ")
		}
	})
}

// TestSparkBeginsWhereCountingDoes draws nothing of hours that nobody counted.
func TestSparkBeginsWhereCountingDoes(t *testing.T) {
	c := Spark{Posts: []uint32{0, 0, 0, 0, 2, 4, 1}, Unseen: 4}
	if svg := string(c.SVG()); !strings.Contains(svg, `<path class="cl" d="M4 `) || !strings.Contains(svg, `<path class="cu" d="M0 0h4v`) {
		t.Error(svg)
	}
	c.Unseen = 0
	if svg := string(c.SVG()); !strings.Contains(svg, `<path class="cl" d="M0 `) || strings.Contains(svg, "cu") {
		t.Error(svg)
	}
}

func TestLeftOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyNumber()
		c := Left{Age: n.Draw(t, "age"), Low: n.Draw(t, "low"), Mid: n.Draw(t, "mid"), High: n.Draw(t, "high"), Phase: anyText().Draw(t, "phase"), Label: "9 h old, 6 to 26 h left"}
		svg := c.SVG()
		wellFormed(t, svg)
		if len(svg) > 350 {
			t.Fatalf("%d bytes: %s", len(svg), svg)
		}
	})
}

func TestShortNumbers(t *testing.T) {
	for x, want := range map[float64]string{0: "0", -0.04: "0", 0.25: ".3", -0.5: "-.5", 12.345: "12.3", 1e30: "1000000", math.Inf(-1): "-1000000"} {
		if got := short(x); got != want {
			t.Errorf("short(%v) = %s; want %s", x, got, want)
		}
	}
}
