package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

func newTerm(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "term KIND KEY | '#KEY'",
		Short: "Tell all that is known of one term",
		Long: `Term tells of one term on every platform: how many posts and authors, with the bounds
of what is estimated; its phase, why it was raised and how long it may go on; its last 72 hours.
The key may be any spelling. One argument is a hashtag, with or without its sign (which a shell
wants in quotes), or @name, or kind:key.`,
		Example: "  swell term hashtag BookTok\n  swell term '#BookTok' --platform tiktok\n  swell term sound 7016 --at 2026-11-21T14:00:00Z --json",
		Args:    arguments(cobra.RangeArgs(1, 2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind, key, err := readName(args)
			if err != nil {
				return usage(err)
			}
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				query := a.query(cmd.Flags())
				path := api.TermPath(kind, key)
				if q.format == asJSON {
					return answer[api.TermAnswer](ctx, q, path, query, nil)
				}
				return q.printTerm(ctx, path, query)
			})
		},
	}
	a.add(cmd, plainOutputs...)
	a.oneTerm(cmd)
	return cmd
}

// oneTerm adds what all commands about one term have.
func (a *asking) oneTerm(cmd *cobra.Command) {
	f := cmd.Flags()
	a.param(f, "platform", "platform", "only on this platform")
	a.param(f, "at", "at", "as it was then: RFC 3339, or Unix seconds")
	complete(cmd, "platform", a.asks(platforms))
	a.completeName(cmd)
}

// completeName completes the arguments of a command about one term: a kind and a key, or
// both in one.
func (a *asking) completeName(cmd *cobra.Command) {
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		switch {
		case len(args) == 0 && typed == "":
			return kindWords, cobra.ShellCompDirectiveNoFileComp
		case len(args) == 0:
			found, directive := a.asks(names)(cmd, args, typed)
			return append(behindComma(kindWords, typed), found...), directive
		case len(args) == 1 && slices.Contains(kindWords, args[0]):
			return a.asks(func(ctx context.Context, c api.Client, typed string) []string {
				return keys(ctx, c, args[0], typed)
			})(cmd, args, typed)
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

// windowHours is how many hours a term is shown with.
const windowHours = 72

// printTerm prints a term and its last hours.
func (q *session) printTerm(ctx context.Context, path string, query url.Values) error {
	body, h, err := q.whole(ctx, path, query)
	if err != nil {
		return err
	}
	var t api.TermAnswer
	if err := json.Unmarshal(body, &t); err != nil {
		return fmt.Errorf("%w: that of %s cannot be read: %w", api.ErrAnswer, q.Base, err)
	}
	var series api.SeriesAnswer
	if t.AsOf != nil {
		// The series of the same hours, also if the view has moved on in between.
		to := t.AsOf.Add(time.Hour - time.Second).Truncate(time.Hour)
		ask := url.Values{"from": {unixText(to.Add(-windowHours * time.Hour))}, "to": {unixText(*t.AsOf)}, "step": {"1h"}}
		for _, name := range []string{"platform", "at"} {
			if v := query.Get(name); v != "" {
				ask.Set(name, v)
			}
		}
		body, _, err := q.whole(ctx, path+api.SeriesPath, ask)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(body, &series); err != nil {
			return fmt.Errorf("%w: that of %s cannot be read: %w", api.ErrAnswer, q.Base, err)
		}
	}
	var b strings.Builder
	appendTerm(&b, q.screen, &t, &series)
	if err := q.print(&b); err != nil {
		return err
	}
	q.warn(h)
	return nil
}

func unixText(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

func appendTerm(b *strings.Builder, on screen, t *api.TermAnswer, series *api.SeriesAnswer) {
	b.WriteString(title(shownName(t.Kind, t.Term), head{AsOf: t.AsOf, Coverage: t.Coverage}))
	for i := range t.Platforms {
		p := &t.Platforms[i]
		fmt.Fprintf(b, "\n%s", printable(p.Platform))
		if p.Term != t.Term && p.Term != "" {
			fmt.Fprintf(b, ", there %s", console.Isolated(printable(p.Term)))
		}
		b.WriteByte('\n')
		for _, f := range termFacts(p, t.Window) {
			fmt.Fprintf(b, "  %-13s %s\n", f.name, printable(f.text))
		}
		appendHours(b, series, p.Platform)
		for j := range p.Trends {
			appendTrend(b, on, &p.Trends[j])
		}
		for _, g := range p.Gauges {
			fmt.Fprintf(b, "  %-13s %s of the list %s (%s)\n", "readings", printable(g.Metric), printable(g.List), printable(g.Unit))
		}
	}
}

// shownName is a term as a title has it.
func shownName(kind, display string) string {
	return kind + " " + console.Isolated(printable(display))
}

// fact is one thing that is known, with its name.
type fact struct{ name, text string }

func termFacts(p *api.TermPlatform, window *api.Span) (facts []fact) {
	add := func(name, format string, args ...any) {
		facts = append(facts, fact{name, fmt.Sprintf(format, args...)})
	}
	if p.Posts != nil {
		hours := ""
		if window != nil {
			hours = fmt.Sprintf(" in %.0f h", window.To.Sub(window.From).Hours())
		}
		add("posts", "%s%s, %s", console.Count(p.Posts.Count), hours, boundText(p.Posts))
	}
	if d := p.Doorkeeper; d != nil {
		add("not tracked", "in %s of cases its count is no more than %s too high", console.Share(1-float64(d.Delta)), console.Count(uint64(d.Over)))
	}
	by := ""
	if p.Spread != "authors" && p.Spread != "" {
		by = ", told apart by " + p.Spread
	}
	if p.Authors24h != nil {
		add("authors 24 h", "%s%s", authorsText(p.Authors24h), by)
	}
	if p.Authors72h != nil {
		add("authors 72 h", "%s%s", authorsText(p.Authors72h), by)
	}
	if x := float64(p.UsualAuthorsPerH); !math.IsNaN(x) {
		add("usually", "%s new authors an hour", console.Decimal(x, 2))
	}
	if p.FirstSeen != nil {
		add("first seen", "%s", console.Minute(*p.FirstSeen))
	}
	if p.TrackedSince != nil {
		add("counted", "one by one since %s", console.Minute(*p.TrackedSince))
	}
	if e := p.Evidence; e != nil && float64(e.Score) > 0 {
		add("surprise", "%s standard deviations: %s authors in %d min where %s were expected",
			console.Decimal(float64(e.Score), 1), console.Decimal(float64(e.Seen), 1), e.WindowMinutes, console.Decimal(float64(e.Expected), 1))
	}
	return facts
}

// boundText says how far a count can be off.
func boundText(p *api.Posts) string {
	switch {
	case p.AtLeast:
		return "at least"
	case p.Exact:
		return "exact"
	}
	return fmt.Sprintf("%s to %s", console.Count(p.Count-min(p.Over, p.Count)), console.Count(p.Count))
}

func authorsText(a *api.Authors) string {
	if a.Stderr == 0 {
		return console.Count(a.Estimate)
	}
	return fmt.Sprintf("%s (%s to %s)", console.Count(a.Estimate), console.Count(a.Low), console.Count(a.High))
}

// appendHours draws the hours of a term on a platform, and writes out the last ones.
func appendHours(b *strings.Builder, series *api.SeriesAnswer, platform string) {
	hours := hoursOf(series, platform)
	if len(hours) == 0 {
		return
	}
	fmt.Fprintf(b, "  %-13s %s\n", fmt.Sprintf("last %d h", len(hours)), console.Spark(hours, windowHours))
	const last = 12
	var texts []string
	for _, n := range hours[max(0, len(hours)-last):] {
		texts = append(texts, console.Decimal(n, 0))
	}
	fmt.Fprintf(b, "  %-13s %s posts, by hour\n", fmt.Sprintf("last %d h", len(texts)), strings.Join(texts, " "))
}

// hoursOf returns the posts of the hours of a series, NaN where nothing was counted.
func hoursOf(series *api.SeriesAnswer, platform string) []float64 {
	n := int((series.Range.To.Sub(series.Range.From) + time.Hour - 1) / time.Hour)
	if n <= 0 || n > 10*windowHours {
		return nil
	}
	for i := range series.Platforms {
		if p := &series.Platforms[i]; p.Platform == platform && len(p.Points) > 0 {
			hours := make([]float64, n)
			for h := range hours {
				hours[h] = math.NaN()
			}
			for _, point := range p.Points {
				if h := int(point.Start.Sub(series.Range.From.Truncate(time.Hour)) / time.Hour); h >= 0 && h < n {
					hours[h] = float64(point.Posts)
				}
			}
			return hours
		}
	}
	return nil
}

func appendTrend(b *strings.Builder, on screen, t *api.Trend) {
	phase := on.palette.Paint(phaseColour(t.Phase), printable(t.Phase))
	fmt.Fprintf(b, "  %-13s %s since %s, %s sure, %s h left (half of such trends more than %s)\n", "trend", phase,
		console.Minute(t.Since), console.Share(float64(t.Confidence)), hoursText(float64(t.HoursLeft.Low), float64(t.HoursLeft.High)), console.Decimal(float64(t.HoursLeft.Mid), 0))
	if t.VariantOf != "" {
		fmt.Fprintf(b, "  %-13s another spelling of %s\n", "", console.Isolated(printable(t.VariantOf)))
	}
	fmt.Fprintf(b, "  %-13s %s posts/h\n", "now", rateText(float64(t.RatePerH), float64(t.ExpectedPerH)))
	fmt.Fprintf(b, "  %-13s %s\n", "began", console.Minute(t.Started))
	fmt.Fprintf(b, "  %-13s %s\n", "why", printable(t.Why.Sentence))
	if len(t.Flags) > 0 {
		fmt.Fprintf(b, "  %-13s %s\n", "flags", printable(strings.Join(t.Flags, ", ")))
	}
}
