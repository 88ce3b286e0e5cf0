package main

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

// measures are what the heat map of a week can show, by name.
var measures = []struct {
	name, what string
	of         func(*api.TimingCell) api.Number
}{
	{"posts", "posts an hour", func(c *api.TimingCell) api.Number { return c.PostsPerH }},
	{"reposts", "reposts an hour", func(c *api.TimingCell) api.Number { return c.RepostsPerH }},
	{"reactions", "reactions to a post of that hour", func(c *api.TimingCell) api.Number { return c.ReactionsPerPost }},
}

func measureNames() (names []string) {
	for _, m := range measures {
		names = append(names, m.name)
	}
	return names
}

func newTiming(s streams) *cobra.Command {
	var a asking
	var measure string
	cmd := &cobra.Command{
		Use:   "timing [KIND KEY | '#KEY']",
		Short: "Show when in the week people post and react",
		Long: `Timing draws the hours of the week, the darker the more happens in them, and names the
best ones to post in: of a platform, or of one term. Hours are those of --zone, which is this
machine's if it is not given.`,
		Example: "  swell timing --platform tiktok\n  swell timing '#BookTok' --measure reactions --zone America/New_York\n  swell timing --json",
		Args:    arguments(cobra.RangeArgs(0, 2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			query := a.query(cmd.Flags())
			if !query.Has("zone") {
				query.Set("zone", localZone())
			}
			if len(args) > 0 {
				kind, key, err := readName(args)
				if err != nil {
					return usage(err)
				}
				query.Set("kind", kind)
				query.Set("term", key)
			}
			at := -1
			for i := range measures {
				if measures[i].name == measure {
					at = i
				}
			}
			if at < 0 {
				return usage(fmt.Errorf("--measure %q: give one of %s", measure, strings.Join(measureNames(), ", ")))
			}
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				return answer(ctx, q, api.TimingPath, query, func(b *strings.Builder, out *api.TimingAnswer) {
					appendTiming(b, q.screen, out, at)
				})
			})
		},
	}
	a.add(cmd, listOutputs...)
	f := cmd.Flags()
	a.param(f, "platform", "platform", "only of this platform")
	a.param(f, "zone", "zone", "time zone of the hours, as in Europe/Berlin (default: this machine's)")
	a.span(cmd)
	f.StringVar(&measure, "measure", measures[0].name, "what the map shows: "+strings.Join(measureNames(), ", "))
	complete(cmd, "platform", a.asks(platforms))
	complete(cmd, "zone", zones)
	words(cmd, "measure", measureNames()...)
	a.completeName(cmd)
	return cmd
}

func appendTiming(b *strings.Builder, on screen, a *api.TimingAnswer, measure int) {
	of := "all platforms"
	if a.Platform != "" {
		of = printable(a.Platform)
	}
	if a.Kind != "" {
		of = shownName(a.Kind, a.Term) + " on " + of
	}
	m := measures[measure]
	b.WriteString(title("Week of "+of, head{AsOf: a.AsOf, Coverage: a.Coverage}))
	if a.AsOf == nil {
		return
	}
	fmt.Fprintf(b, "%s; %s; hours of %s\n\n", m.what, between(a.Range), printable(a.Zone))
	week := make([]float64, 168)
	for i := range week {
		week[i] = math.NaN()
	}
	for i := range a.Cells {
		if c := &a.Cells[i]; c.Weekday >= 0 && c.Weekday < 7 && c.Hour >= 0 && c.Hour < 24 {
			week[c.Weekday*24+c.Hour] = float64(m.of(c))
		}
	}
	console.Heat(b, week, on.palette)
	if len(a.Best) == 0 {
		b.WriteString("\nNo hour is known to be better than the others yet.\n")
		return
	}
	b.WriteByte('\n')
	t := on.table(left("BEST"), right("TIMES THE MEAN"))
	for _, h := range a.Best {
		t.Row(fmt.Sprintf("%s %02d:00", console.DayName(h.Weekday), h.Hour), console.Decimal(float64(h.Lift), 2))
	}
	t.AppendTo(b)
}
