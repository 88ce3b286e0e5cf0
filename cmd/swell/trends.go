package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/swell-radar/swell/internal/api"
)

func newTrends(s streams) *cobra.Command {
	var a asking
	var limit int
	cmd := &cobra.Command{
		Use:   "trends",
		Short: "Print what trends: from a running server, or from a data directory",
		Example: `  swell trends
  swell trends --platform tiktok,x --phase emerging --json
  swell trends --watch brands --window 6h --sort growth
  swell trends --at 2026-11-21T14:00:00Z
  swell trends --output parquet --limit 1000 > trends.parquet
  swell trends --data ./swell-data`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := validLimit(limit); err != nil {
				return err
			}
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				query := a.query(cmd.Flags())
				if q.format == asTable {
					query.Set("series", "1")
				}
				list := &paged{path: api.TrendsPath, query: query, field: "trends", limit: limit}
				return answerPaged(ctx, q, list, func(b *strings.Builder, out *api.TrendsAnswer) {
					appendRanking(b, q.screen, rowsOfAnswer(out.Trends), head{AsOf: out.AsOf, Coverage: out.Coverage})
					if n := len(out.Trends); n > 0 && n < out.Total {
						fmt.Fprintf(b, "%d more: --limit %d\n", out.Total-n, out.Total)
					}
				})
			})
		},
	}
	a.add(cmd, listOutputs...)
	f := cmd.Flags()
	a.filters(cmd, f)
	a.some(f, "phase", "phase", "only emerging, rising, peaking or fading; or unconfirmed, what is held back because it looks coordinated")
	a.some(f, "lang", "lang", "only what was used in posts in these languages, as in de,pt")
	a.some(f, "region", "region", "only what was used in posts from these regions, as in DE,BR")
	a.param(f, "query", "q", "only terms that contain this")
	a.param(f, "prefix", "prefix", "only terms that begin with this")
	a.param(f, "min-score", "min_score", "only from this score on")
	a.param(f, "min-confidence", "min_confidence", "only what is as sure as this, 0 to 1")
	a.yes(f, "confirmed", "confirmed", "only what trends on two platforms or more")
	a.param(f, "window", "window", "count the posts of the last 1h, 6h, 24h or 72h")
	a.param(f, "sort", "sort", "rank, score, rate, posts_per_h, growth, authors, hours_left or started")
	a.param(f, "at", "at", "as it was then: RFC 3339, or Unix seconds")
	f.IntVar(&limit, "limit", 20, "how many")
	words(cmd, "phase", phaseWords...)
	words(cmd, "window", "1h", "6h", "24h", "72h")
	words(cmd, "sort", "rank", "score", "rate", "posts_per_h", "growth", "authors", "hours_left", "started")
	return cmd
}

// filters adds the flags of everything that lists terms.
func (a *asking) filters(cmd *cobra.Command, f *pflag.FlagSet) {
	a.some(f, "platform", "platform", "only these platforms")
	a.some(f, "kind", "kind", "only "+strings.Join(kindWords, ", "))
	a.param(f, "watch", "watch", "only the terms of this watch list")
	complete(cmd, "platform", a.asks(platforms))
	words(cmd, "kind", kindWords...)
	complete(cmd, "watch", a.asks(watches))
}

func validLimit(limit int) error {
	if limit < 1 || limit > maxRows {
		return usage(fmt.Errorf("--limit %d: give 1 to %d", limit, maxRows))
	}
	return nil
}
