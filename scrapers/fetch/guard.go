package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// guard says which addresses may be asked. What sources ask for is partly said by
// others: redirects, addresses of feeds, lists of instances. Without a guard these
// would reach what only this machine can.
type guard struct {
	private bool
	ports   map[int]bool
	proxies *proxies
}

func newGuard(o *Options, p *proxies) *guard {
	g := &guard{private: o.AllowPrivate, ports: map[int]bool{80: true, 443: true}, proxies: p}
	for _, port := range o.Ports {
		g.ports[port] = true
	}
	return g
}

// unreachable are the networks that are no part of the public Internet, or lead out of it by
// another way: what IANA's registries of special-purpose addresses list as not
// globally reachable, and what embeds an IPv4 address that could be one of these.
var unreachable = prefixes(
	"0.0.0.0/8",       // this network; Linux takes 0.0.0.0 for itself
	"10.0.0.0/8",      // private
	"100.64.0.0/10",   // carriers' NAT, and clouds' metadata
	"127.0.0.0/8",     // loopback
	"169.254.0.0/16",  // link-local: metadata of clouds
	"172.16.0.0/12",   // private
	"192.0.0.0/24",    // protocol assignments
	"192.0.2.0/24",    // documentation
	"192.88.99.0/24",  // 6to4 relays, abolished
	"192.168.0.0/16",  // private
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"224.0.0.0/4",     // multicast
	"240.0.0.0/4",     // reserved, broadcast
	"::/96",           // unspecified, loopback, IPv4-compatible
	"::ffff:0:0/96",   // IPv4-mapped; Unmap comes first, this is for what it leaves
	"64:ff9b::/96",    // NAT64
	"64:ff9b:1::/48",  // NAT64, local
	"100::/64",        // discard
	"2001::/23",       // Teredo, ORCHID and others
	"2001:db8::/32",   // documentation
	"2002::/16",       // 6to4
	"3fff::/20",       // documentation
	"5f00::/16",       // segment routing
	"fc00::/7",        // unique local
	"fe80::/10",       // link-local
	"fec0::/10",       // site-local
	"ff00::/8",        // multicast
)

func prefixes(of ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(of))
	for i, s := range of {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// public reports whether an address is one of the public Internet.
func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsValid() {
		return false
	}
	for _, p := range unreachable {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// refusedError is an address that the guard does not let be asked.
type refusedError struct{ why string }

func (e *refusedError) Error() string { return e.why }

// checkURL returns a trouble for an address that is not to be asked, as far as it can be told without
// looking the name up; control has the last word.
func (g *guard) checkURL(u *url.URL) error {
	refuse := func(why string) error {
		return forbidden("%s is not asked: %s", shown(u), why)
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return refuse(fmt.Sprintf("its scheme is %.20q, and only http and https (ws and wss for streams) are spoken", u.Scheme))
	case u.Hostname() == "":
		return refuse("it names no host")
	case u.User != nil:
		return refuse("it has a name or password in it; pass them as a header")
	}
	port, err := strconv.Atoi(portOf(u))
	if err != nil || port < 1 || port > 65535 {
		return refuse(fmt.Sprintf("%.20q is no port", u.Port()))
	}
	if why := g.checkPort(port); why != "" {
		return refuse(why)
	}
	if g.proxies.has(net.JoinHostPort(u.Hostname(), portOf(u))) {
		return refuse("it is the proxy's own address")
	}
	if g.private {
		return nil
	}
	// Names are judged by what they lead to, in control; but behind a proxy that is not known here.
	name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	last := name[strings.LastIndexByte(name, '.')+1:]
	ip, err := netip.ParseAddr(u.Hostname())
	switch {
	case err == nil && !public(ip):
		return refuse(notPublic(ip.String()))
	case err != nil && last == "localhost":
		return refuse(notPublic(name))
	case err != nil && last != "" && (last[0] >= '0' && last[0] <= '9'):
		return refuse("its host is neither a name nor an address in its usual form")
	}
	return nil
}

func (g *guard) checkPort(port int) string {
	if g.private || g.ports[port] {
		return ""
	}
	return fmt.Sprintf("port %d is not one of the web's, 80 and 443, nor of those that were allowed", port)
}

func notPublic(a string) string {
	return a + " is of this machine or a private network, which others must not reach through Swell"
}

// control is called with each address that a connection is about to be made to: after the name was looked
// up, so that a name which now leads to one address and then to another gains nothing.
func (g *guard) control(_, address string, _ syscall.RawConn) error {
	if g.private {
		return nil
	}
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return &refusedError{fmt.Sprintf("%q is no address", address)}
	}
	if !public(ap.Addr()) {
		return &refusedError{notPublic(ap.Addr().String())}
	}
	if why := g.checkPort(int(ap.Port())); why != "" {
		return &refusedError{why}
	}
	return nil
}

// transport returns what all requests go through. It verifies certificates, keeps no cookies, takes no
// settings from the environment and does not decompress: that is bounded elsewhere.
func (g *guard) transport(l limits, roots *x509.CertPool) *http.Transport {
	guarded := &net.Dialer{Timeout: l.dial, KeepAlive: 15 * time.Second, Control: g.control}
	toProxy := &net.Dialer{Timeout: l.dial, KeepAlive: 15 * time.Second}
	return &http.Transport{
		Proxy: g.proxies.of,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if g.proxies.has(address) {
				return toProxy.DialContext(ctx, network, address)
			}
			return guarded.DialContext(ctx, network, address)
		},
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout:    l.dial,
		ResponseHeaderTimeout:  l.header,
		IdleConnTimeout:        l.idle,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 256 << 10,
		MaxConnsPerHost:        2,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    2,
		DisableCompression:     true,
		ForceAttemptHTTP2:      true,
	}
}

// portOf returns the port of an address, the scheme's where it gives none.
func portOf(u *url.URL) string {
	switch p := u.Port(); {
	case p != "":
		return p
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
