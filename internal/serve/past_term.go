package serve

import (
	"errors"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// recall makes a found of what the store knows of a term on one platform as of a
// past view, and keeps it if anything is known.
func (s *Server) recall(a *asked, f found) error {
	f.id = term.ScopeOf(a.kind, f.name).ID(a.key)
	f.trends = trendsOf(a, f.name)
	entry, err := s.opt.History.Term(f.id)
	switch {
	case errors.Is(err, store.ErrUnknownTerm):
	case err != nil:
		return err
	case entry.FirstSeen/1e6 <= a.asOf:
		if err := s.recallEntry(a, &f, &entry); err != nil {
			return err
		}
	}
	if f.counts != nil || f.stored != nil || len(f.trends) > 0 {
		a.found = append(a.found, f)
	}
	return nil
}

// recallEntry fills in what was known of a term of the dictionary, if it was in there
// already.
func (s *Server) recallEntry(a *asked, f *found, entry *store.Term) error {
	pane := a.asOf/detect.PaneSeconds - 1
	t, from, err := s.opt.History.TrackingAt(f.id, pane)
	if err != nil {
		return err
	}
	gauges, err := s.opt.History.Gauges(f.id)
	if err != nil {
		return err
	}
	for _, g := range gauges {
		read, err := s.opt.History.GaugeSeries(g.GaugeKey, 0, closedHours(a.asOf))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if len(read) > 0 {
			f.gauges = append(f.gauges, g)
		}
	}
	// A term comes into the dictionary when it is first tracked, or with its first
	// reading; what is said of the first is let go of with the panes.
	old := entry.FirstSeen/1e6/detect.PaneSeconds < s.opt.History.PanesFrom()
	if from != 0 || len(f.gauges) > 0 || old {
		f.stored = entry
	}
	if !t.Tracked {
		return nil
	}
	f.counts, err = s.recount(f, &t, a.asOf)
	return err
}

// recount returns what the core had counted of a term that it tracked so.
func (s *Server) recount(f *found, t *store.Tracking, asOf int64) (*engine.TermCounts, error) {
	pane, running := asOf/detect.PaneSeconds-1, runningHour(asOf)
	base := windowHour(asOf)
	c := &engine.TermCounts{
		ID: f.id, Term: term.Term{Display: t.Display}, Platform: f.name, AsOf: asOf,
		Count:     window.Count{Tracked: true, Since: t.Since, AtLeast: t.Stopped},
		FirstSeen: detect.PaneStart(t.First),
		HourPosts: make([]uint32, window.Hours), HourFresh: make([]uint32, window.Hours),
	}
	from := max(base, detect.HourOf(t.First))
	hours, err := s.opt.History.Series(f.id, from, closedHours(asOf))
	if err != nil {
		return nil, err
	}
	for _, h := range hours {
		c.HourPosts[h.Hour-base], c.HourFresh[h.Hour-base] = h.Posts, h.Fresh
	}
	if closedHours(asOf) <= running {
		panes, err := s.opt.History.PaneSeries(f.id, max(running*detect.PanesPerHour, t.First), pane+1)
		if err != nil {
			return nil, err
		}
		for _, p := range panes {
			c.HourPosts[running-base] += p.Posts
			c.HourFresh[running-base] += p.Fresh
		}
	}
	for _, n := range c.HourPosts {
		c.Count.Posts += uint64(n)
	}
	if t.Since > base*detect.PanesPerHour {
		c.Count.Posts += uint64(t.Before)
		c.Count.Over, c.Count.AtLeast = uint64(t.Before), t.Stopped || t.Full
	}
	return c, nil
}

// termsKept returns a problem if the panes of a view are not kept: not any more, not yet,
// or not at all.
func (s *Server) termsKept(v *engine.View) *api.Problem {
	if s.opt.History == nil {
		return api.NewProblem(api.ProblemNotKept, "nothing of the past is kept here; leave at out for the newest answer").At("at")
	}
	if written, fault := s.written(v); fault != nil {
		return fault
	} else if !written {
		return busy()
	}
	asOf := v.AsOf
	if first := s.opt.History.PanesFrom(); asOf/detect.PaneSeconds-1 < first {
		return api.NewProblem(api.ProblemNotKept, "single terms are kept pane by pane, as of %s and later; ask for its series by hour, without at", rfc3339(detect.PaneStart(first+1))).At("at")
	}
	return nil
}

// closedHours returns the first hour that was not over at a time in Unix seconds.
func closedHours(asOf int64) int64 { return asOf / hourSeconds }
