package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/swell-radar/swell/bench/quality/measure"
)

// budgetTable has all detectors at one budget.
func (s *study) budgetTable(out io.Writer, results []*result, perDay float64, spared bool) {
	t := newTable("detector", "before peak, %", "found, %", "mean lead, h", "median lead, h", "quartiles, h", "median delay, h", fmt.Sprintf("P@%d, %%", topK), "listed before peak, %")
	daggers := false
	for _, c := range s.with(results, own, rival) {
		get := func(of func(x *outcome, b *measure.Budget) float64) sample {
			return sampleOf(results, c.Key, perDay, spared, of)
		}
		name := c.Name
		if exhausted := get(func(_ *outcome, b *measure.Budget) float64 {
			if b.Exhausted {
				return 1
			}
			return 0
		}); exhausted.mean() > 0 {
			name += " †"
			daggers = true
		}
		if c.role == own {
			name = "**" + name + "**"
		}
		t.add(name,
			get(beforePeakOf).text(percent),
			get(func(_ *outcome, b *measure.Budget) float64 { return b.Recall.Share() }).text(percent),
			get(meanLeadOf).text(decimal),
			tenths(get(func(_ *outcome, b *measure.Budget) float64 { return b.Lead.Median }).mean()),
			tenths(get(func(_ *outcome, b *measure.Budget) float64 { return b.Lead.Q1 }).mean())+" – "+
				tenths(get(func(_ *outcome, b *measure.Budget) float64 { return b.Lead.Q3 }).mean()),
			tenths(get(func(_ *outcome, b *measure.Budget) float64 { return b.Delay.Median }).mean()),
			percent(get(precisionAtK.of).mean()), percent(get(listedInTime.of).mean()))
	}
	t.write(out)
	if daggers {
		fmt.Fprintf(out, "† All that it scores at all is fewer false alarms than that: no threshold gives more.\n\n")
	}
}

func (s *study) atBudgets(out io.Writer, results []*result) {
	for _, b := range budgets {
		fmt.Fprintf(out, "## Base, at %g false alarms a day\n\n", b)
		s.budgetTable(out, results, b, false)
	}
	lists := sampleOf(results, swell, usual, false, func(x *outcome, _ *measure.Budget) float64 { return x.Lists.Ceiling })
	if len(lists) > 0 {
		fmt.Fprintf(out, "Lists do not depend on the threshold, but for Swell's: it lists what its judge has raised at a budget of %d. A perfect list would have a P@%d of %s %%. To be listed once before the peak is easy for a list that shows other terms every hour: a method whose P@%d is low and which lists nearly all trends in time does that.\n\n", usual, topK, percent(lists.mean()), topK)
	}
}

func (s *study) perSeed(out io.Writer, results []*result) {
	fmt.Fprintf(out, "## Base, seed by seed\n\nFound before the peak, %%, and mean lead, h, at %d false alarms a day.\n\n", usual)
	head := []string{"detector"}
	for _, r := range results {
		head = append(head, fmt.Sprint(r.Source.Seed))
	}
	t := newTable(head...)
	for _, c := range s.with(results, own, rival) {
		row := []string{c.Name}
		for _, r := range results {
			if x := r.Outcomes[c.Key]; x != nil {
				b := at(x.Counted, usual)
				row = append(row, percent(b.BeforePeak.Share())+" / "+decimal(b.Lead.Mean))
			} else {
				row = append(row, "-")
			}
		}
		t.add(row...)
	}
	t.write(out)
}

func (s *study) causes(out io.Writer, results []*result) {
	fmt.Fprintf(out, "## What the false alarms are about\n\nShare of the false alarms on base, %%, where a detector has %g a day.\n\n", budgets[1])
	head := []string{"detector"}
	for _, c := range measure.Causes() {
		head = append(head, string(c))
	}
	t := newTable(head...)
	for _, c := range s.with(results, own, rival) {
		row := []string{c.Name}
		for i := range measure.Causes() {
			row = append(row, percent(sampleOf(results, c.Key, budgets[1], false, func(_ *outcome, b *measure.Budget) float64 {
				if b.False.Count == 0 {
					return 0
				}
				return float64(b.False.Causes[i].Count) / float64(b.False.Count)
			}).mean()))
		}
		t.add(row...)
	}
	t.write(out)
}

func (s *study) withoutFloods(out io.Writer, o *options, results []*result) {
	fmt.Fprintf(out, `## Base, if floods were no false alarms

Lockstep floods fill the budget of every detector that counts heads, and Swell alone looks at who posts and what. This table leaves
them out, as if each detector had a perfect filter before it, so that it shows the rest of the difference. At %d false alarms a day:

`, usual)
	s.budgetTable(out, results, usual, true)
	s.sparedChart(out, o, results)
}

func (s *study) ablations(out io.Writer, results []*result) {
	list := s.with(results, ablation)
	if len(list) == 0 {
		return
	}
	results = slices.DeleteFunc(slices.Clone(results), func(r *result) bool { return !r.Source.Deep })
	fmt.Fprintf(out, "## What the parts are worth\n\nSwell without one part at a time, on base (%d of the seeds) at %d false alarms a day; in brackets the difference to the whole.\n\n", len(results), usual)
	t := newTable("without", "<what is different", "before peak, %", "mean lead, h", "floods not counted: before peak, %", "mean lead, h", fmt.Sprintf("P@%d, %%", topK))
	add := func(c *contestant, name, about string) {
		row := []string{name, about}
		for _, f := range []figure{beforePeak, meanLead, sparedBeforePeak, sparedMeanLead, precisionAtK} {
			x, whole := f.sample(results, c.Key, usual).mean(), f.sample(results, swell, usual).mean()
			text := f.write(x)
			if c.role == ablation {
				text += " (" + signed(f.write, x-whole) + ")"
			}
			row = append(row, text)
		}
		t.add(row...)
	}
	for _, c := range s.with(results, own) {
		add(c, "nothing", "")
	}
	for _, c := range list {
		add(c, c.Name, c.About)
	}
	t.write(out)
}

// signed writes a difference with its sign, and none where it rounds to nothing.
func signed(format func(float64) string, x float64) string {
	if format(x) == format(0) || format(x) == "-"+format(0) {
		return format(0)
	}
	if x > 0 {
		return "+" + format(x)
	}
	return format(x)
}

// shifted has the worlds that differ from base.
func (s *study) shifted(out io.Writer) {
	var names []string
	for _, w := range s.worlds() {
		if w != base && w != quiet {
			names = append(names, w)
		}
	}
	if len(names) == 0 {
		return
	}
	fmt.Fprintf(out, "## Other worlds\n\nFound before the peak, %%, and mean lead, h, at %d false alarms a day and platform.\n\n", usual)
	var all []*result
	for _, w := range names {
		all = append(all, s.of(w)...)
	}
	t := newTable(append([]string{"detector"}, names...)...)
	for _, c := range s.with(all, own, rival) {
		row := []string{c.Name}
		for _, w := range names {
			results := s.of(w)
			before := beforePeak.sample(results, c.Key, usual)
			if len(before) == 0 {
				row = append(row, "-")
				continue
			}
			row = append(row, percent(before.mean())+" / "+decimal(meanLead.sample(results, c.Key, usual).mean()))
		}
		t.add(row...)
	}
	t.write(out)
}
