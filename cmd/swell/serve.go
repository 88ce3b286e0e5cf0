package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/app"
)

const defaultListen = "127.0.0.1:7310"

func newServe(s streams) *cobra.Command {
	o := app.ServeOptions{Version: version, Now: time.Now}
	cmd := &cobra.Command{
		Use:     "serve --data DIR",
		Short:   "Answer over HTTP from a data directory",
		Long:    `Serve answers over HTTP from what a replay has kept in a data directory.`,
		Example: `  swell serve --data ./swell-data`,
		Args:    arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Data == "" {
				return usage(errors.New("--data is missing: name the data directory of a replay"))
			}
			o.Log = logger(cmd, s.err)
			o.Announce = func(v *engine.View, address string) error {
				fmt.Fprintf(s.err, "serving at %s; stop with Ctrl-C\n", address)
				return printRanking(s.out, rowsOfView(v, 10), v.AsOf)
			}
			return app.Serve(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Data, "data", "", "data directory")
	f.StringArrayVar(&o.Hosts, "host", nil, "further host name that the endpoint may be asked under, as by a proxy (repeat for more)")
	f.StringVar(&o.Listen, "listen", defaultListen, "address to serve at")
	return cmd
}
