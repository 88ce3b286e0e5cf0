package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

func newDetections(s streams) *cobra.Command {
	var a asking
	var limit int
	cmd := &cobra.Command{
		Use:   "detections",
		Short: "List when trends were raised and changed their phase",
		Long: `Detections lists the changes of phase as they were found. --output ndjson gives what
swell eval reads.`,
		Example: "  swell detections --newest\n  swell detections --from 2026-11-01T00:00:00Z --to 2026-11-08T00:00:00Z --platform x --output ndjson > week.ndjson",
		Args:    arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := validLimit(limit); err != nil {
				return err
			}
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				list := &paged{path: api.DetectionsPath, query: a.query(cmd.Flags()), field: "detections", limit: limit}
				return answerPaged(ctx, q, list, func(b *strings.Builder, out *api.DetectionsAnswer) {
					appendDetections(b, q.screen, out)
				})
			})
		},
	}
	a.add(cmd, listOutputs...)
	f := cmd.Flags()
	a.filters(cmd, f)
	a.span(cmd)
	a.some(f, "phase", "phase", "only changes to emerging, rising, peaking, fading, over or unconfirmed")
	a.yes(f, "newest", "newest", "the newest first")
	f.IntVar(&limit, "limit", 100, "how many")
	words(cmd, "phase", append(phaseWords[:len(phaseWords):len(phaseWords)], "over")...)
	return cmd
}

func appendDetections(b *strings.Builder, on screen, a *api.DetectionsAnswer) {
	b.WriteString(title("Changes of phase", head{AsOf: a.AsOf}))
	if len(a.Detections) == 0 {
		b.WriteString("There are none.\n")
		return
	}
	b.WriteByte('\n')
	t := on.table(left("FOUND (UTC)"), console.Column{Head: "PHASE", Paint: phaseColour}, right("SURE"), right("HOURS LEFT"), right("POSTS/H"), right("AUTHORS"),
		left("PLATFORM"), left("KIND"), left("TERM"))
	for i := range a.Detections {
		d := &a.Detections[i]
		rate, authors := rateText(float64(d.RatePerH), float64(d.ExpectedPerH)), console.Count(d.Authors24h)
		if d.From == "gauge" {
			rate, authors = console.Unknown, console.Unknown
		}
		hours := hoursText(float64(d.HoursLeft.Low), float64(d.HoursLeft.High))
		if d.Phase == "over" {
			hours = console.Unknown
		}
		t.Row(d.TS.UTC().Format("2006-01-02 15:04"), d.Phase, console.Share(float64(d.Confidence)), hours, rate, authors, d.Platform, d.Kind, d.Term)
	}
	t.AppendTo(b)
	if a.Next != nil {
		b.WriteString("\nThere are more: give a higher --limit.\n")
	}
}
