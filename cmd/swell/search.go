package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

func newSearch(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "search TEXT",
		Short: "Find terms by what they are called",
		Long: `Search finds terms that are called so, are other spellings of it, begin with it, or
differ by one letter, in this order.`,
		Example: "  swell search booktok\n  swell search bokto --kind hashtag --platform tiktok",
		Args:    arguments(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			query := a.query(cmd.Flags())
			query.Set("q", strings.Join(args, " "))
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				return answer(ctx, q, api.SearchPath, query, func(b *strings.Builder, out *api.SearchAnswer) {
					appendFound(b, q.screen, out)
				})
			})
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			return a.asks(names)(cmd, args, typed)
		},
	}
	a.add(cmd, listOutputs...)
	f := cmd.Flags()
	a.some(f, "platform", "platform", "only on these platforms")
	a.some(f, "kind", "kind", "only "+strings.Join(kindWords, ", "))
	a.param(f, "limit", "limit", "how many")
	complete(cmd, "platform", a.asks(platforms))
	words(cmd, "kind", kindWords...)
	return cmd
}

func appendFound(b *strings.Builder, on screen, a *api.SearchAnswer) {
	b.WriteString(title("Found", head{AsOf: a.AsOf, Coverage: a.Coverage}))
	if len(a.Terms) == 0 {
		b.WriteString("Nothing is called so.\n")
		return
	}
	b.WriteByte('\n')
	t := on.table(left("MATCH"), right("POSTS 72 H"), console.Column{Head: "PHASE", Paint: phaseColour}, left("PLATFORM"), left("KIND"), left("TERM"))
	for _, f := range a.Terms {
		t.Row(f.Match, console.Count(f.Posts), f.Phase, f.Platform, f.Kind, f.Term)
	}
	t.AppendTo(b)
	if !a.Complete {
		b.WriteString("\nThere are more than were looked at: type more of it.\n")
	}
}
