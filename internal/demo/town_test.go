package demo

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers/scrapetest"
)

func TestSpells(t *testing.T) {
	clock := &watch{}
	l := &life{now: clock.now}
	fail := l.spells(time.Hour, 10*time.Minute, scrapetest.Forbidden())
	next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	for minute, want := range map[int]int{0: http.StatusForbidden, 9: http.StatusForbidden, 10: http.StatusOK, 59: http.StatusOK} {
		clock.at = time.Date(2026, 11, 25, 9, minute, 30, 0, time.UTC)
		w := httptest.NewRecorder()
		fail(w, httptest.NewRequest(http.MethodGet, "/", nil), next)
		if w.Code != want {
			t.Errorf("in minute %d it is %d, want %d", minute, w.Code, want)
		}
	}
}

// TestPlanted opens the life that is shown by default, in small: what is read of TikTok is in its lists.
func TestPlanted(t *testing.T) {
	t.Parallel()
	clock := &watch{noon}
	l := newLives(t, clock)
	tags := l.planted(tiktok, tikTokTags)
	if len(tags) != tikTokTags {
		t.Fatalf("of TikTok %q would be read", tags)
	}
	rows := l.chart(rules{platforms: []string{tiktok}, keys: true, slow: true, places: 500})(noon)
	known := map[string]bool{}
	for _, row := range rows {
		known[row.Title] = true
	}
	for _, tag := range tags {
		if !known[tag] {
			t.Errorf("%q is not among the %d rows of the list", tag, len(rows))
		}
	}
}

func newLives(t *testing.T, clock *watch) *life {
	t.Helper()
	o := Options{Now: clock.now, Scale: 0.1}
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	l, err := newLife(&o, scenario(o.Seed, o.Scale))
	if err != nil {
		t.Fatal(err)
	}
	return l
}
