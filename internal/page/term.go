package page

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// TermsPath is the path of the pages of terms; behind it stand kind, slash and key.
const TermsPath = "/terms/"

// TermTails are what may stand behind the path of a term in the address of a form.
func TermTails() []string {
	return []string{"/mute", "/unmute", "/watch", "/unwatch", "/note", "/unnote"}
}

// termBody is what the page of a term shows.
type termBody struct {
	api.TermAnswer
	Path string // of the page
	Now  string // address of what stands at its top, for a script that puts it there anew
	Past *time.Time
	// Platform is the one that was asked for; empty: all.
	Platform string

	Lead     *lead
	Trends   []trendCard // open ones, the strongest first
	Verdict  []string    // sentences
	Earlier  []api.Detection
	Quiet    []quietPlatform
	Course   courseView
	Places   []placeView
	Authors  []authorsRow
	Readings []readingsView
	Links    []relatedGroup
	Timing   *weekView
	Langs    []string
	Regions  []string
	Acts     termActs
	Raw      rawLinks
}

// rawLinks are the addresses of what the page is made of, for programs.
type rawLinks struct{ Term, SeriesCSV, SeriesJSON, Related, Compare string }

// term answers GET /terms/{kind}/{key}.
func (p *Page) term(v *viewer) *Answer {
	kind, key := v.PathValue("kind"), v.PathValue("key")
	q := v.URL.Query()
	ask := url.Values{}
	for _, name := range []string{"at", "platform"} {
		if s := q.Get(name); s != "" {
			ask.Set(name, s)
		}
	}
	body := &termBody{Platform: q.Get("platform")}
	problem := p.opt.API.Get(v.Request, api.TermPath(kind, key), ask, &body.TermAnswer)
	switch {
	case problem != nil && problem.Type == api.ProblemUnknownTerm:
		return p.unknownTerm(v, kind, key, body.Platform)
	case problem != nil:
		return failed(problem)
	}
	if ask.Has("at") {
		body.Past = body.AsOf
	}
	body.Path = termPath(body.Kind, body.Key)
	body.Now = body.Path + "?" + url.Values{"part": {"now"}, "platform": {body.Platform}}.Encode()
	asOf := v.asOf(body.AsOf)
	body.rank()
	p.foresee(v, body, asOf)
	body.Verdict = body.verdict(v, asOf)
	if q.Get("part") == "now" {
		return p.part("term", "now", &frame{V: v, Body: body})
	}
	body.Earlier = p.detections(v, body)
	problem = p.courses(v, body, ask)
	if problem != nil {
		return failed(problem)
	}
	body.Authors = authorsOf(body)
	body.Langs, body.Regions = languages(body.TermAnswer.Langs), regions(body.TermAnswer.Regions)
	if body.Past == nil {
		body.Links = p.related(v, body)
		body.Timing = p.weekOf(v, body)
		body.Acts = p.termActs(v, body)
	}
	body.Raw = rawOf(body, ask)
	return p.show(v, "term", named(body.Kind, body.Key, body.Term), "", body)
}

// asOf returns the moment that an answer tells of: what was counted last, or now.
func (v *viewer) asOf(t *time.Time) time.Time {
	if t != nil {
		return *t
	}
	return v.now
}

// Spellings are other ways to write it, each once.
func (b *termBody) Spellings() []api.Found {
	const most = 5
	var out []api.Found
	for _, f := range b.Variants {
		if len(out) < most && !slices.ContainsFunc(out, func(met api.Found) bool { return met.Key == f.Key }) {
			out = append(out, f)
		}
	}
	return out
}

// rank orders the open trends by their strength: those that are held back, and other spellings, come last.
func (b *termBody) rank() {
	for i := range b.TermAnswer.Platforms {
		for j := range b.TermAnswer.Platforms[i].Trends {
			card := cardOf(&b.TermAnswer.Platforms[i], &b.TermAnswer.Platforms[i].Trends[j])
			card.Counted = countedSince(b.Coverage, b.Window, card.Platform)
			b.Trends = append(b.Trends, card)
		}
	}
	slices.SortStableFunc(b.Trends, func(x, y trendCard) int {
		if x.held() != y.held() {
			if x.held() {
				return 1
			}
			return -1
		}
		return compareNumbers(y.Rank, x.Rank)
	})
	if len(b.Trends) > 0 {
		b.Lead = leadOf(b.Trends)
	}
	b.Quiet = quietOf(b)
}

// detections returns what became of the term before, newest first.
func (p *Page) detections(v *viewer, b *termBody) []api.Detection {
	const most = 40
	q := url.Values{"term": {b.Kind + ":" + b.Key}, "newest": {"1"}, "limit": {"40"}}
	if b.Past != nil {
		q.Set("to", b.Past.UTC().Format(time.RFC3339))
	}
	var answer api.DetectionsAnswer
	if p.opt.API.Get(v.Request, api.DetectionsPath, q, &answer) != nil {
		return nil // the page has the changes of what is open now
	}
	return answer.Detections[:min(most, len(answer.Detections))]
}

func rawOf(b *termBody, ask url.Values) rawLinks {
	path, query := api.TermPath(b.Kind, b.Key), ""
	if len(ask) > 0 {
		query = "?" + ask.Encode()
	}
	series := url.Values{"from": {b.Course.From.UTC().Format(time.RFC3339)}, "to": {b.Course.To.UTC().Format(time.RFC3339)}}
	for name, values := range ask {
		series[name] = values
	}
	asJSON := path + api.SeriesPath + "?" + series.Encode()
	series.Set("format", "csv")
	return rawLinks{
		Term: path + query, SeriesJSON: asJSON, SeriesCSV: path + api.SeriesPath + "?" + series.Encode(), Related: path + api.RelatedPath,
		Compare: "/compare?" + url.Values{"terms": {termName(b.Kind, b.Key)}}.Encode(),
	}
}

// termName is how a term is named in a list of them: a comma of its own is written so that it does not end it.
func termName(kind, key string) string { return kind + ":" + strings.ReplaceAll(key, ",", "%2C") }
