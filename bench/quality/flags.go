package main

import (
	"flag"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/swell-radar/swell/bench/quality/worlds"
	"github.com/swell-radar/swell/bench/workload"
)

// options are what the command is asked for.
type options struct {
	output, charts string
	revision       string
	keep           string
	quick          bool
	sources        []source
	contestants    []contestant
	jobs           int
	warmup         float64
	drawn          []drawing
	shrink         func(cfg *workload.Config) // of tests: makes worlds small
}

// What is measured unless something else is asked for. Seed 1 is for tuning.
const (
	base         = "base"
	quiet        = "quiet"
	baseSeeds    = "101-105"
	shiftedSeeds = "101-102"
)

func parse(args []string, log io.Writer) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("quality", flag.ContinueOnError)
	flags.SetOutput(log)
	flags.StringVar(&o.output, "o", "", "`file` that the report is written to; otherwise standard output")
	flags.StringVar(&o.charts, "charts", "", "`folder` that charts are written to, as SVG")
	flags.StringVar(&o.revision, "revision", "", "what was measured, for the head of the report")
	flags.StringVar(&o.keep, "keep", "", "`folder` in which what was measured is kept, stream by stream: a run that was broken off goes on there. Empty it when the code has changed")
	flags.IntVar(&o.jobs, "j", min(2, runtime.GOMAXPROCS(0)), "streams measured at once; each takes about a gigabyte")
	flags.Float64Var(&o.warmup, "warmup", 7, "days at the beginning of an archive that count for nothing")
	names := flags.String("worlds", strings.Join(worlds.Names(), ","), "worlds, by `names`")
	seeds := flags.String("seeds", "", "seeds of every world, such as 1,7,101-105; otherwise "+baseSeeds+" of base and "+shiftedSeeds+" of the others")
	deep := flags.Int("deep", 2, "how many seeds of base and of quiet Swell is run on with every budget and, on base, without each of its parts")
	keys := flags.String("detectors", "", "detectors, by `names`; otherwise all")
	flags.BoolVar(&o.quick, "quick", false, "one seed of base alone")
	var archives, truths files
	flags.Var(&archives, "archive", "`file` of records to measure on too; may be given more than once, each with a -truth")
	flags.Var(&truths, "truth", "CSV `file` with what is known of the archive")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if o.quick {
		*names, *seeds = base, "101"
	}
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("argument %q: all is said by flags", flags.Arg(0))
	case o.jobs < 1:
		return nil, fmt.Errorf("-j %d: at least one", o.jobs)
	case !(o.warmup >= 0):
		return nil, fmt.Errorf("-warmup %v: days, 0 or more", o.warmup)
	case len(archives) != len(truths):
		return nil, fmt.Errorf("%d archives, but %d truths: give a -truth for each -archive", len(archives), len(truths))
	}
	var err error
	if o.contestants, err = pick(split(*keys)); err != nil {
		return nil, err
	}
	if o.sources, err = generated(split(*names), *seeds, *deep); err != nil {
		return nil, err
	}
	for i, a := range archives {
		o.sources = append(o.sources, source{Archive: a, Truth: truths[i]})
	}
	return o, nil
}

// generated returns the worlds with their seeds, worlds in the order of [worlds.Names].
// The first seeds are deep.
func generated(names []string, seeds string, deep int) ([]source, error) {
	for _, n := range names {
		if _, err := worlds.Config(n, 1); err != nil {
			return nil, err
		}
	}
	var out []source
	for _, w := range worlds.Names() {
		if !slices.Contains(names, w) {
			continue
		}
		text := seeds
		switch {
		case text != "":
		case w == base:
			text = baseSeeds
		default:
			text = shiftedSeeds
		}
		list, err := parseSeeds(text)
		if err != nil {
			return nil, err
		}
		for i, s := range list {
			out = append(out, source{World: w, Seed: s, Deep: i < deep && (w == base || w == quiet)})
		}
	}
	return out, nil
}

// parseSeeds reads numbers and ranges of numbers, such as 1,101-105.
func parseSeeds(text string) ([]uint64, error) {
	var out []uint64
	for _, part := range split(text) {
		low, high, ranged := strings.Cut(part, "-")
		if !ranged {
			high = low
		}
		from, err := strconv.ParseUint(low, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("-seeds %q: %q is no number", text, low)
		}
		to, err := strconv.ParseUint(high, 10, 32)
		if err != nil || to < from || to-from > 1000 {
			return nil, fmt.Errorf("-seeds %q: %q is no number from %d on", text, high, from)
		}
		for s := from; s <= to; s++ {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out, nil
}

func split(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

// files is a flag that may be given more than once.
type files []string

// String implements flag.Value.
func (f *files) String() string { return strings.Join(*f, ",") }

// Set implements flag.Value.
func (f *files) Set(name string) error {
	*f = append(*f, name)
	return nil
}
