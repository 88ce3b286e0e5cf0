package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

func newWatchVoice(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "voice NAME...",
		Short: "Tell how often a watch list was mentioned, or the shares of several",
		Long: `Voice prints how many posts mentioned a watch list, by hour or day; of two or more lists what share
each has of the mentions of all of them. Mentions are counted from when a list was made. For the time
before that there are bounds: at least as many as used the one of its terms that most used, at
most as many as used any, taken together. --to is not part of the range.`,
		Example: "  swell watch voice cola --from 2026-11-01T00:00:00Z --step 1d\n  swell watch voice cola rival --platform tiktok",
		Args:    arguments(cobra.RangeArgs(1, api.MaxCompared)),
		RunE: func(cmd *cobra.Command, args []string) error {
			query := a.query(cmd.Flags())
			if len(args) > 1 && cmd.Flags().Changed("step") {
				return usage(errors.New("--step: shares are of the whole range; name one list for its hours or days"))
			}
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				if len(args) == 1 {
					return answer(ctx, q, api.WatchVoicePath(args[0]), query, func(b *strings.Builder, out *api.WatchVoice) {
						appendVoice(b, q.screen, out)
					})
				}
				query.Set("watches", strings.Join(args, ","))
				return answer(ctx, q, api.VoicePath, query, func(b *strings.Builder, out *api.WatchVoices) {
					appendVoices(b, q.screen, out)
				})
			})
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			return a.asks(watches)(cmd, args, typed)
		},
	}
	a.add(cmd, listOutputs...)
	a.param(cmd.Flags(), "platform", "platform", "only on this platform")
	a.span(cmd)
	a.param(cmd.Flags(), "step", "step", "1h or 1d")
	complete(cmd, "platform", a.asks(platforms))
	words(cmd, "step", "1h", "1d")
	return cmd
}

// boundsNote explains what boundsText writes.
const boundsNote = "Where there are two numbers, mentions were not counted yet: the term with most posts, and all terms together.\n" +
	"+ there may have been more.\n"

// appendVoice lays out a line for each step.
func appendVoice(b *strings.Builder, on screen, a *api.WatchVoice) {
	b.WriteString(title("Mentions of "+printable(a.Watch), head{AsOf: a.AsOf, Coverage: a.Coverage}))
	fmt.Fprintf(b, "%s: %s, %s\n", between(a.Range), postsOf(a.Posts), sinceText(&a.Voice))
	if len(a.Points) == 0 {
		return
	}
	b.WriteByte('\n')
	t := on.table(left(stepHead(a.Step)), right("POSTS"), right("NEW AUTHORS"))
	before, partial := false, false
	for _, p := range a.Points {
		posts := boundsText(p.Posts)
		if p.Partial {
			posts, partial = posts+"~", true
		}
		before = before || p.Before && p.Hours > 0
		t.Row(stepText(a.Step, p.Start), posts, known(p.FreshAuthors))
	}
	t.AppendTo(b)
	if before || partial {
		b.WriteByte('\n')
	}
	if before {
		b.WriteString(boundsNote)
	}
	if partial {
		b.WriteString("~ still running.\n")
	}
}

// appendVoices lays out a line for each list.
func appendVoices(b *strings.Builder, on screen, a *api.WatchVoices) {
	b.WriteString(title("Share of voice", head{AsOf: a.AsOf, Coverage: a.Coverage}))
	fmt.Fprintf(b, "%s\n", between(a.Range))
	switch c := a.Counted; {
	case c == nil:
		b.WriteString("There is no time in it for which the mentions of all the lists were counted.\n")
	case !c.From.Equal(a.Range.From):
		fmt.Fprintf(b, "COUNTED: %s\n", between(*c))
	}
	b.WriteByte('\n')
	t := on.table(right("SHARE"), left(""), right("COUNTED"), right("NEW AUTHORS"), right("ALL POSTS"), right("SHARE OF ALL"), left("SINCE"), left("LIST"), left("TITLE"))
	before := false
	for i := range a.Watches {
		w := &a.Watches[i]
		share, posts, fresh, bars, since := "·", "·", "·", "", "·"
		if c := w.Counted; c != nil {
			share, posts, fresh, bars = console.Share(float64(c.Share)), console.Count(c.Posts), known(c.FreshAuthors), bar(float64(c.Share))
		}
		if w.Since != nil {
			since = console.Minute(*w.Since)
		}
		before = before || w.PastTerms > 0
		t.Row(share, bars, posts, fresh, boundsText(w.Posts), sharesText(w.Share), since, w.Watch, w.Title)
	}
	t.AppendTo(b)
	b.WriteString("\nSHARE: of the mentions of all these lists. A post that mentions two of them counts for both.\n")
	if before {
		b.WriteString(boundsNote)
	}
}

// boundsText writes between what a number of posts lies.
func boundsText(p api.VoicePosts) string {
	switch low := known(p.Low); {
	case math.IsNaN(float64(p.Low)):
		return "·"
	case p.AtLeast && p.Low == p.High:
		return low + "+"
	case p.AtLeast:
		return low + "-" + known(p.High) + "+"
	case p.Low == p.High:
		return low
	default:
		return low + "-" + known(p.High)
	}
}

// postsOf writes a number of posts for a sentence.
func postsOf(p api.VoicePosts) string {
	if math.IsNaN(float64(p.Low)) {
		return "nothing was counted"
	}
	if p.Low == 1 && p.High == 1 && !p.AtLeast {
		return "1 post"
	}
	return boundsText(p) + " posts"
}

// sharesText writes between what a share lies.
func sharesText(s api.ShareBounds) string {
	switch low, high := console.Share(float64(s.Low)), console.Share(float64(s.High)); {
	case math.IsNaN(float64(s.Low)):
		return "·"
	case low == high:
		return low
	default:
		return low + "-" + high
	}
}

func sinceText(v *api.Voice) string {
	if v.Since == nil {
		return "mentions are not counted"
	}
	return "mentions counted since " + console.Minute(*v.Since)
}

// known writes a whole number, or a dot where it is not known.
func known(n api.Number) string {
	if math.IsNaN(float64(n)) {
		return "·"
	}
	return console.Decimal(float64(n), 0)
}
