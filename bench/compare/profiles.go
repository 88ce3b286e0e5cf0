package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/swell-radar/swell/bench/compare/internal/measure"
	"github.com/swell-radar/swell/bench/compare/internal/peer"
	"github.com/swell-radar/swell/bench/compare/internal/report"
	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

// profiles profiles the contenders that are Swell, on the first stream.
func profiles(o *options, out, log io.Writer) (err error) {
	shape := stream.Drifting(o.scale)
	fmt.Fprintf(log, "%s: making %d observations\n", shape.Name, shape.Observations)
	s, err := stream.Generate(shape)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	setup := &measure.Setup{Kinds: o.kinds, Memory: o.memory, Shards: o.shards, Log: log}
	var profiled []report.Profiled
	for _, k := range o.kinds {
		if !k.Swell {
			continue
		}
		p, err := setup.Profile(k, s)
		if err != nil {
			return fmt.Errorf("%s: %w", k.Name, err)
		}
		profiled = append(profiled, report.Profiled{Name: k.Name, Stream: shape.Name, Observations: s.Len(), Profile: p})
	}
	if len(profiled) == 0 {
		return fmt.Errorf("-profiles are of Swell, which -only leaves out; add %s to it", peer.Kinds()[1].ID)
	}
	_, err = io.WriteString(out, report.Profiles(report.ThisMachine(), profiled))
	return err
}
