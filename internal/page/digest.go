package page

import (
	"net/url"
	"slices"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// digestBody is what the page of a digest shows.
type digestBody struct {
	V *viewer
	digestAsked
	D      *api.Digest  // null: there is none, because of Why
	Why    *api.Problem //
	Ahead  bool         // nothing of the day is counted yet
	Day    string       // as people write it
	Times  []dayLink    // the days around, and today
	Forms  []dayLink    // the same for programs, mail and chats
	Shown  []dayLink    // the same for other readers
	Lists  []*digestList
	Places []digestPlace
	Review *digestReview // of the week; null: not asked for
	Alerts []api.Alert
	More   int // alerts that are not shown
	Calls  callsLine
	Seen   []seenLine
	OfDay  daySeen

	AllPlatforms []string
	AllWatches   []api.WatchSummary
	MaySend      bool
}

// digestAsked is what a viewer asked for.
type digestAsked struct {
	Date, Audience, Platform, Watch string
	Week                            bool
}

// dayLink leads to another view of a digest.
type dayLink struct {
	Label, Path string
	Here        bool
}

// digest answers GET /digest and /digest/{date}.
func (p *Page) digest(v *viewer) *Answer {
	asked := v.digestAsked()
	body := &digestBody{V: v, digestAsked: asked}
	var d api.Digest
	query := asked.query()
	query.Del("audience")
	query.Set("zone", v.zone.String())
	query.Set("format", api.DigestJSON)
	problem := p.opt.API.Get(v.Request, api.DigestsPath+"/"+url.PathEscape(asked.Date), query, &d)
	status := 0
	switch {
	case problem == nil:
		body.D, body.Date = &d, d.Date
	case problem.Type == api.ProblemNotKept:
		body.Why = problem
		body.Ahead = asked.Date >= v.Today() && !v.now.IsZero() && asked.Date != api.DigestLatest
		if asked.Date != api.DigestLatest {
			status = problem.Status
		}
	default:
		return failed(problem)
	}
	p.digestChoices(v, body)
	body.fill()
	title := "Digest"
	if body.Day != "" {
		title += " of " + body.Day
	}
	out := p.show(v, "digest", title, "digest", body)
	if out.Status == 0 {
		out.Status = status
	}
	return out
}

func (v *viewer) digestAsked() digestAsked {
	q := v.URL.Query()
	a := digestAsked{Date: v.PathValue("date"), Audience: q.Get("audience"), Platform: q.Get("platform"), Watch: q.Get("watch"), Week: q.Get("week") == "1"}
	if a.Date == "" {
		a.Date = q.Get("date")
	}
	if a.Date == "" {
		a.Date = api.DigestLatest
	}
	if !slices.Contains(audiences(), a.Audience) {
		a.Audience = api.AudienceManager
	}
	return a
}

func audiences() []string {
	return []string{api.AudienceManager, api.AudienceStakeholder, api.AudienceResearcher}
}

// query is what was asked for beside the date; what is usual is left out.
func (a digestAsked) query() url.Values {
	q := url.Values{}
	if a.Audience != api.AudienceManager {
		q.Set("audience", a.Audience)
	}
	if a.Platform != "" {
		q.Set("platform", a.Platform)
	}
	if a.Watch != "" {
		q.Set("watch", a.Watch)
	}
	if a.Week {
		q.Set("week", "1")
	}
	return q
}

// path is the address of the page.
func (a digestAsked) path() string {
	path := "/digest"
	if a.Date != api.DigestLatest {
		path += "/" + url.PathEscape(a.Date)
	}
	if q := a.query(); len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

// on is the same of another day.
func (a digestAsked) on(date string) string {
	a.Date = date
	return a.path()
}

// digestChoices fills in what else may be asked for.
func (p *Page) digestChoices(v *viewer, body *digestBody) {
	var status api.StatusAnswer
	if problem := p.opt.API.Get(v.Request, api.StatusPath, nil, &status); problem == nil {
		for _, s := range status.Platforms {
			body.AllPlatforms = append(body.AllPlatforms, s.Platform)
		}
	}
	var watches api.WatchesAnswer
	if problem := p.opt.API.Get(v.Request, api.WatchesPath, nil, &watches); problem == nil {
		body.AllWatches = watches.Watches
	}
	body.MaySend = body.D != nil && len(status.Sinks) > 0 && p.opt.API.Allows(v.Request, "POST", api.DigestsPath+"/"+url.PathEscape(body.Date)+"/send")
}

// fill makes of the digest what the template shows.
func (b *digestBody) fill() {
	b.links()
	if b.D == nil {
		return
	}
	b.Lists = b.V.digestLists(b.D, b.Audience)
	b.Places = b.V.digestPlaces(b.D)
	if b.D.Week != nil {
		b.Review = b.V.digestReview(b.D)
	}
	b.Alerts = b.D.Alerts
	if most := 8; b.Audience != api.AudienceResearcher && len(b.Alerts) > most {
		b.Alerts, b.More = b.Alerts[:most], len(b.Alerts)-most
	}
	b.Calls = callsOf(&b.D.Calls)
	b.Seen = b.V.seenLines(b.D.Coverage)
	b.OfDay = seenOfDay(b.D.Coverage, b.D.Range)
}

// links fills in where else one may look.
func (b *digestBody) links() {
	day, err := time.ParseInLocation(time.DateOnly, b.Date, b.V.zone)
	if err == nil {
		b.Day = day.Format("Monday, 2 January 2006")
	}
	if err == nil && !b.Ahead {
		b.Times = append(b.Times, dayLink{Label: "← " + day.AddDate(0, 0, -1).Format("Mon 2 Jan"), Path: b.on(day.AddDate(0, 0, -1).Format(time.DateOnly))})
	}
	today := b.V.now.In(b.V.zone).Format(time.DateOnly)
	if err == nil && !b.V.now.IsZero() && b.Date < today {
		next := day.AddDate(0, 0, 1)
		label := next.Format("Mon 2 Jan") + " →"
		if next.Format(time.DateOnly) == today {
			label = "Today so far →"
		}
		b.Times = append(b.Times, dayLink{Label: label, Path: b.on(next.Format(time.DateOnly))})
	}
	if b.Date != api.DigestLatest && err == nil && b.Date >= today || b.D == nil {
		b.Times = append(b.Times, dayLink{Label: "The last day that is over", Path: b.on(api.DigestLatest)})
	}
	for _, a := range audiences() {
		other := b.digestAsked
		other.Audience = a
		b.Shown = append(b.Shown, dayLink{Label: audienceWord(a), Path: other.path(), Here: a == b.Audience})
	}
	if b.D == nil {
		return
	}
	for _, f := range []struct{ format, label string }{{api.DigestHTML, "As mail"}, {api.DigestMarkdown, "Markdown"}, {api.DigestText, "Text"}, {api.DigestJSON, "JSON"}} {
		q := b.query()
		q.Set("zone", b.V.zone.String())
		q.Set("format", f.format)
		b.Forms = append(b.Forms, dayLink{Label: f.label, Path: api.DigestsPath + "/" + url.PathEscape(b.Date) + "?" + q.Encode()})
	}
}

func audienceWord(audience string) string {
	switch audience {
	case api.AudienceStakeholder:
		return "The numbers"
	case api.AudienceResearcher:
		return "All of it"
	}
	return "What to do"
}

// sendDigest answers POST /digest/{date}/send: it has the digest of a name sent once more.
func (p *Page) sendDigest(v *viewer) *Answer {
	date := v.PathValue("date")
	query := url.Values{"digest": {v.PostForm.Get("digest")}}
	var sent api.DigestSent
	if problem := p.opt.API.Send(v.Request, "POST", api.DigestsPath+"/"+url.PathEscape(date)+"/send?"+query.Encode(), nil, &sent); problem != nil {
		return failed(problem)
	}
	return seeOther("/digest/" + url.PathEscape(date) + "?done=sent")
}
