package serve

import (
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
)

// moment is the state that an answer is of: the view that was the newest then.
type moment struct {
	view    *engine.View
	ranking *ranking // of the view
	past    bool     // asked for by its time, or by a cursor that has outlived it; else now
}

// moment returns the state that was published last at the time that the parameter
// at gives, or the state now if it is not given.
func (s *Server) moment(p *params) (moment, *api.Problem) {
	at, given := p.time("at")
	if p.fault != nil {
		return moment{}, p.fault
	}
	return s.momentAt(at, given)
}

func (s *Server) momentAt(at int64, given bool) (moment, *api.Problem) {
	live := s.live()
	if !given {
		return moment{live.view, live, false}, nil
	}
	k, fault := s.rankingAt(at, live)
	if fault != nil {
		return moment{}, fault.At("at")
	}
	return moment{k.view, k, true}, nil
}

// pinned returns the state that a cursor stays with: in memory, or as it was stored.
func (s *Server) pinned(c *cursor) (moment, *api.Problem) {
	live := s.live()
	if live.hash == c.view && live.view.AsOf == c.asOf {
		return moment{live.view, live, false}, nil
	}
	k := s.views.named(c.view, c.asOf)
	if k == nil && s.opt.History != nil {
		asOf, data, err := s.opt.History.RankingAt(c.asOf * 1e6)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return moment{}, s.lost("a ranking", c.asOf, err)
		case asOf == c.asOf*1e6:
			v, err := engine.DecodeView(data)
			if err != nil {
				return moment{}, s.lost("a ranking", c.asOf, err)
			}
			if k = newRanking(v); k.hash != c.view {
				k = nil
			}
		}
		if k != nil {
			s.views.put(k)
		}
	}
	if k == nil {
		return moment{}, api.NewProblem(api.ProblemStaleCursor, "the ranking of %s that the cursor goes on with is not kept any more; ask for the first page again", rfc3339(c.asOf)).At("cursor")
	}
	return moment{k.view, k, true}, nil
}

// live returns the newest view.
func (s *Server) live() *ranking {
	v := s.opt.Source.View()
	for {
		k := s.newest.Load()
		if k != nil && (k.view == v || k.view.Seq > v.Seq) {
			return k
		}
		next := newRanking(v)
		if s.newest.CompareAndSwap(k, next) {
			if k != nil && k.paged.Load() {
				s.views.put(k)
			}
			return next
		}
	}
}

// rankingOf returns what is sorted out of a view: once for the newest, which many ask for.
func (s *Server) rankingOf(v *engine.View) *ranking {
	if k := s.live(); k.view == v {
		return k
	}
	return newRanking(v)
}

// keepForCursor notes that a cursor of the ranking was given out: it is kept for a while after the
// next one is published.
func (s *Server) keepForCursor(k *ranking) {
	k.paged.Store(true)
	if s.newest.Load() != k {
		s.views.put(k)
	}
}

// rankingAt returns the newest view at a time in Unix seconds. live is the newest of all.
func (s *Server) rankingAt(at int64, now *ranking) (*ranking, *api.Problem) {
	live := now.view
	switch {
	case live.AsOf == 0:
		return nil, api.NewProblem(api.ProblemNotKept, "nothing was published yet; ask again later, without at")
	case newestAt(live, at):
		return now, nil
	case at >= live.AsOf:
		return nil, api.NewProblem(api.ProblemNotKept, "at (%s) is after the newest record (%s); leave at out for the newest answer",
			rfc3339(at), rfc3339(live.Newest/1e6))
	case s.opt.History == nil:
		return nil, api.NewProblem(api.ProblemNotKept, "nothing of the past is kept here; leave at out for the newest answer")
	}
	if k := s.views.get(at); k != nil {
		return k, nil
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
	k := newRanking(v)
	s.views.put(k)
	return k, nil
}

// newestAt reports whether the view was the newest at a time, at least for as long as nobody
// knew that it was not.
func newestAt(v *engine.View, at int64) bool {
	return v.AsOf <= at && (at < v.AsOf+detect.PaneSeconds || at <= v.Newest/1e6)
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

// views keeps views that are not the newest, which were asked for last: who pages through
// one, or looks at terms as of one, asks for it again.
type views struct {
	mu   sync.Mutex
	kept []*ranking // the one used last at the end
}

// How much is kept: so many views, with so many rows in all but the one used last. A row
// takes about a kilobyte, and as much again if it was sent.
const (
	maxViews    = 8
	maxViewRows = 40_000
)

// get returns the view that was the newest at a time, or nil. Each lasts for a pane.
func (k *views) get(at int64) *ranking {
	return k.find(func(r *ranking) bool { return r.view.AsOf <= at && at < r.view.AsOf+detect.PaneSeconds })
}

// named returns the view that a cursor names, or nil.
func (k *views) named(hash uint64, asOf int64) *ranking {
	return k.find(func(r *ranking) bool { return r.hash == hash && r.view.AsOf == asOf })
}

func (k *views) find(wanted func(*ranking) bool) *ranking {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := slices.IndexFunc(k.kept, wanted)
	if i < 0 {
		return nil
	}
	found := k.kept[i]
	k.kept = append(slices.Delete(k.kept, i, i+1), found)
	return found
}

func (k *views) put(r *ranking) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = slices.DeleteFunc(k.kept, func(other *ranking) bool { return other.hash == r.hash && other.view.AsOf == r.view.AsOf })
	rows := 0
	for _, other := range k.kept {
		rows += len(other.rows)
	}
	for len(k.kept) > 0 && (len(k.kept) >= maxViews || rows > maxViewRows) {
		rows -= len(k.kept[0].rows)
		k.kept = slices.Delete(k.kept, 0, 1)
	}
	k.kept = append(k.kept, r)
}
