package page

import (
	"net/url"

	"github.com/swell-radar/swell/internal/api"
)

// rankingBody is what the ranking shows.
type rankingBody struct {
	api.TrendsAnswer
}

// ranking answers GET /.
func (p *Page) ranking(v *viewer) *Answer {
	body := &rankingBody{}
	query := url.Values{"series": {"1"}, "limit": {"50"}}
	if problem := p.opt.API.Get(v.Request, api.TrendsPath, query, &body.TrendsAnswer); problem != nil {
		return failed(problem)
	}
	return p.show(v, "ranking", "What is about to trend", "trends", body)
}
