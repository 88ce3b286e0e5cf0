package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/config"
	"github.com/swell-radar/swell/internal/console"
)

func newSources(s streams) *cobra.Command {
	var a asking
	var parts, samples bool
	cmd := &cobra.Command{
		Use:   "sources",
		Short: "Tell how the sources of a running server are doing",
		Long: `Sources tells where a running server has its records from: the state of each source,
since when and why, its rate, what it has left of the day's requests, its last error.

  ok               delivers, or has nothing new
  starting         was not heard of yet
  unreachable      no answer: network, DNS, TLS, a server in trouble
  throttled        told to ask less often
  blocked          refused: 403, robots.txt, a captcha
  login_wall       only for those who log in
  schema_changed   answers in a form that is not understood
  budget_spent     the day's requests are used up
  paused           waits until what it delivered is counted
  ended            has come to its end
  off              not asked for`,
		Example: `  swell sources
  swell sources --parts
  swell sources --samples > swell.toml`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if samples {
				return printSamples(s.out)
			}
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				return answer(ctx, q, api.SourcesPath, nil, func(b *strings.Builder, out *api.SourcesAnswer) {
					appendSources(b, q.screen, out, parts)
				})
			})
		},
	}
	a.add(cmd, listOutputs...)
	f := cmd.Flags()
	f.BoolVar(&parts, "parts", false, "also each source's instances, feeds, relays, pages")
	f.BoolVar(&samples, "samples", false, "print the settings of all sources, with their defaults, as a configuration")
	return cmd
}

// printSamples prints a configuration in which everything has its default.
func printSamples(w io.Writer) error {
	_, err := io.WriteString(w, config.Sample())
	return err
}

// appendSources lays out a table whose last column is why.
func appendSources(b *strings.Builder, on screen, a *api.SourcesAnswer, parts bool) {
	t := on.table(left("SOURCE"), console.Column{Head: "STATE", Paint: stateColour}, right("SINCE"), right("RECORDS/MIN"), right("RECORDS"), right("NEWEST"),
		right("REQUESTS LEFT"), right("COVERED"), left("WHY"))
	for i := range a.Sources {
		src := &a.Sources[i]
		if src.State == "off" {
			t.Row(src.Name, src.State)
			continue
		}
		t.Row(src.Name, src.State, ago(a.AsOf, src.Since), console.Decimal(float64(src.PerMinute), 1), console.Count(src.Records), ago(a.AsOf, src.Newest),
			requestsLeft(src), console.Share(float64(src.Covered)), why(a.AsOf, src))
		if !parts {
			continue
		}
		for _, p := range src.Parts {
			t.Row("  "+p.Name, p.State, ago(a.AsOf, &p.Since), "", "", "", "", "", again(a.AsOf, p.Why, p.Retry))
		}
	}
	t.AppendTo(b)
	b.WriteString("\nSINCE, NEWEST: how long ago. COVERED: for how much of the last 72 hours the source was well.\n")
}

func stateColour(state string) console.Colour {
	switch state {
	case "ok":
		return console.Green
	case "off", "ended", "starting", "paused":
		return console.Dim
	}
	return console.Red
}

func requestsLeft(src *api.SourceStatus) string {
	if src.RequestsLeft == nil {
		return "no bound"
	}
	return fmt.Sprintf("%d of %d", *src.RequestsLeft, *src.RequestsPerDay)
}

func why(now time.Time, src *api.SourceStatus) string {
	switch {
	case src.Why != "":
		return again(now, src.Why, src.Retry)
	case src.Error != "" && src.ErrorAt != nil:
		return fmt.Sprintf("last error %s ago: %s", console.Span(now.Sub(*src.ErrorAt)), src.Error)
	}
	return ""
}

// again adds to a reason when it is tried again, where that is known.
func again(now time.Time, why string, retry *time.Time) string {
	if why == "" || retry == nil {
		return why
	}
	return fmt.Sprintf("%s (again in %s)", why, console.Span(retry.Sub(now)))
}

func ago(now time.Time, at *time.Time) string {
	if at == nil {
		return "-"
	}
	return console.Span(now.Sub(*at))
}
