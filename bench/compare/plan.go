package main

import (
	"github.com/swell-radar/swell/bench/compare/internal/measure"
	"github.com/swell-radar/swell/bench/compare/internal/peer"
	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

// plan says what is measured on a stream.
type plan struct {
	measure.Plan
	surveys bool // memory and answers
	pauses  bool
	fixed   bool // only contenders of fixed memory
}

// takes reports whether a contender takes part.
func (p *plan) takes(k peer.Kind) bool {
	return !p.fixed || k.Fixed
}

// planOf gives the first stream all rounds and everything; the level one answers only
// how the hottest term tells on speed, and the dense one how right a fixed memory is.
func planOf(s *stream.Stream, o *options) *plan {
	p := &plan{Plan: measure.Plan{Stream: s, Tail: s.Tail(o.redis)}}
	third := (o.rounds + 2) / 3
	switch s.Shape.Name {
	case stream.Drifting(1).Name:
		p.Rounds, p.Slow, p.surveys, p.pauses = o.rounds, third, true, true
	case stream.Level(1).Name:
		p.Rounds, p.Slow = (o.rounds+1)/2, (third+1)/2
	case stream.HeavyTail(1).Name:
		p.Rounds, p.Slow, p.surveys = third, (third+3)/4, true
	case stream.Dense(1).Name:
		p.surveys, p.fixed = true, true
	}
	return p
}
