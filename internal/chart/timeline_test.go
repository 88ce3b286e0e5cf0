package chart

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"
)

func TestTimeline(t *testing.T) {
	start := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	at := func(hours float64) time.Time { return start.Add(time.Duration(hours * float64(time.Hour))) }
	c := &Timeline{
		From: start, To: at(72), Label: `"<b>" & more`,
		Pieces: []TimePiece{
			{at(-10), at(-5), "good", "before"}, {at(-5), at(36), "good", "<script>"}, {at(36), at(36.001), "bad", "short"},
			{at(50), at(90), "wait", "to the end"}, {at(72), at(80), "bad", "after"}, {at(40), at(41), `x" onload="`, "no level"},
		},
	}
	out := string(c.SVG())
	for d := xml.NewDecoder(strings.NewReader(out)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, out)
		}
	}
	for _, want := range []string{
		`aria-label="&#34;&lt;b&gt;&#34; &amp; more"`,
		`<rect class="good" x="0.0" y="0" width="360.0" height="20"><title>&lt;script&gt;</title>`,
		`<rect class="bad" x="360.0" y="13" width="1.5" height="7"><title>short</title>`,
		`<rect class="wait" x="500.0" y="8" width="220.0" height="12"><title>to the end</title>`,
		`<rect class="midnight" x="120.0"`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%s is missing in\n%s", want, out)
		}
	}
	for _, not := range []string{"before", "after", "onload"} {
		if strings.Contains(out, not) {
			t.Errorf("%s is drawn in\n%s", not, out)
		}
	}
	if n := strings.Count(out, `"midnight"`); n != 3 {
		t.Errorf("%d midnights in 72 hours", n)
	}
	if out := string((&Timeline{From: start, To: start}).SVG()); strings.Contains(out, "NaN") {
		t.Errorf("no time: %s", out)
	}
}
