package tiktok

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
)

// days runs the source for three days against pages that are answered as by wrap where it says
// so, and returns how often each page was read.
func days(t *testing.T, robots string, answers http.HandlerFunc) (*contract.Host, map[string]int) {
	t.Helper()
	h := contract.NewHost(now, 1)
	pages := scrapetest.NewTikTok(trends, h.Now)
	site, err := scrapetest.Open(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/robots.txt":
			_, _ = w.Write([]byte("User-agent: *\n" + robots)) // a client that is gone needs no answer
		case answers != nil && strings.HasPrefix(r.URL.Path, "/tag/booktok"):
			answers(w, r)
		default:
			pages.ServeHTTP(w, r)
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = site.Close() })
	site.OwnRobots = true
	c := config(site.URL)
	c.CreativeCenter = nil
	h.RunFor(t, source(t, c, h), 72*time.Hour)
	reads := map[string]int{}
	for _, rec := range h.Records() {
		reads[contract.Name(&rec)]++
	}
	return h, reads
}

// TestOneBadPage: whatever one page is answered with, the others are read; more seldom where that was a refusal.
func TestOneBadPage(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for what, c := range map[string]struct {
		answers http.HandlerFunc
		robots  string
		least   int
	}{
		"500":        {answers: status(http.StatusInternalServerError), least: 35},
		"503":        {answers: status(http.StatusServiceUnavailable), least: 35},
		"403":        {answers: status(http.StatusForbidden), least: 8},
		"429":        {answers: status(http.StatusTooManyRequests), least: 35},
		"nothing":    {answers: func(http.ResponseWriter, *http.Request) {}, least: 8},
		"404":        {answers: status(http.StatusNotFound), least: 45},
		"400":        {answers: status(http.StatusBadRequest), least: 35},
		"robots.txt": {robots: "Disallow: /tag/booktok\n", least: 45},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h, reads := days(t, c.robots, c.answers)
			for _, page := range []string{"tiktok tag-pages hashtag:夏コミ", "tiktok sound-pages sound:id:tiktok:" + espresso} {
				if n := reads[page]; n < c.least {
					t.Errorf("%s was read %d times in three days, want %d or more", page, n, c.least)
				}
			}
			if c.robots == "" {
				return
			}
			if errs, ok := h.Reached(scrapers.Blocked); ok {
				t.Errorf("a page that is not allowed has stopped the others: %v", errs[0])
			}
			if r := h.Rejects(); len(r) < 25 || r[0].Where != "tag/booktok" || !strings.Contains(r[0].Why.Error(), "robots.txt does not allow it") {
				t.Errorf("%d rejected items, which do not say why the page is not read: %v", len(r), r)
			}
		})
	}
}

// TestAllPagesBarred: where robots.txt allows no page at all that is a refusal, which is told.
func TestAllPagesBarred(t *testing.T) {
	h, reads := days(t, "Disallow: /\n", nil)
	if state := h.Part("pages"); state != scrapers.Blocked || len(reads) > 0 {
		t.Errorf("the state is %s, and %v were read", state, reads)
	}
	if n := len(h.Rejects()); n == 0 || n > 12 {
		t.Errorf("%d rejected items in three days of rests", n)
	}
}
