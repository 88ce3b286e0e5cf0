package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/bench/quality/worlds"
	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/internal/app"
)

func newGenerate(s streams) *cobra.Command {
	var cfg workload.Config
	var out, truth, start, world string
	cmd := &cobra.Command{
		Use:   "generate --days N --seed S [--out FILE] [--truth FILE]",
		Short: "Make up the life of some platforms, with planted trends and the truth about them",
		Long: `Generate writes an archive of invented posts: a background with day and week
cycles, regulars, bots, and trends of 48 to 72 hours planted into it. The same
seed gives the same bytes. Nothing in it is real.

--world takes one of the worlds in which detectors are compared, 42 days long:
` + worldList() + `
FILE is compressed if its name ends in .zst or .gz; - is standard output. It
appears under its name once it is whole.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			// To the generator zero is its default.
			if cfg.Days <= 0 {
				return usage(fmt.Errorf("--days %d: give 1 or more", cfg.Days))
			}
			if !(cfg.Scale > 0) {
				return usage(fmt.Errorf("--scale %v: give more than 0", cfg.Scale))
			}
			if start != "" {
				at, err := time.Parse(time.RFC3339, start)
				if err != nil {
					return usage(fmt.Errorf("--start %q is no time; write it as 2026-06-01T00:00:00Z", start))
				}
				cfg.Start = at
			}
			if world != "" {
				for _, name := range []string{"days", "scale", "start"} {
					if cmd.Flags().Changed(name) {
						return usage(fmt.Errorf("--world %s fixes --%s too; leave one of them out", world, name))
					}
				}
				var err error
				if cfg, err = worlds.Config(world, cfg.Seed); err != nil {
					return usage(fmt.Errorf("--world: %w", err))
				}
			}
			if truth != "" && sameFile(out, truth) {
				return usage(fmt.Errorf("--out %s and --truth %s are the same file; name two", out, truth))
			}
			err := generate(cmd.Context(), cfg, out, truth, s)
			if errors.Is(err, context.Canceled) {
				return app.ErrInterrupted
			}
			return err
		},
	}
	f := cmd.Flags()
	f.IntVar(&cfg.Days, "days", 10, "days of 24 hours")
	f.Uint64Var(&cfg.Seed, "seed", 1, "seed; the same gives the same bytes")
	f.Float64Var(&cfg.Scale, "scale", 1, "volume: posts and people")
	f.StringVar(&start, "start", "", "first hour (default 2026-06-01T00:00:00Z)")
	f.StringVar(&world, "world", "", "name of a world, in place of days, scale and start")
	f.StringVar(&out, "out", "-", "file for the records")
	f.StringVar(&truth, "truth", "", "file for what was planted, as CSV")
	return cmd
}

// worldList says what is special in each world, a line for each.
func worldList() string {
	var b strings.Builder
	for _, name := range worlds.Names() {
		fmt.Fprintf(&b, "  %-10s %s\n", name, worlds.About(name))
	}
	return b.String()
}

func generate(ctx context.Context, cfg workload.Config, out, truth string, s streams) error {
	g, err := workload.New(cfg)
	if err != nil {
		return usage(err)
	}
	began := time.Now()
	n := int64(0)
	if err := writeFile(out, s.out, func(w io.Writer) error {
		n, err = g.WriteTo(stoppable{ctx, w})
		return err
	}); err != nil {
		return fmt.Errorf("cannot write records: %w", err)
	}
	if truth != "" {
		if err := writeFile(truth, s.out, func(w io.Writer) error {
			return g.WriteTruth(stoppable{ctx, w})
		}); err != nil {
			return fmt.Errorf("cannot write the truth: %w", err)
		}
	}
	fmt.Fprintf(s.err, "made up %d days, %d MB of records, in %s\n", cfg.Days, n>>20, time.Since(began).Round(100*time.Millisecond))
	return nil
}
