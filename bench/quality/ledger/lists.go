package ledger

import (
	"cmp"
	"slices"

	"github.com/swell-radar/swell/bench/quality/measure"
	"github.com/swell-radar/swell/engine/detect"
)

// lists are the hourly rankings: a term stands on the list of an hour with the rank that
// it had last in that hour.
type lists struct {
	k      int
	pane   int64
	rank   []float64 // by term, in the running hour; 0: not on the list
	terms  []uint32  // on the list of the running hour
	report measure.ListReport
	hits   int
	room   int // trends that were alive, at most k an hour
}

func (l *lists) note(term uint32, rank float64) {
	if rank <= 0 {
		return
	}
	if l.rank[term] == 0 {
		l.terms = append(l.terms, term)
	}
	l.rank[term] = rank
}

// turn measures the list of the hour when a later one begins.
func (l *Ledger) turn(pane int64) {
	if l.list.pane != 0 && detect.HourOf(pane) != detect.HourOf(l.list.pane) {
		l.judge()
	}
	l.list.pane = pane
}

// judge measures the list of the running hour and empties it.
func (l *Ledger) judge() {
	x := &l.list
	slices.SortFunc(x.terms, func(a, b uint32) int { return cmp.Or(cmp.Compare(x.rank[b], x.rank[a]), cmp.Compare(a, b)) })
	if at := (detect.HourOf(x.pane) + 1) * 3600; at >= l.from {
		x.report.Lists++
		for _, term := range x.terms[:min(x.k, len(x.terms))] {
			if l.alive(term, at) {
				x.hits++
			}
		}
		alive := 0
		for i := range l.trends {
			if r := &l.trends[i].row; at >= r.Onset && at <= r.End {
				alive++
			}
		}
		x.room += min(alive, x.k)
	}
	for _, term := range x.terms {
		x.rank[term] = 0
	}
	x.terms = x.terms[:0]
}

// alive reports whether the term is a trend at that time, and notes that it was
// listed.
func (l *Ledger) alive(term uint32, at int64) (alive bool) {
	s := l.stories[term]
	if s == nil {
		return false
	}
	for _, i := range s.trends {
		if t := &l.trends[i]; at >= t.row.Onset && at <= t.row.End {
			alive = true
			if t.listed == 0 {
				t.listed = at
			}
		}
	}
	return alive
}

// Lists returns how good the hourly lists were. The ledger is to be told nothing after.
func (l *Ledger) Lists() measure.ListReport {
	if len(l.list.terms) > 0 {
		l.judge()
	}
	r := l.list.report
	r.K = l.list.k
	if rows := float64(r.Lists * r.K); rows > 0 {
		r.Precision, r.Ceiling = float64(l.list.hits)/rows, float64(l.list.room)/rows
	}
	for i := range l.trends {
		t := &l.trends[i]
		if !l.counts(&t.row) || t.row.Peak == 0 {
			continue
		}
		r.BeforePeak.Of++
		if t.listed != 0 && t.listed < t.row.Peak {
			r.BeforePeak.Count++
		}
	}
	return r
}
