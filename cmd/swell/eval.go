package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/bench/quality/truth"
)

// evalOptions say what is measured, and how it is told.
type evalOptions struct {
	detections, truth string
	from, to          time.Time // zero: taken from the files
	platforms         []string  // empty: all
	budget            float64   // 0: some usual ones
	top               int
	json              bool
	chart             string
}

func newEval(s streams) *cobra.Command {
	var o evalOptions
	var stream string
	cmd := &cobra.Command{
		Use:   "eval --detections FILE --truth FILE",
		Short: "Measure detections against what is known to have trended",
		Long: `Eval compares what swell replay --detections wrote with a truth file: how many
trends were found before their peak, how long before, what else was raised, and
what a higher threshold on the score would have given.

The truth is CSV with at least the columns term and onset; swell generate --truth
writes one, and for a stream of your own one can be made by hand. Both files may
be compressed (.gz, .zst); - is standard input. docs/eval.md defines the figures.`,
		Example: `  swell generate --days 10 --out posts.ndjson.zst --truth truth.csv
  swell replay posts.ndjson.zst --detections trends.ndjson
  swell eval --detections trends.ndjson --truth truth.csv --chart curves.svg`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if o.from, o.to, err = parseStream(stream); err != nil {
				return usage(err)
			}
			if err := o.check(cmd.Flags().Changed("budget")); err != nil {
				return usage(err)
			}
			return eval(&o, s)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.detections, "detections", "", "what was detected, one JSON object a line; - is standard input")
	f.StringVar(&o.truth, "truth", "", "what is known to have trended, as CSV; - is standard input")
	f.StringVar(&stream, "stream", "", "measured part of the stream, as FROM/TO (RFC 3339); without it whole days, as far as the files reach")
	f.StringArrayVar(&o.platforms, "platform", nil, "measure this platform (repeat for more; default all)")
	f.Float64Var(&o.budget, "budget", 0, "false alarms a day and platform to give the figures at (default several)")
	f.IntVar(&o.top, "top", 20, "rows of the hourly list that count")
	f.BoolVar(&o.json, "json", false, "print JSON")
	f.StringVar(&o.chart, "chart", "", "file for the curves; its name ends in .svg or .png")
	return cmd
}

// check refuses options that make no sense. It brings platforms into the form in
// which they are counted.
func (o *evalOptions) check(budgetGiven bool) error {
	switch {
	case o.detections == "":
		return errors.New("--detections is missing: name the file that swell replay --detections wrote")
	case o.truth == "":
		return errors.New("--truth is missing: name a CSV file with at least the columns term and onset")
	case o.detections == stdoutName && o.truth == stdoutName:
		return errors.New("--detections and --truth are both standard input; name a file for one")
	case budgetGiven && !(o.budget > 0 && o.budget <= 1e9):
		return fmt.Errorf("--budget %v: give more than 0", o.budget)
	case o.top < 1 || o.top > maxRows:
		return fmt.Errorf("--top %d: give 1 to %d", o.top, maxRows)
	case o.chart == "":
	case o.chartFormat() == nil:
		return fmt.Errorf("--chart %s: the name must end in .svg or .png", o.chart)
	default:
		for flag, input := range map[string]string{"--detections": o.detections, "--truth": o.truth} {
			if input != stdoutName && sameFile(o.chart, input) {
				return fmt.Errorf("--chart %s and %s %s are the same file; name two", o.chart, flag, input)
			}
		}
	}
	for i, name := range o.platforms {
		o.platforms[i] = strings.ToLower(strings.TrimSpace(name))
	}
	return nil
}

// parseStream reads a pair of times; an empty text is no bounds.
func parseStream(text string) (from, to time.Time, err error) {
	if text == "" {
		return from, to, nil
	}
	begin, end, ok := strings.Cut(text, "/")
	if !ok {
		return from, to, fmt.Errorf("--stream %q: write two times, as 2026-06-01T00:00:00Z/2026-06-11T00:00:00Z", text)
	}
	if from, err = parseTime("--stream", begin); err != nil {
		return from, to, err
	}
	if to, err = parseTime("--stream", end); err != nil {
		return from, to, err
	}
	if begin == "" || end == "" || !from.Before(to) {
		return from, to, fmt.Errorf("--stream %s: the first time is not before the second", text)
	}
	return from, to, nil
}

// eval reads both files, measures, and tells what came out.
func eval(o *evalOptions, s streams) error {
	set, badRows, err := readTruth(o.truth, s)
	if err != nil {
		return err
	}
	found, err := readDetections(o.detections, s)
	if err != nil {
		return err
	}
	result, err := evaluate(o, set, found)
	if err != nil {
		return err
	}
	result.Rows.Bad = badRows
	if o.chart != "" {
		chart := result.chart()
		draw := o.chartFormat()
		if err := writeFile(o.chart, s.out, func(w io.Writer) error { return draw(chart, w) }); err != nil {
			return fmt.Errorf("cannot write the chart: %w", err)
		}
	}
	if o.json {
		err = result.writeJSON(s.out)
	} else {
		err = result.print(s.out)
	}
	if err != nil {
		return fmt.Errorf("cannot print the figures: %w", err)
	}
	return result.incomplete()
}

// incomplete returns an error when an input had lines, but none that could be read.
func (r *evalResult) incomplete() error {
	for _, c := range []struct {
		name  string
		input inputLines
	}{{r.Detections, r.Lines}, {r.Truth, r.Rows}} {
		if c.input.Read == 0 && c.input.Bad > 0 {
			return codeError{fmt.Errorf("no line of %s could be read; the reason stands beside each above", c.name), exitPartial}
		}
	}
	return nil
}

// readTruth reads a truth file and tells which of its rows are left out.
func readTruth(path string, s streams) (truth.Set, int, error) {
	in, err := openInput(path, s.in)
	if err != nil {
		return truth.Set{}, 0, fmt.Errorf("cannot read the truth: %w", err)
	}
	defer in.Close()
	set, err := truth.Load(in, filepath.Base(path))
	var bad *truth.RowErrors
	if errors.As(err, &bad) {
		for _, row := range bad.First {
			tellBad(s.err, row.Error())
		}
		tellMore(s.err, filepath.Base(path), bad.Total, len(bad.First))
		return set, bad.Total, nil
	}
	if err != nil {
		return set, 0, fmt.Errorf("cannot read the truth: %w", err)
	}
	return set, 0, nil
}

// maxTold is how many bad lines of a file are described.
const maxTold = 20

func tellBad(w io.Writer, what string) {
	fmt.Fprintf(w, "%s; left out\n", printable(what))
}

func tellMore(w io.Writer, name string, total, told int) {
	if total > told {
		fmt.Fprintf(w, "%s: %d more bad lines; left out\n", printable(name), total-told)
	}
}
