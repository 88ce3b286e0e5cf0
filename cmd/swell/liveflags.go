package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/swell-radar/swell/internal/app"
	"github.com/swell-radar/swell/internal/config"
	"github.com/swell-radar/swell/internal/demo"
	"github.com/swell-radar/swell/scrapers"
)

// The values of --demo. Without it there is none.
const (
	demoYes  = "yes"  // the demo
	demoAuto = "auto" // the demo if no live source answers
)

// liveFlags say where records come from.
type liveFlags struct {
	config string
	none   bool
	demo   string
}

func (l *liveFlags) add(f *pflag.FlagSet) {
	configFlag(f, &l.config)
	f.BoolVar(&l.none, "no-sources", false, "run no source: count only what is sent in")
	f.StringVar(&l.demo, "demo", "", "show everything with made-up sources (--demo), or only if no live one answers (--demo=auto)")
	f.Lookup("demo").NoOptDefVal = demoYes
}

// check refuses flags that do not go together. named are those that were given.
func (l *liveFlags) check(named *pflag.FlagSet, data string) error {
	switch l.demo {
	case "":
		if data == "" {
			return errors.New("--data is missing: name the directory to keep everything in")
		}
		return nil
	case demoYes, demoAuto:
	default:
		return fmt.Errorf("--demo=%s: give --demo or --demo=auto", l.demo)
	}
	kept := ""
	named.Visit(func(f *pflag.Flag) {
		if strings.HasPrefix(f.Name, "journal-") {
			kept = f.Name
		}
	})
	switch {
	case l.none:
		return errors.New("--demo and --no-sources: leave one of them out")
	case l.demo == demoYes && l.config != "":
		return errors.New("--demo and --config: the demo has settings of its own; leave one of them out")
	case l.demo == demoYes && data != "":
		return errors.New("--demo and --data: what is made up is not kept; leave --data out")
	case l.demo == demoYes && kept != "":
		return fmt.Errorf("--demo and --%s: what is made up is not kept; leave --%s out", kept, kept)
	case l.demo == demoAuto && data == "":
		return errors.New("--data is missing: name the directory for what the live sources bring; the demo does not touch it")
	}
	return nil
}

// choose sets the run's sources, and its data directory if that is a demo's. The
// function it returns ends what was begun for the run.
func (l *liveFlags) choose(ctx context.Context, o *app.ServeOptions, s streams) (end func() error, err error) {
	none := func() error { return nil }
	if l.none {
		return none, nil
	}
	if l.demo == demoYes {
		return l.play(o, s)
	}
	c, err := loadConfig(l.config)
	if err != nil {
		return none, err
	}
	n, err := app.Network{Version: version, Now: o.Now, Log: o.Log}.Prepare(c)
	if err != nil {
		return none, usage(err)
	}
	if l.demo == demoAuto {
		if l.config == "" {
			c.Sources = c.Sources.Keyless()
		}
		c.Sources.Bluesky.Fill = scrapers.Duration(fill)
	}
	// A directory that holds something is gone on with, whether a source answers now or not.
	if l.demo == demoAuto && !app.HoldsData(o.Data) {
		fmt.Fprintln(s.err, "looking for live sources ...")
		ok, err := app.Reachable(ctx, c, n)
		if err != nil {
			return none, ofConfig(l.config, err)
		}
		if ctx.Err() != nil {
			return none, app.ErrInterrupted
		}
		if !ok {
			fmt.Fprintln(s.err, "no live source answers from here.")
			return l.play(o, s)
		}
	}
	if o.Sources, err = app.SourcesOf(c, n); err != nil {
		return none, ofConfig(l.config, err)
	}
	return none, nil
}

// fill is how far back a new directory begins: as far as Bluesky replays.
const fill = 36 * time.Hour

// play sets up the demo, in a directory that goes with it. Nothing of it gets to where the user keeps records.
func (l *liveFlags) play(o *app.ServeOptions, s streams) (end func() error, err error) {
	none := func() error { return nil }
	world, err := demo.Open(demo.Options{Now: o.Now, Past: fill, Log: o.Log})
	if err != nil {
		return none, err
	}
	dir, err := os.MkdirTemp("", "swell-demo-")
	if err != nil {
		return none, errors.Join(fmt.Errorf("cannot make a directory for the demo: %w", err), world.Close())
	}
	end = func() error { return errors.Join(world.Close(), os.RemoveAll(dir)) }
	c := config.Default()
	c.Sources, c.Fetch.Contact = world.Sources(), demo.Contact
	if o.Sources, err = app.SourcesOf(c, app.Network{Version: version, Private: true, Now: o.Now, Log: o.Log}); err != nil {
		return none, errors.Join(err, end())
	}
	o.Data, o.Sources.Demo = dir, true
	o.Journal = app.JournalOptions{MaxBytes: defaultJournalMax}
	fmt.Fprintln(s.err, "DEMO: all posts, names and numbers are made up. None of it is real.")
	return end, nil
}
