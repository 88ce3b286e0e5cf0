package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
)

// exportFormats are the formats of the files of a day.
var exportFormats = []string{asCSV, asNDJSON, asParquet}

func newExport(s streams) *cobra.Command {
	var a asking
	var format, out string
	cmd := &cobra.Command{
		Use:   "export [DAY]",
		Short: "Get what was counted of every tracked term on a closed day, as a file",
		Long: `Export gets everything that was counted on a day (UTC) that is over, as CSV, NDJSON or
Parquet. With --out the file is put in place when it is whole; what a broken connection left is
gone on with by the next run, as long as the server's file is the same. Without a day the days are
listed.`,
		Example: "  swell export\n  swell export 2026-11-20 --out 2026-11-20.parquet\n  swell export 2026-11-20 --format csv --layout wide | head",
		Args:    arguments(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.run(cmd, s, listDays)
			}
			format, err := exportFormat(format, out)
			if err != nil {
				return usage(err)
			}
			if out == stdoutName && format == asParquet && isTerminal(s.out) {
				return usage(errors.New("--format parquet is for a file or a pipe; name a file with --out"))
			}
			return a.runLong(cmd, s, func(ctx context.Context, q *session) error {
				path, query := api.DayPath(args[0], format), a.query(cmd.Flags())
				if out == stdoutName {
					return q.copyDay(ctx, path, query, q.data())
				}
				return q.saveDay(ctx, path, query, out)
			})
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return a.asks(days)(cmd, args, typed)
		},
	}
	a.add(cmd)
	f := cmd.Flags()
	f.StringVar(&format, "format", "", strings.Join(exportFormats, ", ")+" (default: as the name of --out ends, else csv)")
	a.param(f, "layout", "layout", "long, a row for each term and hour, or wide, a row for each term")
	f.StringVarP(&out, "out", "o", stdoutName, "file to write; - is standard output")
	words(cmd, "format", exportFormats...)
	words(cmd, "layout", "long", "wide")
	return cmd
}

// exportFormat returns the format that is asked for by a flag, or by the name of a file.
func exportFormat(format, out string) (string, error) {
	if format != "" {
		if !slices.Contains(exportFormats, format) {
			return "", fmt.Errorf("--format %q: give one of %s", format, strings.Join(exportFormats, ", "))
		}
		return format, nil
	}
	if end := strings.TrimPrefix(filepath.Ext(out), "."); slices.Contains(exportFormats, end) {
		return end, nil
	}
	return asCSV, nil
}

func listDays(ctx context.Context, q *session) error {
	return answer(ctx, q, api.ExportPath, nil, func(b *strings.Builder, out *api.ExportAnswer) {
		if len(out.Days) == 0 {
			b.WriteString("No day is closed yet.\n")
		}
		for _, d := range out.Days {
			b.WriteString(printable(d.Day) + "\n")
		}
	})
}

// copyDay writes a file as it comes.
func (q *session) copyDay(ctx context.Context, path string, query url.Values, w io.Writer) error {
	f, stop, err := q.file(ctx, path, query, 0, "")
	if err != nil {
		return err
	}
	defer stop()
	n, err := io.Copy(w, f)
	if err == nil && f.Size >= 0 && n != f.Size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("cannot write all of the file: %w", err)
	}
	return nil
}

// saveDay puts a file in place, going on with what an earlier run left of it.
func (q *session) saveDay(ctx context.Context, path string, query url.Values, out string) error {
	if info, err := os.Stat(out); err == nil && !info.Mode().IsRegular() {
		return overwrite(out, func(w io.Writer) error { return q.copyDay(ctx, path, query, w) })
	}
	out, err := resolve(out)
	if err != nil {
		return err
	}
	ask, cancel := context.WithTimeout(ctx, q.limit)
	defer cancel()
	etag, whole, err := q.FileTag(ask, path, query)
	if err != nil {
		return err
	}
	p, err := openPart(out, path+"?"+query.Encode(), etag)
	if err != nil {
		return err
	}
	if whole >= 0 && p.have > whole {
		p.have = 0
	}
	if err := q.fill(ctx, p, path, query, etag, whole); err != nil {
		if p.keep && p.have > 0 {
			err = fmt.Errorf("%w (%s of %s is kept, and the same command goes on from there)", err, sizeText(p.have), sizeText(whole))
		}
		return errors.Join(err, p.leave())
	}
	whole = p.have
	if err := p.done(out, whole, etag); err != nil {
		return err
	}
	fmt.Fprintf(q.err, "%s: %s\n", printable(out), sizeText(whole))
	return nil
}

func sizeText(n int64) string { return size(uint64(max(n, 0))) }
