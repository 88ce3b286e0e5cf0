package serve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/digest"
	"github.com/swell-radar/swell/internal/store"
)

// DigestQuery says which digest is asked for.
type DigestQuery struct {
	Date      string // as in 2026-11-21, or [api.DigestLatest]
	Zone      *time.Location
	Platforms []string // only of these; empty: of all
	Watches   []string // names of watch lists: only of these, and of the trends that are on them; empty: of all
	Week      bool     // with the week in review
	// Lenient has a digest made where a list or platform is not known: it says so. Of those that are, it tells.
	Lenient bool
}

// Digest makes the digest of a day. Of a day that is over it is the same whenever it is asked for, but for what
// people do: the lists that are watched, and the states of alerts. An error is an [*api.Problem] where the
// day is not kept, not yet counted or no day, or where a watch list or a platform is not known; others wrap the
// store's.
func (s *Server) Digest(ctx context.Context, q DigestQuery) (*api.Digest, error) {
	g := &digestGatherer{s: s, ctx: ctx, q: q, live: s.live().view, refs: map[digest.Ref]int64{}}
	in, err := g.gather()
	if err != nil {
		return nil, err
	}
	return digest.Build(*in), nil
}

// digestGatherer gathers what a digest is made of.
type digestGatherer struct {
	s    *Server
	ctx  context.Context // of one request
	q    DigestQuery
	live *engine.View

	watches []*watched // those that are asked for
	all     []*watched
	unseen  []string     // sentences
	last    *engine.View // state at the end of the day
	// refs are the terms whose hours are needed, each with the first hour that the window of a view tells
	// to be exact; 0: none does.
	refs map[digest.Ref]int64
}

func (g *digestGatherer) gather() (*digest.Input, error) {
	if err := g.check(); err != nil {
		return nil, err
	}
	dates, err := g.dates()
	if err != nil {
		return nil, err
	}
	in := &digest.Input{Demo: g.s.opt.Demo, Zone: g.q.Zone, Week: g.q.Week, Unseen: g.unseen, Counts: map[digest.Ref]digest.Counts{}}
	for i, date := range dates {
		if err := g.ctx.Err(); err != nil {
			return nil, busy()
		}
		day, err := g.day(date, i == 0, i == len(dates)-1)
		if err != nil {
			return nil, err
		}
		in.Days = append(in.Days, *day)
	}
	const thirdDay, daysShown = 2, 3
	in.EndHour = closedHours(in.Days[len(in.Days)-1].AsOf.Unix())
	in.FirstHour = min(max(0, in.Days[thirdDay].From.Unix()/hourSeconds-daysShown*dayHours), in.EndHour)
	if err := errors.Join(g.count(in), g.platforms(in), g.mentions(in)); err != nil {
		return nil, g.failed(err)
	}
	if in.Alerts, err = g.alerts(in.Days[1].From, in.Days[len(in.Days)-1].AsOf); err != nil {
		return nil, err
	}
	return in, nil
}

// check looks for what is asked for, and whether there is anything to be told.
func (g *digestGatherer) check() error {
	switch {
	case g.s.opt.History == nil:
		return api.NewProblem(api.ProblemNotKept, "nothing of the past is kept here, and with it no digest")
	case g.live.AsOf == 0:
		return api.NewProblem(api.ProblemNotKept, "nothing was counted yet; ask again later").At("date")
	}
	for _, name := range g.q.Watches {
		w := g.s.watches.get(name)
		if w == nil && g.q.Lenient {
			g.unseen = append(g.unseen, fmt.Sprintf("There is no watch list %s.", name))
			continue
		}
		if w == nil {
			return api.NewProblem(api.ProblemInvalidParameter, "watch is %.80q, which is no watch list; GET %s lists them", name, api.WatchesPath).At("watch")
		}
		g.watches = append(g.watches, w)
	}
	if g.all, _ = g.s.watches.all(); len(g.q.Watches) == 0 {
		g.watches = g.all
	}
	for _, name := range g.q.Platforms {
		if !slices.ContainsFunc(g.live.Platforms, func(p engine.Platform) bool { return p.Name == name }) {
			if g.q.Lenient {
				g.unseen = append(g.unseen, fmt.Sprintf("No post of %s was ever seen.", name))
				continue
			}
			var met []string
			for _, p := range g.live.Platforms {
				met = append(met, p.Name)
			}
			return api.NewProblem(api.ProblemInvalidParameter, "platform is %.80q, of which no post was ever seen; use one of %s", name, listed(met)).At("platform")
		}
	}
	return nil
}

// dates are the days that the digest needs, rising.
func (g *digestGatherer) dates() ([]string, error) {
	date := g.q.Date
	now := unix(g.live.AsOf)
	if date == api.DigestLatest {
		date = digest.Schedule{Zone: g.q.Zone}.Due(now)
	}
	from, _, ok := digest.DayOf(date, g.q.Zone)
	switch {
	case !ok:
		return nil, api.NewProblem(api.ProblemInvalidParameter, "date is %.80q; use a day that there was, as in 2026-11-21, or %s", g.q.Date, api.DigestLatest).At("date")
	case from.Unix() < 0 || from.Unix() >= endOfTime:
		return nil, api.NewProblem(api.ProblemInvalidParameter, "date is %s; use a day from 1970 to 9999", date).At("date")
	case !from.Before(now):
		return nil, api.NewProblem(api.ProblemNotKept, "%s begins at %s, and what came is counted up to %s; use an earlier day, or %s",
			date, from.Format(time.RFC3339), now.In(g.q.Zone).Format(time.RFC3339), api.DigestLatest).At("date")
	}
	n := 3
	if g.q.Week {
		n = 9
	}
	out := []string{date}
	for len(out) < n {
		before, _ := digest.DateBefore(out[0], g.q.Zone)
		out = append([]string{before}, out...)
	}
	return out, nil
}

// day gathers one day. Of the first only its end is used; the last is the one that has to be kept.
func (g *digestGatherer) day(date string, first, last bool) (*digest.Day, error) {
	from, to, _ := digest.DayOf(date, g.q.Zone)
	out := &digest.Day{Date: date, From: from, To: to, AsOf: from, Over: g.live.AsOf >= to.Unix()}
	v, err := g.state(min(to.Unix(), g.live.AsOf))
	switch {
	case err != nil:
		return nil, err
	case v == nil && last:
		return nil, g.notKept(date, to)
	case v == nil: // before all that is kept
		return out, nil
	}
	if last {
		g.last = v
	}
	if at := unix(v.AsOf); at.After(from) {
		out.AsOf = at
	}
	out.End = g.trends(v)
	if first {
		return out, nil
	}
	out.Coverage = g.s.coverage(v, from.Unix(), out.AsOf.Unix(), true, g.q.Platforms...)
	out.Log, err = g.log(from.Unix(), to.Unix())
	return out, err
}

// state returns the view that was the newest at a time in Unix seconds, no later than that of the live one; nil
// where none is kept.
func (g *digestGatherer) state(at int64) (*engine.View, error) {
	if at == g.live.AsOf {
		// What belongs to it is stored a moment after it is published.
		if written, fault := g.s.written(g.live); fault != nil {
			return nil, fault
		} else if !written {
			return nil, busy()
		}
		return g.live, nil
	}
	asOf, data, err := g.s.opt.History.RankingAt(at * 1e6)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err == nil && asOf < at*1e6 { // nothing came until then, or it is not stored yet
		if _, err = g.s.opt.History.RankingFrom(at * 1e6); errors.Is(err, store.ErrNotFound) {
			return nil, busy()
		}
	}
	var v *engine.View
	if err == nil {
		v, err = engine.DecodeView(data)
	}
	if err != nil {
		return nil, g.s.lost("a ranking", at, err)
	}
	return v, nil
}

// notKept tells from which day on there are digests.
func (g *digestGatherer) notKept(date string, to time.Time) *api.Problem {
	first, err := g.s.opt.History.RankingFrom(to.UnixMicro())
	if err != nil {
		return api.NewProblem(api.ProblemNotKept, "nothing of %s is kept any more, or was ever counted", date).At("date")
	}
	return api.NewProblem(api.ProblemNotKept, "nothing of %s is kept; digests begin with that of %s", date,
		unix(first/1e6-detect.PaneSeconds).In(g.q.Zone).Format(time.DateOnly)).At("date")
}

// failed is the problem behind an error of the store.
func (g *digestGatherer) failed(err error) error {
	if errors.Is(err, store.ErrClosed) || g.ctx.Err() != nil {
		return busy()
	}
	return g.s.lost("what was counted", g.live.AsOf, err)
}
