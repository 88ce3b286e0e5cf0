package serve

import (
	"errors"
	"slices"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/alert"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/digest"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// onPlatform reports whether a platform is asked for.
func (g *digestGatherer) onPlatform(name string) bool {
	return len(g.q.Platforms) == 0 || slices.Contains(g.q.Platforms, name)
}

// listsOf returns the watch lists that a term is on, all lists of brands and competitors that name it, and whether it is
// asked for: mentions of lists never are, lists are told of by themselves.
func (g *digestGatherer) listsOf(kind term.Kind, key, platform string) (names, rivals []string, asked bool) {
	if kind == term.Watch || !g.onPlatform(platform) {
		return nil, nil, false
	}
	for _, w := range g.all {
		if (w.Purpose == watch.Brand || w.Purpose == watch.Competitor) && w.Names(kind, key, platform) {
			rivals = append(rivals, w.Name)
		}
		if (len(g.q.Watches) == 0 || slices.Contains(g.q.Watches, w.Name)) && w.Has(kind, key, platform) {
			names = append(names, w.Name)
		}
	}
	return names, rivals, len(g.q.Watches) == 0 || len(names) > 0
}

// tells reports whether an alert is asked for.
func (g *digestGatherer) tells(a *api.Alert) bool {
	on := len(a.Platforms) == 0
	for i := range a.Platforms {
		on = on || g.onPlatform(a.Platforms[i].Platform)
	}
	return on && (len(g.q.Watches) == 0 || slices.ContainsFunc(a.Watches, func(name string) bool { return slices.Contains(g.q.Watches, name) }))
}

// maxDigestAlerts is how many alerts a digest is made of, the newest: nobody reads as many.
const maxDigestAlerts = 1000

// alerts returns those that were found after from and up to to, oldest first.
func (g *digestGatherer) alerts(from, to time.Time) ([]api.Alert, error) {
	if g.s.opt.Alerts == nil {
		return nil, nil
	}
	q := alert.Query{From: from, To: to.Add(time.Second), Limit: maxDigestAlerts}
	var out []api.Alert
	for more := true; more && len(out) < maxDigestAlerts; more = q.Before != "" {
		if g.ctx.Err() != nil {
			return nil, busy()
		}
		some, next, damaged, err := g.s.opt.Alerts.Alerts(q)
		if err != nil {
			return nil, g.failed(err)
		}
		for _, err := range damaged {
			g.s.opt.Logger.Error("an alert is missing in a digest", "err", err)
		}
		for i := range some {
			if g.tells(&some[i]) {
				out = append(out, some[i])
			}
		}
		q.Before = next
	}
	out = out[:min(len(out), maxDigestAlerts)]
	slices.Reverse(out)
	return out, nil
}

// trends are the open ones of a view.
func (g *digestGatherer) trends(v *engine.View) []digest.Trend {
	var out []digest.Trend
	for i := range v.Trends {
		t := &v.Trends[i]
		lists, rivals, asked := g.listsOf(t.Term.Kind, t.Term.Key, t.Platform)
		if !asked {
			continue
		}
		out = append(out, digest.Trend{Trend: trendOf(t), Group: watch.GroupKey(t.Term.Kind, t.Term.Key), Watches: lists, Rivals: rivals})
		exact := int64(0)
		if t.Over == 0 && len(t.Hours) > 0 {
			exact = windowHour(v.AsOf)
		}
		g.need(digest.Ref{Platform: t.Platform, Kind: t.Term.Kind.String(), Key: t.Term.Key}, exact)
	}
	return out
}

// need notes that the hours of a term are needed.
func (g *digestGatherer) need(ref digest.Ref, exact int64) {
	if before, ok := g.refs[ref]; !ok || exact > 0 && (before == 0 || exact < before) {
		g.refs[ref] = exact
	}
}

// log returns the changes of phase in from ≤ t < to, in Unix seconds.
func (g *digestGatherer) log(from, to int64) ([]digest.Change, error) {
	log := detectionLog{history: g.s.opt.History, first: g.s.opt.History.DetectionsFrom()}
	log.end = max(log.first, g.s.opt.History.DetectionCount())
	// A change is of the end of its pane: that of the last one belongs to the day.
	at, end, err := log.within(from+1, to+1)
	var out []digest.Change
	for ; err == nil && at < end; at++ {
		if err = g.ctx.Err(); err != nil {
			break
		}
		var d *detection
		if d, err = log.read(at); err != nil {
			break
		}
		if lists, rivals, asked := g.listsOf(d.Kind, d.Key, d.Platform); asked {
			out = append(out, digest.Change{Detection: d.answer(), Group: watch.GroupKey(d.Kind, d.Key), Watches: lists, Rivals: rivals})
			g.need(digest.Ref{Platform: d.Platform, Kind: d.Kind.String(), Key: d.Key}, 0)
		}
	}
	switch {
	case err == nil:
		return out, nil
	case errors.Is(err, store.ErrNotFound): // the log was cut since it was looked at
		return nil, busy()
	case errors.Is(err, errLine):
		g.s.opt.Logger.Error("cannot read the detections of a digest", "err", err)
		return nil, api.NewProblem(api.ProblemDamaged, "a detection of the day was damaged on the disk, so that there is no right answer; the log of the server has the reason")
	}
	return nil, g.failed(err)
}

// count reads the hours of all terms that are needed.
func (g *digestGatherer) count(in *digest.Input) error {
	for ref, exact := range g.refs {
		if err := g.ctx.Err(); err != nil {
			return err
		}
		kind, err := term.ParseKind(ref.Kind)
		if err != nil {
			return err
		}
		id := term.ScopeOf(kind, ref.Platform).ID(ref.Key)
		entry, err := g.s.opt.History.Term(id)
		if errors.Is(err, store.ErrUnknownTerm) {
			continue
		}
		if err != nil {
			return err
		}
		posts, err := g.hours(id, in)
		if err != nil {
			return err
		}
		first := entry.FirstSeen/1e6/hourSeconds + 1
		if exact > 0 {
			first = min(first, exact)
		}
		in.Counts[ref] = digest.Counts{Posts: posts, Exact: first}
	}
	return nil
}

// hours returns the posts of a term in all hours of the input.
func (g *digestGatherer) hours(id term.ID, in *digest.Input) ([]uint32, error) {
	points, err := g.s.opt.History.Series(id, in.FirstHour, in.EndHour)
	if err != nil && !errors.Is(err, store.ErrUnknownTerm) {
		return nil, err
	}
	out := make([]uint32, in.EndHour-in.FirstHour)
	for _, p := range points {
		out[p.Hour-in.FirstHour] = p.Posts
	}
	return out, nil
}

// platforms reads what happened on each platform that was met by the end of the day.
func (g *digestGatherer) platforms(in *digest.Input) error {
	for i := range g.last.Platforms {
		name := g.last.Platforms[i].Name
		if !g.onPlatform(name) {
			continue
		}
		rows, err := g.s.opt.History.Activity(name, in.FirstHour, in.EndHour)
		if err != nil {
			return err
		}
		p := digest.Platform{Name: name, Posts: make([]uint64, in.EndHour-in.FirstHour)}
		for _, r := range rows {
			p.Posts[r.Hour-in.FirstHour] = r.Posts
		}
		in.Platforms = append(in.Platforms, p)
	}
	return nil
}

// mentions reads how often each watch list was mentioned.
func (g *digestGatherer) mentions(in *digest.Input) error {
	for _, w := range g.watches {
		out := digest.Watch{Name: w.Name, Title: w.Title, Purpose: w.Purpose, Mentions: make([]uint32, in.EndHour-in.FirstHour)}
		for i := range g.last.Platforms {
			name := g.last.Platforms[i].Name
			if !g.onPlatform(name) {
				continue
			}
			id := term.ScopeOf(term.Watch, name).ID(w.Name)
			entry, err := g.s.opt.History.Term(id)
			if errors.Is(err, store.ErrUnknownTerm) {
				continue
			}
			if err != nil {
				return err
			}
			if since := entry.FirstSeen / 1e6 / hourSeconds; out.Since == 0 || since < out.Since {
				out.Since = since
			}
			posts, err := g.hours(id, in)
			if err != nil {
				return err
			}
			for h, n := range posts {
				out.Mentions[h] += n
			}
		}
		in.Watches = append(in.Watches, out)
	}
	return nil
}
