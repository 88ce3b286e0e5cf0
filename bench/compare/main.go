package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/swell-radar/swell/bench/compare/internal/measure"
	"github.com/swell-radar/swell/bench/compare/internal/peer"
	"github.com/swell-radar/swell/bench/compare/internal/report"
	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// The sections of the document.
const (
	resultsSection  = "results"
	profilesSection = "profiles"
)

func run(args []string, out, log io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	// What goes into the document is shown as it comes.
	var text strings.Builder
	shown := io.MultiWriter(out, &text)
	section, do := resultsSection, results
	if o.profiles {
		section, do = profilesSection, profiles
	}
	if err := do(o, shown, log); err != nil {
		return err
	}
	if o.output == "" {
		return nil
	}
	return report.Replace(o.output, section, text.String())
}

// results measures everything.
func results(o *options, out, log io.Writer) error {
	r := &report.Results{Machine: report.ThisMachine(), Kinds: o.kinds, Memory: o.memory}
	setup := &measure.Setup{Kinds: o.kinds, Memory: o.memory, Shards: o.shards, Log: log}
	r.WriteHead(out)
	for _, shape := range shapes(o.scale) {
		if !slices.Contains(o.streams, shape.Name) {
			continue
		}
		if err := measureStream(r, setup, shape, o, log); err != nil {
			return fmt.Errorf("stream %q: %w", shape.Name, err)
		}
		r.WriteStream(out, &r.Streams[len(r.Streams)-1])
	}
	if at := slices.IndexFunc(o.kinds, func(k peer.Kind) bool { return k.Swell }); at >= 0 {
		tick, err := setup.Ticks(o.kinds[at], min(tickTerms, int(tickTerms*o.scale)))
		if err != nil {
			return err
		}
		r.Tick = tick
	}
	r.WriteRest(out)
	return nil
}

// tickTerms is how many terms a pane touches whose closing is timed.
const tickTerms = 100_000

// measureStream makes a stream and adds what is measured on it.
func measureStream(r *report.Results, setup *measure.Setup, shape stream.Shape, o *options, log io.Writer) (err error) {
	fmt.Fprintf(log, "%s: making %d observations\n", shape.Name, shape.Observations)
	s, err := stream.Generate(shape)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	plan := planOf(s, o)
	own := *setup
	own.Kinds = slices.DeleteFunc(slices.Clone(o.kinds), func(k peer.Kind) bool { return !plan.takes(k) })
	result := report.Stream{Name: shape.Name, Observations: s.Len(), Rounds: plan.Rounds, Slow: plan.Slow, Tail: plan.Tail.Len()}
	truth := stream.TruthOf(s)
	result.Distinct, result.Hottest = truth.Distinct, truth.Hottest()
	if plan.surveys {
		if result.Surveys, err = own.Surveys(&plan.Plan, truth); err != nil {
			return err
		}
	}
	if plan.Rounds > 0 {
		if result.Speeds, err = own.Speeds(&plan.Plan); err != nil {
			return err
		}
	}
	if plan.pauses {
		if r.Pauses, err = own.Pauses(s); err != nil {
			return err
		}
		r.Paused = shape.Name
	}
	r.Streams = append(r.Streams, result)
	return nil
}
