package ledger

import (
	"cmp"
	"slices"
	"strings"

	"github.com/swell-radar/swell/bench/quality/measure"
	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/bench/quality/truth"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// What is no false alarm, in seconds: so long after the end of a trend of its term,
// and so long before the onset (see package measure).
const (
	grace = 24 * 3600
	early = 3600
)

// Ledger collects the scores of one detector over one planted stream. It belongs to one
// goroutine.
type Ledger struct {
	trace    *trace.Trace
	from, to int64 // Unix seconds between which things count
	trends   []trend
	stories  []*story // by term; nil where the truth knows nothing
	worst    map[termDay]measure.FalseDay

	list lists
}

// trend is one trend of the truth and how the score rose during it.
type trend struct {
	row   truth.Row
	climb measure.Climb
	// listed is the Unix second of the first hourly list that had it; 0: none.
	listed int64
}

type termDay struct {
	term uint32
	day  int64
}

// story is what the truth knows of a term, in any spelling, on a platform.
type story struct {
	trends []int
	others []truth.Row
}

// New returns a ledger for the trace. What comes before from (a Unix second) is warm-up:
// trends with an onset before it, and false alarms before it, count for nothing, nor do
// trends with a peak after the end. Lists are measured by their first k rows.
func New(t *trace.Trace, set truth.Set, from int64, k int) *Ledger {
	l := &Ledger{
		trace: t, from: from, to: detect.PaneStart(t.Last() + 1),
		stories: make([]*story, len(t.Terms)), worst: map[termDay]measure.FalseDay{},
		list: lists{k: k, rank: make([]float64, len(t.Terms))},
	}
	// What is true of a term is true of its other spellings.
	type spellings struct {
		group    uint32
		platform uint16
	}
	type named struct {
		kind          term.Kind
		platform, key string
	}
	index, stories := map[named]spellings{}, map[spellings]*story{}
	for i := range t.Terms {
		x := &t.Terms[i]
		index[named{x.Kind, t.Platforms[x.Platform], x.Key}] = spellings{x.Group, x.Platform}
	}
	for _, r := range set.Rows {
		in := l.counts(&r)
		if r.Type == truth.Trend && in {
			l.trends = append(l.trends, trend{row: r, climb: measure.Climb{Shape: r.Shape, Peaked: r.Peak != 0}})
		}
		at, ok := index[named{r.Kind, r.Platform, r.Key}]
		if !ok {
			continue
		}
		s := stories[at]
		if s == nil {
			s = &story{}
			stories[at] = s
		}
		switch {
		case r.Type != truth.Trend:
			s.others = append(s.others, r)
		case in:
			s.trends = append(s.trends, len(l.trends)-1)
		default:
			s.trends = append(s.trends, len(l.trends))
			l.trends = append(l.trends, trend{row: r})
		}
	}
	for i := range t.Terms {
		l.stories[i] = stories[spellings{t.Terms[i].Group, t.Terms[i].Platform}]
	}
	return l
}

// counts reports whether a trend is measured.
func (l *Ledger) counts(r *truth.Row) bool { return r.Onset >= l.from && r.Peak < l.to }

// Score notes a term's score, and its rank if that is above 0, at the end of a pane.
// Panes must not fall.
func (l *Ledger) Score(pane int64, term uint32, score, rank float64) {
	at := detect.PaneStart(pane + 1)
	l.turn(pane)
	l.list.note(term, rank)
	if score <= 0 {
		return
	}
	cause := measure.Background
	if s := l.stories[term]; s != nil {
		if l.climbs(s, at, score) {
			return
		}
		for i := range s.others {
			if r := &s.others[i]; at >= r.Onset && at <= r.End+grace {
				cause = measure.Cause(r.Type)
			}
		}
	}
	if at < l.from {
		return
	}
	key := termDay{term, at / 86400}
	if was, ok := l.worst[key]; !ok || score > was.Score {
		l.worst[key] = measure.FalseDay{Score: score, Cause: cause}
	}
}

// climbs takes a score into the trends of a term, and reports whether it belongs to one.
func (l *Ledger) climbs(s *story, at int64, score float64) (inside bool) {
	for _, i := range s.trends {
		t := &l.trends[i]
		if at < t.row.Onset-early || at > t.row.End+grace {
			continue
		}
		inside = true
		n := len(t.climb.Steps)
		if at >= t.row.Onset && at <= t.row.End && (n == 0 || score > t.climb.Steps[n-1].Score) {
			t.climb.Steps = append(t.climb.Steps, measure.Step{Score: score, Delay: at - t.row.Onset, Lead: t.row.Peak - at})
		}
	}
	return inside
}

// Sweep returns what any threshold would have given.
func (l *Ledger) Sweep() measure.Sweep {
	s := measure.Sweep{Days: float64(l.to-l.from) / 86400, Platforms: len(l.trace.Platforms)}
	for i := range l.trends {
		if t := &l.trends[i]; l.counts(&t.row) {
			s.Trends = append(s.Trends, t.climb)
		}
	}
	for _, f := range l.worst {
		s.False = append(s.False, f)
	}
	slices.SortFunc(s.False, func(a, b measure.FalseDay) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(string(a.Cause), string(b.Cause)))
	})
	return s
}
