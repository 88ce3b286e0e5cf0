package engine

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/pairs"
	"github.com/swell-radar/swell/term"
)

// Together is what is known of the terms that come in the same posts as one term on
// one platform. All its numbers are of the same time, From up to AsOf: the newest 60 to
// 72 hours up to the newest closed pane. A post has the first 16 of its terms, as far as
// they were tracked; reposts are posts.
type Together struct {
	Platform   string
	From, AsOf int64       // Unix seconds
	Posts      uint64      // posts with the term; more than that where it was not tracked from the beginning
	All        uint64      // posts of the platform that have a term
	Companions []Companion // most posts together first
}

// Companion is a term that was used in posts with another one.
type Companion struct {
	ID    term.ID
	Term  term.Term
	Both  uint64 // posts with both, at least
	Over  uint64 // how many more there may have been, at most
	Posts uint64 // posts with this term; as those of the other
}

// Together returns the companions of a term, by platform in the order the platforms
// were met: every platform where it is tracked, or the given one alone. There are as many
// as there is room for, [pairs.MaxCompanions] at most, and those that are not tracked any
// more are left out. It waits for those who count, between batches, and never makes a producer wait longer than
// that takes.
func (e *Engine) Together(ctx context.Context, kind term.Kind, key, platform string) ([]Together, error) {
	var out []Together
	for number, name := range *e.feeder.platforms.names.Load() {
		if platform != "" && platform != name {
			continue
		}
		q := gathering{id: term.ScopeOf(kind, name).ID(key), platform: number}
		if err := e.ask(ctx, e.conductor.ownerOf(q.id), q.begin); err != nil {
			return nil, err
		}
		if q.company == nil {
			continue
		}
		ids := make([]term.ID, len(q.found))
		for i := range q.found {
			ids[i] = term.ID(q.found[i].Key)
		}
		q.companions = make([]Companion, len(ids))
		if err := e.askAll(ctx, ids, q.describe); err != nil {
			return nil, err
		}
		out = append(out, q.together(name))
	}
	return out, nil
}

// gathering is a question for companions on its way through the owners, each of which
// has it alone.
type gathering struct {
	id         term.ID
	platform   int
	company    *company // nil: there is nothing to tell
	posts      uint64
	over       uint64
	found      []pairs.Companion
	companions []Companion // by place in found
}

// begin runs on the owner of the term.
func (q *gathering) begin(o *owner) {
	slot, ok := o.shard.Find(q.id)
	if !ok || o.company == nil {
		return
	}
	q.company = o.company
	info := o.shard.Info(slot)
	q.posts, q.over = o.span(slot, &info, q.company.from, q.company.pane)
	q.found = o.pairs.Companions(nil, uint64(q.id))
}

// describe runs on the owner of a companion.
func (q *gathering) describe(o *owner, i int) {
	found := &q.found[i]
	slot, ok := o.shard.Find(term.ID(found.Key))
	if !ok {
		return
	}
	info := o.shard.Info(slot)
	posts, over := o.span(slot, &info, q.company.from, q.company.pane)
	posts = max(posts, uint64(found.Count))
	bound := uint64(math.MaxUint64)
	if found.Over != pairs.Unknown {
		bound = uint64(found.Over) + q.over + over
	}
	q.companions[i] = Companion{
		ID: info.ID, Term: term.Term{Kind: info.Kind, Key: info.Key, Display: info.Display},
		Both: uint64(found.Count), Over: bound, Posts: posts,
	}
}

// together is the answer.
func (q *gathering) together(platform string) Together {
	t := Together{
		Platform: platform, From: q.company.from * 3600, AsOf: detect.PaneStart(q.company.pane + 1),
		Posts:      q.posts,
		Companions: slices.DeleteFunc(q.companions, func(c Companion) bool { return c.ID == 0 }),
	}
	if q.platform < len(q.company.all) {
		t.All = q.company.all[q.platform]
	}
	for i := range t.Companions {
		t.Posts = max(t.Posts, t.Companions[i].Both)
	}
	for i := range t.Companions {
		c := &t.Companions[i]
		c.Over = min(c.Over, min(t.Posts, c.Posts)-c.Both)
	}
	slices.SortFunc(t.Companions, func(a, b Companion) int {
		return cmp.Or(cmp.Compare(b.Both, a.Both), cmp.Compare(a.ID, b.ID))
	})
	return t
}
