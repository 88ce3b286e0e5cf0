package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/swell-radar/swell/bench/compare/internal/peer"
	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

// options are the settings of a run.
type options struct {
	rounds   int
	scale    float64
	kinds    []peer.Kind
	streams  []string
	memory   int64 // bytes
	shards   int
	redis    int // observations
	output   string
	profiles bool
}

// shapes returns all streams, in the order of the report.
func shapes(scale float64) []stream.Shape {
	return []stream.Shape{stream.Drifting(scale), stream.Level(scale), stream.HeavyTail(scale), stream.Dense(scale)}
}

func parse(args []string) (*options, error) {
	var names []string
	for _, s := range shapes(1) {
		names = append(names, s.Name)
	}
	var ids []string
	for _, k := range peer.Kinds() {
		ids = append(ids, k.ID)
	}
	o := &options{}
	f := flag.NewFlagSet("compare", flag.ContinueOnError)
	f.IntVar(&o.rounds, "rounds", 10, "interleaved rounds of the first stream; the others and slow contenders get fewer")
	f.Float64Var(&o.scale, "scale", 1, "size of the streams; the figures of small ones mean little")
	only := f.String("only", strings.Join(ids, ","), "contenders, separated by commas")
	streams := f.String("streams", strings.Join(names, ","), "streams, separated by commas")
	memory := f.Int64("memory", 64, "memory, in MiB, of contenders that are given a fixed one")
	f.IntVar(&o.shards, "shards", 0, "shards of Swell's core; 0 is its default")
	f.IntVar(&o.redis, "redis", 500_000, "observations that Redis counts: the last of each stream")
	f.StringVar(&o.output, "o", "", "document to put the tables into, besides printing them")
	f.BoolVar(&o.profiles, "profiles", false, "profile Swell's locks, waits and functions and measure nothing else")
	f.Usage = func() { usage(f) }
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	o.memory = *memory << 20
	for _, id := range strings.Split(*only, ",") {
		i := slices.Index(ids, id)
		if i < 0 {
			return nil, fmt.Errorf("-only: there is no contender %q; there are %s", id, strings.Join(ids, ", "))
		}
		o.kinds = append(o.kinds, peer.Kinds()[i])
	}
	o.streams = strings.Split(*streams, ",")
	for _, name := range o.streams {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("-streams: there is no stream %q; there are %s", name, strings.Join(names, ", "))
		}
	}
	switch {
	case f.NArg() > 0:
		return nil, fmt.Errorf("%q is not understood; see -help", f.Arg(0))
	case o.rounds < 1 || o.redis < 1 || o.memory < 4<<20:
		return nil, fmt.Errorf("-rounds and -redis must be positive, -memory at least 4")
	case !(o.scale > 0 && o.scale <= 10):
		return nil, fmt.Errorf("-scale %v is out of range; use 0.001 to 10", o.scale)
	}
	return o, nil
}

// usage prints the flags and the contenders.
func usage(f *flag.FlagSet) {
	fmt.Fprintln(f.Output(), "Compare measures Swell's counting core against what people use in its place.\n\nFlags:")
	f.PrintDefaults()
	fmt.Fprintln(f.Output(), "\nContenders:")
	for _, k := range peer.Kinds() {
		fmt.Fprintf(f.Output(), "  %-14s %s: %s\n", k.ID, k.Name, k.Source)
	}
}
