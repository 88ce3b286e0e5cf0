package sink

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// exchangeTimeout bounds one exchange with a service, from looking its name up to the end of its answer.
const exchangeTimeout = 30 * time.Second

// network is how a sink reaches its service. An address stands in the configuration, but not everybody who can write
// it may reach what this machine can: without leave only addresses of the public Internet are connected to, which is
// decided when the name has been looked up. It follows no redirects, for they would lead elsewhere with what was
// meant for one service; it takes no proxy and no other settings from the environment.
type network struct {
	private bool
	secrets *secrets
	now     func() time.Time
	timeout time.Duration
	agent   string
	roots   *x509.CertPool
	client  *http.Client
}

func newNetwork(b *base, private bool, d *Deps) *network {
	n := &network{private: private, secrets: b.secrets, now: b.now, timeout: d.Timeout, roots: d.Roots}
	if n.timeout <= 0 {
		n.timeout = exchangeTimeout
	}
	n.agent = "Swell"
	if d.Version != "" {
		n.agent += "/" + strings.Map(token, d.Version)
	}
	n.client = &http.Client{
		Transport: &http.Transport{
			DialContext:         n.dial,
			TLSClientConfig:     n.tls(""),
			TLSHandshakeTimeout: n.timeout,
			// Messages are rare. A connection that was kept may be gone without having said so, and what is
			// written to it is in doubt for nothing.
			DisableKeepAlives:      true,
			MaxResponseHeaderBytes: 64 << 10,
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return n
}

// token leaves of a version what may stand in a header.
func token(r rune) rune {
	if r > ' ' && r < 0x7f && !strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) {
		return r
	}
	return -1
}

func (n *network) tls(server string) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: n.roots, ServerName: server}
}

// dial connects to an address, where the guard lets it.
func (n *network) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: n.timeout, Control: n.control}
	return d.DialContext(ctx, network, address)
}

// refusedError is an address that is not connected to.
type refusedError struct{ address string }

func (e *refusedError) Error() string {
	return e.address + " is an address of this machine or of a private network, or no unicast address; set private = true for the sink if that is meant"
}

func (n *network) control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || !n.private && !public(ap.Addr()) {
		return &refusedError{address}
	}
	return nil
}

// inner are networks beside those that [netip.Addr] knows by its methods which lead to this machine, to its provider
// or to its neighbours: by themselves, or because an IPv4 address is embedded that may.
var inner = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // carriers, overlays and the metadata of one cloud
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"),
	netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("2001::/32"),
	netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("fec0::/10"),
}

// public reports whether an address is one of the Internet. Metadata of clouds are at link-local and private ones.
func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range inner {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// address is where a service is asked.
type address struct{ whole secret }

// literal returns an error for a host that is an address which is not connected to. What a name leads to is known
// when it is looked up.
func (n *network) literal(setting, host string) error {
	if a, err := netip.ParseAddr(host); err == nil && !n.private && !public(a) {
		return fmt.Errorf("%s: its host %w", setting, &refusedError{host})
	}
	return nil
}

// address returns what a setting refers to, if it is an address that can be asked.
func (n *network) address(setting, reference string) (address, error) {
	s, err := n.secrets.get(setting, reference)
	if err != nil {
		return address{}, err
	}
	u, err := url.Parse(s.reveal())
	switch {
	case err != nil: // which would show it
		return address{}, fmt.Errorf("%s: what %s holds is no address, as https://host/path is one", setting, shownReference(reference))
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return address{}, fmt.Errorf("%s: what %s holds does not begin with https:// and a host", setting, shownReference(reference))
	case u.Scheme == "http" && !n.private:
		return address{}, fmt.Errorf("%s: what %s holds begins with http://, and everybody on the way could read it: use https, or private = true within a network of your own",
			setting, shownReference(reference))
	case u.User != nil:
		return address{}, fmt.Errorf("%s: what %s holds has a name or password before the host: services take them otherwise", setting, shownReference(reference))
	}
	if err := n.literal(setting, u.Hostname()); err != nil {
		return address{}, err
	}
	u.Fragment = ""
	for _, part := range []string{u.RequestURI(), u.EscapedPath(), u.Path, u.RawQuery} {
		n.secrets.hide(strings.TrimPrefix(part, "/"))
	}
	for part := range strings.SplitSeq(u.Path, "/") {
		if len(part) >= 16 { // a token, not a word of the path
			n.secrets.hide(part)
		}
	}
	for _, values := range u.Query() {
		for _, v := range values {
			if len(v) >= 16 {
				n.secrets.hide(v)
			}
		}
	}
	return address{newSecret(u.String())}, nil
}

// reason returns what went wrong on the way, without the address: net/http would put it in front.
func (n *network) reason(err error) string {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	var refused *refusedError
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	switch {
	case errors.As(err, &refused):
		return refused.Error()
	case errors.Is(err, context.DeadlineExceeded) || timedOut(err):
		return fmt.Sprintf("no answer within %s", n.timeout)
	case errors.As(err, &dns):
		return fmt.Sprintf("the name %.100q cannot be looked up: %s", dns.Name, dns.Err)
	case errors.As(err, &cert):
		return n.secrets.scrub(fmt.Sprintf("its certificate cannot be trusted: %v", cert.Err))
	}
	return n.secrets.scrub(err.Error())
}

func timedOut(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// permanent reports whether an attempt that came to nothing on the way would come to nothing again.
func permanent(err error) bool {
	var refused *refusedError
	return errors.As(err, &refused)
}
