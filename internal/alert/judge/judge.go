package judge

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

// MaxNews is how many alerts one moment gives at most, the gravest, and how many threads it ends; what is left over
// follows with the next ones.
const MaxNews = 20

// Judge remembers what was told, so that nothing is told twice. The zero value has seen nothing. It belongs to one
// goroutine.
type Judge struct {
	at      int64             // of the last moment
	known   map[string]uint64 // the rules that were asked then, by name, with their marks
	threads map[threadKey]*thread
}

// Findings is what a moment gives.
type Findings struct {
	// New are the alerts, the gravest first: complete but for what people decide (State is open, Told empty).
	New []api.Alert
	// Changed and Over are threads of which alerts were given before and that changed, came back or ended.
	Changed []Turn
	Over    []Turn
}

// Turn is what became of a thread.
type Turn struct {
	Thread string
	// Alert is how the thread would be told of now: the fields of an alert that do not stay. Of a thread that is
	// over it is empty.
	Alert api.Alert
}

// At returns when the last moment was, in Unix seconds; 0: there was none.
func (j *Judge) At() int64 { return j.at }

// Threads returns the IDs of the threads that are remembered: others do not come back.
func (j *Judge) Threads() map[string]bool {
	ids := make(map[string]bool, len(j.threads))
	for _, t := range j.threads {
		ids[t.ID] = true
	}
	return ids
}

// Holds reports whether a rule holds for a thread, by the moment that was seen last.
func (j *Judge) Holds(rule, id string) bool {
	for _, t := range j.threads {
		if t.ID == id {
			x := t.told(rule)
			return x != nil && x.Held == j.at
		}
	}
	return false
}

// Clone returns a judge that goes on by itself from here.
func (j *Judge) Clone() *Judge {
	c := &Judge{at: j.at, known: maps.Clone(j.known), threads: make(map[threadKey]*thread, len(j.threads))}
	for k, t := range j.threads {
		twin := *t
		twin.Told = slices.Clone(t.Told) // names of places are replaced, never changed
		c.threads[k] = &twin
	}
	return c
}

// See takes in a moment and returns what is worth telling. One that is not after the last gives nothing: a run that
// goes on from a snapshot sees some twice. What holds for a rule when it is asked for the first time, or for
// the first time since it was changed, is no news: it came to hold before.
func (j *Judge) See(m *Moment, rules []*Rule) Findings {
	var out Findings
	if m.At <= j.at {
		return out
	}
	if j.threads == nil {
		j.threads = map[threadKey]*thread{}
	}
	j.at = m.At
	s := newScene(m)
	var news []finding
	for _, r := range rules {
		if r.Off {
			continue
		}
		primed := j.known[r.Name] == r.mark
		for _, f := range s.find(r) {
			t := j.threads[f.key]
			if t != nil && !t.isNews(r.Name, f.step, f.places) {
				continue
			}
			if !primed {
				j.thread(&f).note(r.Name, f.step, f.places, m.At, false)
				continue
			}
			news = append(news, f)
		}
	}
	slices.SortStableFunc(news, func(a, b finding) int { return cmp.Compare(grave(b.rule.Severity), grave(a.rule.Severity)) })
	for i := range news[:min(len(news), MaxNews)] {
		f := &news[i]
		t := j.thread(f)
		t.note(f.rule.Name, f.step, f.places, m.At, true)
		a := s.alert(f, t)
		s.around(&a, f)
		t.Phase, t.Places, t.Shown, t.Over = furthest(f.trends), placesOf(&a), m.At, false // the alert says that it is back
		out.New = append(out.New, a)
	}
	j.follow(s, rules, &out)
	j.known = make(map[string]uint64, len(rules))
	for _, r := range rules {
		j.known[r.Name] = r.mark
	}
	j.trim()
	return out
}

func grave(severity string) int { return slices.Index(severities(), severity) }

// thread returns that of a finding, which is made if need be.
func (j *Judge) thread(f *finding) *thread {
	t := j.threads[f.key]
	if t == nil {
		t = &thread{Kind: kind(f.key.kind), Group: f.key.group, Rule: f.key.rule, Seen: j.at}
		t.ID = digest(16, f.key.kind.String(), t.Group, t.Rule, f.first)
		j.threads[f.key] = t
	}
	return t
}

// follow looks at every thread: whether its rules still hold, what changed, what is over.
func (j *Judge) follow(s *scene, rules []*Rule, out *Findings) {
	byName := make(map[string]*Rule, len(rules))
	for _, r := range rules {
		byName[r.Name] = r
	}
	for _, key := range slices.SortedFunc(maps.Keys(j.threads), func(a, b threadKey) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.group, b.group), strings.Compare(a.rule, b.rule))
	}) {
		t := j.threads[key]
		t.drop(func(rule string) bool { return byName[rule] == nil })
		var still *finding
		for i := range t.Told {
			r := byName[t.Told[i].Rule]
			if r == nil || r.Off {
				continue
			}
			if f := s.holds(r, key, stillHolds); f != nil {
				t.Told[i].Held = j.at
				if still == nil || t.Told[i].Alerts {
					still = f
				}
			}
		}
		if still != nil || key.rule == "" && s.there[key] {
			t.Seen = j.at
		}
		switch {
		case j.at-t.Seen >= overAfter && len(out.Over) == MaxNews:
		case j.at-t.Seen >= t.forget():
			delete(j.threads, key)
			if t.alerted() && !t.Over {
				out.Over = append(out.Over, Turn{Thread: t.ID})
			}
		case j.at-t.Seen >= overAfter:
			if t.alerted() && !t.Over {
				out.Over = append(out.Over, Turn{Thread: t.ID})
			}
			t.Over = true
		case t.alerted() && t.Seen == j.at:
			j.change(s, t, byName, still, out)
		}
	}
}

// change tells of a thread that looks otherwise than it was told last.
func (j *Judge) change(s *scene, t *thread, rules map[string]*Rule, still *finding, out *Findings) {
	if still == nil {
		for _, x := range t.Told {
			if r := rules[x.Rule]; r != nil && x.Alerts {
				still = s.whole(r, t.key())
				break
			}
		}
	}
	if still == nil {
		return
	}
	still.phase = 0
	a := s.alert(still, t)
	phase, places := furthest(still.trends), placesOf(&a)
	if !t.Over && (phase == t.Phase && slices.Equal(places, t.Places) || j.at-t.Shown < quietFor) {
		return
	}
	s.around(&a, still)
	t.Over, t.Phase, t.Places, t.Shown = false, phase, places, j.at
	out.Changed = append(out.Changed, Turn{Thread: t.ID, Alert: a})
}

// furthest returns the furthest phase of some trends, 0 of none.
func furthest(trends []*engine.Trend) (p detect.Phase) {
	for _, t := range trends {
		p = max(p, t.Phase)
	}
	return p
}

func placesOf(a *api.Alert) (names []string) {
	for i := range a.Platforms {
		names = append(names, a.Platforms[i].Platform)
	}
	slices.Sort(names)
	return names
}

// scene is a moment, sorted out.
type scene struct {
	*Moment
	groups map[threadKey][]*engine.Trend // open on some platform, the highest rank first
	order  []threadKey                   // in which they stand in the ranking
	there  map[threadKey]bool            // open, or only as another spelling, or held back
	raised map[listPlace]*engine.Trend   // of the mentions of watch lists
	held   map[listPlace]*engine.Trend   // likewise, held back
	lists  map[string]*List
	shares map[listPlace]share
	asked  map[listPlace]people // who mentions a list, where that was asked
}

type listPlace struct{ list, platform string }

// finding is that a rule holds.
type finding struct {
	rule   *Rule
	key    threadKey
	first  int64           // when the rise was found at first, Unix seconds
	phase  detect.Phase    // the furthest where it holds; 0: of any platform
	step   detect.Phase    // what of that is news; 0: nothing
	places []string        // of a rule that asks for platforms: where it is open
	trends []*engine.Trend // all of the group
	on     *engine.Trend   // the one that the rule holds for, of trends
	list   *List           // of mentions
	figs   *Mentions
	at     *PlatformMentions // where it holds
}

func groupOf(t *engine.Trend) threadKey {
	g := t.Group
	if g == 0 {
		g = uint64(term.ScopeOf(t.Term.Kind, "").ID(t.Term.Key))
	}
	return threadKey{kind: t.Term.Kind, group: g}
}

func newScene(m *Moment) *scene {
	s := &scene{Moment: m, groups: map[threadKey][]*engine.Trend{}, there: map[threadKey]bool{}, raised: map[listPlace]*engine.Trend{}, held: map[listPlace]*engine.Trend{}, lists: map[string]*List{}, asked: map[listPlace]people{}}
	for i := range m.Lists {
		s.lists[m.Lists[i].Name] = &m.Lists[i]
	}
	for i := range m.View.Trends {
		t := &m.View.Trends[i]
		key := groupOf(t)
		if s.groups[key] == nil {
			s.order = append(s.order, key)
		}
		s.groups[key], s.there[key] = append(s.groups[key], t), true
		if t.Term.Kind == Watch && !s.young(t.Term.Key) {
			s.raised[listPlace{t.Term.Key, t.Platform}] = t
		}
	}
	for i := range m.View.Held {
		t := &m.View.Held[i]
		s.there[groupOf(t)] = true
		if t.Term.Kind == Watch && !s.young(t.Term.Key) {
			s.held[listPlace{t.Term.Key, t.Platform}] = t
		}
	}
	for i := range m.View.Variants {
		s.there[groupOf(&m.View.Variants[i])] = true
	}
	s.shares = s.share()
	return s
}

// find returns all that a rule holds for.
func (s *scene) find(r *Rule) (found []finding) {
	if r.Mentions {
		for i := range s.Mentions {
			if f := s.mentioned(r, &s.Mentions[i], 1); f != nil {
				found = append(found, *f)
			}
		}
		return found
	}
	for _, key := range s.order {
		if f := s.trending(r, key, 1); f != nil {
			found = append(found, *f)
		}
	}
	return found
}

// holds returns the finding of a rule for one thread, by thresholds of which slack is the part that is asked; nil if
// it does not hold.
func (s *scene) holds(r *Rule, key threadKey, slack float64) *finding {
	if !r.Mentions {
		return s.trending(r, key, slack)
	}
	if key.rule != r.Name {
		return nil
	}
	for i := range s.Mentions {
		if mentionKey(r, s.Mentions[i].List) == key {
			return s.mentioned(r, &s.Mentions[i], slack)
		}
	}
	return nil
}

// whole returns a finding for a thread of trends whose rule does not hold.
func (s *scene) whole(r *Rule, key threadKey) *finding {
	trends := s.groups[key]
	if len(trends) == 0 || r.Mentions {
		return nil
	}
	return &finding{rule: r, key: key, trends: trends, on: trends[0]}
}
