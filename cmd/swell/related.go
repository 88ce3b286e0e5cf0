package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

func newRelated(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "related KIND KEY | '#KEY'",
		Short: "List what comes in the same posts as a term, more often than by chance",
		Long: `Related lists the terms that come in the same posts as one, on each platform. LLR is the
log-likelihood ratio: by chance alone one pair in a thousand is above 10.83. PMI says by how many
doublings they come together more often than if they had nothing to do with each other.`,
		Example: "  swell related '#BookTok'\n  swell related hashtag BookTok --platform tiktok --sort pmi --min-both 10",
		Args:    arguments(cobra.RangeArgs(1, 2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind, key, err := readName(args)
			if err != nil {
				return usage(err)
			}
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				return answer(ctx, q, api.TermPath(kind, key)+api.RelatedPath, a.query(cmd.Flags()), func(b *strings.Builder, out *api.RelatedAnswer) {
					appendRelated(b, q.screen, out)
				})
			})
		},
	}
	a.add(cmd, listOutputs...)
	f := cmd.Flags()
	a.param(f, "platform", "platform", "only on this platform")
	a.some(f, "kind", "kind", "only "+strings.Join(kindWords, ", "))
	a.param(f, "min-both", "min_both", "only what came together in so many posts")
	a.param(f, "min-llr", "min_llr", "only from this log-likelihood ratio on")
	a.param(f, "sort", "sort", "llr, pmi, npmi or both")
	a.param(f, "limit", "limit", "how many on each platform")
	complete(cmd, "platform", a.asks(platforms))
	words(cmd, "kind", kindWords...)
	words(cmd, "sort", "llr", "pmi", "npmi", "both")
	a.completeName(cmd)
	return cmd
}

func appendRelated(b *strings.Builder, on screen, a *api.RelatedAnswer) {
	b.WriteString(title("With "+shownName(a.Kind, a.Term), head{AsOf: a.AsOf, Coverage: a.Coverage}))
	shown := false
	for i := range a.Platforms {
		p := &a.Platforms[i]
		if len(p.Related) == 0 {
			continue
		}
		shown = true
		fmt.Fprintf(b, "\n%s: %s of %s posts\n", printable(p.Platform), console.Count(p.Posts), console.Count(p.PlatformPosts))
		t := on.table(right("BOTH"), right("EXPECTED"), right("POSTS"), right("LLR"), right("PMI BITS"), right("NPMI"), left("KIND"), left("TERM"))
		for _, r := range p.Related {
			both := console.Count(r.Both)
			if r.Over > 0 {
				both += "+" // they may have met before they were counted together
			}
			t.Row(both, console.Decimal(float64(r.ExpectedBoth), 2), console.Count(r.Posts), console.Decimal(float64(r.LogLikelihood), 1),
				console.Decimal(float64(r.PMI), 1), console.Decimal(float64(r.NPMI), 2), r.Kind, r.Term)
		}
		t.AppendTo(b)
	}
	if !shown {
		b.WriteString("Nothing comes with it more often than by chance.\n")
	}
}
