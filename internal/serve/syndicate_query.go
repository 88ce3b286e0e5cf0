package serve

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/syndicate"
	"github.com/swell-radar/swell/term"
)

// raisedQuery says which of the trends that were raised are asked for.
type raisedQuery struct {
	platforms     []string // empty: all, as the next
	kinds         []term.Kind
	phases        []string
	watch         *watched
	minConfidence float64
	asked         url.Values // all of it, without the token
}

// raisedPhases lists the phases that a trend may be in which was raised.
func raisedPhases() (names []string) {
	for p := detect.Emerging; p <= detect.Over; p++ {
		names = append(names, p.String())
	}
	return names
}

func (s *Server) readRaisedQuery(r *http.Request) (*raisedQuery, *api.Problem) {
	p := parse(r, "platform", "kind", "phase", "watch", "min_confidence", tokenParameter)
	q := &raisedQuery{
		platforms: p.some("platform", nil), kinds: p.kinds(), phases: p.some("phase", raisedPhases()), watch: s.readWatch(p),
		minConfidence: p.share("min_confidence"), asked: url.Values{},
	}
	p.one(tokenParameter)
	if p.fault != nil {
		return nil, p.fault
	}
	for name, values := range p.values {
		if values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" }); name != tokenParameter && len(values) > 0 {
			q.asked[name] = values
		}
	}
	return q, nil
}

// share returns a number from 0 to 1; 0 where none is given.
func (p *params) share(name string) float64 {
	x := p.number(name, 0)
	if x < 0 || x > 1 {
		p.refuse(name, "is %g; use a number from 0 to 1", x)
	}
	return x
}

// wants reports whether a trend is asked for, in whatever phase. One that once was sure enough stays so: else
// what a reader has seen already would be gone, and come again. The mentions of watch lists must be asked for by
// name.
func (q *raisedQuery) wants(t *raised) bool {
	return (len(q.platforms) == 0 || slices.Contains(q.platforms, t.Last.Platform)) &&
		(len(q.kinds) == 0 && t.kind != term.Watch || slices.Contains(q.kinds, t.kind)) &&
		(q.minConfidence == 0 || float64(t.sure) >= q.minConfidence) &&
		(q.watch == nil || q.watch.Has(t.kind, t.Last.Key, t.Last.Platform))
}

// inPhase reports whether a trend is in one of the phases asked for.
func (q *raisedQuery) inPhase(t *raised) bool {
	return len(q.phases) == 0 || slices.Contains(q.phases, t.Last.Phase)
}

// pick returns the newest trends that are asked for, the newest one first, limit at most, and when something
// last changed about what is asked: the zero time if there never was anything.
func (k *raises) pick(q *raisedQuery, limit int, also func(*raised) bool) (rises []syndicate.Rise, changed time.Time) {
	for _, t := range slices.Backward(k.all) {
		if !q.wants(t) {
			continue
		}
		if t.Last.TS.After(changed) {
			changed = t.Last.TS
		}
		if len(rises) < limit && q.inPhase(t) && also(t) {
			rises = append(rises, t.Rise)
		}
	}
	if q.watch != nil && q.watch.Changed.After(changed) {
		changed = q.watch.Changed
	}
	return rises, changed
}
