package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/app"
	"github.com/swell-radar/swell/internal/demo"
	"github.com/swell-radar/swell/internal/fault"
)

const defaultJournalMax = 4 << 30 // bytes

func newServe(s streams) *cobra.Command {
	o := app.ServeOptions{Version: version, Now: fault.Now}
	var set engineFlags
	var journalMax string
	var live liveFlags
	var endpoint endpointFlags
	cmd := &cobra.Command{
		Use:   "serve --data DIR",
		Short: "Run the sources, take records in, count them and answer over HTTP",
		Long: `Serve runs the sources that the configuration asks for (without one: Bluesky), takes the
records that are sent to it (POST /api/v1/records, one JSON object a line), counts them and
answers over HTTP. A record is on the disk before it is answered for; however the program
ends, each is counted once.

With --demo all sources are made up, on this machine, and every answer says so; it takes no
records, and its data is thrown away at the end. With --demo=auto the live ones that need no
account are run, a new directory is filled with the last 36 hours of Bluesky, and only if
there is nothing in it yet and none of them answers within ten seconds the demo is.

A directory that a replay has filled is gone on with. What it was begun with
(memory, lateness, budget) it keeps.`,
		Example: `  swell serve --data ./swell-data
  swell serve --data ./swell-data --config swell.toml
  swell serve --demo
  curl --data-binary @posts.ndjson http://127.0.0.1:7310/api/v1/records`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := live.check(cmd.Flags(), o.Data); err != nil {
				return usage(err)
			}
			if o.SnapshotEvery <= 0 {
				return usage(errors.New("--snapshot-every must be more than nothing"))
			}
			f := cmd.Flags()
			var err error
			if o.Journal.MaxBytes, err = parseBytes("--journal-max", journalMax); err != nil {
				return usage(err)
			}
			if o.Journal.MaxBytes < app.LeastJournal {
				return usage(fmt.Errorf("--journal-max %s: give at least %dMiB, room for two snapshots to be taken", journalMax, app.LeastJournal>>20))
			}
			if err := o.Retention.Validate(); err != nil {
				return usage(err)
			}
			c, err := loadConfig(live.config)
			if err != nil {
				return err
			}
			if o.Listen, o.Hosts, o.Endpoint, err = endpoint.options(f, c.Serve); err != nil {
				return usage(err)
			}
			o.Log = logger(cmd, s.err)
			if o.Notify, err = app.NotifyOf(c, app.SinkOptions{Version: version, Now: o.Now, Log: o.Log}); err != nil {
				return ofConfig(live.config, err)
			}
			o.Settings = set.settings(cmd)
			if _, err := o.Settings(nil); err != nil {
				return usage(err)
			}
			o.Announce = func(v *engine.View, address string) error {
				fmt.Fprintf(s.err, "serving at %s; stop with Ctrl-C\n", address)
				return printRanking(s.out, rowsOfView(v, 10), v.AsOf)
			}
			end, err := live.choose(cmd.Context(), &o, s)
			if err != nil {
				return err
			}
			if o.Sources.Demo && !cmd.Flags().Changed("budget") {
				set.budget = demo.Budget
			}
			return errors.Join(app.Serve(cmd.Context(), o), end())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Data, "data", "", "data directory; made if there is none")
	endpoint.add(f)
	f.StringVar(&o.Admin.Listen, "admin", "", "address for whoever runs this, as 127.0.0.1:7311: profiles, the runtime's last seconds, metrics (default: off)")
	f.StringVar(&o.Admin.TokenFile, "admin-token", "", "file with a token to show there, beside those with the role admin; one is needed where other machines can reach it")
	live.add(f)
	set.add(f)
	f.DurationVar(&o.SnapshotEvery, "snapshot-every", time.Minute, "least real time between snapshots")
	f.StringVar(&o.Journal.URL, "journal-url", "", "NATS server or cluster that keeps accepted records, as in nats://host:4222 (default: the data directory)")
	f.StringVar(&o.Journal.Credentials, "journal-creds", "", "file with the credentials for it")
	f.StringVar(&o.Journal.Stream, "journal-stream", "SWELL", "stream there; each data directory needs one of its own")
	f.IntVar(&o.Journal.Replicas, "journal-replicas", 1, "copies of each record in the cluster")
	f.StringVar(&journalMax, "journal-max", fmt.Sprintf("%dGiB", defaultJournalMax>>30), "size of the journal beyond which no record is accepted")
	f.DurationVar(&o.Journal.MaxAge, "journal-age", 0, "how long to keep records that are counted; 0: until two snapshots hold them")
	keepFlags(&o.Retention, func(value keepFlag, name, what string) { f.Var(value, name, what) })
	f.BoolVar(&o.Journal.AcceptLoss, "accept-loss", false, "go on where records are missing in the journal, and tell in /api/v1/status how many entries were")
	return cmd
}
