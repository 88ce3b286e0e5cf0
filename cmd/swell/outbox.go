package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

func newOutbox(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "outbox",
		Short: "Show what waits to be sent, and what could not be",
		Long: `Outbox shows how the sinks are doing, the messages that wait to be sent, and those that were
given up, with the reason. Those stay for 30 days: retry has them tried again, drop forgets them.`,
		Example: "  swell outbox\n  swell outbox retry team.20261121-0910-0123456789ab-team\n  swell outbox retry --sink team",
		Args:    arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				return answer(ctx, q, api.OutboxPath, nil, func(b *strings.Builder, out *api.OutboxAnswer) { writeOutbox(b, q, out) })
			})
		},
	}
	a.add(cmd, plainOutputs...)
	cmd.AddCommand(newOutboxRetry(s), newOutboxDrop(s))
	return cmd
}

func writeOutbox(b *strings.Builder, q *session, out *api.OutboxAnswer) {
	if len(out.Sinks) == 0 {
		b.WriteString("There is no sink; make one under [sinks] in the configuration of the server.\n")
		return
	}
	appendSinks(b, q.screen, out.Sinks)
	if len(out.Messages) == 0 {
		b.WriteString("\nNothing waits.\n")
		return
	}
	b.WriteString("\n")
	t := q.table(left("MESSAGE"), left("KIND"), left("MADE"), right("TRIED"), left("NEXT"), left("TITLE"), left("ERROR"))
	for _, m := range out.Messages {
		next := "given up"
		if m.Next != nil {
			next = console.Minute(*m.Next)
		}
		t.Row(m.ID, m.Kind, console.Minute(m.Made), console.Count(uint64(max(m.Attempts, 0))), next, m.Title, m.Error)
	}
	t.AppendTo(b)
}

// appendSinks tells how sinks are doing, dead letters and all.
func appendSinks(b *strings.Builder, on screen, sinks []api.SinkStatus) {
	t := on.table(left("SINK"), left("KIND"), right("WAITING"), right("DEAD"), right("SENT"), right("FAILED"), left("LAST"), left("ERROR"))
	for _, s := range sinks {
		last := "-"
		if s.LastOK != nil {
			last = console.Minute(*s.LastOK)
		}
		t.Row(s.Name, s.Kind, console.Count(uint64(max(s.Waiting, 0))), console.Count(uint64(max(s.Dead, 0))), console.Count(s.Sent), console.Count(s.Failed), last, sinkError(s))
	}
	t.AppendTo(b)
}

// sinkError is what a sink failed with last, and whether that stopped it.
func sinkError(s api.SinkStatus) string {
	if !s.Off {
		return s.Error
	}
	return strings.TrimSuffix("off: "+s.Error, ": ")
}

// tried says how many messages are tried again.
func tried(out *api.OutboxRetried) string {
	verb := "are"
	if out.Messages == 1 {
		verb = "is"
	}
	return fmt.Sprintf("%s of %s %s tried now", count(uint64(max(out.Messages, 0)), "message"), printable(out.Sink), verb)
}

// errOutboxLocal says that nothing can be changed where nothing runs.
var errOutboxLocal = errors.New("--data is for reading; name the server that sends")

func newOutboxRetry(s streams) *cobra.Command {
	var a asking
	var sink string
	cmd := &cobra.Command{
		Use:   "retry ID | --sink NAME",
		Short: "Try a message again, or all of a sink",
		Args:  arguments(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 0) == (sink == "") {
				return usage(errors.New("name a message, as swell outbox has it, or a sink with --sink"))
			}
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				if q.local {
					return usage(errOutboxLocal)
				}
				if sink == "" {
					return q.RetryMessage(ctx, args[0])
				}
				out, err := q.RetrySink(ctx, sink)
				if err == nil {
					fmt.Fprintln(q.err, tried(&out))
				}
				return err
			})
		},
	}
	a.add(cmd)
	cmd.Flags().StringVar(&sink, "sink", "", "try all that waits for this sink, or that was given up")
	return cmd
}

func newOutboxDrop(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "drop ID",
		Short: "Forget a message",
		Args:  arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				if q.local {
					return usage(errOutboxLocal)
				}
				return q.DropMessage(ctx, args[0])
			})
		},
	}
	a.add(cmd)
	return cmd
}
