package mastodon

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// filtered is a timeline with a status each step, which cuts a page and then leaves out what a reader may not see.
type filtered struct {
	start time.Time
	step  time.Duration
	now   func() time.Time
	shown func(n int64) bool
}

func (f *filtered) id(n int64) int64 { return f.start.Add(time.Duration(n)*f.step).UnixMilli() << 16 }

func (f *filtered) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if !strings.Contains(r.URL.Path, "timelines") {
		fmt.Fprint(w, "{}")
		return
	}
	last := int64(f.now().Sub(f.start) / f.step)
	from, to := last-perPage, last
	if after, err := strconv.ParseInt(r.URL.Query().Get("min_id"), 10, 64); err == nil {
		for from = 0; f.id(from) <= after; from++ {
		}
		to = min(from+perPage, last)
	}
	var out []string
	for n := to - 1; n >= from; n-- {
		if f.shown(n) {
			out = append(out, statusOf(f.id(n), f.start.Add(time.Duration(n)*f.step)))
		}
	}
	fmt.Fprintf(w, "[%s]", strings.Join(out, ","))
}

func statusOf(id int64, at time.Time) string {
	return fmt.Sprintf(`{"id":"%d","uri":"https://x.example/%d","created_at":%q,"content":"<p>hello #tag</p>","account":{"acct":"a%d"}}`,
		id, id, at.Format(time.RFC3339), id)
}

// What is left out of the pages that are read again does not hold up what comes behind them, at any overlap.
func TestShortPagesDoNotHoldUpATimeline(t *testing.T) {
	const step = 300 * time.Millisecond
	for _, overlap := range []time.Duration{0, 20 * time.Second, 5 * time.Minute} {
		f := &filtered{start: now.Add(-10 * time.Minute), step: step, shown: func(n int64) bool { return n%5 >= 3 }}
		site, h := serve(t, func(now func() time.Time) http.Handler { f.now = now; return f })
		c := Default()
		c.Instances, c.Timeline, c.Trends, c.Overlap = []string{site.URL}, timelineAll, false, scrapers.Duration(overlap)
		const length = 10 * time.Minute
		h.RunFor(t, source(t, c, h), length)
		got := map[string]int{}
		for _, rec := range h.Records() {
			if got[rec.ID]++; got[rec.ID] > 1 {
				t.Fatalf("overlap %s: %s was delivered twice", overlap, rec.ID)
			}
		}
		if want := int((length - time.Minute) / step * 2 / 5); len(got) < want {
			t.Errorf("overlap %s: %d statuses came, want %d at least", overlap, len(got), want)
		}
	}
}

// A status that comes between the two requests of a quiet poll, after the empty page and before the newest one, is
// delivered like others; what is old in that page is not.
func TestAStatusAtTheEndOfSilenceIsTaken(t *testing.T) {
	base := now.UnixMilli() << 16
	came := false
	site, h := serve(t, func(clock func() time.Time) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			old, first, second := statusOf(base, now.Add(-time.Hour)), statusOf(base+1, now), statusOf(base+2, clock())
			after, err := strconv.ParseInt(r.URL.Query().Get("min_id"), 10, 64)
			switch {
			case !strings.Contains(r.URL.Path, "timelines"):
				fmt.Fprint(w, "{}")
			case err != nil && clock().Sub(now) > quietFor:
				came = true // this moment
				fmt.Fprintf(w, "[%s,%s,%s]", second, first, old)
			case err != nil:
				fmt.Fprintf(w, "[%s,%s]", first, old)
			case came && after < base+2:
				fmt.Fprintf(w, "[%s]", second)
			default:
				fmt.Fprint(w, "[]")
			}
		})
	})
	c := Default()
	c.Instances, c.Trends = []string{site.URL}, false
	h.RunFor(t, source(t, c, h), time.Hour)
	var got []string
	for _, rec := range h.Records() {
		got = append(got, strings.TrimPrefix(rec.ID, "https://x.example/"))
	}
	if want := fmt.Sprint([]int64{base + 1, base + 2}); fmt.Sprint(got) != want {
		t.Errorf("%v were delivered, want %s", got, want)
	}
}
