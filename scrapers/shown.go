package scrapers

import (
	"net/url"
	"strings"
)

// ShownAddress returns an address as it may stand in errors and logs: without name, password, query and
// fragment, which may be secrets. Of what cannot be read as an address of a host, and so might have them
// anywhere, it returns what stands before them for certain.
func ShownAddress(address string) string {
	u, err := url.Parse(address)
	scheme, rest, ok := strings.Cut(address, "://")
	switch {
	case err == nil && ok && u.Host != "" && !strings.Contains(u.RawQuery+u.Fragment, "@"):
		return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String()
	case ok && strings.Contains(rest, "@"):
		return scheme[:min(len(scheme), 10)] + "://…"
	case strings.Contains(address, "@"):
		return "…"
	}
	if at := strings.IndexAny(address, "?#"); at >= 0 {
		return address[:at] + "…"
	}
	return address
}
