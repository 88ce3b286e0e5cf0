package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

func newStatus(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Tell how far a server is, how much it counts and how well",
		Long: `Status tells how far a server has come, what it has counted and left out, and whether its
memory suffices. The exit code is 75 while it is still reading what it was given before its start.`,
		Example: "  swell status\n  swell status --json",
		Args:    arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				ready := true
				err := answer(ctx, q, api.StatusPath, nil, func(b *strings.Builder, out *api.StatusAnswer) {
					appendStatus(b, q.screen, out)
					ready = out.Ready
				})
				if err == nil && !ready {
					err = codeError{fmt.Errorf("%s is not ready yet", q.Base), exitLater}
				}
				return err
			})
		},
	}
	a.add(cmd, plainOutputs...)
	return cmd
}

func appendStatus(b *strings.Builder, on screen, a *api.StatusAnswer) {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(b, "%-12s %s\n", name, printable(fmt.Sprintf(format, args...)))
	}
	b.WriteString(title("swell "+printable(a.Version), head{AsOf: a.AsOf}))
	b.WriteByte('\n')
	if p := a.Loading; p != nil && !p.Ready {
		line("loading", "%s, %s records%s", p.Phase, console.Count(p.Records), progressText(p))
	}
	if a.Newest != nil {
		behind := ""
		if lag := float64(a.LagS); lag == lag {
			behind = ", " + console.Span(time.Duration(lag)*time.Second) + " ago"
		}
		line("newest", "%s%s", console.Minute(*a.Newest), behind)
	}
	line("trends", "%s open, %s held back", console.Count(uint64(a.Trends)), console.Count(uint64(a.Unconfirmed)))
	c := &a.Counters
	line("records", "%s: %s posts with %s terms, %s readings, %s heartbeats", console.Count(c.Records), console.Count(c.Occurrences), console.Count(c.Observations),
		console.Count(c.Gauges), console.Count(c.Heartbeats))
	line("left out", "%s seen before, %s too late, %s terms too many in a post", console.Count(c.Duplicates), console.Count(c.Late), console.Count(c.TermsDropped))
	k := &a.Core
	line("memory", "%s: %s of %s terms tracked; pressure %s", size(uint64(max(k.MemoryBytes, 0))), console.Count(uint64(max(k.Tracked, 0))), console.Count(uint64(max(k.Capacity, 0))), k.Pressure)
	if k.PressureWhy != "" {
		line("", "%s", k.PressureWhy)
	}
	if w := a.Intake; w != nil {
		line("waiting", "%s records, %s of journal", console.Count(uint64(max(w.Waiting, 0))), size(uint64(max(w.Bytes, 0))))
		if w.Refusing {
			line("", "nothing is accepted now: %s", w.Why)
		}
	}
	if len(a.Sinks) > 0 {
		b.WriteByte('\n')
		appendSinks(b, on, a.Sinks)
	}
	if len(a.Platforms) == 0 {
		return
	}
	b.WriteByte('\n')
	t := on.table(left("PLATFORM"), right("RECORDS"), left("AUTHORS BY"))
	for _, p := range a.Platforms {
		t.Row(p.Platform, console.Count(p.Records), p.Spread)
	}
	t.AppendTo(b)
}

func progressText(p *api.Progress) string {
	text := ""
	if p.Total > 0 {
		text = ", " + console.Share(float64(p.Done)/float64(p.Total))
	}
	if p.ETASeconds != nil {
		text += ", " + console.Span(time.Duration(*p.ETASeconds)*time.Second) + " to go"
	}
	return text
}
