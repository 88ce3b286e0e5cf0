package measure

import (
	"slices"

	"github.com/swell-radar/swell/bench/quality/truth"
	"github.com/swell-radar/swell/term"
)

// List is a ranking at a moment.
type List struct {
	At    int64
	Terms []Listed // best first
}

// Listed is a term on a list.
type Listed struct {
	Kind          term.Kind
	Key, Platform string
}

// ListReport says how good rankings were.
type ListReport struct {
	K     int `json:"k"`
	Lists int `json:"lists"`
	// Precision is the mean, over the lists, of the rows among the first K that
	// are trends alive at that hour, divided by K: precision at K.
	Precision float64 `json:"precision"`
	// Ceiling is what Precision would be if every trend alive were listed: an hour
	// may have fewer than K.
	Ceiling float64 `json:"ceiling"`
	// BeforePeak are the trends that were among the first K of a list in
	// [onset, peak), of those whose peak is known.
	BeforePeak Ratio `json:"before_peak"`
}

// EvaluateLists measures rankings by their first k rows, one an hour as a rule. A
// trend is alive from its onset to its end; one that is near is not a trend here.
// Of an oracle every row counts by itself. A term that stands twice on a list
// counts once.
func EvaluateLists(lists []List, k int, set truth.Set, opt Options) ListReport {
	report := ListReport{K: k}
	x := newIndex(set, &opt)
	listed := make([]bool, len(set.Rows))
	var right, possible int
	for _, l := range lists {
		if k <= 0 || !opt.contains(l.At) {
			continue
		}
		report.Lists++
		alive := 0
		for i := range x.rows {
			if r := &x.rows[i]; opt.on(r.Platform) && aliveAt(r, l.At) {
				alive++
			}
		}
		possible += min(alive, k)
		top := l.Terms[:min(k, len(l.Terms))]
		for i, t := range top {
			if !opt.on(t.Platform) || slices.Contains(top[:i], t) {
				continue
			}
			hit := false
			x.about(name{t.Kind, t.Key, t.Platform}, func(row int, r *truth.Row) {
				if aliveAt(r, l.At) {
					hit = true
					listed[row] = listed[row] || l.At < r.Peak
				}
			})
			if hit {
				right++
			}
		}
	}
	if report.Lists > 0 {
		rows := float64(report.Lists * k)
		report.Precision, report.Ceiling = float64(right)/rows, float64(possible)/rows
	}
	for i := range x.rows {
		r := &x.rows[i]
		if r.Type == truth.Trend && !r.Near && r.Peak != 0 && opt.on(r.Platform) && opt.contains(r.Onset) && opt.contains(r.Peak) {
			report.BeforePeak.Of++
			if listed[i] {
				report.BeforePeak.Count++
			}
		}
	}
	return report
}

func aliveAt(r *truth.Row, at int64) bool {
	return r.Type == truth.Trend && !r.Near && r.Onset <= at && at <= endOf(r)
}
