package app

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"time"

	"github.com/swell-radar/swell/internal/access"
	"github.com/swell-radar/swell/internal/example"
)

// EndpointOptions say who may ask the endpoint, and how. The zero value is for an
// endpoint that this machine alone can reach: nobody needs a token, until there is one.
type EndpointOptions struct {
	// Tokens is the file of tokens; empty: that in the data directory.
	Tokens string
	// Certificate and Key are PEM files; with them the endpoint is asked over TLS alone.
	Certificate, Key string
	// Origins are those of pages that may ask, as in https://radar.example.
	Origins []string
	// PublicURL is how people reach the endpoint, as in https://radar.example: links in feeds and messages begin
	// with it. Empty: they begin with its address.
	PublicURL string
	// Rate is how many requests a second a client may make; 0: no bound. Negative: none,
	// or [ExposedRate] where other machines can reach the endpoint.
	Rate float64
	// NoExamples has no posts kept that trends could be shown with.
	NoExamples bool
}

// examples returns where posts of open trends are kept; nil: none are.
func (o *EndpointOptions) examples() *example.Book {
	if o.NoExamples {
		return nil
	}
	return example.New()
}

const (
	// ExposedRate is how many requests a second a client may make, if nothing else is said,
	// where other machines can reach the endpoint.
	ExposedRate = 100
	// exposedAtOnce is how many requests a client may have under way there.
	exposedAtOnce = 64
)

// Validate fails for settings that do not go together.
func (o *EndpointOptions) Validate() error {
	if (o.Certificate == "") != (o.Key == "") {
		return fmt.Errorf("TLS needs both a certificate and its key: --tls-cert is %q and --tls-key is %q", o.Certificate, o.Key)
	}
	return nil
}

// limits returns what one client may ask.
func (o *EndpointOptions) limits(exposed bool) access.Limits {
	l := access.Limits{PerSecond: o.Rate}
	if o.Rate < 0 {
		l.PerSecond = 0
		if exposed {
			l.PerSecond = ExposedRate
		}
	}
	l.Burst = max(1, int(2*l.PerSecond))
	if exposed {
		l.AtOnce = exposedAtOnce
	}
	return l
}

// tokens opens the tokens that the endpoint at an address asks for. Where others can
// reach it there has to be one.
func (o *EndpointOptions) tokens(address string, d *dataDir, exposed bool, now func() time.Time, log *slog.Logger) (*access.Tokens, error) {
	path := o.Tokens
	if path == "" {
		path = filepath.Join(d.path, access.FileName)
	}
	t, err := access.Open(path, exposed || o.Tokens != "", now, log)
	if err != nil {
		return nil, fmt.Errorf("%w at %q: %w", ErrListen, address, err)
	}
	if !exposed && o.Tokens != "" && t.Len() == 0 {
		return nil, fmt.Errorf("%w at %q: there is no token in %s, so that nobody could ask; make one with swell token add --file %s",
			ErrListen, address, path, path)
	}
	if exposed && t.Len() == 0 && d.temp && o.Tokens == "" {
		return nil, fmt.Errorf("%w at %q: other machines could reach it without a token; make one with swell token add --file F and give --tokens F, or listen at 127.0.0.1",
			ErrListen, address)
	}
	if exposed && t.Len() == 0 {
		return nil, fmt.Errorf("%w at %q: other machines could reach it without a token, and there is none in %s; make one with swell token add --file %s, or listen at 127.0.0.1",
			ErrListen, address, path, path)
	}
	return t, nil
}

// certificate returns the settings for TLS, or nil where there is none.
func (o *EndpointOptions) certificate(address string, exposed bool, now func() time.Time, log *slog.Logger) (*tls.Config, error) {
	if o.Certificate == "" {
		if exposed {
			log.Warn("other machines can reach this server, and what they send, tokens too, can be read on its way: give --tls-cert and --tls-key, or let nothing but a proxy with TLS reach it",
				"listen", address)
		}
		return nil, nil
	}
	c, err := access.LoadCertificate(o.Certificate, o.Key, now, log)
	if err != nil {
		return nil, fmt.Errorf("%w at %q: %w", ErrListen, address, err)
	}
	return c.Config(), nil
}

// exposed reports whether other machines can reach an address that is listened at.
func exposed(host string) bool {
	ip := net.ParseIP(host)
	return host != "localhost" && (ip == nil || !ip.IsLoopback())
}

// ownNames returns the host names that the endpoint answers to beyond localhost: those
// given, and the one listened at if it is somebody's in particular.
func ownNames(address string, bound net.Addr, given []string) []string {
	names := slices.Clone(given)
	for _, a := range []string{address, bound.String()} {
		name, _, err := net.SplitHostPort(a)
		if err != nil || name == "" || slices.Contains(names, name) {
			continue
		}
		if ip := net.ParseIP(name); ip == nil || !ip.IsUnspecified() {
			names = append(names, name)
		}
	}
	return names
}

// within returns the address as this machine reaches it. A socket that listens at every
// address listens at that of IPv4, too.
func within(a net.Addr) string {
	at, ok := a.(*net.TCPAddr)
	if !ok || !at.IP.IsUnspecified() {
		return a.String()
	}
	return (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: at.Port}).String()
}
