package serve

import (
	"context"
	"errors"
	"slices"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

const (
	// maxPastTerms is how many terms one answer asks about for what was before the mentions of
	// lists were counted.
	maxPastTerms = 200
	// maxSpellings is how many other spellings of a term are looked for.
	maxSpellings = 50
)

// mentions are what is known of how often a watch list was mentioned, by hour of the range.
type mentions struct {
	list      *watched
	a         *asked   // the term that counts them
	posts     []uint64 // as they were counted
	fresh     []uint64 // in halves
	running   int      // the hour that is not over; -1: none
	before    int      // so many hours were not counted for all of their time
	most, sum []uint64 // of those: of the term with most posts, and of all terms
	missing   []bool   // of those: there may have been more
	more      float64  // how many posts more there may be at most, in all
	open      bool     // nobody knows how many more
	terms     int      // that were asked about
}

// count reads the mentions that were counted.
func (m *mentions) count(v *voices) error {
	counts, err := v.voice(m.a, nil, v.counted)
	if err != nil {
		return err
	}
	m.posts, m.fresh = counts.posts, counts.fresh
	n := len(v.counted)
	m.before = n
	if !m.list.Since.IsZero() {
		whole := ceilDiv(m.list.Since.UnixMicro(), hourSeconds*1e6)
		m.before = int(min(max(whole-v.from, 0), int64(n)))
	}
	m.running = -1
	if v.asOf%hourSeconds != 0 {
		m.running = int(runningHour(v.asOf) - v.from)
	}
	m.most, m.sum, m.missing = make([]uint64, m.before), make([]uint64, m.before), make([]bool, m.before)
	return nil
}

// pastTerm is a term that tells of the time before the mentions of a list were counted.
type pastTerm struct {
	kind term.Kind
	key  string
	sure bool // each of its posts mentions the list
	on   func(platform string) bool
}

// past reads what is known of the terms of a list before its mentions were counted. It takes as many
// as are left.
func (s *Server) past(ctx context.Context, v *voices, m *mentions, now moment, left *int) error {
	if m.before == 0 {
		return nil
	}
	terms, all, err := s.pastTerms(ctx, m, *left)
	if err != nil {
		return err
	}
	*left -= len(terms)
	m.terms = len(terms)
	for _, t := range terms {
		a := &asked{kind: t.kind, key: t.key, platform: m.a.platform}
		if err := s.gather(ctx, a, now); err != nil {
			return err
		}
		a.found = slices.DeleteFunc(a.found, func(f found) bool { return !t.on(f.name) })
		counts, err := v.voice(a, nil, v.counted)
		if err != nil {
			return err
		}
		m.add(v, counts, t.sure)
	}
	// Nobody knows in which texts a phrase was looked for, if in any.
	if !all || len(m.list.Phrases) > 0 {
		m.open = true
		for i := range m.missing {
			m.missing[i] = true
		}
	}
	return nil
}

// pastTerms returns the terms that tell of the past of a list, at most so many, and whether these are all.
func (s *Server) pastTerms(ctx context.Context, m *mentions, most int) (out []pastTerm, all bool, err error) {
	l := m.list
	sifted := len(l.Exclude) > 0 || len(l.Languages) > 0
	met := map[term.Term]bool{}
	add := func(t pastTerm) {
		if name := (term.Term{Kind: t.kind, Key: t.key}); !met[name] {
			met[name] = true
			out = append(out, t)
		}
	}
	for _, t := range l.Terms {
		if len(out) > most {
			break
		}
		keys, err := s.spellings(ctx, t.Kind, t.Key)
		if err != nil {
			return nil, false, err
		}
		for _, key := range keys {
			add(pastTerm{t.Kind, key, !sifted, func(platform string) bool { return l.Has(t.Kind, key, platform) }})
		}
	}
	for i := range l.Phrases {
		if len(out) > most {
			break
		}
		p := &l.Phrases[i]
		sure := !sifted && len(p.Exclude) == 0 && len(p.Languages) == 0
		add(pastTerm{term.Keyword, p.Key, sure, func(platform string) bool { return len(p.Platforms) == 0 || slices.Contains(p.Platforms, platform) }})
	}
	n := min(len(out), most)
	return out[:n], n == len(out), nil
}

// spellings returns the keys that a term of a list stands for: its own, and those in the dictionary
// that are spelled otherwise.
func (s *Server) spellings(ctx context.Context, kind term.Kind, key string) ([]string, error) {
	keys := []string{key}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.opt.History == nil || !watch.Grouped(kind) {
		return keys, nil
	}
	like, _, err := s.opt.History.Search(store.Search{Key: key, Kinds: []term.Kind{kind}, Limit: maxSpellings})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	for _, t := range like {
		if t.Likeness == store.SameGroup && !slices.Contains(keys, t.Key) {
			keys = append(keys, t.Key)
		}
	}
	return keys, nil
}

// add takes in what was counted of a term of the list. With sure each of its posts mentions the list.
func (m *mentions) add(v *voices, t *voice, sure bool) {
	for i := range m.before {
		m.sum[i] += t.posts[i]
		if sure {
			m.most[i] = max(m.most[i], t.posts[i])
		}
	}
	var unsure []*found
	lacks := func(on *voiceOn) (some bool) {
		for i := range m.before {
			if v.counted[i] && !t.all(on, i, &v.history) {
				some, m.missing[i] = true, true
			}
		}
		return some
	}
	for _, on := range t.platforms {
		if lacks(on) {
			unsure = append(unsure, on.f)
		}
	}
	exact := len(unsure) == 0
	if len(t.platforms) == 0 {
		exact = !lacks(nil)
	}
	if more := float64(t.more(exact, unsure, &v.history)); more >= 0 {
		m.more += more
	} else {
		m.open = true
	}
}

// bounds returns between what the mentions of an hour lie.
func (m *mentions) bounds(i int) (low, high uint64, atLeast bool) {
	if i >= m.before {
		return m.posts[i], m.posts[i], false
	}
	return max(m.posts[i], m.most[i]), max(m.posts[i], m.sum[i]), m.missing[i]
}

// voice tells of all of the range.
func (m *mentions) voice(counted []bool) api.Voice {
	out := api.Voice{
		Watch: m.list.Name, Title: m.list.Title, Purpose: m.list.Purpose, PastTerms: m.terms,
		Posts: api.VoicePosts{Low: api.Unknown, High: api.Unknown},
	}
	if since := m.list.Since; !since.IsZero() {
		out.Since = &since
	}
	if !slices.Contains(counted, true) {
		return out
	}
	var low, high uint64
	for i := range counted {
		if counted[i] {
			l, h, _ := m.bounds(i)
			low, high = low+l, high+h
		}
	}
	out.Posts = api.VoicePosts{Low: api.Number(low), High: api.Number(float64(high) + m.more), AtLeast: m.open}
	return out
}

// points tells of each step.
func (m *mentions) points(v *voices, step int64) []api.VoicePoint {
	out := []api.VoicePoint{}
	for i := range v.counted {
		hour := v.from + int64(i)
		if len(out) == 0 || hour%step == 0 {
			out = append(out, api.VoicePoint{
				Start: stepStart(hour/step, step), Posts: api.VoicePosts{Low: api.Unknown, High: api.Unknown}, FreshAuthors: api.Unknown,
			})
		}
		p := &out[len(out)-1]
		p.Before = p.Before || i < m.before
		if !v.counted[i] {
			continue
		}
		if p.Hours++; p.Hours == 1 {
			p.Posts.Low, p.Posts.High, p.FreshAuthors = 0, 0, 0
		}
		low, high, atLeast := m.bounds(i)
		p.Posts.Low, p.Posts.High = p.Posts.Low+api.Number(low), p.Posts.High+api.Number(high)
		p.Posts.AtLeast, p.Partial = p.Posts.AtLeast || atLeast, p.Partial || i == m.running
		if p.FreshAuthors += api.Number(m.fresh[i]) / 2; i < m.before {
			p.FreshAuthors = api.Unknown
		}
	}
	return out
}

// countedFrom returns what was counted from an hour of the range on.
func (m *mentions) countedFrom(from int, counted []bool) *api.VoiceCounted {
	c := &api.VoiceCounted{}
	for i := from; i < len(counted); i++ {
		if counted[i] {
			c.Posts += m.posts[i]
			c.FreshAuthors += api.Number(m.fresh[i]) / 2
		}
	}
	return c
}
