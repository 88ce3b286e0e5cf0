package main

import (
	"fmt"
	"io"

	"github.com/swell-radar/swell/bench/quality/truth"
	"github.com/swell-radar/swell/bench/quality/worlds"
)

var plantedTypes = []truth.Type{truth.Trend, truth.Burst, truth.Bot, truth.Flood, truth.Regular}

// streams says what is measured on.
func (s *study) streams(out io.Writer) {
	fmt.Fprintf(out, "## The streams\n\n")
	if len(s.worlds()) > 0 {
		fmt.Fprintf(out, `A world is %d days long; the first %d are for learning and count for nothing. Settings were chosen on seed 1 of base, which is not
among the seeds below. What is planted is given per day that counts, but for regulars, terms that return every day or week: these are all there are.

`, worlds.Days, worlds.WarmUp)
		t := newTable("world", "<what it is", "<seeds", "uses a day", "terms", "trends", "bursts", "bots", "floods", "regulars")
		for _, w := range s.worlds() {
			list := s.of(w)
			var seeds []string
			var uses, terms sample
			planted := map[truth.Type]sample{}
			for _, r := range list {
				seeds = append(seeds, fmt.Sprint(r.Source.Seed))
				uses, terms = append(uses, float64(r.Uses)), append(terms, float64(r.Terms))
				for _, p := range plantedTypes {
					planted[p] = append(planted[p], float64(r.Planted[p])/r.Days)
				}
			}
			row := []string{w, worlds.About(w), enumerate(seeds), fmt.Sprintf("%.0f", uses.mean()), fmt.Sprintf("%.0f", terms.mean())}
			for _, p := range plantedTypes {
				if p == truth.Regular {
					row = append(row, fmt.Sprintf("%.0f", planted[p].mean()*list[0].Days))
				} else {
					row = append(row, tenths(planted[p].mean()))
				}
			}
			t.add(row...)
		}
		t.write(out)
		fmt.Fprintf(out, "Bots are one to five accounts that post one tag for hours, one-person floods among them; floods are hundreds of new accounts in lockstep; a burst is up to 25 people.\n\n")
	}
	list := append(s.archives(true), s.archives(false)...)
	if len(list) > 0 {
		t := newTable("archive", "days", "uses a day", "terms", "rows of truth")
		for _, r := range list {
			n := 0
			for _, p := range r.Planted {
				n += p
			}
			t.add(r.Source.String(), tenths(r.Days), fmt.Sprint(r.Uses), fmt.Sprint(r.Terms), fmt.Sprint(n))
		}
		t.write(out)
	}
	fmt.Fprintf(out, "The detectors:\n\n")
	t := newTable("detector", "<key", "<source")
	for i := range s.contestants {
		if c := &s.contestants[i]; c.role == rival {
			t.add(c.Name, "`"+c.Key+"`", c.About)
		}
	}
	t.write(out)
	fmt.Fprintf(out, `SigniTrend leaves its settings open. Beside those that were published there are the best that were found by search on generated streams with
other seeds: one among short epochs, one among all. Both count authors, as Swell does, and score running epochs. Nikolov's vote is trained on the warm-up of the same stream, with its truth. The others have
no settings to tune beside the threshold.

`)
}
