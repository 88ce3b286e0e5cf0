package main

import (
	"fmt"
	"io"
)

func write(out io.Writer, results []*result, o *options) {
	for _, r := range results {
		fmt.Fprintln(out, "##", r.Source, r.Days, r.Terms, r.Posts, r.Planted)
		for _, c := range o.contestants {
			if x := r.Outcomes[c.Key]; x != nil {
				for _, b := range budgets {
					f := at(x.Counted, b)
					g := at(x.Spared, b)
					fmt.Fprintf(out, "%-30s %4.0f before %.3f lead %.2f delay %.1f causes %v P@20 %.2f listed %.2f | spared %.3f %.2f\n", c.Name, b, f.BeforePeak.Share(), f.Lead.Mean, f.Delay.Median, f.False.Causes, x.Lists.Precision, x.Lists.BeforePeak.Share(), g.BeforePeak.Share(), g.Lead.Mean)
				}
			}
			if h := r.Hits[c.Key]; h != nil {
				fmt.Fprintf(out, "%-30s events %v alarms %+v\n", c.Name, h.Report.Recall, h.Report.Alarms)
			}
		}
		for _, x := range r.Raised {
			fmt.Fprintf(out, "budget %v: before %.3f lead %.2f false %.2f alarms %+v held %v alarmed %v released %v fading %d given %d left %d\n", x.Budget, x.Report.BeforePeak.Share(), x.Report.Lead.Mean, x.Report.False.PerPlatformDay, x.Report.Alarms, x.Held, x.Alarmed, x.Released, len(x.Fading), len(x.Given), len(x.Left))
		}
	}
}
