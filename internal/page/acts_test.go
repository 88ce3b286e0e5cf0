package page

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// A night ends at the next eight o'clock, which is today for whoever is up at two.
func TestMorning(t *testing.T) {
	for now, want := range map[string][2]string{
		"2026-03-05T02:00:00Z": {"2026-03-05T08:00:00Z", "at 8:00"},
		"2026-03-05T08:00:00Z": {"2026-03-06T08:00:00Z", "at 8:00 tomorrow"},
		"2026-03-05T23:59:00Z": {"2026-03-06T08:00:00Z", "at 8:00 tomorrow"},
	} {
		clock, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		v := &viewer{clock: clock, zone: time.UTC}
		until, ok := v.until("morning")
		if got := until.Format(time.RFC3339); !ok || got != want[0] || v.Morning() != want[1] {
			t.Errorf("at %s: until %s, %q; want %q", now, got, v.Morning(), want)
		}
	}
}

// A title of which nothing can stand in an address makes a list nevertheless, and a term is put on it as people write it.
func TestListOfAnotherScript(t *testing.T) {
	c := &canned{answers: map[string]any{
		api.WatchesPath:                       &api.WatchesAnswer{Watches: []api.WatchSummary{{Name: "list-1"}, {Name: "books"}}},
		api.TermPath("hashtag", "booktok"):    &api.TermAnswer{Kind: "hashtag", Key: "booktok", Term: "BookTok"},
		api.TermPath("hashtag", "other_term"): &api.TermAnswer{Kind: "hashtag", Key: "otherterm", Term: "OtherTerm"},
	}}
	p, err := New(Options{API: c})
	if err != nil {
		t.Fatal(err)
	}
	v := p.viewerOf(httptest.NewRequest("POST", "/", nil))
	for title, want := range map[string]string{"新しい": "list-2", "Our Spring": "our-spring", "🌊": "list-2"} {
		if got := p.listName(v, title); got != want {
			t.Errorf("%s is named %s, want %s", title, got, want)
		}
	}
	for key, want := range map[string]string{"booktok": "BookTok", "other_term": "other_term", "gone": "gone"} {
		if got := p.spelling(v, "hashtag", key); got != want {
			t.Errorf("%s is spelled %s, want %s", key, got, want)
		}
	}
}
