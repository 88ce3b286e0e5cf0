package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/app"
)

func newReplay(s streams) *cobra.Command {
	o := app.ReplayOptions{
		Engine: engine.DefaultOptions(), Version: version, Now: time.Now,
		Stdin: s.in, Stdout: s.out, Stderr: s.err, Terminal: isTerminal(s.err),
	}
	var speed, from, until, memory string
	var serve bool
	cmd := &cobra.Command{
		Use:   "replay FILE...",
		Short: "Play archives through the engine, as if they were happening",
		Long: `Replay reads records (NDJSON; .gz and .zst are recognised by their contents; - is
standard input), counts them in event time and prints what trends at the end.
Several files are merged by time. The same files give the same detections.

With --data what is found is kept, and a run that was stopped, however it was
stopped, goes on where it was. Bad lines are set aside in DIR/dead-letter.ndjson.`,
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
			if o.Engine.Window.Memory, err = parseBytes(memory); err != nil {
				return usage(err)
			}
			if !serve {
				o.Listen = ""
			}
			if o.Detections == "-" && serve {
				return usage(errors.New("--detections - and --serve both write to standard output; name a file for the detections"))
			}
			o.Files, o.Log = files, logger(cmd, s.err)
			o.Done = func(v *engine.View, address string) { announce(s, v, address, o) }
			sum, err := app.Replay(cmd.Context(), o)
			summarise(s, sum, o)
			if errors.Is(err, app.ErrInterrupted) {
				if o.Data != "" {
					err = fmt.Errorf("%w; run the same command to go on", err)
				}
				return codeError{err, exitPartial}
			}
			if err != nil {
				return err
			}
			if len(sum.Damaged) > 0 {
				return codeError{errors.New("not all of the input could be read: " + strings.Join(sum.Damaged, "; ")), exitPartial}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Data, "data", "", "data directory; without it nothing is kept")
	f.StringVar(&o.Detections, "detections", "", "file for changes of phase, one JSON object a line; - is standard output")
	f.StringVar(&speed, "speed", "max", "event time per real time: max, or a factor such as 60x")
	f.StringVar(&from, "from", "", "pass over records before this time (RFC 3339)")
	f.StringVar(&until, "until", "", "pass over records from this time on (RFC 3339)")
	f.BoolVar(&serve, "serve", false, "answer over HTTP while replaying and afterwards")
	f.StringVar(&o.Listen, "listen", defaultListen, "address to serve at")
	f.StringVar(&memory, "memory", "256MiB", "memory of the counting core")
	f.DurationVar(&o.Engine.Window.Lateness, "lateness", o.Engine.Window.Lateness, "how late a record may come and still be counted")
	f.DurationVar(&o.SnapshotEvery, "snapshot-every", 15*time.Second, "real time between snapshots, with --data")
	f.Float64Var(&o.Engine.Detect.Budget, "budget", o.Engine.Detect.Budget, "false alarms accepted per day and platform")
	f.IntVar(&o.MaxLine, "max-line", 1<<20, "longest line accepted, in bytes")
	return cmd
}

func parseSpeed(text string) (float64, error) {
	if text == "max" {
		return 0, nil
	}
	x, err := strconv.ParseFloat(strings.TrimSuffix(text, "x"), 64)
	if err != nil || x <= 0 || math.IsInf(x, 0) {
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
func parseBytes(text string) (int64, error) {
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
	return 0, fmt.Errorf("--memory %q: write a size such as 256MiB", text)
}

// summarise says on standard error how the replay went.
func summarise(s streams, sum app.Summary, o app.ReplayOptions) {
	if sum.Elapsed == 0 && sum.Records == 0 {
		return
	}
	rate := 0.0
	if sum.Elapsed > 0 {
		rate = float64(sum.Records) / sum.Elapsed.Seconds()
	}
	fmt.Fprintf(s.err, "replayed %d records in %s (%.0f a second)", sum.Records, sum.Elapsed.Round(10*time.Millisecond), rate)
	c := sum.Counters
	for _, part := range []struct {
		n    uint64
		what string
	}{{uint64(sum.Bad), "bad lines set aside"}, {c.Duplicates, "duplicates"}, {c.Late, "too late for their pane (is the file sorted by ts? see --lateness)"}, {c.TermsDropped, "terms beyond 128 in a record"}} {
		if part.n > 0 {
			fmt.Fprintf(s.err, "; %d %s", part.n, part.what)
		}
	}
	fmt.Fprintln(s.err)
}
