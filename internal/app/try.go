package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/swell-radar/swell/internal/config"
	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/all"
)

// tryMost is how many requests a source makes at most when it is tried: one may be needed
// to learn what can be asked for.
const tryMost = 3

// noShelf keeps nothing.
type noShelf struct{}

func (noShelf) Load(string) ([]byte, error) { return nil, nil }
func (noShelf) Save(string, []byte) error   { return nil }

// TrySource runs a source of the configuration, on or off, until it has delivered something or a
// part of it was in trouble, with no more than a few requests. Nothing of it is counted.
func TrySource(ctx context.Context, name string, c config.Config, n Network) (scrapers.Tried, error) {
	kinds := all.Kinds()
	at := slices.IndexFunc(kinds, func(k all.Kind) bool { return k.Name == name })
	if at < 0 {
		var names []string
		for _, k := range kinds {
			names = append(names, k.Name)
		}
		return scrapers.Tried{}, fmt.Errorf("%w %q; there are %s", ErrNoSource, name, strings.Join(names, ", "))
	}
	f, err := n.fetcher(&c)
	if err != nil {
		return scrapers.Tried{}, err
	}
	budget, err := scrapers.NewBudget(name, tryMost, noShelf{}, n.Now)
	if err != nil {
		return scrapers.Tried{}, err
	}
	s, err := kinds[at].New(&c.Sources, f.Client(name, budget))
	if err != nil {
		return scrapers.Tried{}, err
	}
	return scrapers.Try(ctx, s, n.Now, func(t *scrapers.Tried) bool {
		return slices.ContainsFunc(t.Deliveries, func(d scrapers.Delivery) bool { return len(d.Records) > 0 || d.Items > 0 }) ||
			slices.ContainsFunc(t.Parts, func(p scrapers.PartHealth) bool { return p.State != scrapers.OK })
	}), nil
}

// How long the sources have to answer: the one that streams, and all together.
const (
	streamWithin    = 5 * time.Second
	reachableWithin = 10 * time.Second
)

// Reachable reports whether any source that the configuration asks for answers.
//
// The source that streams is asked first, for a connection to it is no more than a run begins with
// anyway; the others are where that fails alone, each for a few requests. These requests are on no
// day's budget and heed no wall of the run before: both are in the data directory, which is not
// touched as long as the run may be a demo. What servers say to them is heeded by the run where the network
// is the same: [Network.Prepare].
func Reachable(ctx context.Context, c config.Config, n Network) (bool, error) {
	return reachable(ctx, c, n, streamWithin, reachableWithin)
}

func reachable(ctx context.Context, c config.Config, n Network, stream, whole time.Duration) (bool, error) {
	f, err := n.fetcher(&c)
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, whole)
	defer cancel()
	var first, others []scrapers.Source
	for _, k := range all.Kinds() {
		if !k.On(&c.Sources) {
			continue
		}
		budget, err := scrapers.NewBudget(k.Name, tryMost, noShelf{}, n.Now)
		if err != nil {
			return false, err
		}
		s, err := k.New(&c.Sources, f.Client(k.Name, budget))
		if err != nil {
			return false, err
		}
		if k.Replays {
			first = append(first, s)
		} else {
			others = append(others, s)
		}
	}
	soon, stop := context.WithTimeout(ctx, stream)
	defer stop()
	return answers(soon, first, n.Now) || answers(ctx, others, n.Now), nil
}

// answers reports whether one of the sources answers before ctx ends.
func answers(ctx context.Context, sources []scrapers.Source, now func() time.Time) bool {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var tries sync.WaitGroup
	answered := make(chan struct{}, len(sources))
	for _, s := range sources {
		tries.Go(func() {
			t := scrapers.Try(ctx, s, now, func(t *scrapers.Tried) bool { return t.Well() })
			if t.Well() {
				answered <- struct{}{}
				cancel()
			}
		})
	}
	tries.Wait()
	return len(answered) > 0
}
