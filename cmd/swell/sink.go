package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/app"
	"github.com/swell-radar/swell/internal/console"
	"github.com/swell-radar/swell/internal/fault"
	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/sink"
)

func newSink(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sink",
		Short: "List and try the places that messages are sent to",
		Long: `A sink is where alerts and digests are sent to: Slack, Discord, Teams, Zoom, Trello, mail, a
program of one's own, files. Sinks stand in the configuration, as [sinks.NAME].`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSinkList(s), newSinkTest(s))
	return cmd
}

func newSinkList(s streams) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the sinks of a configuration, and whether each could be used",
		Long:    "List shows the sinks of a configuration. Nothing is sent. Exit codes: 0 all could be used, 2 one could not.",
		Example: "  swell sink list --config swell.toml",
		Args:    arguments(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			c, err := loadConfig(path)
			if err != nil {
				return err
			}
			if len(c.Sinks) == 0 {
				fmt.Fprintln(s.out, "There is no sink; a section [sinks.NAME] of the configuration makes one.")
				return nil
			}
			t := console.NewTable(console.Column{Head: "NAME"}, console.Column{Head: "KIND"}, console.Column{Head: "STATE"})
			var errs []error
			for _, name := range slices.Sorted(maps.Keys(c.Sinks)) {
				state := "ready"
				if _, err := app.SinkOf(c, name, sinkOptions(s)); err != nil {
					state = err.Error()
					errs = append(errs, err)
				}
				t.Row(printable(name), printable(c.Sinks[name].Kind), printable(state))
			}
			var b strings.Builder
			t.AppendTo(&b)
			if _, err := fmt.Fprint(s.out, b.String()); err != nil {
				return err
			}
			if len(errs) > 0 {
				return ofConfig(path, fmt.Errorf("%s cannot be used", count(uint64(len(errs)), "sink")))
			}
			return nil
		},
	}
	configFlag(cmd.Flags(), &path)
	return cmd
}

func newSinkTest(s streams) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "test NAME",
		Short: "Send a message to a sink, to see whether it arrives",
		Long: `Test sends one message that says that it is a test, at once and not by way of a server. Exit codes:
0 the receiver has it, 1 it has not, 2 the sink is not set up as it should be, 75 try later.`,
		Example: "  swell sink test team-slack --config swell.toml",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := loadConfig(path)
			if err != nil {
				return err
			}
			to, err := app.SinkOf(c, args[0], sinkOptions(s))
			if err != nil {
				return ofConfig(path, err)
			}
			return sendTest(cmd.Context(), s, args[0], to)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			c, err := loadConfig(path)
			if err != nil || len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return slices.Sorted(maps.Keys(c.Sinks)), cobra.ShellCompDirectiveNoFileComp
		},
	}
	configFlag(cmd.Flags(), &path)
	return cmd
}

func sinkOptions(s streams) app.SinkOptions {
	return app.SinkOptions{Version: version, Now: fault.Now, Log: slog.New(slog.NewTextHandler(s.err, nil))}
}

// sendTest sends a test. Each has an ID of its own, else a receiver that knows repeats would pass it over.
func sendTest(ctx context.Context, s streams, name string, to app.Sink) error {
	made := fault.Now()
	err := to.Send(ctx, &message.Message{
		ID: fmt.Sprintf("test-%d", made.UnixNano()), Kind: message.Test, Made: made.UTC(),
	})
	var why *sink.Error
	switch {
	case err == nil:
		_, err = fmt.Fprintf(s.out, "%s (%s) has taken the test\n", printable(name), to.Kind)
		return err
	case errors.As(err, &why) && !why.Permanent:
		hint := "it may be better later"
		if why.After > 0 {
			hint = "it wants to be left alone for " + console.Span(why.After)
		}
		if why.Doubt {
			hint = "it may have arrived nevertheless"
		}
		return codeError{fmt.Errorf("%s: %w; %s", name, err, hint), exitLater}
	}
	return fmt.Errorf("%s: %w", name, err)
}
