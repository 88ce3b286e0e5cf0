package serve

import (
	"errors"
	"sync"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
)

// moment is the state that an answer is of: the view that was the newest then.
type moment struct {
	view *engine.View
	past bool // asked for by its time; else now
}

// moment returns the state that was published last at the time that the parameter
// at gives, or the state now if it is not given.
func (s *Server) moment(p *params) (moment, *api.Problem) {
	at, given := p.time("at")
	if p.fault != nil {
		return moment{}, p.fault
	}
	live := s.opt.Source.View()
	if !given {
		return moment{view: live}, nil
	}
	v, fault := s.viewAt(at, live)
	if fault != nil {
		return moment{}, fault.At("at")
	}
	return moment{view: v, past: true}, nil
}

// viewAt returns the newest view at a time in Unix seconds.
func (s *Server) viewAt(at int64, live *engine.View) (*engine.View, *api.Problem) {
	switch {
	case live.AsOf == 0:
		return nil, api.NewProblem(api.ProblemNotKept, "nothing was published yet; ask again later, without at")
	case at >= live.AsOf:
		if at < live.AsOf+detect.PaneSeconds || at <= live.Newest/1e6 {
			return live, nil
		}
		return nil, api.NewProblem(api.ProblemNotKept, "at (%s) is after the newest record (%s); leave at out for the newest answer",
			rfc3339(at), rfc3339(live.Newest/1e6))
	case s.opt.History == nil:
		return nil, api.NewProblem(api.ProblemNotKept, "nothing of the past is kept here; leave at out for the newest answer")
	}
	if v := s.views.get(at); v != nil {
		return v, nil
	}
	asOf, data, err := s.opt.History.RankingAt(at * 1e6)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, s.beforeFirst(at)
	case err != nil:
		return nil, s.lost("a ranking", at, err)
	case at >= asOf/1e6+detect.PaneSeconds:
		return nil, api.NewProblem(api.ProblemNotKept, "nothing was published from %s until after at (%s): no pane was closed in between; ask for a time before or after that",
			rfc3339(asOf/1e6+detect.PaneSeconds), rfc3339(at))
	}
	v, err := engine.DecodeView(data)
	if err != nil {
		return nil, s.lost("a ranking", at, err)
	}
	s.views.put(v)
	return v, nil
}

// beforeFirst tells from when on there are rankings.
func (s *Server) beforeFirst(at int64) *api.Problem {
	first, err := s.opt.History.RankingFrom(at * 1e6)
	if err != nil {
		return api.NewProblem(api.ProblemNotKept, "at (%s) is before all that is kept; leave at out for the newest answer", rfc3339(at))
	}
	return api.NewProblem(api.ProblemNotKept, "at (%s) is before all that is kept; use %s or later", rfc3339(at), rfc3339(first/1e6))
}

// lost returns the problem behind an error of the history about a past moment.
func (s *Server) lost(what string, at int64, err error) *api.Problem {
	if errors.Is(err, store.ErrClosed) {
		return busy()
	}
	s.opt.Logger.Error("cannot answer as of a past moment", "at", rfc3339(at), "err", err)
	if errors.Is(err, store.ErrDamaged) || errors.Is(err, engine.ErrView) {
		return api.NewProblem(api.ProblemDamaged, "%s of %s was damaged on the disk or lost, so that there is no right answer; the log of the server has the reason", what, rfc3339(at))
	}
	return internal()
}

func rfc3339(seconds int64) string { return unix(seconds).Format(time.RFC3339) }

// views keeps the decoded views that were asked for last: who pages through one, or
// looks at terms as of one, asks for it again.
type views struct {
	mu   sync.Mutex
	kept []*engine.View // the one used last at the end
}

// maxViews is how many decoded views are kept; each takes some hundred kilobytes.
const maxViews = 8

// get returns the view that was the newest at a time, or nil. Each lasts for a pane.
func (k *views) get(at int64) *engine.View {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, v := range k.kept {
		if v.AsOf <= at && at < v.AsOf+detect.PaneSeconds {
			k.kept = append(append(k.kept[:i], k.kept[i+1:]...), v)
			return v
		}
	}
	return nil
}

func (k *views) put(v *engine.View) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.kept) == maxViews {
		k.kept = append(k.kept[:0], k.kept[1:]...)
	}
	k.kept = append(k.kept, v)
}
