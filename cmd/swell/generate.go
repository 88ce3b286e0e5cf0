package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/bench/workload"
)

func newGenerate(s streams) *cobra.Command {
	var cfg workload.Config
	var out, truth, start string
	cmd := &cobra.Command{
		Use:   "generate --days N --seed S [--out FILE] [--truth FILE]",
		Short: "Make up the life of some platforms, with planted trends and the truth about them",
		Long: `Generate writes an archive of invented posts: a background with day and week
cycles, regulars, bots, and trends of 48 to 72 hours planted into it. The same
seed gives the same bytes. Nothing in it is real.

FILE is compressed if its name ends in .zst or .gz; - is standard output.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			if start != "" {
				at, err := time.Parse(time.RFC3339, start)
				if err != nil {
					return usage(fmt.Errorf("--start %q is no time; write it as 2026-06-01T00:00:00Z", start))
				}
				cfg.Start = at
			}
			return generate(cfg, out, truth, s)
		},
	}
	f := cmd.Flags()
	f.IntVar(&cfg.Days, "days", 10, "days of 24 hours")
	f.Uint64Var(&cfg.Seed, "seed", 1, "seed; the same gives the same bytes")
	f.Float64Var(&cfg.Scale, "scale", 1, "volume: posts and people")
	f.StringVar(&start, "start", "", "first hour (default 2026-06-01T00:00:00Z)")
	f.StringVar(&out, "out", "-", "file for the records")
	f.StringVar(&truth, "truth", "", "file for what was planted, as CSV")
	return cmd
}

func generate(cfg workload.Config, out, truth string, s streams) error {
	g, err := workload.New(cfg)
	if err != nil {
		return usage(err)
	}
	began := time.Now()
	n := int64(0)
	if err := writeFile(out, s.out, func(w io.Writer) error {
		n, err = g.WriteTo(w)
		return err
	}); err != nil {
		return fmt.Errorf("cannot write records: %w", err)
	}
	if truth != "" {
		if err := writeFile(truth, s.out, g.WriteTruth); err != nil {
			return fmt.Errorf("cannot write the truth: %w", err)
		}
	}
	fmt.Fprintf(s.err, "made up %d days, %d MB of records, in %s\n", cfg.Days, n>>20, time.Since(began).Round(100*time.Millisecond))
	return nil
}

// writeFile writes a file by way of a temporary one beside it, so that one that
// was interrupted is never taken for a whole one.
func writeFile(path string, stdout io.Writer, write func(io.Writer) error) (err error) {
	if path == "-" {
		return flushed(stdout, write)
	}
	tmp := path + ".part"
	f, err := os.Create(tmp)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp))
		}
	}()
	err = compressed(path, f, write)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

func compressed(path string, w io.Writer, write func(io.Writer) error) error {
	var z io.WriteCloser
	switch {
	case strings.HasSuffix(path, ".zst"):
		enc, err := zstd.NewWriter(w)
		if err != nil {
			return err
		}
		z = enc
	case strings.HasSuffix(path, ".gz"):
		z = gzip.NewWriter(w)
	default:
		return flushed(w, write)
	}
	if err := flushed(z, write); err != nil {
		z.Close()
		return err
	}
	return z.Close()
}

func flushed(w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(w, 1<<16)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}
