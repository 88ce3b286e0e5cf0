package serve

import (
	"math"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// TestArrivals looks at terms of the stream that began on two platforms at once, and at
// ones that were there from the start.
func TestArrivals(t *testing.T) {
	s := newServer(t, testOptions(t))
	tok := ask[api.TermAnswer](t, s, "/api/v1/terms/hashtag/booktok").Origin
	if tok == nil || tok.Platform != "tiktok" || !tok.FirstSeen.Equal(start.Add(24*time.Hour)) || len(tok.Arrivals) != 2 || tok.Arrivals[1].Platform != "reddit" || tok.Arrivals[1].LagH != 0 {
		t.Fatalf("got %+v", tok)
	}
	if tok.Arrivals[0].FromStart || !math.IsNaN(float64(tok.AuthorsFirst24h)) {
		t.Errorf("got %+v", tok) // the day is not over
	}
	daily := ask[api.TermAnswer](t, s, "/api/v1/terms/hashtag/daily0?platform=tiktok")
	var authors api.Number
	for _, p := range ask[api.SeriesAnswer](t, s, "/api/v1/terms/hashtag/daily0/series?platform=tiktok&to="+rfc3339(start.Add(24*time.Hour).Unix())).Platforms[0].Points {
		authors += p.FreshAuthors
	}
	if o := daily.Origin; o.AuthorsFirst24h != authors || authors == 0 {
		t.Errorf("got %+v, want %v authors", o, authors)
	}
	past := ask[api.TermAnswer](t, s, "/api/v1/terms/hashtag/booktok?at="+rfc3339(start.Add(25*time.Hour).Unix()))
	if past.Origin == nil || !past.Origin.FirstSeen.Equal(tok.FirstSeen) {
		t.Errorf("got %+v", past.Origin)
	}
}

// TestArrivalFromStart tells of a platform that had the term as soon as it was read.
func TestArrivalFromStart(t *testing.T) {
	opt, source := fixedOptions(t), fixedSource()
	other := source.counts[0]
	other.Platform, other.FirstSeen = "reddit", hourOf(80)+600 // reddit is read since hour 80
	source.counts[1] = other
	opt.Source = source
	o := ask[api.TermAnswer](t, newServer(t, opt), "/api/v1/terms/hashtag/booktok").Origin
	if len(o.Arrivals) != 2 || o.Platform != "tiktok" || o.Arrivals[0].FromStart || !o.Arrivals[1].FromStart || o.Arrivals[1].LagH <= 0 {
		t.Errorf("got %+v", o)
	}
}

func TestVariants(t *testing.T) {
	s := newServer(t, shelved(t))
	got := ask[api.TermAnswer](t, s, "/api/v1/terms/hashtag/booktok").Variants
	if len(got) != 1 || got[0].Key != "book_tok" || got[0].Phase != "rising" || got[0].Match != "group" || got[0].Posts != 106 {
		t.Errorf("got %+v", got)
	}
	if got := ask[api.TermAnswer](t, s, "/api/v1/terms/hashtag/booktok?platform=reddit").Variants; len(got) != 0 {
		t.Errorf("on reddit: got %+v", got)
	}
	if got := ask[api.TermAnswer](t, s, "/api/v1/terms/sound/id:douyin:7481").Variants; got == nil || len(got) != 0 {
		t.Errorf("of a sound: got %+v", got)
	}
}
