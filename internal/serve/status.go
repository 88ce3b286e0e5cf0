package serve

import (
	"net/http"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/internal/api"
)

// status answers GET /api/v1/status.
func (s *Server) status(r *http.Request) (*reply, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	v := s.opt.Source.View()
	asOf, _ := cover(v)
	out := &api.StatusAnswer{
		Version: s.opt.Version, Demo: s.opt.Demo, AsOf: asOf, Seq: v.Seq, Trends: len(v.Trends), Unconfirmed: len(v.Held), Ready: true, LagS: api.Unknown,
		Counters: countersOf(&v.Counters), Core: coreOf(v),
		Platforms: []api.PlatformStatus{}, Sinks: []api.SinkStatus{},
	}
	if v.Newest != 0 {
		newest := time.UnixMicro(v.Newest).UTC()
		out.Newest = &newest
		if s.opt.Clock != nil {
			out.LagS = api.Number(s.opt.Clock().Sub(newest).Round(time.Second).Seconds())
		}
	}
	if s.opt.Loading != nil {
		progress := s.opt.Loading()
		out.Loading, out.Ready = &progress, progress.Ready
	}
	if s.opt.Intake != nil {
		waiting := s.opt.Intake.State()
		out.Intake = &waiting
	}
	if s.opt.Outbox != nil {
		out.Sinks = s.opt.Outbox.State()
	}
	for _, p := range v.Platforms {
		row := api.PlatformStatus{Platform: p.Name, Spread: string(p.Spread), Records: p.Records}
		for _, x := range p.Thresholds {
			row.Threshold = append(row.Threshold, api.Rounded(x))
		}
		out.Platforms = append(out.Platforms, row)
	}
	return &reply{value: out}, nil
}

func countersOf(c *engine.Counters) api.Counters {
	return api.Counters{
		Records: c.Records, Occurrences: c.Occurrences, Gauges: c.Gauges, Observations: c.Observations,
		Duplicates: c.Duplicates, Late: c.Late, TermsDropped: c.TermsDropped, FacetsDropped: c.FacetsDropped, Heartbeats: c.Heartbeats,
	}
}

func coreOf(v *engine.View) api.Core {
	c := &v.Core
	out := api.Core{
		Tracked: c.Tracked, Capacity: c.Capacity, Admitted: c.Admitted, Evicted: c.Evicted,
		Retired: c.Retired, Posts: c.Posts, Untracked: c.Untracked, Stale: c.Stale,
		MemoryBytes: c.Memory, Threshold: c.Threshold, Blurred: c.Blurred, AuthorsLost: c.AuthorsLost,
		FreshHorizonH: horizon(c.FreshHorizon), RecentHorizonH: horizon(v.Counters.RecentHorizon),
		Doorkeeper: api.Doorkeeper{Over: c.DoorkeeperBound, Delta: window.BoundDelta},
		FalseSeen:  api.Rounded(c.FalseSeen), GaugeTerms: c.Gauges,
	}
	out.Pressure, out.PressureWhy = pressure(v)
	return out
}

// horizon is a number of hours that is zero before it was measured.
func horizon(hours float64) api.Number {
	if hours == 0 {
		return api.Unknown
	}
	return api.Rounded(hours)
}

// health is the answer of the paths that supervisors of processes ask.
type health struct {
	Status string `json:"status"`
}

// healthy answers GET /-/healthy: the process answers.
func (s *Server) healthy(*http.Request) (*reply, *api.Problem) {
	return &reply{value: health{"ok"}}, nil
}

// ready answers GET /-/ready: the answers can be relied on.
func (s *Server) ready(*http.Request) (*reply, *api.Problem) {
	if s.opt.Loading != nil {
		if progress := s.opt.Loading(); !progress.Ready {
			p := api.NewProblem(api.ProblemNotReady, "the server is still %s: %d records read, %d of %d bytes; answers are of what was read so far",
				progress.Phase, progress.Records, progress.Done, progress.Total)
			p.Phase = progress.Phase
			return nil, p
		}
	}
	return &reply{value: health{"ready"}}, nil
}

const indexText = `Swell tells which hashtags and sounds are about to trend.

GET /api/v1/trends                        the ranking
    platform, kind, phase                 one or more, with commas
    lang, region                          used in such posts on the days of the window
    phase=unconfirmed                     what is held back, because it looks coordinated
    q, prefix                             part of the term, how it begins
    watch                                 on that watch list
    min_score, min_confidence, confirmed=1
    window                                posts over 72h, 24h, 6h or 1h
    sort                                  rank, score, rate (of an hour, or of the window given), authors, started, hours_left, growth
    limit (1..1000), series=1             with 72 hourly counts each
    cursor                                the next page
    at                                    as it was then; also of one term
GET /api/v1/terms/{kind}/{key}            one term on every platform
GET /api/v1/terms/{kind}/{key}/series     its hours: platform, from, to, step (1h, 1d)
GET /api/v1/terms/{kind}/{key}/related    what comes in the same posts: platform, kind, min_both, min_llr, sort (llr, pmi, npmi, both), limit (1..200)
GET /api/v1/compare                       2..10 terms side by side: terms (with commas) or term (each), platform, from, to, step, at
GET /api/v1/search                        terms by spelling, beginning or with a typo: q, kind, platform, limit (1..200)
GET /api/v1/timing                        when in the week people post and react: platform, term, kind, zone, from, to
GET /api/v1/digests/{date}                what happened in a day (2026-11-21, latest): zone, platform, watch, week=1,
    audience, format                      manager, stakeholder or researcher; json, html, md or txt
GET /api/v1/detections                    each change of phase: from, to, platform, kind, phase, watch, terms, newest=1,
    limit, cursor
GET /feeds/trends.atom                    the newest trends for feed readers (Atom): platform, kind, phase, watch, min_confidence
GET /calendar/trends.ics                  the same for calendars: an event is the time to act
    token                                 of these two: a token that may read, where no header can be sent
GET, POST /api/v1/watches                 watch lists
GET, PUT, DELETE /api/v1/watches/{name}   one of them: its title, purpose, terms and phrases; kind=watch, or watch:NAME, are its mentions
GET /api/v1/watches/{name}/voice          how often it was mentioned, bounds before that was counted: platform, from, to, step (1h, 1d)
GET /api/v1/watches/voice                 share of voice of 2..10 lists: watches (with commas), platform, from, to
GET /api/v1/alerts                        what was worth an interruption: rule, severity, kind, watch, state, from, to, limit, cursor
GET, POST /api/v1/alerts/{id}             one of them; acknowledge it, snooze it, reopen it
GET, POST /api/v1/rules                   what is worth one
GET, PUT, DELETE /api/v1/rules/{name}     one of these
GET /api/v1/rules/{name}/test             what it would have told: from, to, limit
POST /api/v1/rules/test                   the same of a rule that is not kept
GET, POST /api/v1/mutes                   what nobody is told of
DELETE /api/v1/mutes/{id}                 and is again
GET, POST /api/v1/notes                   what people have written beside terms: kind, key, from, to, limit
DELETE /api/v1/notes/{id}                 one of these goes
POST /api/v1/records                      records in, one JSON object a line (gzip, zstd); answers once they are kept
    Idempotency-Key: KEY                  a header: sent again under it, the same body is counted once
GET /api/v1/stream                        what happens, as it happens (server-sent events):
    platform, kind, phase                 as above, and phase=over
    events                                trend, view; both where it is left out
    snapshot=1                            begin with the ranking
    last_event_id                         go on behind that event, as the header Last-Event-ID says
GET /api/v1/sources                       where records come from, and how each source is doing
POST /api/v1/digests/{date}/send          have a digest sent once more: digest
GET /api/v1/outbox                        what waits to be sent, and what could not be
POST /api/v1/outbox/retry                 have it tried again: sink
POST /api/v1/outbox/{id}/retry            one message
DELETE /api/v1/outbox/{id}                or forgotten
GET /api/v1/export                        the days that are over, as files
GET /api/v1/export/{day}.{format}         one of them, as parquet, csv or ndjson: layout (long, wide)
GET /api/v1/status                        what was read, and how well it is counted
GET /-/healthy, /-/ready                  for supervisors
GET /metrics                              for Prometheus

For example
    /api/v1/trends?kind=hashtag&phase=emerging,rising&limit=10
    /api/v1/trends?window=6h&sort=growth&min_confidence=0.8
    /api/v1/terms/hashtag/BookTok
    /api/v1/terms/hashtag/BookTok/series?step=1h

Lists come as tables as well: format=json, ndjson, csv or parquet, or the header
Accept. In CSV csv_guard=0 leaves what a spreadsheet would take for a formula as it is.

In a key write # as %23 and ? as %3F. A key that ends in /series or /related
needs that slash as %2F. Times are RFC 3339 or Unix seconds; errors are problem+json.
`

// demoText stands before everything that people read of a demo.
const demoText = `DEMO: all posts, names and numbers here are made up. None of it is real.

`

var _ http.Handler = (*Server)(nil)
