package serve

import (
	"net/http"
	"slices"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/week"
	"github.com/swell-radar/swell/term"
)

const (
	weekHours          = 7 * dayHours
	defaultTimingHours = 4 * weekHours
	maxTimingDays      = 400
)

// timingQuery says which hours of which posts are asked for.
type timingQuery struct {
	platform string // empty: all
	kind     term.Kind
	key      string // empty: all posts
	zone     *time.Location
	from, to int64 // hours since 1970, UTC
}

func (s *Server) readTimingQuery(r *http.Request, v *engine.View) (*timingQuery, *api.Problem) {
	p := parse(r, "platform", "term", "kind", "zone", "from", "to")
	q := &timingQuery{platform: p.one("platform")}
	q.readTerm(p)
	q.readZone(p)
	if p.fault != nil {
		return nil, p.fault
	}
	return q, q.readRange(p, v)
}

func (q *timingQuery) readTerm(p *params) {
	name, kind := p.one("term"), p.one("kind")
	switch {
	case kind != "" && !slices.Contains(kindNames(), kind):
		p.refuse("kind", "is %.80q; use one of %s", kind, listed(kindNames()))
		return
	case name == "" && kind != "":
		p.refuse("kind", "is %.80q without a term; name one with term, or leave kind out", kind)
		return
	case name == "":
		return
	case kind != "":
		name = kind + ":" + name
	}
	var fault *api.Problem
	if q.kind, q.key, fault = named("term", name); p.fault == nil {
		p.fault = fault
	}
}

func (q *timingQuery) readZone(p *params) {
	name := p.one("zone")
	if name == "" {
		name = "UTC"
	}
	var err error
	if q.zone, err = week.Zone(name); err != nil {
		p.refuse("zone", "is %.80q; use an IANA name, as in Europe/Berlin, Asia/Kathmandu or UTC", name)
	}
}

// readRange takes the range: the last four weeks where nothing is given, cut to whole
// hours that are over and, where there are any, to whole weeks.
func (q *timingQuery) readRange(p *params, v *engine.View) *api.Problem {
	from, hasFrom := p.time("from")
	to, hasTo := p.time("to")
	if p.fault != nil {
		return p.fault
	}
	over := closedHours(v.AsOf)
	q.to = over
	if hasTo {
		q.to = min(over, to/hourSeconds)
	}
	q.from = max(0, q.to-defaultTimingHours)
	if hasFrom {
		q.from = ceilDiv(from, hourSeconds)
	}
	switch hours := q.to - q.from; {
	case v.AsOf == 0:
		return api.NewProblem(api.ProblemNotKept, "nothing was published yet; ask again later")
	case hours <= 0:
		return api.NewProblem(api.ProblemInvalidParameter, "the range holds no whole hour that is over: it is from %s to %s; use an earlier from or a later to, up to %s",
			rfc3339(q.from*hourSeconds), rfc3339(q.to*hourSeconds), rfc3339(over*hourSeconds)).At("from")
	case hours > maxTimingDays*dayHours:
		return api.NewProblem(api.ProblemInvalidParameter, "from (%s) is %d hours before to (%s); use %d days at most",
			rfc3339(q.from*hourSeconds), hours, rfc3339(q.to*hourSeconds), maxTimingDays).At("from")
	case hours >= weekHours:
		q.from = q.to - hours/weekHours*weekHours
	}
	return nil
}
