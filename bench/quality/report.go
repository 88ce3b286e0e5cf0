package main

import (
	"fmt"
	"io"
	"strings"
)

// write writes the report.
func (s *study) write(out io.Writer, o *options) {
	fmt.Fprintf(out, head, topK)
	if o.revision != "" {
		fmt.Fprintf(out, "Measured at revision `%s`.\n\n", o.revision)
	}
	s.summary(out)
	if len(s.results) > 0 {
		s.streams(out)
	}
	if b := s.of(base); len(b) > 0 {
		s.atBudgets(out, b)
		s.chart(out, o, b)
		s.perSeed(out, b)
		s.causes(out, b)
		s.withoutFloods(out, o, b)
		s.ablations(out, b)
	}
	s.shifted(out)
	s.asRaised(out)
	s.planted(out)
	s.course(out)
	s.confidence(out, o)
	for _, r := range s.archives(false) {
		fmt.Fprintf(out, "## Archive %s\n\n", r.Source)
		s.budgetTable(out, []*result{r}, budgets[0], false)
	}
	s.oracles(out)
	s.scores(out)
	fmt.Fprint(out, limits)
}

const head = `# How early, and at what price

This report is written by ` + "`make quality`" + `. Do not edit it.

The question: at the same number of false alarms, does Swell find trends earlier than published methods and than the plain
ones that people use? All detectors are given the same exact counts of the same streams, pane by pane of ten minutes, and
none is told what comes.

## What the words mean

A **trend** is planted: its onset, peak and end are known. It is **found before the peak** when its term is raised in
[onset, peak). Its **lead** is the hours from then to the peak, and 0 for one that was raised later or never, so a detector
cannot gain by passing over the hard ones. **Delay** is the hours from onset to the alarm, of those that were raised at all.

A **false alarm** is a term and UTC day on which the highest score reaches the threshold, outside of [onset − 1 h, end + 24 h]
of every trend of the term. For each detector the threshold is set, with hindsight and for each stream, to the lowest one that
keeps to so many false alarms a day and platform. So all stand at the same price, and no detector is judged by the threshold
that its authors happened to choose. Where Swell is judged by its own alarms, it says so ("as raised").

The **list** of an hour is what a detector ranks highest; P@%d is the share of its first rows that are trends alive then.
A figure such as 71.0 ± 2.0 is the mean over seeds and the standard deviation between them. Details: docs/eval.md.

`

// summary says in a few lines what came out, losses included.
func (s *study) summary(out io.Writer) {
	b := s.of(base)
	own := beforePeak.sample(b, swell, usual)
	rival, most := s.best(b, usual, beforePeak)
	if len(own) == 0 || rival == nil {
		return
	}
	leader, hours := s.best(b, usual, meanLead)
	fmt.Fprintf(out, "## In short\n\n")
	fmt.Fprintf(out, "At %d false alarms a day Swell finds **%s %%** of the trends of the world \"base\" before their peak, with a mean lead of **%s hours**.\n",
		usual, percent(own.mean()), tenths(meanLead.sample(b, swell, usual).mean()))
	fmt.Fprintf(out, "The best of the others finds %s %% (%s); the longest mean lead of the others is %s hours (%s).\n\n", percent(most), rival.Name, tenths(hours), leader.Name)
	rival, most = s.best(b, usual, sparedBeforePeak)
	leader, hours = s.best(b, usual, sparedMeanLead)
	fmt.Fprintf(out, "Much of that comes from lockstep floods, which only Swell holds back. If nobody's alarms about floods counted, it would be %s %% and %s hours, against %s %% (%s) and %s hours (%s).\n\n",
		percent(sparedBeforePeak.sample(b, swell, usual).mean()), tenths(sparedMeanLead.sample(b, swell, usual).mean()), percent(most), rival.Name, tenths(hours), leader.Name)
	if x := raisedWith(b, usual); len(x) > 0 {
		var before, leads, falses sample
		for _, r := range x {
			before = append(before, r.Report.BeforePeak.Share())
			leads = append(leads, r.Report.Lead.Mean)
			falses = append(falses, r.Report.False.PerPlatformDay)
		}
		fmt.Fprintf(out, "By its own threshold, learned from the stream for a budget of %d, it finds %s %% with %s hours, at %s false alarms a day.\n\n",
			usual, percent(before.mean()), tenths(leads.mean()), tenths(falses.mean()))
	}
	ahead, ties, losses := s.balance()
	fmt.Fprintf(out, "Over all worlds, rivals and the %d figures that are compared, Swell is ahead %d times, ties %d times and is behind %d times ([all of them](#ahead-ties-and-losses)).\n\n",
		len(figures), ahead, len(ties), len(losses))
}

// enumerate joins names to a list in words.
func enumerate(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}

const limits = `## What this does not show

- The worlds are made up. What they hold (background, seasons, trends of two shapes, bursts, bots, floods) is described in
  bench/workload and bench/quality/worlds; no row of them is real. A detector that does well here may meet something else
  outside; archives are real, but small.
- The same people wrote the worlds and the detector. Seed 1 was looked at while settings were chosen; the seeds above were not.
  The worlds other than base were made to find out where it breaks.
- The size of the trends was chosen so that SigniTrend with epochs of three hours, the best setting of it known beforehand, finds about
  three quarters before their peak: smaller ones nobody finds, larger ones everybody does.
- Thresholds with hindsight are kind to all. Only Swell has a threshold of its own that is measured here.
- Exact counts are kind to all as well: this measures the detectors, not the sketches beneath Swell.
`
