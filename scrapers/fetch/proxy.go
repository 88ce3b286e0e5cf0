package fetch

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// proxies are what is asked through whom. A name that a proxy is given is looked up by the proxy: which addresses
// it reaches is the proxy's to guard.
type proxies struct {
	all    *url.URL // nil: none
	byHost map[string]*url.URL
	known  map[string]bool // the addresses of all, host:port
}

func newProxies(o *Options) (*proxies, error) {
	p := &proxies{byHost: map[string]*url.URL{}, known: map[string]bool{}}
	var err error
	if p.all, err = p.parse("", o.Proxy); err != nil {
		return nil, err
	}
	for host, address := range o.Proxies {
		if p.byHost[strings.ToLower(host)], err = p.parse(host, address); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *proxies) parse(host, address string) (*url.URL, error) {
	if address == "" {
		return nil, nil
	}
	of := "the proxy"
	if host != "" {
		of += " of " + host
	}
	// What is wrong is told without the address: there may be a password in it.
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("fetch: %s is no address: give one as in \"socks5://127.0.0.1:1080\"", of)
	}
	port := u.Port()
	switch u.Scheme {
	case "http":
		port = first(port, "80")
	case "https":
		port = first(port, "443")
	case "socks5":
		port = first(port, "1080")
	default:
		return nil, fmt.Errorf("fetch: %s has the scheme %.20q: give http, https or socks5", of, u.Scheme)
	}
	p.known[net.JoinHostPort(u.Hostname(), port)] = true
	return u, nil
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// of implements [http.Transport.Proxy].
func (p *proxies) of(r *http.Request) (*url.URL, error) {
	if u, ok := p.byHost[hostOf(r.URL)]; ok {
		return u, nil
	}
	if u, ok := p.byHost[strings.ToLower(r.URL.Hostname())]; ok {
		return u, nil
	}
	return p.all, nil
}

// has reports whether an address (host:port) is a proxy's.
func (p *proxies) has(address string) bool { return p.known[address] }
