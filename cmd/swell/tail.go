package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

func newTail(s streams) *cobra.Command {
	var a asking
	var after string
	cmd := &cobra.Command{
		Use:   "tail",
		Short: "Follow what begins to trend, as it is found",
		Long: `Tail prints a line for every trend that is raised, changes its phase or is over, from now
on, until it is stopped. A connection that breaks is made again, and goes on where it was: no
event is missing, and none comes twice. With --json all events come as one JSON object a line, each
with its ID, from which a later run goes on with --after.`,
		Example: "  swell tail --platform tiktok\n  swell tail --watch brands --json >> brands.ndjson",
		Args:    arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if a.data != "" {
				return usage(errors.New("--data: nothing happens in a directory that nobody serves; name a server"))
			}
			return a.runLong(cmd, s, func(ctx context.Context, q *session) error {
				t := &tailing{q: q, query: a.query(cmd.Flags()), after: after, patience: a.timeout, rest: rest, chance: rand.Float64}
				err := t.run(ctx)
				if ctx.Err() != nil {
					return nil // that is how it ends
				}
				return err
			})
		},
	}
	a.add(cmd, asTable, asJSON, asNDJSON)
	f := cmd.Flags()
	a.filters(cmd, f)
	a.some(f, "phase", "phase", "only changes to these phases")
	a.yes(f, "snapshot", "snapshot", "begin with the ranking as it is")
	f.StringVar(&after, "after", "", "go on behind the event with this ID")
	words(cmd, "phase", append(phaseWords[:len(phaseWords):len(phaseWords)], "over")...)
	return cmd
}

// tailing follows the events over any number of connections.
type tailing struct {
	q        *session
	query    url.Values
	after    string        // ID of the last event
	patience time.Duration // without a sign of life; servers give one every 15 seconds
	rest     func(context.Context, time.Duration) error
	chance   func() float64 // 0 to 1
}

const (
	leastRest = time.Second
	mostRest  = 30 * time.Second
)

func rest(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *tailing) run(ctx context.Context) error {
	met := false // a server did answer
	for tries := 0; ; {
		wait, came, err := t.connection(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case !came && !met, final(err):
			return err
		case came:
			tries = 0
		}
		met = met || came
		// Full jitter: all who followed come back at once after a restart.
		longest := min(leastRest<<min(tries, 5), mostRest)
		wait = max(wait, time.Duration(t.chance()*float64(longest)))
		tries++
		if err != nil {
			fmt.Fprintf(t.q.err, "the connection is lost (%s); again in %s\n", printable(err.Error()), wait.Round(time.Second))
		}
		if err := t.rest(ctx, wait); err != nil {
			return err
		}
	}
}

// final reports whether trying again would not help.
func final(err error) bool {
	var p *api.Problem
	var out printError
	return errors.As(err, &out) || errors.As(err, &p) && codeOfProblem(p) != exitLater
}

// printError is an error of where the events are printed.
type printError struct{ error }

func (e printError) Unwrap() error { return e.error }

// connection follows the events until the connection ends, and returns how long the server
// wants to be left alone. came says that it had begun.
func (t *tailing) connection(ctx context.Context) (wait time.Duration, came bool, err error) {
	alive, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	silence := fmt.Errorf("nothing came for %s", t.patience)
	watchdog := time.AfterFunc(t.patience, func() { stop(silence) })
	defer watchdog.Stop()
	events, err := t.q.Stream(alive, t.query, t.after)
	if err != nil {
		if alive.Err() != nil && ctx.Err() == nil {
			err = silence
		}
		return 0, false, err
	}
	defer events.Close()
	for {
		ev, err := events.Next()
		switch {
		case errors.Is(err, io.EOF):
			return events.Retry(), true, nil
		case err != nil && alive.Err() != nil && ctx.Err() == nil:
			return events.Retry(), true, silence
		case err != nil:
			return events.Retry(), true, err
		}
		watchdog.Reset(t.patience)
		if ev.Name == "" {
			continue
		}
		if err := t.show(&ev); err != nil {
			return 0, true, err
		}
		// Only what was printed is not asked for again.
		t.after = ev.ID
		t.query.Del("snapshot")
	}
}

// show prints an event: in a line of JSON all of it, else what people want to know.
func (t *tailing) show(ev *api.Event) error {
	if t.q.format != asTable {
		line, err := json.Marshal(struct {
			ID    string          `json:"id"`
			Event string          `json:"event"`
			Data  json.RawMessage `json:"data"`
		}{ev.ID, ev.Name, ev.Data})
		if err != nil {
			return fmt.Errorf("%w: an event cannot be read: %w", api.ErrAnswer, err)
		}
		return t.line(string(line))
	}
	switch ev.Name {
	case api.EventStart:
		var e api.StreamStart
		if err := decode(ev, &e); err != nil {
			return err
		}
		if !e.Resumed {
			t.q.warn(head{Demo: e.Demo, AsOf: e.AsOf, Coverage: e.Coverage})
		}
	case api.EventReset:
		var e api.StreamReset
		if err := decode(ev, &e); err != nil {
			return err
		}
		fmt.Fprintf(t.q.err, "some events are missing: %s\n", printable(e.Reason))
	case api.EventTrend:
		var e api.StreamTrend
		if err := decode(ev, &e); err != nil {
			return err
		}
		return t.line(tailLine(t.q.screen, &e.Detection))
	case api.EventSnapshot:
		var e api.TrendsAnswer
		if err := decode(ev, &e); err != nil {
			return err
		}
		var b strings.Builder
		appendRanking(&b, t.q.screen, rowsOfAnswer(e.Trends), head{AsOf: e.AsOf, Coverage: e.Coverage})
		return t.line(b.String())
	}
	return nil
}

func decode(ev *api.Event, out any) error {
	if err := json.Unmarshal(ev.Data, out); err != nil {
		return fmt.Errorf("%w: the event %s cannot be read: %w", api.ErrAnswer, printable(ev.ID), err)
	}
	return nil
}

func (t *tailing) line(text string) error {
	if _, err := io.WriteString(t.q.data(), text+"\n"); err != nil {
		return printError{fmt.Errorf("cannot print the events: %w", err)}
	}
	return nil
}

// tailLine is a change of phase in a line. Lines that come one by one have fixed columns.
func tailLine(on screen, d *api.Detection) string {
	phase := fmt.Sprintf("%-11s", printable(d.Phase))
	left := ""
	if d.Phase != "over" {
		left = hoursText(float64(d.HoursLeft.Low), float64(d.HoursLeft.High)) + " h"
	}
	rate := ""
	if d.From != "gauge" {
		rate = rateText(float64(d.RatePerH), float64(d.ExpectedPerH)) + "/h"
	}
	return fmt.Sprintf("%s  %s %4s %10s %12s  %-10s %-8s %s", d.TS.UTC().Format("2006-01-02 15:04"), on.palette.Paint(phaseColour(d.Phase), phase),
		console.Share(float64(d.Confidence)), left, rate, printable(d.Platform), printable(d.Kind), console.Isolated(printable(d.Term)))
}
