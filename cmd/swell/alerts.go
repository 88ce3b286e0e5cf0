package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

func newAlerts(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "alerts",
		Short: "List alerts and say what becomes of them; rules, mutes, and what a rule would have told",
		Long: `An alert says that a rule has come to hold for a trend, or for the mentions of a watch
list. Rules say what is worth one; alerts test tells how many a rule would have given.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAlertsList(s), newAlertsShow(s), newAlertsAck(s), newAlertsSnooze(s), newAlertsReopen(s),
		newMute(s), newUnmute(s), newMutes(s), newRules(s), newRule(s), newRuleTest(s))
	return cmd
}

func newAlertsList(s streams) *cobra.Command {
	var a asking
	var limit int
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List alerts, newest first",
		Example: "  swell alerts list --state open\n  swell alerts list --rule crisis --from 2026-11-01T00:00:00Z --output csv",
		Args:    arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := validLimit(limit); err != nil {
				return err
			}
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				list := &paged{path: api.AlertsPath, query: a.query(cmd.Flags()), field: "alerts", limit: limit}
				return answerPaged(ctx, q, list, func(b *strings.Builder, out *api.AlertsAnswer) { appendAlerts(b, q.screen, out) })
			})
		},
	}
	a.add(cmd, listOutputs...)
	f := cmd.Flags()
	a.some(f, "rule", "rule", "only of these rules")
	a.some(f, "severity", "severity", "only notice, warning or crisis")
	a.some(f, "kind", "kind", "only of these kinds; watch: mentions of watch lists")
	a.some(f, "watch", "watch", "only of these watch lists")
	a.some(f, "state", "state", "only open, acknowledged, snoozed or over")
	a.span(cmd)
	f.IntVar(&limit, "limit", 50, "how many")
	words(cmd, "severity", api.SeverityNotice, api.SeverityWarning, api.SeverityCrisis)
	words(cmd, "state", api.AlertOpen, api.AlertAcknowledged, api.AlertSnoozed, api.AlertOver)
	complete(cmd, "rule", a.asks(ruleNames))
	complete(cmd, "watch", a.asks(watches))
	return cmd
}

func appendAlerts(b *strings.Builder, on screen, a *api.AlertsAnswer) {
	b.WriteString(title("Alerts", head{AsOf: a.AsOf}))
	if len(a.Alerts) == 0 {
		b.WriteString("There are none.\n")
		return
	}
	b.WriteByte('\n')
	t := on.table(left("FOUND (UTC)"), left("SEVERITY"), left("RULE"), left("STATE"), left("ID"), left("WHAT"))
	for i := range a.Alerts {
		x := &a.Alerts[i]
		t.Row(x.TS.UTC().Format("2006-01-02 15:04"), x.Severity, x.Rule, stateText(x), x.ID, x.Title)
	}
	t.AppendTo(b)
	if a.Next != nil {
		b.WriteString("\nThere are more: give a higher --limit.\n")
	}
}

func stateText(a *api.Alert) string {
	if a.Until != nil {
		return a.State + " until " + a.Until.UTC().Format("01-02 15:04")
	}
	return a.State
}

func newAlertsShow(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show all that one alert tells",
		Args:  arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				return answer(ctx, q, api.AlertPath(args[0]), nil, func(b *strings.Builder, out *api.Alert) { appendAlert(b, q.screen, out) })
			})
		},
	}
	a.add(cmd, plainOutputs...)
	return cmd
}

func appendAlert(b *strings.Builder, on screen, a *api.Alert) {
	fmt.Fprintf(b, "%s\n%s, rule %s, found %s, %s\n\n", printable(a.Title), a.Severity, printable(a.Rule), console.Minute(a.TS), stateText(a))
	for _, reason := range a.Reasons {
		fmt.Fprintf(b, "- %s\n", printable(reason))
	}
	if a.Advice != "" {
		fmt.Fprintf(b, "\n%s\n", printable(a.Advice))
	}
	if len(a.Platforms) > 0 {
		b.WriteByte('\n')
		t := on.table(left("PLATFORM"), console.Column{Head: "PHASE", Paint: phaseColour}, right("SURE"), right("HOURS LEFT"), right("POSTS/H"), left("LAST 72 H"))
		for i := range a.Platforms {
			p := &a.Platforms[i]
			hours := console.Unknown
			if p.HoursLeft != nil {
				hours = hoursText(float64(p.HoursLeft.Low), float64(p.HoursLeft.High))
			}
			line := make([]float64, len(p.Hours))
			for k, n := range p.Hours {
				line[k] = float64(n)
			}
			t.Row(p.Platform, p.Phase, console.Share(float64(p.Confidence)), hours, rateText(float64(p.RatePerH), float64(p.ExpectedPerH)), console.Spark(line, 36))
		}
		t.AppendTo(b)
	}
	for i, told := range a.Told {
		if i == 0 {
			b.WriteByte('\n')
		}
		how := "sent to " + printable(told.Recipient)
		if told.How != "sent" {
			how = "in the digest alone for " + printable(told.Recipient)
		}
		fmt.Fprintf(b, "%s %s", told.At.UTC().Format("2006-01-02 15:04"), how)
		if told.Why != "" {
			fmt.Fprintf(b, ": %s", printable(told.Why))
		}
		b.WriteByte('\n')
	}
}

func newAlertsAck(s streams) *cobra.Command {
	return newAlertAction(s, "ack ID", "Acknowledge an alert: nothing more is told of its rise", func(*cobra.Command) func(time.Time) (api.AlertAction, error) {
		return func(time.Time) (api.AlertAction, error) { return api.AlertAction{Action: "acknowledge"}, nil }
	})
}

func newAlertsReopen(s streams) *cobra.Command {
	return newAlertAction(s, "reopen ID", "Take back that an alert was acknowledged or snoozed", func(*cobra.Command) func(time.Time) (api.AlertAction, error) {
		return func(time.Time) (api.AlertAction, error) { return api.AlertAction{Action: "reopen"}, nil }
	})
}

func newAlertsSnooze(s streams) *cobra.Command {
	return newAlertAction(s, "snooze ID", "Tell of an alert again later, if its rule still holds then", func(cmd *cobra.Command) func(time.Time) (api.AlertAction, error) {
		wait := time.Duration(0)
		cmd.Flags().Var(keepFlag{&wait}, "for", "for how long, as in 2h or 1d")
		return func(now time.Time) (api.AlertAction, error) {
			if wait <= 0 {
				return api.AlertAction{}, usage(errors.New("--for: say for how long, as in --for 2h"))
			}
			until := now.Add(wait).UTC()
			return api.AlertAction{Action: "snooze", Until: &until}, nil
		}
	})
}

// newAlertAction returns a command that does something to an alert. flags adds what it needs and returns what it does.
func newAlertAction(s streams, use, short string, flags func(cmd *cobra.Command) func(now time.Time) (api.AlertAction, error)) *cobra.Command {
	var a asking
	cmd := &cobra.Command{Use: use, Short: short, Args: arguments(cobra.ExactArgs(1))}
	action := flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.run(cmd, s, func(ctx context.Context, q *session) error {
			if q.local {
				return onlyReads()
			}
			do, err := action(q.now)
			if err != nil {
				return err
			}
			out, err := q.ActOnAlert(ctx, args[0], do)
			if err != nil {
				return err
			}
			fmt.Fprintf(q.err, "%s is %s: %s\n", out.ID, stateText(&out), printable(out.Title))
			return nil
		})
	}
	a.add(cmd)
	return cmd
}

func onlyReads() error {
	return usage(errors.New("--data is for reading; name the server that keeps the alerts"))
}

// ruleNames lists the rules of a server.
func ruleNames(ctx context.Context, c api.Client, typed string) (names []string) {
	out, err := c.Rules(ctx)
	if err != nil {
		return nil
	}
	for _, r := range out.Rules {
		names = append(names, r.Name)
	}
	return behindComma(names, typed)
}

// completeRule completes the one argument of a command with the names of rules.
func (a *asking) completeRule(cmd *cobra.Command) {
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return a.asks(ruleNames)(cmd, args, typed)
	}
}
