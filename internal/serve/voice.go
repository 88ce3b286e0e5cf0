package serve

import (
	"github.com/swell-radar/swell/internal/api"
)

// voice is what was counted of one of several terms that are compared.
type voice struct {
	a         *asked
	platforms map[string]*voiceOn
	posts     []uint64 // by hour of the range, all platforms together
	fresh     []uint64 // in halves
}

// voiceOn is what was counted of it on one platform.
type voiceOn struct {
	f     *found
	posts uint64
	known []bool // by hour: nothing is missing
}

// voice reads the counts of a term in the range, and notes which hours were counted at all.
func (h *history) voice(a *asked, names []string, counted []bool) (*voice, error) {
	n := len(counted)
	v := &voice{a: a, platforms: map[string]*voiceOn{}, posts: make([]uint64, n), fresh: make([]uint64, n)}
	for i := range a.found {
		f := &a.found[i]
		hours, err := h.counts(f)
		if err != nil {
			return nil, err
		}
		on := &voiceOn{f: f, known: make([]bool, n)}
		for _, c := range hours {
			i := c.hour - h.from
			if i < 0 || i >= int64(n) {
				continue
			}
			counted[i], on.known[i] = true, !c.atLeast
			v.posts[i] += uint64(c.posts)
			v.fresh[i] += uint64(c.fresh)
			on.posts += uint64(c.posts)
		}
		v.platforms[f.name] = on
	}
	return v, nil
}

// all reports whether nothing of the term is missing in an hour that was counted. The
// doorkeeper remembers the window: what it never met, and what it had not met when it
// came to be tracked, was not there.
func (v *voice) all(on *voiceOn, i int, h *history) bool {
	if on != nil && on.known[i] {
		return true
	}
	if v.a.past || v.a.asOf == 0 || h.from+int64(i) < windowHour(v.a.asOf) {
		return false
	}
	return on == nil || on.f.counts == nil || on.f.counts.Count.Tracked && on.f.counts.Count.Over == 0 && !on.f.counts.Count.AtLeast
}

// answer tells what was counted, with a point for each step of the range.
func (v *voice) answer(names []string, counted []bool, h *history, step int64) api.Compared {
	out := api.Compared{
		Kind: v.a.kind.String(), Key: v.a.key, Term: v.a.name(), Seen: len(v.a.found) > 0,
		Exact: true, Platforms: []api.ComparedPlatform{}, Points: []api.ComparedPoint{},
	}
	missing := make([]bool, len(counted)) // hours in which there may have been more
	lacks := func(on *voiceOn) (some bool) {
		for i := range counted {
			if counted[i] && !v.all(on, i, h) {
				some = true
				missing[i] = missing[i] || on != nil || !out.Seen
			}
		}
		return some
	}
	var unsure []*found
	for _, name := range names {
		on := v.platforms[name]
		row := api.ComparedPlatform{Platform: name, Exact: !lacks(on)}
		if on != nil {
			if row.Posts = on.posts; !row.Exact {
				out.Exact, unsure = false, append(unsure, on.f)
			}
			if len(on.f.trends) > 0 {
				row.Phase = on.f.trends[0].Phase.String()
			}
		}
		out.Posts += row.Posts
		out.Platforms = append(out.Platforms, row)
	}
	if !out.Seen {
		out.Exact = !lacks(nil)
	}
	out.MoreAtMost = v.more(out.Exact, unsure, h)
	running := int64(-1)
	if h.asOf%hourSeconds != 0 {
		running = runningHour(h.asOf)
	}
	for i := range counted {
		hour := h.from + int64(i)
		if n := len(out.Points); n == 0 || hour%step == 0 {
			out.Points = append(out.Points, api.ComparedPoint{Start: stepStart(hour/step, step), Posts: api.Unknown, FreshAuthors: api.Unknown})
		}
		if !counted[i] {
			continue
		}
		p := &out.Points[len(out.Points)-1]
		if p.Hours++; p.Hours == 1 {
			p.Posts, p.FreshAuthors = 0, 0
		}
		p.Posts += api.Number(v.posts[i])
		p.FreshAuthors += api.Number(v.fresh[i]) / 2
		p.Partial, p.AtLeast = p.Partial || hour == running, p.AtLeast || missing[i]
	}
	return out
}

// more returns how many posts more there may be at most, on the platforms that are not sure;
// unknown where nothing bounds them.
func (v *voice) more(exact bool, unsure []*found, h *history) api.Number {
	switch {
	case exact:
		return 0
	case v.a.past || v.a.asOf == 0 || h.from < windowHour(v.a.asOf):
		return api.Unknown
	}
	var sum uint64
	for _, f := range unsure {
		switch c := f.counts; {
		case c == nil || c.Count.AtLeast:
			return api.Unknown
		case c.Count.Tracked:
			sum += c.Count.Over
		default:
			sum += c.Count.Posts
		}
	}
	return api.Number(sum)
}
