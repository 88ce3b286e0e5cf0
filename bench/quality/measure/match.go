package measure

import (
	"github.com/swell-radar/swell/bench/quality/truth"
)

// index finds the rows about a term.
type index struct {
	rows  []truth.Row
	byKey map[string][]int // by onset, as in the set
}

func newIndex(set truth.Set, opt *Options) *index {
	x := &index{rows: set.Rows, byKey: map[string][]int{}}
	for i := range x.rows {
		if opt.on(x.rows[i].Platform) {
			x.byKey[x.rows[i].Key] = append(x.byKey[x.rows[i].Key], i)
		}
	}
	return x
}

// about calls yield with every row about a term.
func (x *index) about(n name, yield func(i int, r *truth.Row)) {
	for _, i := range x.byKey[n.key] {
		r := &x.rows[i]
		if (r.Kind == 0 || r.Kind == n.kind) && (r.Platform == "" || r.Platform == n.platform) {
			yield(i, r)
		}
	}
}

// endOf returns when a row's thing was over.
func endOf(r *truth.Row) int64 {
	if r.End != 0 {
		return r.End
	}
	return max(r.Onset+life, r.Peak)
}

// Verdict says what an alarm was.
type Verdict uint8

// The verdicts.
const (
	False  Verdict = iota // about nothing that should be raised
	Right                 // about a trend, while it lived; an oracle's hit
	Spared                // neither: shortly before a trend or after it, or near
)

// planted judges a moment of a term by what was planted. It calls hit with every
// trend in whose [onset, end] the moment lies.
func (x *index) planted(n name, at int64, hit func(i int)) (v Verdict, cause Cause) {
	v, cause = False, Background
	x.about(n, func(i int, r *truth.Row) {
		end := endOf(r)
		switch {
		case at < r.Onset-early || at > end+grace:
		case r.Type == truth.Trend && !r.Near && r.Onset <= at && at <= end:
			v = Right
			hit(i)
		case r.Type == truth.Trend || r.Near:
			if v == False {
				v = Spared
			}
		case r.Onset <= at:
			// Of several, the one that began last.
			cause = Cause(r.Type)
		}
	})
	return v, cause
}

// oracle judges a moment of a term by an oracle, likewise.
func (x *index) oracle(n name, at int64, hit func(i int)) (v Verdict, cause Cause) {
	v = False
	x.about(n, func(i int, r *truth.Row) {
		switch {
		case at < r.Onset-early || at > r.Onset+hitWindow:
		case !r.Near:
			v = Right
			hit(i)
		case v == False:
			v = Spared
		}
	})
	return v, Background
}
