package main

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/app"
	"github.com/swell-radar/swell/internal/config"
	"github.com/swell-radar/swell/internal/fault"
	"github.com/swell-radar/swell/scrapers/all"
)

func newCheckConfig(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "check-config FILE",
		Short: "Check a configuration without running anything",
		Long: `Check-config reads a configuration as serve would, and says what is wrong and in which line
and column. Files and variables that hold secrets are looked at. Nothing is asked or made. Exit codes: 0 it is right, 2 it is not.`,
		Example: "  swell check-config swell.toml",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := config.Load(args[0])
			if err != nil {
				return usage(err)
			}
			network := app.Network{Version: version, Now: fault.Now, Log: slog.New(slog.DiscardHandler)}
			if _, err := app.SourcesOf(c, network); err != nil {
				return ofConfig(args[0], err)
			}
			notify, err := app.NotifyOf(c, app.SinkOptions{Version: version, Now: fault.Now, Log: slog.New(slog.NewTextHandler(s.err, nil))})
			if err != nil {
				return ofConfig(args[0], err)
			}
			var on []string
			for _, k := range all.Kinds() {
				if k.On(&c.Sources) {
					on = append(on, k.Name)
				}
			}
			running := "no source is on"
			if len(on) > 0 {
				running = "on are " + strings.Join(on, ", ")
			}
			_, err = fmt.Fprintf(s.out, "%s is right: %s; %s; %s, %s, %s\n", printable(args[0]), running, count(uint64(len(c.Watch.Keywords)), "watched phrase"),
				count(uint64(len(c.Sinks)), "sink"), count(uint64(len(notify.Recipients)), "recipient"), count(uint64(len(notify.Digests)), "digest"))
			return err
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"toml"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
}
