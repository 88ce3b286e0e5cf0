package fetch

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/swell-radar/swell/scrapers"
)

func TestPublic(t *testing.T) {
	for _, a := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "100.100.100.200", "127.0.0.1", "127.255.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255",
		"192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1",
		"100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
	} {
		if public(netip.MustParseAddr(a)) {
			t.Errorf("%s is taken for an address of the Internet", a)
		}
	}
	for _, a := range []string{
		"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1", "192.167.0.1", "223.255.255.255",
		"2606:4700:4700::1111", "2a00:1450:4001:800::200e", "::ffff:8.8.8.8", "2001:4860:4860::8888",
	} {
		if !public(netip.MustParseAddr(a)) {
			t.Errorf("%s is not taken for an address of the Internet", a)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is taken for one of the Internet")
	}
}

func TestGuardURL(t *testing.T) {
	c := newTry(t, func(o *Options) { o.AllowPrivate, o.Ports, o.Proxy = false, []int{8443}, "http://proxy.example:80" })
	for _, raw := range []string{
		"http://127.0.0.1/", "http://127.0.0.1:80/", "http://[::1]/", "http://[::ffff:7f00:1]/", "http://169.254.169.254/latest/meta-data", "https://[fd00:ec2::254]/",
		"http://example.org:22/", "https://example.org:8080/", "http://example.org:0/", "http://example.org:99999/",
		"ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "javascript:alert(1)", "//example.org/", "/path", "", "http:///x", "http://",
		"http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://127.0.0.1./", "http://localhost/", "https://a.LocalHost./",
		"http://user@example.org/", "http://user:pass@example.org/", "http://proxy.example/",
	} {
		_, err := c.Get(t.Context(), Request{URL: raw, API: true})
		if scrapers.StateOf(err) != scrapers.Blocked {
			t.Errorf("%s: %v", raw, err)
		}
		if err != nil && strings.Contains(err.Error(), "pass@") {
			t.Errorf("shows a password: %v", err)
		}
	}
	for _, raw := range []string{"http://example.org/", "https://example.org", "https://example.org:443/a?b", "https://example.org:8443/", "http://8.8.8.8/", "http://[2001:4860:4860::8888]:80/"} {
		u, err := url.Parse(raw)
		if err == nil {
			err = c.f.guard.checkURL(u)
		}
		if err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

// A name that leads to a private address is found out when it is dialled, whatever it led to before.
func TestGuardNames(t *testing.T) {
	s := newSite(t, handlers{"/": says("text/html", "x")})
	c := newTry(t, func(o *Options) { o.AllowPrivate = false; o.Ports = []int{portNumber(t, s.URL)} })
	// The guard of names knows "localhost" by itself, so another is made to lead there.
	name := strings.Replace(s.URL, "127.0.0.1", "rebound.example", 1)
	dial := c.f.transport.DialContext
	c.f.transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		return dial(ctx, network, strings.Replace(address, "rebound.example", "localhost", 1))
	}
	for _, api := range []bool{true, false} {
		_, err := c.Get(t.Context(), Request{URL: name, API: api})
		if trouble := state(t, err, scrapers.Blocked); !strings.Contains(trouble.Error(), "private network") {
			t.Errorf("does not say why: %v", err)
		}
	}
	_, err := c.Dial(t.Context(), DialRequest{URL: "ws" + strings.TrimPrefix(name, "http")})
	state(t, err, scrapers.Blocked)
	if s.hits.Load()+s.robots.Load() != 0 {
		t.Error("it was asked")
	}
	// A port that is not allowed is refused there as well.
	for _, a := range []string{"127.0.0.1:80", "[::1]:443", "8.8.8.8:22", "[fe80::1%lo]:80", "8.8.8.8", "", "8.8.8.8:http"} {
		if c.f.guard.control("tcp", a, nil) == nil {
			t.Errorf("%q may be dialled", a)
		}
	}
	for _, a := range []string{"8.8.8.8:80", "[2001:4860:4860::8888]:443"} {
		if err := c.f.guard.control("tcp", a, nil); err != nil {
			t.Errorf("%q may not be dialled: %v", a, err)
		}
	}
}

func portNumber(t *testing.T, raw string) int {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	ap, err := netip.ParseAddrPort(u.Host)
	if err != nil {
		t.Fatal(err)
	}
	return int(ap.Port())
}

func TestOptions(t *testing.T) {
	good := Options{Agent: "swell/1.2", Now: newClock().Now}
	for name, change := range map[string]func(*Options){
		"no agent": func(o *Options) { o.Agent = "" }, "agent with a space": func(o *Options) { o.Agent = "swell radar" },
		"agent that is no product": func(o *Options) { o.Agent = "Mozilla/5.0 (compatible; swell)" }, "no clock": func(o *Options) { o.Now = nil },
		"contact": func(o *Options) { o.Contact = "me" }, "contact with a line": func(o *Options) { o.Contact = "https://example.org/\r\nX: y" },
		"contact ftp": func(o *Options) { o.Contact = "ftp://example.org" }, "contact password": func(o *Options) { o.Contact = "https://a:b@example.org" },
		"mailto nobody": func(o *Options) { o.Contact = "mailto:me" }, "port": func(o *Options) { o.Ports = []int{0} },
		"proxy": func(o *Options) { o.Proxy = "ftp://secret@x" }, "proxy of a host": func(o *Options) { o.Proxies = map[string]string{"a": "secret"} },
	} {
		o := good
		change(&o)
		if _, err := New(o); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, contact := range []string{"https://example.org/about", "http://example.org", "mailto:me@example.org", ""} {
		o := good
		o.Contact = contact
		if _, err := New(o); err != nil {
			t.Errorf("%q: %v", contact, err)
		}
	}
}
