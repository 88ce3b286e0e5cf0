package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/app"
	"github.com/swell-radar/swell/internal/config"
)

func newSources(s streams) *cobra.Command {
	var server serverFlags
	var asJSON, parts, samples bool
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
			client, err := server.client()
			if err != nil {
				return err
			}
			answer, err := client.Sources(cmd.Context())
			if err != nil {
				return asked(server.base, err)
			}
			if asJSON {
				enc := json.NewEncoder(s.out)
				enc.SetIndent("", "  ")
				return enc.Encode(answer)
			}
			return printSources(s.out, &answer, parts)
		},
	}
	f := cmd.Flags()
	server.add(f)
	f.BoolVar(&asJSON, "json", false, "print the server's answer as it is")
	f.BoolVar(&parts, "parts", false, "also each source's instances, feeds, relays, pages")
	f.BoolVar(&samples, "samples", false, "print the settings of all sources, with their defaults, as a configuration")
	return cmd
}

// printSamples prints a configuration in which everything has its default.
func printSamples(w io.Writer) error {
	_, err := io.WriteString(w, config.Sample())
	return err
}

// printSources prints a table whose last column is why.
func printSources(w io.Writer, a *api.SourcesAnswer, parts bool) error {
	var b bytes.Buffer
	if a.Demo {
		b.WriteString("DEMO: all of this is made up.\n\n")
	}
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SOURCE\tSTATE\tSINCE\tRECORDS/MIN\tRECORDS\tNEWEST\tREQUESTS LEFT\tCOVERED\tWHY")
	for i := range a.Sources {
		src := &a.Sources[i]
		if src.State == "off" {
			fmt.Fprintf(t, "%s\t%s\t\t\t\t\t\t\t\n", src.Name, src.State)
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%.1f\t%s\t%s\t%s\t%.0f%%\t%s\n", src.Name, src.State, ago(a.AsOf, src.Since), float64(src.PerMinute),
			app.Thousands(src.Records), ago(a.AsOf, src.Newest), left(src), 100*float64(src.Covered), printable(why(a.AsOf, src)))
		if !parts {
			continue
		}
		for _, p := range src.Parts {
			fmt.Fprintf(t, "  %s\t%s\t%s\t\t\t\t\t\t%s\n", printable(p.Name), p.State, ago(a.AsOf, &p.Since), printable(again(a.AsOf, p.Why, p.Retry)))
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	b.WriteString("\nSINCE, NEWEST: how long ago. COVERED: for how much of the last 72 hours the source was well.\n")
	_, err := w.Write(b.Bytes())
	return err
}

func left(src *api.SourceStatus) string {
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
		return fmt.Sprintf("last error %s ago: %s", span(now.Sub(*src.ErrorAt)), src.Error)
	}
	return ""
}

// again adds to a reason when it is tried again, where that is known.
func again(now time.Time, why string, retry *time.Time) string {
	if why == "" || retry == nil {
		return why
	}
	return fmt.Sprintf("%s (again in %s)", why, span(retry.Sub(now)))
}

func ago(now time.Time, at *time.Time) string {
	if at == nil {
		return "-"
	}
	return span(now.Sub(*at))
}

// span writes a duration in its largest unit.
func span(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}
