package judge

import (
	"math"
	"slices"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// trending asks a rule of trends about a group. With a slack below 1 phases are not asked for: a trend that has gone
// on does not make the rule hold less.
func (s *scene) trending(r *Rule, key threadKey, slack float64) *finding {
	trends := s.groups[key]
	if len(trends) == 0 || len(r.kinds) > 0 && !slices.Contains(r.kinds, key.kind) || len(r.kinds) == 0 && key.kind == Watch {
		return nil
	}
	var places []string
	first := int64(math.MaxInt64)
	for _, t := range trends {
		first = min(first, detect.PaneStart(t.Raised+1))
		if r.onPlatform(t.Platform) {
			places = append(places, t.Platform)
		}
	}
	if given(r.MinPlatforms) && len(places) < int(r.MinPlatforms) {
		return nil
	}
	f := &finding{rule: r, key: key, first: first, trends: trends}
	for _, t := range trends {
		if !s.asks(r, t, slack) {
			continue
		}
		if f.on == nil || t.Phase > f.phase {
			f.on, f.phase = t, t.Phase
		}
	}
	if f.on == nil {
		return nil
	}
	f.step = f.phase
	if len(r.phases) == 0 || r.Once || given(r.MinPlatforms) {
		f.step = 0 // a further one is no news
	}
	if given(r.MinPlatforms) {
		slices.Sort(places)
		f.places = places
	}
	return f
}

// asks asks for all conditions at once, on one platform.
func (s *scene) asks(r *Rule, t *engine.Trend, slack float64) bool {
	switch {
	case !r.onPlatform(t.Platform):
		return false
	case slack == 1 && len(r.phases) > 0 && !slices.Contains(r.phases, t.Phase):
		return false
	case !least(r.MinScore, t.Score, slack), !least(r.MinConfidence, t.Confidence, slack), !least(r.MinHoursLeft, t.Left.Mid, slack):
		return false
	case t.Flags.Has(detect.FlagGauge):
	case !least(r.MinRatePerH, t.PostsPerHour, slack), !least(r.MinAuthors, float64(t.Authors24), slack),
		given(r.MinTimes) && t.PostsPerHour < float64(r.MinTimes)*slack*t.ExpectedPerHour:
		return false
	}
	return !r.watched() || slices.ContainsFunc(s.Lists, func(l List) bool { return r.lists(&l) && l.Has(t.Term.Kind, t.Term.Key, t.Platform) })
}

// watches returns the lists that a group is on, by name.
func (s *scene) watches(trends []*engine.Trend) []string {
	names := []string{}
	for i := range s.Lists {
		l := &s.Lists[i]
		if slices.ContainsFunc(trends, func(t *engine.Trend) bool { return l.Has(t.Term.Kind, t.Term.Key, t.Platform) }) {
			names = append(names, l.Name)
		}
	}
	slices.Sort(names)
	return names
}

// young reports whether a list is younger than the window. Of its mentions the detector knows nothing from before: to it they
// are all new, and so is whoever wrote them.
func (s *scene) young(list string) bool {
	l := s.lists[list]
	return l != nil && s.At-l.Since < showHours*hour
}

// share is a list's part of the mentions of all lists that it is compared with, on a platform.
type share struct{ day, week float64 }

// leastPool is how many mentions there have to be to speak of shares.
const leastPool = 50

// rival reports whether the lists of a purpose are compared with each other: brands and competitors are.
func rival(purpose string) bool { return purpose == watch.Brand || purpose == watch.Competitor }

// share returns the shares of voice: of brands and competitors among both, of others among those of their purpose.
func (s *scene) share() map[listPlace]share {
	type pool struct {
		rivals            bool
		purpose, platform string
	}
	poolOf := func(l *List, platform string) pool {
		if rival(l.Purpose) {
			return pool{true, "", platform}
		}
		return pool{false, l.Purpose, platform}
	}
	type sum struct {
		day, week float64
		young     bool // of one of them nobody knows the whole week
	}
	sums := map[pool]sum{}
	each := func(do func(l *List, p *PlatformMentions)) {
		for i := range s.Mentions {
			if l := s.lists[s.Mentions[i].List]; l != nil {
				for j := range s.Mentions[i].Platforms {
					do(l, &s.Mentions[i].Platforms[j])
				}
			}
		}
	}
	each(func(l *List, p *PlatformMentions) {
		key := poolOf(l, p.Platform)
		before := sums[key]
		sums[key] = sum{before.day + float64(p.Day), before.week + float64(p.Week), before.young || l.Since > s.At-(dayHours+weekHours)*hour}
	})
	out := map[listPlace]share{}
	each(func(l *List, p *PlatformMentions) {
		all, x := sums[poolOf(l, p.Platform)], share{math.NaN(), math.NaN()}
		if all.day >= leastPool {
			x.day = float64(p.Day) / all.day
		}
		if all.week >= leastPool && !all.young {
			x.week = float64(p.Week) / all.week
		}
		out[listPlace{l.Name, p.Platform}] = x
	})
	return out
}

func mentionKey(r *Rule, list string) threadKey {
	return threadKey{kind: Watch, group: uint64(term.ScopeOf(Watch, "").ID(list)), rule: r.Name}
}

// mentioned asks a rule of mentions about a watch list.
func (s *scene) mentioned(r *Rule, m *Mentions, slack float64) *finding {
	l := s.lists[m.List]
	if l == nil || !r.lists(l) {
		return nil
	}
	f := &finding{rule: r, key: mentionKey(r, l.Name), first: s.At, list: l, figs: m}
	var places []string
	for i := range m.Platforms {
		p := &m.Platforms[i]
		at := listPlace{l.Name, p.Platform}
		if t := s.raised[at]; t != nil {
			f.trends = append(f.trends, t)
		}
		if !r.onPlatform(p.Platform) || s.held[at] != nil && r.onShare() {
			continue // held back: most of it may be the work of a few, which is no share of what people say
		}
		if p.Day > 0 {
			places = append(places, p.Platform)
		}
		if s.asksMentions(r, l, p, slack) && (f.at == nil || p.Hour > f.at.Hour) {
			f.at = p
		}
	}
	if f.at == nil || given(r.MinPlatforms) && len(places) < int(r.MinPlatforms) {
		return nil
	}
	if given(r.MinPlatforms) {
		slices.Sort(places)
		f.places = places
	}
	return f
}

func (s *scene) asksMentions(r *Rule, l *List, p *PlatformMentions, slack float64) bool {
	at := listPlace{l.Name, p.Platform}
	surprising := least(r.MinSurprise, p.Usual.Surprise(p.Hour), slack)
	mean := p.Usual.Mean
	if t := s.raised[at]; t != nil {
		surprising = surprising || t.Phase == detect.Emerging || t.Phase == detect.Rising || slack < 1 && t.Phase == detect.Peaking
		if math.IsNaN(mean) {
			mean = t.ExpectedPerHour
		}
	}
	if t := s.held[at]; t != nil { // an attack that somebody coordinates is one
		surprising = true
		if math.IsNaN(mean) {
			mean = t.ExpectedPerHour
		}
	}
	x := s.shares[at]
	return surprising && least(r.MinRatePerH, p.Hour, slack) &&
		(!given(r.MinTimes) || p.Hour >= float64(r.MinTimes)*slack*mean) &&
		least(r.MinShare, x.day, slack) && least(r.MinShareRise, x.day-x.week, slack) &&
		s.enough(r.MinAuthors, l.Name, p, slack) // the last: somebody may have to count
}
