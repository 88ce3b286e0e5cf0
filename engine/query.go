package engine

import (
	"context"
	"slices"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// TermCounts is what the core knows of one term on one platform, up to the
// newest closed pane.
type TermCounts struct {
	ID       term.ID
	Term     term.Term
	Platform string
	AsOf     int64 // end of the newest closed pane, Unix seconds
	Count    window.Count
	// ErrorBound is by how much Count.Posts of an untracked term is too high at
	// most, with a chance of 1-[window.BoundDelta], over the history it covers.
	ErrorBound uint32
	// The following are of tracked terms only.
	FirstSeen int64    // Unix seconds
	HourPosts []uint32 // 72 UTC hours, oldest first; the last runs
	HourFresh []uint32 // fresh authors, in halves
	// HourExpected are the posts that were usual in these hours, NaN where that is not
	// known: see [detect.Baseline.Usual]; nil before the first pane is closed after a start. Their scatter is
	// that of a negative binomial count with overdispersion Scatter: see [detect.Band].
	HourExpected         []float64
	Scatter              float64
	Authors24, Authors72 uint64
	AuthorsError         float64
	UsualPerHour         float64 // fresh authors in an average hour, learned
	Evidence             detect.Evidence
}

// Term returns what the core knows of a term, by platform in the order the
// platforms were met: every platform where it is tracked or was counted, or the
// given one alone. It waits for the owner of each, who answers between batches,
// and never makes a producer wait longer than that takes.
func (e *Engine) Term(ctx context.Context, kind term.Kind, key, platform string) ([]TermCounts, error) {
	var out []TermCounts
	for _, name := range *e.feeder.platforms.names.Load() {
		if platform != "" && platform != name {
			continue
		}
		id := term.ScopeOf(kind, name).ID(key)
		counts := TermCounts{ID: id, Term: term.Term{Kind: kind, Key: key, Display: key}, Platform: name}
		o := e.conductor.ownerOf(id)
		done := make(chan struct{})
		ask := func(o *owner) { defer close(done); o.describe(&counts, e.conductor) }
		select {
		case o.asks <- ask:
			<-done
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-e.quit:
			return nil, ErrClosed
		}
		if counts.Count.Posts > 0 || counts.Count.Tracked {
			out = append(out, counts)
		}
	}
	return out, nil
}

func (c *conductor) ownerOf(id term.ID) *owner {
	s := c.core.ShardOf(id)
	for _, o := range c.owners {
		if o.shard == s {
			return o
		}
	}
	return nil
}

// describe runs on the owner.
func (o *owner) describe(out *TermCounts, c *conductor) {
	view := c.view.Load()
	out.AsOf = view.AsOf
	pane := view.AsOf/detect.PaneSeconds - 1
	out.Count = o.shard.Lookup(out.ID, pane)
	slot, ok := o.shard.Find(out.ID)
	if !ok {
		out.ErrorBound = o.doorkeeperBound(pane)
		return
	}
	info := o.shard.Info(slot)
	out.Term.Display, out.FirstSeen = info.Display, detect.PaneStart(info.First)
	o.shard.Read(slot, pane, o.series)
	out.HourPosts, out.HourFresh = slices.Clone(o.series.CoarsePosts), slices.Clone(o.series.CoarseFresh)
	out.Authors24, out.AuthorsError = o.shard.Authors(slot, pane, 24)
	out.Authors72, _ = o.shard.Authors(slot, pane, window.Hours)
	if frames := o.frames; frames != nil && frames[info.Platform] != nil {
		m, f := o.remember(slot), frames[info.Platform]
		out.UsualPerHour, out.Scatter = m.baseline.Rate(f), m.baseline.Scatter()
		out.HourExpected = make([]float64, len(out.HourPosts))
		for i := range out.HourExpected {
			out.HourExpected[i] = m.baseline.Usual(f, f.Hour-int64(len(out.HourExpected)-1-i))
		}
		out.Evidence = o.evidence(slot, f.Pane, info, m, f, &c.opt, true)
	}
}
