package fetch

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Options are the settings of a [Fetcher].
type Options struct {
	// Agent is Swell's product token with its version: "swell/1.2". It comes first in the User-Agent,
	// where robots.txt is matched with it. Required.
	Agent string
	// Contact is where the operator of a site can reach the operator of this Swell: an http or
	// https address or "mailto:…". Without it nothing is asked for but interfaces ([Request.API]).
	Contact string

	// Pace is how often a host is asked; the zero value is once a second, two at once.
	Pace Pace
	// Paces are those of single hosts, in place of Pace: by "host", or "host:port" where
	// the port is not the scheme's. Either scheme of a host has the same.
	Paces map[string]Pace

	// Proxy is the address of a proxy for everything: http, https or socks5. Empty: none. The
	// environment (HTTP_PROXY) is not looked at.
	Proxy string
	// Proxies are those of single hosts, in place of Proxy; empty is none.
	Proxies map[string]string

	// AllowPrivate lets addresses be asked that belong to the machine or a private network, at
	// any port: for tests and demonstrations.
	AllowPrivate bool
	// Ports are allowed beside 80 and 443.
	Ports []int
	// RootCAs replaces the system's certificates.
	RootCAs *x509.CertPool

	// Now is the clock. Required.
	Now func() time.Time
	// Sleep waits for d, or returns ctx's error when that ends first; nil waits for real.
	Sleep func(ctx context.Context, d time.Duration) error
	// Jitter returns a random duration from 0 to d; nil always returns 0.
	Jitter func(d time.Duration) time.Duration

	// Tap is called with everything that comes from the network, on whichever goroutine
	// asked. Nil: nobody listens.
	Tap func(Exchange)
	// Log gets a line for every request at its debug level; nil: none.
	Log *slog.Logger
}

// Pace is how often a host may be asked.
type Pace struct {
	Every time.Duration // between two requests, on average; negative: no pace at all
	Burst int           // how many at once, after a rest
}

// defaultPace stands in for a zero Pace.
var defaultPace = Pace{Every: time.Second, Burst: 2}

func (p Pace) orDefault() Pace {
	if p.Every == 0 {
		p.Every = defaultPace.Every
	}
	if p.Burst <= 0 {
		p.Burst = defaultPace.Burst
	}
	return p
}

// agentForm is a product token as RFC 9309 has it, with an optional version.
var agentForm = regexp.MustCompile(`^([A-Za-z_-]+)(/[0-9A-Za-z._+-]+)?$`)

// product returns the token that robots.txt is matched with.
func (o *Options) product() string { return agentForm.FindStringSubmatch(o.Agent)[1] }

// userAgent returns the header of that name.
func (o *Options) userAgent() string {
	if o.Contact == "" {
		return o.Agent
	}
	return o.Agent + " (+" + o.Contact + ")"
}

// complete checks the options and fills in what they leave open.
func (o *Options) complete() error {
	if !agentForm.MatchString(o.Agent) {
		return fmt.Errorf("fetch: the agent %q is no product token: give one as in \"swell/1.2\"", o.Agent)
	}
	if err := checkContact(o.Contact); err != nil {
		return err
	}
	if o.Now == nil {
		return errors.New("fetch: there is no clock: set Now")
	}
	for _, port := range o.Ports {
		if port < 1 || port > 65535 {
			return fmt.Errorf("fetch: %d is no port: give 1 to 65535", port)
		}
	}
	o.Pace = o.Pace.orDefault()
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Jitter == nil {
		o.Jitter = func(time.Duration) time.Duration { return 0 }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}

func checkContact(contact string) error {
	if contact == "" {
		return nil
	}
	u, err := url.Parse(contact)
	ok := err == nil && !strings.ContainsAny(contact, "()\\\" \t\r\n") &&
		((u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil || u.Scheme == "mailto" && strings.Contains(u.Opaque, "@"))
	for i := range len(contact) {
		ok = ok && contact[i] > ' ' && contact[i] < 0x7f
	}
	if !ok {
		return fmt.Errorf("fetch: the contact %q reaches nobody: give an http or https address, or mailto:you@example.org", contact)
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
