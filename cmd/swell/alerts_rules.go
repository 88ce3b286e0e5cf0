package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/swell-radar/swell/internal/alert/judge"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

func newRules(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules",
		Args:  arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				return answer(ctx, q, api.RulesPath, nil, func(b *strings.Builder, out *api.RulesAnswer) {
					t := q.table(left("NAME"), left("ON"), left("SEVERITY"), left("ASKS"), left("TITLE"))
					for i := range out.Rules {
						r := &out.Rules[i]
						on := "yes"
						if r.Off {
							on = "no"
						}
						t.Row(r.Name, on, r.Severity, strings.Join(conditions(r), ", "), r.Title)
					}
					t.AppendTo(b)
				})
			})
		},
	}
	a.add(cmd, plainOutputs...)
	return cmd
}

// ruleNumbers are the numbers of rules in the order in which they are shown, with what they ask.
var ruleNumbers = [...]struct{ name, flag, what string }{
	{"min_score", "min-score", "least score"}, {"min_confidence", "min-confidence", "least confidence, 0 to 1"}, {"min_rate_per_h", "min-rate", "least posts in the last 60 minutes"},
	{"min_times_expected", "min-times", "least posts an hour as a multiple of those expected"}, {"min_authors_24h", "min-authors", "least authors in 24 hours"},
	{"min_platforms", "min-platforms", "least platforms at once; a further one is news"}, {"min_hours_left", "min-hours-left", "least hours that are left"},
	{"min_surprise", "min-surprise", "of mentions: least standard deviations above their own past"}, {"min_share", "min-share", "of mentions: least share of voice, 0 to 1"},
	{"min_share_rise", "min-share-rise", "of mentions: least rise of that share over the week before"},
}

// conditions says what a rule asks, in the words of its flags.
func conditions(r *api.Rule) (out []string) {
	if r.Mentions {
		out = append(out, "mentions")
	}
	for _, list := range ruleLists(r) {
		if len(*list.names) > 0 {
			out = append(out, list.flag+" "+strings.Join(*list.names, "|"))
		}
	}
	if r.Once {
		out = append(out, "once")
	}
	numbers := judge.Numbers(r)
	for _, n := range ruleNumbers {
		if x := float64(*numbers[n.name]); x == x {
			out = append(out, n.flag+" "+strconv.FormatFloat(x, 'g', -1, 64))
		}
	}
	return out
}

type ruleList struct {
	flag, what string
	names      *[]string
}

func ruleLists(r *api.Rule) []ruleList {
	return []ruleList{
		{"platform", "only these platforms", &r.Platforms}, {"kind", "only terms of these kinds", &r.Kinds},
		{"watch", "only terms on these watch lists, or the mentions of these; * for any", &r.Watches},
		{"purpose", "only lists for brand, competitor, campaign or niche", &r.Purposes},
		{"phase", "only emerging, rising, peaking or fading; each is news once", &r.Phases},
	}
}

func newRule(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rule",
		Short: "Show, set and delete a rule",
		Args:  arguments(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newRuleShow(s), newRuleSet(s), newRuleDelete(s))
	return cmd
}

func newRuleShow(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "Show what a rule asks",
		Args:  arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				return answer(ctx, q, api.RulePath(args[0]), nil, func(b *strings.Builder, out *api.Rule) {
					fmt.Fprintf(b, "%s, %s", out.Name, out.Severity)
					if out.Off {
						b.WriteString(", off")
					}
					if out.Builtin {
						b.WriteString(", as it was from the start")
					} else {
						fmt.Fprintf(b, ", changed %s", console.Minute(out.Changed))
					}
					if out.Title != "" {
						fmt.Fprintf(b, ": %s", console.Isolated(printable(out.Title)))
					}
					b.WriteByte('\n')
					for _, c := range conditions(out) {
						fmt.Fprintf(b, "  %s\n", printable(c))
					}
				})
			})
		},
	}
	a.add(cmd, plainOutputs...)
	a.completeRule(cmd)
	return cmd
}

// ruleFlags are the flags that change a rule.
type ruleFlags struct {
	given   api.Rule
	numbers map[string]*string
	on      bool
}

func (f *ruleFlags) add(fs *pflag.FlagSet) {
	fs.StringVar(&f.given.Title, "title", "", "what the rule is called for people")
	fs.StringVar(&f.given.Severity, "severity", "", "notice, warning or crisis")
	fs.BoolVar(&f.given.Off, "off", false, "switch it off")
	fs.BoolVar(&f.on, "on", false, "switch it on")
	fs.BoolVar(&f.given.Once, "once", false, "tell of a rise once, whatever phases it reaches")
	fs.BoolVar(&f.given.Mentions, "mentions", false, "ask about the mentions of watch lists in place of trends")
	for _, list := range ruleLists(&f.given) {
		fs.StringSliceVar(list.names, list.flag, nil, list.what)
	}
	f.numbers = map[string]*string{}
	for _, n := range ruleNumbers {
		f.numbers[n.name] = fs.String(n.flag, "", n.what+"; none: it is not asked")
	}
}

// change puts what was given into a rule.
func (f *ruleFlags) change(r *api.Rule, fs *pflag.FlagSet) error {
	if fs.Changed("off") && fs.Changed("on") {
		return usage(errors.New("--off and --on: leave one of them out"))
	}
	for flag, set := range map[string]func(){
		"title": func() { r.Title = f.given.Title }, "severity": func() { r.Severity = f.given.Severity }, "mentions": func() { r.Mentions = f.given.Mentions },
		"once": func() { r.Once = f.given.Once },
		"off":  func() { r.Off = f.given.Off }, "on": func() { r.Off = !f.on },
	} {
		if fs.Changed(flag) {
			set()
		}
	}
	from, to := ruleLists(&f.given), ruleLists(r)
	for i := range from {
		if fs.Changed(from[i].flag) {
			*to[i].names = *from[i].names
		}
	}
	numbers := judge.Numbers(r)
	for _, n := range ruleNumbers {
		if !fs.Changed(n.flag) {
			continue
		}
		text := *f.numbers[n.name]
		if text == "none" || text == "" {
			*numbers[n.name] = api.Unknown
			continue
		}
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return usage(fmt.Errorf("--%s %q: give a number, or none", n.flag, text))
		}
		*numbers[n.name] = api.Number(x)
	}
	return nil
}

func newRuleSet(s streams) *cobra.Command {
	var a asking
	var given ruleFlags
	cmd := &cobra.Command{
		Use:   "set NAME",
		Short: "Change a rule, or make one",
		Long: `Set changes what is given of a rule and leaves the rest as it is. All that a rule asks has to
hold at once, on one platform. What holds already when a rule is set is not told.`,
		Example: "  swell alerts rule set emerging --min-authors 100\n  swell alerts rule set sounds --kind sound --phase rising --platform tiktok --min-confidence 0.8\n  swell alerts rule set spread --off",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				if q.local {
					return onlyReads()
				}
				r, etag, err := q.Rule(ctx, args[0])
				var p *api.Problem
				if errors.As(err, &p) && p.Status == http.StatusNotFound && p.Type == api.ProblemUnknownRule {
					r, etag, err = judge.None(args[0]), "", nil
				}
				if err == nil {
					err = given.change(&r, cmd.Flags())
				}
				if err == nil {
					err = q.PutRule(ctx, r, etag)
				}
				if err != nil {
					return err
				}
				asks := "asks for nothing but a trend"
				if c := conditions(&r); len(c) > 0 {
					asks = "asks for " + strings.Join(c, ", ")
				}
				fmt.Fprintf(q.err, "%s %s\n", printable(r.Name), printable(asks))
				return nil
			})
		},
	}
	a.add(cmd)
	given.add(cmd.Flags())
	a.completeRule(cmd)
	complete(cmd, "platform", a.asks(platforms))
	complete(cmd, "watch", a.asks(watches))
	words(cmd, "kind", judge.Kinds()...)
	words(cmd, "purpose", judge.Purposes()...)
	words(cmd, "phase", phaseWords[:4]...)
	words(cmd, "severity", api.SeverityNotice, api.SeverityWarning, api.SeverityCrisis)
	return cmd
}

func newRuleDelete(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "delete NAME",
		Short: "Delete a rule; one that was there from the start becomes what it was then",
		Args:  arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				if q.local {
					return onlyReads()
				}
				return q.DeleteRule(ctx, args[0], "")
			})
		},
	}
	a.add(cmd)
	a.completeRule(cmd)
	return cmd
}
