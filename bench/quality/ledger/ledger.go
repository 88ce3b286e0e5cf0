// Package ledger notes what one detector scored over a stream and when, against
// the truth: enough to read off its figures at any threshold after one pass.
package ledger

import (
	"cmp"
	"slices"

	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/bench/quality/truth"
	"github.com/swell-radar/swell/engine/detect"
)

// Grace is how long after the end of a trend, in seconds, its term's aftermath is
// no false alarm; Early how long before the onset.
const (
	Grace = 24 * 3600
	Early = 3600
)

// Step is a new highest score of a trend.
type Step struct {
	At    int64 // Unix second, end of the pane
	Score float64
}

// Trend is one trend of the truth and how a detector's score rose during it.
type Trend struct {
	Row   truth.Row
	Steps []Step // from onset to end; scores rise

	Listed int64 // Unix second of the first hourly list with it among the first TopK; 0: none
}

// False is the largest score of a term in a UTC day outside of trends.
type False struct {
	Term  uint32
	Day   int64
	Score float64
	Cause string
	At    int64
}

// TopK is the length of the hourly list.
const TopK = 20

// Ledger collects the scores of one detector. It belongs to one goroutine.
type Ledger struct {
	trace   *trace.Trace
	from    int64 // Unix second from which on things count
	trends  []Trend
	stories []*story // by term; nil where the truth knows nothing
	falses  map[uint64]int
	false_  []False
	days    float64

	list []listed
	last []float64 // by term: rank in the running hour
	pane int64
	Skip string // cause of false alarms that is left out

	Hits, Rows int // rows of hourly lists that are trends; rows of lists
}

type listed struct {
	term uint32
	rank float64
}

// story is what the truth knows of a term.
type story struct {
	trends []int
	others []truth.Row
}

// New returns a ledger for the trace. What comes before from (a Unix second) is warm-up:
// trends with an onset before it, and false alarms before it, count for nothing.
func New(t *trace.Trace, set truth.Set, from int64) *Ledger {
	l := &Ledger{trace: t, from: from, stories: make([]*story, len(t.Terms)), falses: map[uint64]int{}, last: make([]float64, len(t.Terms))}
	// What is true of a term is true of its other spellings.
	index, groups := map[key]variants{}, map[variants]*story{}
	for i := range t.Terms {
		x := &t.Terms[i]
		index[key{int(x.Kind), t.Platforms[x.Platform], x.Key}] = variants{x.Group, x.Platform}
	}
	end := (t.Last() + 1) * detect.PaneSeconds
	l.days = float64(end-from) / 86400
	for _, r := range set.Rows {
		g, ok := index[key{int(r.Kind), r.Platform, r.Key}]
		if !ok {
			continue
		}
		s := groups[g]
		if s == nil {
			s = &story{}
			groups[g] = s
		}
		if r.Type == truth.Trend {
			s.trends = append(s.trends, len(l.trends))
			l.trends = append(l.trends, Trend{Row: r})
		} else {
			s.others = append(s.others, r)
		}
	}
	for i := range t.Terms {
		l.stories[i] = groups[variants{t.Terms[i].Group, t.Terms[i].Platform}]
	}
	return l
}

// variants are the spellings of a term on a platform.
type variants struct {
	group    uint32
	platform uint16
}

type key struct {
	kind          int
	platform, key string
}

// Score notes a term's score at the end of a pane.
func (l *Ledger) Score(pane int64, term uint32, score, rank float64) {
	at := detect.PaneStart(pane + 1)
	if pane != l.pane {
		l.hour(pane)
	}
	if rank > 0 {
		if l.last[term] == 0 {
			l.list = append(l.list, listed{term: term})
		}
		l.last[term] = rank
	}
	if score <= 0 {
		return
	}
	s := l.stories[term]
	inside := false
	cause := "background"
	if s != nil {
		for _, i := range s.trends {
			t := &l.trends[i]
			if at < t.Row.Onset-Early || at > t.Row.End+Grace {
				continue
			}
			inside = true
			if n := len(t.Steps); at <= t.Row.End && at >= t.Row.Onset && (n == 0 || score > t.Steps[n-1].Score) {
				t.Steps = append(t.Steps, Step{at, score})
			}
		}
		for _, r := range s.others {
			if at >= r.Onset && at <= r.End+Grace {
				cause = string(r.Type)
				if r.Type == truth.Regular {
					cause = r.Shape
				}
			}
		}
	}
	if inside || at < l.from || cause == l.Skip {
		return
	}
	day := detect.DayOf(pane)
	k := uint64(day)<<32 | uint64(term)
	i, ok := l.falses[k]
	if !ok {
		i = len(l.false_)
		l.falses[k] = i
		l.false_ = append(l.false_, False{Term: term, Day: day, Score: score, Cause: cause, At: at})
	}
	if f := &l.false_[i]; score > f.Score {
		f.Score, f.Cause, f.At = score, cause, at
	}
}

// hour closes the list of the hour when a new one begins: ranks of the last pane
// in which a term was scored stand for it.
func (l *Ledger) hour(pane int64) {
	if l.pane != 0 && detect.HourOf(pane) != detect.HourOf(l.pane) {
		for i := range l.list {
			l.list[i].rank = l.last[l.list[i].term]
			l.last[l.list[i].term] = 0
		}
		slices.SortFunc(l.list, func(a, b listed) int {
			return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.term, b.term))
		})
		at := (detect.HourOf(l.pane) + 1) * 3600
		if at >= l.from {
			for _, x := range l.list[:min(TopK, len(l.list))] {
				l.Rows++
				if l.alive(x.term, at) {
					l.Hits++
				}
			}
		}
		l.list = l.list[:0]
	}
	l.pane = pane
}

// alive reports whether the term is a trend now, and notes that it was listed.
func (l *Ledger) alive(term uint32, at int64) bool {
	s := l.stories[term]
	if s == nil {
		return false
	}
	for _, i := range s.trends {
		t := &l.trends[i]
		if at >= t.Row.Onset && at <= t.Row.End {
			if t.Listed == 0 {
				t.Listed = at
			}
			return true
		}
	}
	return false
}

// Trends returns the trends that count: those with an onset after the warm-up
// and a peak within the trace.
func (l *Ledger) Trends() []Trend {
	end := (l.trace.Last() + 1) * detect.PaneSeconds
	var out []Trend
	for _, t := range l.trends {
		if t.Row.Onset >= l.from && t.Row.Peak < end {
			out = append(out, t)
		}
	}
	return out
}

// Falses returns the negative days, largest score first.
func (l *Ledger) Falses() []False {
	slices.SortFunc(l.false_, func(a, b False) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Term, b.Term))
	})
	l.falses = nil
	return l.false_
}

// Days returns the days that count.
func (l *Ledger) Days() float64 { return l.days }
