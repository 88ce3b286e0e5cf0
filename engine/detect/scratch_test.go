package detect

import (
	"fmt"
	"os"
	"testing"
)

func TestScratchRows(t *testing.T) {
	name := os.Getenv("ARCH")
	if name == "" {
		t.Skip()
	}
	a := openArchive(t, name)
	opt := DefaultOptions()
	w := newWorld(len(a.terms), opt)
	type key struct{ i int }
	best := make([]Evidence, len(a.rows))
	byTerm := map[string][]int{}
	for i, r := range a.rows {
		byTerm[r.term] = append(byTerm[r.term], i)
	}
	w.onTick = func(f *Frame, touched []uint32) {
		at := PaneStart(f.Pane + 1)
		for _, x := range touched {
			for _, i := range byTerm[a.terms[x]] {
				r := a.rows[i]
				if at >= r.onset-3600 && at <= r.onset+24*3600 {
					e := Evaluate(w.rings[x].series(), &w.base[x], f, &w.opt)
					if e.Score > best[i].Score {
						best[i] = e
					}
				}
			}
		}
		if f.Pane%(PanesPerDay*7) == 0 {
			fmt.Printf("pane day %d lvl %.1f exp now %.1f thr %v\n", DayOf(f.Pane), f.Level, f.Expected(f.Hour), [4]float64{w.judge.Threshold(0, 0), w.judge.Threshold(0, 1), w.judge.Threshold(0, 2), w.judge.Threshold(0, 3)})
		}
	}
	w.run(a.posts)
	for i, r := range a.rows {
		if !r.near {
			e := best[i]
			fmt.Printf("%-24s %s S=%.2f z=%.2f w=%d seen=%.1f exp=%.2f posts=%.0f fl=%b day=%.0f\n", r.term, r.kind, e.Score, e.Z, e.Window, e.Seen, e.Expected, e.Posts, e.Flags, e.Day)
		}
	}
	v := a.judgeBy(w.raises())
	fmt.Printf("%d of %d, prec %.2f hits %d near %d wrong %d\n", v.found, v.events, v.precision(), v.hits, v.near, v.wrong)
}
