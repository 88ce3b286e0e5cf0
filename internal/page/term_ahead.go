package page

import (
	"net/url"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// fewPosts is below how many posts in an hour half of them says nothing.
const fewPosts = 4

// halved returns until when half of such trends have lost half of their posts: the end of the first hour to come that has, in
// the middle of its forecast, at most half of the last hour that is over. It is false where no such hour is foreseen.
func halved(s *api.PlatformSeries) (time.Time, bool) {
	last := uint64(0)
	for _, p := range s.Points {
		if !p.Partial {
			last = p.Posts
		}
	}
	if last < fewPosts {
		return time.Time{}, false
	}
	for _, f := range s.Forecast {
		if known(f.Mid) && float64(f.Mid) <= float64(last)/2 {
			return f.Start.Add(time.Hour), true
		}
	}
	return time.Time{}, false
}

// foresee looks up when half of the trends like the one that the page begins with have lost half of their posts.
func (p *Page) foresee(v *viewer, b *termBody, asOf time.Time) {
	const back = 3 * time.Hour // the hour that is over, and one more
	l := b.Lead
	if l == nil || b.Past != nil || l.Held() || l.Phase == "fading" || l.From != "post" || asOf.IsZero() {
		return
	}
	q := url.Values{"from": {asOf.Add(-back).UTC().Truncate(time.Hour).Format(time.RFC3339)}, "platform": {l.Platform}}
	var series api.SeriesAnswer
	if p.opt.API.Get(v.Request, api.TermPath(b.Kind, b.Key)+api.SeriesPath, q, &series) != nil {
		return // the hours left have to do
	}
	for i := range series.Platforms {
		if at, ok := halved(&series.Platforms[i]); ok && series.Platforms[i].Platform == l.Platform {
			l.Halved = &at
			return
		}
	}
}
