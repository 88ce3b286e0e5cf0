package page

import (
	"net/url"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// rankingBody is what the ranking shows.
type rankingBody struct {
	api.TrendsAnswer
	Query   *rankingQuery
	Rows    []*rankingRow
	Options *rankingOptions
	Verdict *verdict // nil behind the first page, as the next
	Wave    *wave    // nil: not shown
	// V tells times as of the moment that is shown: now, or the past one that was asked for.
	V    *viewer
	Past bool
	// Unconfirmed is how many are held back and not shown.
	Unconfirmed int
	// Seen is for how long the platform that is known longest was seen; zero: none was.
	Seen time.Duration
}

// ranking answers GET /.
func (p *Page) ranking(v *viewer) *Answer {
	q, problem := readRankingQuery(v)
	if problem != nil {
		return failed(problem)
	}
	if q.untidy {
		return seeOther(q.Link())
	}
	body := &rankingBody{Query: q, V: v, Past: q.values.Has("at")}
	if problem := p.opt.API.Get(v.Request, api.TrendsPath, q.asked("series", "1"), &body.TrendsAnswer); problem != nil {
		return failed(problem)
	}
	f := p.frameOf(v, "What is about to trend", "trends")
	if body.Past && body.AsOf != nil {
		then := *v
		then.now = *body.AsOf
		body.V = &then
	}
	body.Rows = fold(&body.TrendsAnswer, body.V)
	if problem := p.surround(v, body); problem != nil {
		return failed(problem)
	}
	f.Body = body
	if q.part == partRows {
		return p.part("ranking", "rows", f)
	}
	return p.part("ranking", "_base", f)
}

// surround fills in what stands around the rows: what they come to, the wave, and what may be chosen.
func (p *Page) surround(v *viewer, body *rankingBody) *api.Problem {
	if !body.Query.values.Has("cursor") {
		if problem := p.sumUp(v, body); problem != nil {
			return problem
		}
	}
	if body.Coverage != nil && body.AsOf != nil {
		for _, c := range body.Coverage.Platforms {
			body.Seen = max(body.Seen, body.AsOf.Sub(c.Since))
		}
	}
	var status api.StatusAnswer
	if problem := p.opt.API.Get(v.Request, api.StatusPath, nil, &status); problem == nil && !body.Past {
		body.Unconfirmed = status.Unconfirmed
	}
	body.Options = p.rankingOptions(v, body)
	return nil
}

// sumUp says what all rows come to, those of other pages included.
func (p *Page) sumUp(v *viewer, body *rankingBody) *api.Problem {
	all, complete := body.Rows, body.Next == nil
	if !complete {
		var more api.TrendsAnswer
		query := body.Query.asked("limit", "200")
		query.Del("sort")
		if problem := p.opt.API.Get(v.Request, api.TrendsPath, query, &more); problem != nil {
			return problem
		}
		all, complete = fold(&more, body.V), more.Next == nil
	}
	body.Verdict = judge(body, all, complete)
	if body.Query.View != viewList {
		body.Wave = waveOf(all, body)
	}
	return nil
}

// downloads are the addresses of the same rows for programs.
type downloads struct{ CSV, JSON, Atom, ICal string }

// Downloads returns where the rows are as data, and where they may be subscribed to.
func (b *rankingBody) Downloads() downloads {
	query := b.Query.asked("", "")
	query.Del("cursor")
	feed := url.Values{}
	for _, name := range []string{"platform", "kind", "phase", "watch", "min_confidence"} {
		if values := query[name]; len(values) > 0 {
			feed[name] = values
		}
	}
	table := b.Query.asked("format", "csv")
	table.Del("cursor")
	return downloads{address(api.TrendsPath, table), address(api.TrendsPath, query), address(api.AtomPath, feed), address(api.ICalPath, feed)}
}

func address(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}
