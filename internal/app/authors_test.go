package app

import (
	"context"
	"errors"
	"testing"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// counted is an engine that knows of one term.
type counted struct {
	counts engine.TermCounts
	err    error
}

func (c counted) Term(_ context.Context, kind term.Kind, key, platform string) ([]engine.TermCounts, error) {
	if kind != term.Watch || key != "acme" || platform != "x" {
		return nil, c.err
	}
	return []engine.TermCounts{c.counts}, c.err
}

// The authors of a moment are those that the engine counts, as long as it is not far from it.
func TestAuthorsOfAMoment(t *testing.T) {
	const asOf = 1_800_000_000
	known := engine.TermCounts{AsOf: asOf, Count: window.Count{Tracked: true}, Authors24: 60, AuthorsError: 0.02}
	untracked := known
	untracked.Count.Tracked = false
	for name, c := range map[string]struct {
		counts engine.TermCounts
		err    error
		list   string
		at     int64
		ok     bool
	}{
		"now":               {known, nil, "acme", asOf, true},
		"a moment before":   {known, nil, "acme", asOf - 3600, true},
		"hours before":      {known, nil, "acme", asOf - 4200, false},
		"not counted yet":   {known, nil, "acme", asOf + 4200, false},
		"another list":      {known, nil, "rival", asOf, false},
		"not tracked":       {untracked, nil, "acme", asOf, false},
		"the engine closed": {known, engine.ErrClosed, "acme", asOf, false},
	} {
		a := &alerter{counts: counted{c.counts, c.err}}
		n, stderr, ok, err := a.authors(t.Context(), c.list, "x", c.at)
		if ok != c.ok || !errors.Is(err, c.err) || ok && (n != 60 || stderr != 0.02) {
			t.Errorf("%s: %d ± %g, %v, %v", name, n, stderr, ok, err)
		}
	}
}
