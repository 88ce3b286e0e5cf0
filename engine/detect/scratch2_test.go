package detect

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

func sweep(a *archive, label string, opt Options) {
	w := newWorld(len(a.terms), opt)
	w.run(a.posts)
	v := a.judgeBy(w.raises())
	fmt.Printf("%-12s %-44s found %d/%d prec %.2f hits %d near %d wrong %d lead %.1f/%.1f thr %.1f %.1f\n", a.name, label, v.found, v.events, v.precision(), v.hits, v.near, v.wrong, median(v.toCrossed), median(v.toPeak), w.judge.Threshold(0, 0), w.judge.Threshold(0, 1))
	if os.Getenv("LIST") != "" {
		fmt.Println("MISSED\n", strings.Join(v.missed, "\n "))
		fmt.Println("WRONG\n", strings.Join(v.wrongAt, "\n "))
	}
}

func slim(a *archive, n int) {
	c := make([]int, len(a.terms))
	for _, p := range a.posts {
		c[p.term]++
	}
	var out []post
	for _, p := range a.posts {
		if c[p.term] >= n {
			out = append(out, p)
		}
	}
	a.posts = out
}

func TestScratchSweep(t *testing.T) {
	if os.Getenv("SWEEP") == "" {
		t.Skip()
	}
	for _, name := range strings.Split(os.Getenv("SWEEP"), ",") {
		a := openArchive(t, name)
		if name[0] == 'r' {
			slim(a, 40)
		}
		var wg sync.WaitGroup
		sem := make(chan int, 2)
		for label, opt := range variants() {
			wg.Add(1)
			sem <- 1
			go func() { defer wg.Done(); sweep(a, label, opt); <-sem }()
		}
		wg.Wait()
	}
}

func variants() map[string]Options {
	out := map[string]Options{}
	for _, lift := range []float64{1.5, 2, 2.5, 3} {
		for _, ms := range []float64{1, 1.5, 2} {
			for _, day := range []float64{0, 1} {
				opt := DefaultOptions()
				opt.MinLift, opt.MinScore = lift, ms
				if day > 0 {
					opt.Windows = append(opt.Windows, Window{144, 0})
				}
				out[fmt.Sprintf("lift %v score %v day %v", lift, ms, day)] = opt
			}
		}
	}
	return out
}
