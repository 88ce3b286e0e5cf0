package engine

import (
	"math"
	"strconv"
	"testing"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// TestTermTellsWhatIsUsual feeds a term that comes evenly for six days and sees that as
// many posts are expected as came, up to the running hour.
func TestTermTellsWhatIsUsual(t *testing.T) {
	e, err := New(DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	go func() {
		for range e.Ticks() {
		}
	}()
	start := int64(1_772_409_600)          // a Monday
	const panes = 6*detect.PanesPerDay + 2 // 20 minutes into an hour
	for pane := range int64(panes) {
		for i := range int64(3) {
			rec := term.Record{
				TS: (start + pane*detect.PaneSeconds + i) * 1e6, Platform: "tiktok",
				ID: string(rune('a'+i)) + string(rune(pane+0x4e00)), Author: string(rune(0x4e00 + (pane*3+i)%2000)), Tags: []string{"even"},
			}
			e.Observe(&rec)
		}
	}
	e.Flush()
	got, err := e.Term(t.Context(), term.Hashtag, "even", "")
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	c := got[0]
	if len(c.HourExpected) != window.Hours || c.Scatter <= 0 {
		t.Fatalf("%d hours, scatter %g", len(c.HourExpected), c.Scatter)
	}
	var posts, expected float64
	for i, n := range c.HourPosts {
		// Single hours of the day are off by what the first day taught.
		x := c.HourExpected[i]
		if math.IsNaN(x) || math.Abs(x-float64(n)) > 0.6*float64(n) {
			t.Errorf("hour %d: %v posts are expected, %d came", i, x, n)
		}
		posts, expected = posts+float64(n), expected+x
	}
	if math.Abs(posts-expected) > 0.1*posts {
		t.Errorf("%v posts were expected, %v came", expected, posts)
	}
}

// A trend does not become usual while it is open, though the baseline learns from it a day later.
func TestUsualIsOfBeforeTheTrend(t *testing.T) {
	e, err := New(DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	go func() {
		for range e.Ticks() {
		}
	}()
	start := int64(1_772_409_600) // a Monday
	const began, panes = 6 * detect.PanesPerDay, 6*detect.PanesPerDay + 40*detect.PanesPerHour
	n := 0
	for pane := range int64(panes) {
		post := func(tag string) {
			n++
			e.Observe(&term.Record{
				TS: (start+pane*detect.PaneSeconds)*1e6 + int64(n%1000), Platform: "tiktok", ID: strconv.Itoa(n), Author: strconv.Itoa(n), Tags: []string{tag},
			})
		}
		for i := range 120 {
			post("other" + strconv.Itoa(i))
		}
		post("burst")
		if pane >= began {
			for range 20 {
				post("burst")
			}
		}
	}
	e.Flush()
	for _, tr := range e.View().Trends {
		if tr.Term.Key != "burst" {
			continue
		}
		for back := range int64(30) {
			if x := tr.Usual.At(tr.Usual.Hour() - 1 - back); math.IsNaN(x) || x > 4*detect.PanesPerHour {
				t.Errorf("%d hours ago %v posts were usual, of which there were %d before the trend", back+1, x, detect.PanesPerHour)
			}
		}
		return
	}
	t.Fatal("no trend was raised")
}
