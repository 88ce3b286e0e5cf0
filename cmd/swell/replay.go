package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/app"
	"github.com/swell-radar/swell/internal/config"
	"github.com/swell-radar/swell/scrapers/push"
	"github.com/swell-radar/swell/term"
)

func newReplay(s streams) *cobra.Command {
	o := app.ReplayOptions{
		Engine: engine.DefaultOptions(), Version: version, Now: time.Now,
		Stdout: s.out, Stderr: s.err, Terminal: isTerminal(s.err),
	}
	var speed, from, until string
	var set engineFlags
	var endpoint endpointFlags
	var serve bool
	cmd := &cobra.Command{
		Use:   "replay FILE...",
		Short: "Play archives through the engine, as if they were happening",
		Long: `Replay reads records (NDJSON; .gz and .zst are recognised by their contents; - is
standard input), counts them in event time and prints what trends at the end.
Several files are merged by time. The same files give the same detections.

With --data what is found is kept, and a run that was stopped, however it was
stopped, goes on where it was. Bad lines are set aside in DIR/dead-letter.ndjson.

The end of the input is the end of its time: all panes are closed there. Records
that come later for these panes (a file that grew within them) are late.`,
		Example: `  swell replay posts.ndjson.zst --detections trends.ndjson
  swell replay posts.ndjson --data ./swell-data --serve`,
		Args: arguments(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error {
			var err error
			if o.Speed, err = parseSpeed(speed); err != nil {
				return usage(err)
			}
			if o.From, err = parseTime("--from", from); err != nil {
				return usage(err)
			}
			if o.Until, err = parseTime("--until", until); err != nil {
				return usage(err)
			}
			if err := set.set(&o.Engine, everyFlag); err != nil {
				return usage(err)
			}
			if from != "" && until != "" && !o.From.Before(o.Until) {
				return usage(fmt.Errorf("--from %s is not before --until %s: nothing lies between them", from, until))
			}
			if o.MaxLine < 1 || o.SnapshotEvery <= 0 {
				return usage(errors.New("--max-line and --snapshot-every must be more than nothing"))
			}
			if err := o.Retention.Validate(); err != nil {
				return usage(err)
			}
			if o.Listen, o.Hosts, o.Endpoint, err = endpoint.options(cmd.Flags(), config.Default().Serve); err != nil {
				return usage(err)
			}
			if !serve {
				o.Listen = ""
			}
			if o.Detections == "-" && serve {
				return usage(errors.New("--detections - and --serve both write to standard output; name a file for the detections"))
			}
			o.Files, o.Log = files, logger(cmd, s.err)
			o.Done = func(v *engine.View, address string) error { return announce(s, v, address, o) }
			sum, err := app.Replay(cmd.Context(), o)
			summarise(s, sum)
			if errors.Is(err, app.ErrInterrupted) {
				return codeError{fmt.Errorf("%w%s", err, goOn(o)), exitPartial}
			}
			if err == nil {
				err = incomplete(sum)
			}
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Data, "data", "", "data directory; without it nothing is kept")
	f.StringVar(&o.Detections, "detections", "", "file for changes of phase, one JSON object a line; - is standard output")
	f.StringVar(&speed, "speed", "max", "event time per real time: max, or a factor such as 60x")
	f.StringVar(&from, "from", "", "pass over records before this time (RFC 3339)")
	f.StringVar(&until, "until", "", "pass over records from this time on (RFC 3339)")
	f.BoolVar(&serve, "serve", false, "answer over HTTP while replaying and afterwards")
	endpoint.add(f)
	set.add(f)
	f.DurationVar(&o.SnapshotEvery, "snapshot-every", 15*time.Second, "real time between snapshots, with --data")
	keepFlags(&o.Retention, func(value keepFlag, name, what string) { f.Var(value, name, what) })
	f.IntVar(&o.MaxLine, "max-line", 1<<20, "longest line accepted, in bytes")
	return cmd
}

func parseSpeed(text string) (float64, error) {
	if text == "max" {
		return 0, nil
	}
	x, err := strconv.ParseFloat(strings.TrimSuffix(text, "x"), 64)
	if err != nil || !(x > 0) || math.IsInf(x, 0) {
		return 0, fmt.Errorf("--speed %q: write max, or a factor such as 60x", text)
	}
	return x, nil
}

func parseTime(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, fmt.Errorf("%s %q is no time; write it as 2026-06-01T00:00:00Z", flag, text)
	}
	return t, nil
}

// parseBytes reads a size such as 256MiB.
func parseBytes(flag, text string) (int64, error) {
	units := []struct {
		suffix string
		size   int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}, {"", 1}}
	for _, u := range units {
		number, ok := strings.CutSuffix(text, u.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if err != nil || n <= 0 || n > math.MaxInt64/u.size {
			break
		}
		return n * u.size, nil
	}
	return 0, fmt.Errorf("%s %q: write a size such as 256MiB", flag, text)
}

// parseLateness checks how late records may come. The core takes zero for its
// default, and less for none.
func parseLateness(d time.Duration) (time.Duration, error) {
	switch {
	case d < 0:
		return 0, fmt.Errorf("--lateness %v: write 0 for none, or how late, as in 10m", d)
	case d == 0:
		return -1, nil
	}
	return d, nil
}

// goOn says how an interrupted replay can be gone on with.
func goOn(o app.ReplayOptions) string {
	switch {
	case o.Data == "":
		return "; nothing was kept: name a directory with --data to be able to go on"
	case slices.ContainsFunc(o.Files, isStream):
		return "; a stream cannot be gone on with"
	}
	return "; run the same command to go on"
}

func isStream(path string) bool {
	info, err := os.Stat(path)
	return path == push.Stdin || err == nil && !info.Mode().IsRegular()
}

// incomplete returns an error when much of the input did not count.
func incomplete(sum app.Summary) error {
	switch {
	case len(sum.Damaged) > 0:
		return codeError{errors.New("not all of the input could be read: " + strings.Join(sum.Damaged, "; ")), exitPartial}
	case sum.Read == 0 && sum.Bad > 0 && !sum.Resumed:
		return codeError{fmt.Errorf("no line of the input could be read; the reason stands beside each above"), exitPartial}
	case sum.Late*2 > sum.Records:
		return codeError{fmt.Errorf("%d of %d records came too late to count: sort the input by ts, or allow more with --lateness", sum.Late, sum.Records), exitPartial}
	}
	return nil
}

// summarise says on standard error how the replay went.
func summarise(s streams, sum app.Summary) {
	if sum.Elapsed == 0 && sum.Records == 0 {
		return
	}
	rate := 0.0
	if sum.Elapsed > 0 {
		rate = float64(sum.Records) / sum.Elapsed.Seconds()
	}
	fmt.Fprintf(s.err, "replayed %d records in %s (%.0f a second)", sum.Records, sum.Elapsed.Round(10*time.Millisecond), rate)
	bad := "bad lines (not kept: name a directory with --data)"
	if sum.DeadLetters != "" {
		bad = "bad lines set aside in " + sum.DeadLetters
	}
	for _, part := range []struct {
		n    uint64
		what string
	}{
		{uint64(sum.Bad), bad}, {sum.Duplicates, "duplicates"}, {sum.Late, "too late for their pane (see --lateness)"},
		{sum.Dropped, fmt.Sprintf("terms beyond %d in a record", term.MaxTerms)},
	} {
		if part.n > 0 {
			fmt.Fprintf(s.err, "; %d %s", part.n, part.what)
		}
	}
	fmt.Fprintln(s.err)
}
