package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

func newRuleTest(s streams) *cobra.Command {
	var a asking
	var limit int
	since := 7 * oneDay
	cmd := &cobra.Command{
		Use:   "test RULE",
		Short: "Tell how many alerts a rule would have given",
		Long: `Test goes through the rankings that are kept and tells how many alerts a rule, off or on, would
have given on each day, before anybody's quiet hours and bounds. What holds at the first ranking
came to hold before, and does not count.`,
		Example: "  swell alerts test emerging --since 7d",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if limit < 0 || limit > maxPage {
				return usage(fmt.Errorf("--limit %d: give 0 to %d", limit, maxPage))
			}
			if since <= 0 {
				return usage(errors.New("--since: say how far back, as in --since 7d"))
			}
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				query := a.query(cmd.Flags())
				query.Set("limit", strconv.Itoa(limit))
				if !query.Has("from") {
					from, err := q.since(ctx, query, since)
					if err != nil {
						return err
					}
					query.Set("from", from)
				}
				return answer(ctx, q, api.RulePath(args[0])+api.TestPath, query, func(b *strings.Builder, out *api.RuleTest) { appendTest(b, q.screen, out) })
			})
		},
	}
	a.add(cmd, plainOutputs...)
	f := cmd.Flags()
	f.Var(keepFlag{&since}, "since", "how far back from the end, as in 7d or 36h; at most 31d")
	a.span(cmd)
	f.IntVar(&limit, "limit", 10, "how many of the alerts are shown, the newest")
	a.completeRule(cmd)
	cmd.MarkFlagsMutuallyExclusive("since", "from")
	return cmd
}

// since returns the time that lies so far before the end that is asked for, or before what is known now: of an archive
// that is long ago.
func (q *session) since(ctx context.Context, query url.Values, back time.Duration) (string, error) {
	end, err := time.Parse(time.RFC3339, query.Get("to"))
	if err != nil {
		status, err := q.Status(ctx)
		if err != nil {
			return "", err
		}
		if status.AsOf == nil {
			return "", errors.New("nothing has been counted yet, so that no rule can be tested")
		}
		end = *status.AsOf
		if to, err := strconv.ParseInt(query.Get("to"), 10, 64); err == nil {
			end = time.Unix(to, 0)
		}
	}
	return strconv.FormatInt(max(0, end.Add(-back).Unix()), 10), nil
}

func appendTest(b *strings.Builder, on screen, a *api.RuleTest) {
	if a.Range == nil {
		return
	}
	fmt.Fprintf(b, "Rule %s from %s to %s: %s, %s a day\n\n", printable(a.Rule.Name), console.Minute(a.Range.From), console.Minute(a.Range.To),
		count(uint64(a.Total), "alert"), console.Decimal(float64(a.PerDay), 1))
	t := on.table(left("DAY"), right("ALERTS"))
	for _, d := range a.Days {
		t.Row(d.Day, strconv.Itoa(d.Alerts))
	}
	t.AppendTo(b)
	if len(a.Alerts) == 0 {
		return
	}
	b.WriteString("\nThe newest:\n")
	for i := range a.Alerts {
		fmt.Fprintf(b, "%s  %s\n", a.Alerts[i].TS.UTC().Format("2006-01-02 15:04"), printable(a.Alerts[i].Title))
	}
}
