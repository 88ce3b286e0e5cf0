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

func newMute(s streams) *cobra.Command {
	var a asking
	var m api.Mute
	wait := time.Duration(0)
	cmd := &cobra.Command{
		Use:     "mute [TERM]",
		Short:   "Be told no more of a term, a watch list or a rule; digests still have it",
		Example: "  swell alerts mute '#BookTok' --for 3d\n  swell alerts mute --rule spread",
		Args:    arguments(cobra.MaximumNArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if len(args) > 0 {
				if m.Kind, m.Term, err = readName(args); err != nil {
					return usage(err)
				}
			}
			if len(args) == 0 && m.Rule == "" && m.Watch == "" {
				return usage(errors.New("name a term, or a list by --watch, or a rule by --rule"))
			}
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				if q.local {
					return onlyReads()
				}
				if wait > 0 {
					until := q.now.Add(wait).UTC()
					m.Until = &until
				}
				out, err := q.AddMute(ctx, m)
				if err != nil {
					return err
				}
				fmt.Fprintf(q.err, "%s is muted %s; swell alerts unmute %s ends it\n", printable(mutedName(&out)), untilText(out.Until), out.ID)
				return nil
			})
		},
	}
	a.add(cmd)
	f := cmd.Flags()
	f.StringVar(&m.Rule, "rule", "", "the rule of this name")
	f.StringVar(&m.Watch, "watch", "", "the watch list of this name")
	f.Var(keepFlag{&wait}, "for", "for how long, as in 2h or 3d (default: for good)")
	complete(cmd, "rule", a.asks(ruleNames))
	complete(cmd, "watch", a.asks(watches))
	return cmd
}

func mutedName(m *api.Mute) string {
	switch {
	case m.Rule != "":
		return "rule " + m.Rule
	case m.Watch != "":
		return "watch list " + m.Watch
	}
	return nameOf(m.Kind, m.Key)
}

func untilText(until *time.Time) string {
	if until == nil {
		return "for good"
	}
	return "until " + console.Minute(*until)
}

func newUnmute(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "unmute ID",
		Short: "End a mute",
		Args:  arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				if q.local {
					return onlyReads()
				}
				return q.DeleteMute(ctx, args[0])
			})
		},
	}
	a.add(cmd)
	return cmd
}

func newMutes(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "mutes",
		Short: "List what is muted",
		Args:  arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				return answer(ctx, q, api.MutesPath, nil, func(b *strings.Builder, out *api.MutesAnswer) {
					if len(out.Mutes) == 0 {
						b.WriteString("Nothing is muted.\n")
						return
					}
					t := q.table(left("ID"), left("UNTIL"), left("WHAT"))
					for i := range out.Mutes {
						t.Row(out.Mutes[i].ID, untilText(out.Mutes[i].Until), mutedName(&out.Mutes[i]))
					}
					t.AppendTo(b)
				})
			})
		},
	}
	a.add(cmd, plainOutputs...)
	return cmd
}
