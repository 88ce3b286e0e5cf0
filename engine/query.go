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
		err := e.ask(ctx, e.conductor.ownerOf(id), func(o *owner) { o.describe(&counts, e.conductor) })
		if err != nil {
			return nil, err
		}
		if counts.Count.Posts > 0 || counts.Count.Tracked {
			out = append(out, counts)
		}
	}
	return out, nil
}

// ask has an owner answer a question between batches, and returns when it did.
func (e *Engine) ask(ctx context.Context, o *owner, question func(*owner)) error {
	done := make(chan struct{})
	select {
	case o.asks <- func(o *owner) { defer close(done); question(o) }:
		<-done
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-e.quit:
		return ErrClosed
	}
}

// asked is for how many terms an owner is asked at a time: a tenth of a millisecond's
// work. Batches go first.
const asked = 128

// Posts returns in how many posts of the window each of the terms was used, up to the
// newest closed pane: 0 for one that is not tracked. See [TermCounts] for how far that is
// exact. It waits as [Engine.Term] does, once for each owner and hundred terms.
func (e *Engine) Posts(ctx context.Context, ids []term.ID) ([]uint64, error) {
	posts := make([]uint64, len(ids))
	pane := e.View().AsOf/detect.PaneSeconds - 1
	err := e.askAll(ctx, ids, func(o *owner, i int) {
		if c := o.shard.Lookup(ids[i], pane); c.Tracked {
			posts[i] = c.Posts
		}
	})
	if err != nil {
		return nil, err
	}
	return posts, nil
}

// askAll asks the owner of each of the terms, by place, for some of its terms at a time.
func (e *Engine) askAll(ctx context.Context, ids []term.ID, question func(o *owner, i int)) error {
	places := make([][]int, len(e.conductor.owners))
	for i, id := range ids {
		n := e.conductor.ownerOf(id).number
		places[n] = append(places[n], i)
	}
	for n, all := range places {
		for some := range slices.Chunk(all, asked) {
			err := e.ask(ctx, e.conductor.owners[n], func(o *owner) {
				for _, i := range some {
					question(o, i)
				}
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
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
		usual := m.baseline.UsualOf(f)
		out.UsualPerHour, out.Scatter = m.baseline.Rate(f), usual.Scatter()
		out.HourExpected = make([]float64, len(out.HourPosts))
		for i := range out.HourExpected {
			out.HourExpected[i] = usual.At(f.Hour - int64(len(out.HourExpected)-1-i))
		}
		out.Evidence = o.evidence(slot, f.Pane, info, m, f, &c.opt, true)
	}
}
