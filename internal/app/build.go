package app

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/swell-radar/swell/internal/config"
	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/all"
	"github.com/swell-radar/swell/scrapers/fetch"
)

// Network says how sources ask other machines, beside what the configuration does.
type Network struct {
	Version string
	// Private lets addresses of this machine and of private networks be asked: for the demo.
	Private bool
	Tap     func(fetch.Exchange) // of everything that comes; nil: of nothing
	Now     func() time.Time
	Log     *slog.Logger

	shared *fetch.Fetcher // nil: everything that is done with the network has one of its own
}

// Prepare returns the network for several uses with one configuration, which share what hosts have
// said: how often each may be asked, when it wants to be left alone, its robots.txt.
func (n Network) Prepare(c config.Config) (Network, error) {
	f, err := n.fetcher(&c)
	n.shared = f
	return n, err
}

// fetcher returns the way of the sources to the network.
func (n *Network) fetcher(c *config.Config) (*fetch.Fetcher, error) {
	if n.shared != nil {
		return n.shared, nil
	}
	o := fetch.Options{
		Agent: "swell/" + agentVersion(n.Version), Contact: c.Fetch.Contact, Proxy: c.Fetch.Proxy, AllowPrivate: n.Private || c.Fetch.Private,
		Now: n.Now, Jitter: jitter, Tap: n.Tap, Log: n.Log,
	}
	if n.Private {
		o.Pace = fetch.Pace{Every: -1} // nobody's machine but this one's
	}
	f, err := fetch.New(o)
	if err != nil {
		return nil, fmt.Errorf("the section fetch of the configuration: %w", err)
	}
	return f, nil
}

// agentVersion leaves of a version what may stand in a User-Agent.
func agentVersion(version string) string {
	out := []byte(version)
	for i, c := range out {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.' || c == '-' || c == '_') {
			out[i] = '-'
		}
	}
	if len(out) == 0 {
		return "0"
	}
	return string(out)
}

// SourcesOf are the sources that a configuration asks for. Errors are of the configuration.
func SourcesOf(c config.Config, n Network) (SourceOptions, error) {
	var o SourceOptions
	f, err := n.fetcher(&c)
	if err != nil {
		return o, err
	}
	if _, err := newWatching(c.Watch.Keywords, n.Log); err != nil {
		return o, err
	}
	o.Keywords = c.Watch.Keywords
	var on []all.Kind
	for _, k := range all.Kinds() {
		if !k.On(&c.Sources) {
			o.Off = append(o.Off, k.Name)
			continue
		}
		on = append(on, k)
		// Made once to see whether it can be: later would be too late to say so.
		if _, err := k.New(&c.Sources, f.Client(k.Name, nil)); err != nil {
			return o, err
		}
	}
	o.Jobs = func(shelf scrapers.Shelf) ([]scrapers.Job, error) {
		var jobs []scrapers.Job
		for _, k := range on {
			job := scrapers.Job{Name: k.Name, Platforms: k.Platforms(&c.Sources), Replays: k.Replays}
			if perDay := k.PerDay(&c.Sources); perDay > 0 {
				if job.Budget, err = scrapers.NewBudget(k.Name, perDay, shelf, n.Now); err != nil {
					return nil, err
				}
				if err := job.Budget.Forgot(); err != nil {
					n.Log.Warn("a source may ask more often today than its budget allows", "source", k.Name, "err", err)
				}
			}
			if job.Source, err = k.New(&c.Sources, f.Client(k.Name, job.Budget)); err != nil {
				return nil, err
			}
			jobs = append(jobs, job)
		}
		return jobs, nil
	}
	return o, nil
}
