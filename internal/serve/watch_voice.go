package serve

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

// voiceQuery says of which watch lists the mentions are told, over which time.
type voiceQuery struct {
	lists    []*watched
	platform string // empty: all
	series   *seriesQuery
}

// voiceOfOne answers GET /api/v1/watches/{name}/voice.
func (s *Server) voiceOfOne(r *http.Request) (*reply, *api.Problem) {
	p := parse(r, "platform", "from", "to", "step")
	q := &voiceQuery{platform: p.one("platform"), series: readSeriesQuery(p)}
	if p.fault != nil {
		return nil, p.fault
	}
	w := s.watches.get(r.PathValue("name"))
	if w == nil {
		return nil, noSuchWatch(r.PathValue("name"))
	}
	q.lists = []*watched{w}
	v, fault := s.voices(r.Context(), q)
	if fault != nil {
		return nil, fault
	}
	out := &api.WatchVoice{
		Demo: s.opt.Demo, AsOf: unixOrNil(v.first.asOf), Coverage: v.coverage, Step: q.series.step,
		Range: api.Span{From: unix(q.series.from), To: unix(q.series.to)},
		Voice: v.lists[0].voice(v.counted), Points: v.lists[0].points(v, q.series.hours),
	}
	return withRows(r, out, out.Rows), nil
}

// voiceOfSome answers GET /api/v1/watches/voice.
func (s *Server) voiceOfSome(r *http.Request) (*reply, *api.Problem) {
	q, fault := s.readVoicesQuery(r)
	if fault != nil {
		return nil, fault
	}
	v, fault := s.voices(r.Context(), q)
	if fault != nil {
		return nil, fault
	}
	out := &api.WatchVoices{
		Demo: s.opt.Demo, AsOf: unixOrNil(v.first.asOf), Coverage: v.coverage,
		Range: api.Span{From: unix(q.series.from), To: unix(q.series.to)}, Watches: make([]api.VoiceShare, len(v.lists)),
	}
	v.share(out)
	return withRows(r, out, out.Rows), nil
}

// readVoicesQuery takes the names of 2 to [api.MaxCompared] lists, in the order given.
func (s *Server) readVoicesQuery(r *http.Request) (*voiceQuery, *api.Problem) {
	p := parse(r, "watches", "platform", "from", "to")
	q := &voiceQuery{platform: p.one("platform"), series: readSeriesQuery(p)}
	for _, given := range p.values["watches"] {
		for name := range strings.SplitSeq(given, ",") {
			if name == "" {
				continue
			}
			w := s.watches.get(name)
			switch {
			case p.fault != nil:
			case w == nil:
				p.fault = noSuchWatch(name).At("watches")
			case slices.Contains(q.lists, w):
				p.refuse("watches", "has %.80q twice; name each list once", name)
			case len(q.lists) == api.MaxCompared:
				p.refuse("watches", "has more than %d lists; compare fewer at a time", api.MaxCompared)
			}
			q.lists = append(q.lists, w)
		}
	}
	if n := len(q.lists); n < minCompared {
		p.refuse("watches", "has %d lists; name %d to %d, as in watches=ours,theirs", n, minCompared, api.MaxCompared)
	}
	return q, p.fault
}

// voices are what is known of the mentions of some lists.
type voices struct {
	history
	first    *asked // covers the least
	coverage *api.Coverage
	counted  []bool // by hour of the range: whether anything was counted
	lists    []*mentions
}

// voices gathers what is known of the mentions of the lists, and of their terms where the range
// begins before these were counted.
func (s *Server) voices(ctx context.Context, q *voiceQuery) (*voices, *api.Problem) {
	now, fault := s.momentAt(0, false)
	if fault != nil {
		return nil, fault
	}
	v := &voices{}
	for _, w := range q.lists {
		a := &asked{kind: term.Watch, key: w.Name, platform: q.platform}
		if err := s.gather(ctx, a, now); err != nil {
			return nil, s.failed(a, err)
		}
		if v.first == nil || a.asOf < v.first.asOf {
			v.first = a
		}
		v.lists = append(v.lists, &mentions{list: w, a: a})
	}
	if fault := s.settleVoices(q, v.first); fault != nil {
		return nil, fault
	}
	v.coverage = s.coverage(v.first.view, q.series.from, q.series.to, false, v.first.platforms()...)
	v.history = history{store: s.opt.History, from: q.series.first() * q.series.hours, to: q.series.end() * q.series.hours, asOf: v.first.asOf}
	if v.asOf != 0 {
		v.to = min(v.to, runningHour(v.asOf)+1)
	}
	v.to = max(v.to, v.from)
	v.counted = make([]bool, v.to-v.from)
	if err := v.noteCounted(v.counted, v.first); err != nil {
		return nil, s.failed(v.first, err)
	}
	for _, m := range v.lists {
		if err := m.count(v); err != nil {
			return nil, s.failed(m.a, err)
		}
	}
	left := maxPastTerms
	for _, m := range v.lists {
		if err := s.past(ctx, v, m, now, &left); err != nil {
			return nil, s.failed(m.a, err)
		}
	}
	return v, nil
}

// settleVoices fills in and checks the range.
func (s *Server) settleVoices(q *voiceQuery, first *asked) *api.Problem {
	fault := q.series.settle(s.seriesEnd(first))
	if fault != nil && fault.Type == api.ProblemTooManyPoints && len(q.lists) > 1 {
		return api.NewProblem(api.ProblemTooManyPoints, "the range holds %d hours; the limit is %d: use a shorter range",
			q.series.end()-q.series.first(), maxPoints).At("from")
	}
	return fault
}

// share fills in the lists, and the part of each.
func (v *voices) share(out *api.WatchVoices) {
	from := 0
	var low, high float64
	open := 0 // lists of which there may have been more
	for i, m := range v.lists {
		w := &out.Watches[i]
		w.Voice = m.voice(v.counted)
		from = max(from, m.before)
		if !slices.Contains(v.counted, true) {
			continue
		}
		low, high = low+float64(w.Posts.Low), high+float64(w.Posts.High)
		if w.Posts.AtLeast {
			open++
		}
	}
	for i := range out.Watches {
		out.Watches[i].Share = shareBounds(out.Watches[i].Posts, low, high, open)
	}
	if from >= len(v.counted) {
		return
	}
	out.Counted = &api.Span{From: unix((v.from + int64(from)) * hourSeconds), To: out.Range.To}
	var posts float64
	for i, m := range v.lists {
		c := m.countedFrom(from, v.counted)
		out.Watches[i].Counted, posts = c, posts+float64(c.Posts)
	}
	for i := range out.Watches {
		c := out.Watches[i].Counted
		c.Share = shareOf(float64(c.Posts), posts)
	}
}

// shareBounds returns what part of all posts those of a list may be: low and high are the sums of the
// bounds of all lists, of which so many are open, so that high is no bound.
func shareBounds(p api.VoicePosts, low, high float64, open int) api.ShareBounds {
	most := open > 0 && (open > 1 || !p.AtLeast) // of the others, with no end
	others := api.VoicePosts{Low: api.Number(low) - p.Low, High: api.Number(high) - p.High}
	out := api.ShareBounds{Low: shareOf(float64(p.Low), float64(p.Low+others.High)), High: shareOf(float64(p.High), float64(p.High+others.Low))}
	switch {
	case !(high > 0) && open == 0:
		return api.ShareBounds{Low: api.Unknown, High: api.Unknown}
	case most || !(p.Low > 0):
		out.Low = 0
	}
	switch {
	case p.AtLeast:
		out.High = 1
	case !(p.High > 0):
		out.High = 0
	}
	return out
}
