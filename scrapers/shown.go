package scrapers

import (
	"net/url"
	"strings"
)

// ShownAddress returns an address as it may stand in errors and logs: with "…" for name, password, query and
// fragment, which may be secrets. Of what cannot be read as an address of a host, and so might have them
// anywhere, it returns what stands before them for certain.
func ShownAddress(address string) string {
	u, err := url.Parse(address)
	scheme, rest, ok := strings.Cut(address, "://")
	switch {
	case err == nil && ok && u.Host != "" && !strings.Contains(u.RawQuery+u.Fragment, "@"):
		shown := u.Scheme + "://"
		if u.User != nil {
			shown += "…@"
		}
		shown += u.Host + u.EscapedPath()
		if u.RawQuery != "" {
			shown += "?…"
		}
		if u.Fragment != "" {
			shown += "#…"
		}
		return shown
	case ok && strings.Contains(rest, "@"):
		return scheme[:min(len(scheme), 10)] + "://…"
	case strings.Contains(address, "@"):
		return "…"
	}
	if at := strings.IndexAny(address, "?#"); at >= 0 {
		return address[:at+1] + "…"
	}
	return address
}
