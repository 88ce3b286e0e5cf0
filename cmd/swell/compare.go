package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

func newCompare(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "compare TERM TERM...",
		Short: "Set terms side by side: posts and share of voice",
		Long: `Compare sets terms side by side over one time: how many posts each had, and its share of
all of theirs, together and on each platform. A term is #key, @key, kind:key, or the key of a
hashtag. One that was never seen has no posts.`,
		Example: "  swell compare '#pepsi' '#cocacola' --platform x\n  swell compare hashtag:BookTok sound:7016 --from 2026-11-01T00:00:00Z --step 1d --csv",
		Args:    arguments(cobra.RangeArgs(2, api.MaxCompared)),
		RunE: func(cmd *cobra.Command, args []string) error {
			query := a.query(cmd.Flags())
			for _, arg := range args {
				kind, key, err := readName([]string{arg})
				if err != nil {
					return usage(err)
				}
				query.Add("term", kind+":"+key)
			}
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				return answer(ctx, q, api.ComparePath, query, func(b *strings.Builder, out *api.CompareAnswer) {
					appendCompared(b, q.screen, out)
				})
			})
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			return a.asks(names)(cmd, args, typed)
		},
	}
	a.add(cmd, listOutputs...)
	a.some(cmd.Flags(), "platform", "platform", "only on these platforms")
	a.span(cmd)
	a.param(cmd.Flags(), "step", "step", "1h or 1d")
	complete(cmd, "platform", a.asks(platforms))
	words(cmd, "step", "1h", "1d")
	return cmd
}

const (
	shareBar     = 20 // characters of all voices
	compareSpark = 36
)

func appendCompared(b *strings.Builder, on screen, a *api.CompareAnswer) {
	b.WriteString(title("Share of voice", head{AsOf: a.AsOf, Coverage: a.Coverage}))
	if !a.Range.To.IsZero() {
		fmt.Fprintf(b, "%s\n", between(a.Range))
	}
	b.WriteByte('\n')
	t := on.table(right("SHARE"), left(""), right("POSTS"), left("POSTS BY "+strings.ToUpper(a.Step)), left("KIND"), left("TERM"))
	for i := range a.Terms {
		c := &a.Terms[i]
		posts, term := console.Count(c.Posts), c.Term
		if !c.Exact && c.Seen {
			posts += "+"
		}
		if term == "" {
			term = c.Key
		}
		if !c.Seen {
			term += " (never seen)"
		}
		values := make([]float64, 0, len(c.Points))
		for _, p := range c.Points {
			values = append(values, float64(p.Posts))
		}
		t.Row(console.Share(float64(c.Share)), bar(float64(c.Share)), posts, console.Spark(values, compareSpark), c.Kind, term)
	}
	t.AppendTo(b)
	t = on.table(left("PLATFORM"), right("SHARE"), right("POSTS"), left("PHASE"), left("TERM"))
	for i := range a.Terms {
		c := &a.Terms[i]
		for _, p := range c.Platforms {
			if p.Posts == 0 && p.Phase == "" {
				continue
			}
			t.Row(p.Platform, console.Share(float64(p.Share)), console.Count(p.Posts), p.Phase, c.Term)
		}
	}
	if t.Len() > 0 {
		b.WriteByte('\n')
		t.AppendTo(b)
	}
	b.WriteString("\nSHARE: of the posts of all these terms. A post with two of them counts for both.\n")
}

// bar draws a part of one.
func bar(share float64) string {
	n := 0
	if share > 0 {
		n = max(1, int(share*shareBar+0.5))
	}
	return strings.Repeat("█", min(n, shareBar))
}
