package contract

import "github.com/swell-radar/swell/scrapers/fetch"

// FetchOptions are the settings of a fetcher for loopback sites, by the host's clock.
func (h *Host) FetchOptions() fetch.Options {
	return fetch.Options{
		Agent: "swell/test", Contact: "https://swell.example/contact",
		Pace: fetch.Pace{Every: -1}, AllowPrivate: true,
		Now: h.Now, Sleep: h.Sleep, Jitter: h.Jitter,
	}
}
