package chart

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var zones = []string{"UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia"}

func anyZone(t *rapid.T) *time.Location {
	zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
	if err != nil {
		t.Skip(err)
	}
	return zone
}

func anyTime() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		return rapid.OneOf(rapid.Just(time.Time{}), rapid.Map(rapid.Int64Range(0, 4102444800), func(s int64) time.Time { return time.Unix(s, 0) })).Draw(t, "time")
	})
}

func anyHours(t *rapid.T, start time.Time, step time.Duration) []Hour {
	var out []Hour
	n := anyNumber()
	for i := range rapid.IntRange(0, 40).Draw(t, "hours") {
		if rapid.IntRange(0, 6).Draw(t, "missing") == 0 {
			continue
		}
		out = append(out, Hour{
			Start: start.Add(time.Duration(i) * step), Posts: n.Draw(t, "posts"), Authors: n.Draw(t, "authors"),
			Low: n.Draw(t, "low"), Expected: n.Draw(t, "expected"), High: n.Draw(t, "high"), Partial: rapid.Bool().Draw(t, "partial"),
		})
	}
	return out
}

func TestCourseOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.SampledFrom([]time.Duration{0, time.Hour, 24 * time.Hour}).Draw(t, "step")
		start := time.Unix(rapid.Int64Range(1.6e9, 1.8e9).Draw(t, "start"), 0).Truncate(time.Hour)
		n := anyNumber()
		c := Course{
			Step: step, Zone: anyZone(t), Label: anyText().Draw(t, "label"), ID: rapid.SampledFrom([]string{"", "a-1", `"><b`}).Draw(t, "id"),
			Hours: anyHours(t, start, max(step, time.Hour)), Authors: rapid.Bool().Draw(t, "authors"), Small: rapid.Bool().Draw(t, "small"),
			Top: n.Draw(t, "top"), Now: start.Add(rapid.SampledFrom([]time.Duration{-time.Hour, 5 * time.Hour, 30 * time.Hour}).Draw(t, "now")),
		}
		if rapid.IntRange(0, 3).Draw(t, "part") == 0 {
			c.From, c.To = anyTime().Draw(t, "from"), anyTime().Draw(t, "to")
		}
		for i := range rapid.IntRange(0, 5).Draw(t, "ahead") {
			c.Fan = append(c.Fan, Ahead{start.Add(time.Duration(40+i) * time.Hour), n.Draw(t, "low"), n.Draw(t, "mid"), n.Draw(t, "high")})
		}
		for range rapid.IntRange(0, 5).Draw(t, "marks") {
			at := start.Add(time.Duration(rapid.IntRange(-10, 60).Draw(t, "at")) * time.Hour)
			c.Marks = append(c.Marks, Mark{at, rapid.SampledFrom([]string{"phase", "note", "alert", ""}).Draw(t, "kind"), anyText().Draw(t, "text")})
			c.Gaps = append(c.Gaps, Gap{at, at.Add(time.Duration(rapid.IntRange(-1, 20).Draw(t, "gap")) * time.Hour)})
		}
		svg := c.SVG()
		wellFormed(t, svg)
		if svg != c.SVG() {
			t.Fatalf("two drawings of the same numbers differ")
		}
	})
}

func TestLinesOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Lines{Zone: anyZone(t), Label: anyText().Draw(t, "label"), Share: rapid.Bool().Draw(t, "share"), Names: rapid.SliceOfN(anyText(), 0, 12).Draw(t, "names")}
		start := time.Unix(rapid.Int64Range(1.6e9, 1.8e9).Draw(t, "start"), 0)
		for range rapid.IntRange(0, 12).Draw(t, "series") {
			c.Series = append(c.Series, anyHours(t, start, time.Hour))
		}
		svg := c.SVG()
		wellFormed(t, svg)
		if svg != c.SVG() {
			t.Fatalf("two drawings of the same numbers differ")
		}
	})
}

func TestWeekOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Week{Label: anyText().Draw(t, "label"), Best: rapid.SliceOfN(rapid.IntRange(-1, 200), 0, 5).Draw(t, "best")}
		lifts, notes := rapid.SliceOfN(anyNumber(), 8, 8).Draw(t, "lifts"), rapid.SliceOfN(anyText(), 8, 8).Draw(t, "notes")
		for i := range c.Lift {
			c.Lift[i] = lifts[i%8]
		}
		copy(c.Notes[:], notes)
		wellFormed(t, c.SVG())
	})
}

func TestBarOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Bar{Label: anyText().Draw(t, "label")}
		for range rapid.IntRange(0, 12).Draw(t, "parts") {
			c.Parts = append(c.Parts, Part{anyText().Draw(t, "name"), anyNumber().Draw(t, "share")})
		}
		wellFormed(t, c.SVG())
		sum := 0.0
		for _, p := range c.parts() {
			sum += p.Share
		}
		if sum > 1+1e-9 || len(c.parts()) > mostParts+1 {
			t.Fatalf("%d parts make %v", len(c.parts()), sum)
		}
	})
}

// anyWave draws a wave of up to n trends.
func anyWave(t *rapid.T, n int) *Wave {
	c := &Wave{Label: anyText().Draw(t, "label")}
	for range rapid.IntRange(0, n).Draw(t, "spots") {
		c.Spots = append(c.Spots, Spot{
			Phase:  rapid.SampledFrom([]string{"emerging", "rising", "peaking", "fading", "unconfirmed", "over", "?"}).Draw(t, "phase"),
			Within: anyNumber().Draw(t, "within"), Size: anyNumber().Draw(t, "size"), Name: anyText().Draw(t, "name"),
			Link: rapid.SampledFrom([]string{"/terms/hashtag/a", "javascript:alert(1)", "//evil.example", "", `/"onload="x`}).Draw(t, "link"), Label: anyText().Draw(t, "title"),
		})
	}
	return c
}

func TestWaveOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyWave(t, 20)
		svg := c.SVG()
		wellFormed(t, svg)
		if svg != c.SVG() {
			t.Fatalf("two drawings of the same trends differ")
		}
	})
}

func TestWaveNamesNeverMeet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyWave(t, 40)
		for _, f := range []form{wideForm, middleForm, narrowForm} {
			placed, _ := c.place(f)
			names(placed, f)
			for i, a := range placed {
				if a.x < a.r-.1 || a.x > f.width-a.r+.1 || a.y < a.r || a.y > f.height {
					t.Fatalf("%s: the dot at %v, %v lies outside", f.class, a.x, a.y)
				}
				if !a.named {
					continue
				}
				if b := a.nameBox(f); b.left < 0 || b.right > f.width || b.top < f.head || b.bottom > f.height {
					t.Fatalf("%s: the name %q lies outside: %v", f.class, a.name, b)
				}
				for k, b := range placed {
					if k != i && a.nameBox(f).meets(b.box()) {
						t.Fatalf("%s: the name %q meets a dot", f.class, a.name)
					}
					if k != i && b.named && a.nameBox(f).meets(b.nameBox(f)) {
						t.Fatalf("%s: the names %q and %q meet", f.class, a.name, b.name)
					}
				}
			}
		}
	})
}

func TestWaveOfManyIsBounded(t *testing.T) {
	c := &Wave{Label: "2,000 trends"}
	for i := range 2000 {
		c.Spots = append(c.Spots, Spot{Phase: stages[i%4].phase, Within: float64(i%17) / 17, Size: 1 / float64(1+i), Name: fmt.Sprintf("#term%d", i), Link: "/terms/hashtag/t", Label: "a trend"})
	}
	svg := string(c.SVG())
	if len(svg) > 60_000 {
		t.Errorf("%d bytes", len(svg))
	}
	if n := strings.Count(svg, "<circle"); n > wideForm.dots+middleForm.dots+narrowForm.dots {
		t.Errorf("%d dots", n)
	}
	if !strings.Contains(svg, " more</text>") || !strings.Contains(svg, "#term0<") {
		t.Errorf("neither the first name nor how many more there are: %.300s", svg)
	}
}

func TestTimeTicks(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	from := time.Date(2026, 10, 24, 18, 0, 0, 0, berlin) // the clocks are put back in the night
	ticks, hourly := timeTicks(from, from.Add(32*time.Hour), berlin, 10)
	var got []string
	for _, tick := range ticks {
		got = append(got, tick.text)
		if tick.day && (tick.at.Hour() != 0 || tick.at.Minute() != 0) {
			t.Errorf("a day begins at %v", tick.at)
		}
	}
	if want := "18 21 Sun 25 Oct 03 06 09 12 15 18 21 Mon 26 Oct"; !hourly || strings.Join(got, " ") != want {
		t.Errorf("ticks are %q; want %q", strings.Join(got, " "), want)
	}
	// Clocks were put on at midnight there: the day begins at one.
	saoPaulo, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Skip(err)
	}
	if at := startOfDay(2018, 11, 4, saoPaulo); at.Day() != 4 || at.Hour() != 1 {
		t.Errorf("4 November 2018 begins at %v", at)
	}
}

func TestScale(t *testing.T) {
	for top, want := range map[float64]string{0: "0 1", 1: "0 1", 7: "0 2 4 6 8", 99: "0 20 40 60 80 100", 1015: "0 200 400 600 800 1,000 1,200", 3.2e6: "0 1 m 2 m 3 m 4 m", math.NaN(): "0 1"} {
		s := scaleOf(top, 5)
		var got []string
		for _, v := range s.ticks() {
			got = append(got, s.label(v))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("ticks up to %v are %q; want %q", top, strings.Join(got, " "), want)
		}
	}
}
