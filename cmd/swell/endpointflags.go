package main

import (
	"fmt"
	"math"

	"github.com/spf13/pflag"

	"github.com/swell-radar/swell/internal/app"
	"github.com/swell-radar/swell/internal/config"
)

// endpointFlags say where the endpoint is, and who may ask it.
type endpointFlags struct{ set config.Serve }

func (e *endpointFlags) add(f *pflag.FlagSet) {
	e.set = config.Default().Serve
	f.StringVar(&e.set.Listen, "listen", e.set.Listen, "address to serve at; where other machines can reach it there has to be a token (swell token add)")
	f.StringArrayVar(&e.set.Hosts, "host", nil, "further host name that the endpoint may be asked under, as by a proxy (repeat for more)")
	f.StringVar(&e.set.Tokens, "tokens", "", "file of tokens (default: that in the data directory)")
	f.StringVar(&e.set.TLSCert, "tls-cert", "", "certificate (PEM), read again when it changes; with it the endpoint is asked over TLS alone")
	f.StringVar(&e.set.TLSKey, "tls-key", "", "its key (PEM)")
	f.StringArrayVar(&e.set.CORSOrigins, "cors-origin", nil, "origin of a page that may ask, as in https://radar.example (repeat for more)")
	f.Float64Var(&e.set.Rate, "rate", e.set.Rate, "requests a second that one client may make; 0: no bound, -1: 100 where other machines can reach the endpoint, else no bound")
}

// options returns the settings: those of the flags that were given, and of the
// configuration else.
func (e *endpointFlags) options(named *pflag.FlagSet, c config.Serve) (listen string, hosts []string, o app.EndpointOptions, err error) {
	for name, take := range map[string]func(){
		"listen":      func() { c.Listen = e.set.Listen },
		"host":        func() { c.Hosts = e.set.Hosts },
		"tokens":      func() { c.Tokens = e.set.Tokens },
		"tls-cert":    func() { c.TLSCert = e.set.TLSCert },
		"tls-key":     func() { c.TLSKey = e.set.TLSKey },
		"cors-origin": func() { c.CORSOrigins = e.set.CORSOrigins },
		"rate":        func() { c.Rate = e.set.Rate },
	} {
		if named.Changed(name) {
			take()
		}
	}
	if r := c.Rate; math.IsNaN(r) || r > 1e6 || r < 0 && r != -1 {
		return "", nil, o, fmt.Errorf("--rate %g: give the requests a second of one client, up to 1000000; 0: no bound, -1: what is usual", r)
	}
	o = app.EndpointOptions{Tokens: c.Tokens, Certificate: c.TLSCert, Key: c.TLSKey, Origins: c.CORSOrigins, PublicURL: c.PublicURL, Rate: c.Rate, NoExamples: !c.Examples}
	return c.Listen, c.Hosts, o, o.Validate()
}
