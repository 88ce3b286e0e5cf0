package demo

import (
	"errors"
	"fmt"

	"github.com/swell-radar/swell/scrapers/all"
	"github.com/swell-radar/swell/scrapers/scrapetest"
)

// World is a made-up life and the sites that tell of it.
type World struct {
	config all.Config
	sites  []*scrapetest.Site
}

// Contact is who can be reached about the requests to a world's sites: sources that read pages ask for nothing without.
const Contact = "https://demo.example/"

// Budget is how many alarms a day to accept from a platform of the world, as engine.Options has it: far more happens there than
// on real ones of that size.
const Budget = 25

// Open opens a world: its sites answer at addresses of this machine until [World.Close]. It takes about half a second; what is
// past is made up when the first site is asked for it, which takes another second at the default scale. An error is about
// the options, or says that no address could be had.
func Open(o Options) (*World, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	l, err := newLife(&o, scenario(o.Seed, o.Scale))
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	w := &World{config: all.Default()}
	t := &town{life: l, config: &w.config}
	for _, build := range builders() {
		build(t)
	}
	for _, h := range t.houses {
		site, err := scrapetest.Open(h.handler)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("demo: no address for a site: %w", err), w.Close())
		}
		site.Always(h.trouble)
		w.sites = append(w.sites, site)
		h.move(site.URL)
		o.Log.Debug("a made-up site is open", "site", h.name, "at", site.URL)
	}
	return w, nil
}

// Sources returns a configuration that has all sources read the world. The sources need a fetcher
// that may ask this machine.
func (w *World) Sources() all.Config { return w.config }

// Close closes the sites. What asks them fails from then on.
func (w *World) Close() error {
	var errs []error
	for _, s := range w.sites {
		errs = append(errs, s.Close())
	}
	w.sites = nil
	return errors.Join(errs...)
}
