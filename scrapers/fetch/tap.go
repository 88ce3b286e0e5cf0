package fetch

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Exchange is something that came from the network: an answer, or a message of a stream.
type Exchange struct {
	At     time.Time
	Source string
	Method string // empty for a message
	URL    string // values in the query that may be secret are shown as "…"
	Status int    // 0 for a message
	// Header is what is needed to serve the answer again: its type, validators, redirect and limits.
	Header http.Header
	// Body is as it came, decompressed, in its own charset. It is valid until Tap returns.
	Body   []byte
	Binary bool // a message that is not text
}

// tapped are the headers that an Exchange has.
var tapped = []string{
	"Content-Type", "Etag", "Last-Modified", "Location", "Link", "Date", "Retry-After",
	"X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset", "Ratelimit", "Ratelimit-Policy",
}

func (f *Fetcher) tap(c *Client, r *http.Request, a *answer) {
	if f.o.Tap == nil {
		return
	}
	e := Exchange{At: a.now, Source: c.source, Method: r.Method, URL: discreet(r.URL), Status: a.status, Header: http.Header{}, Body: a.body}
	for _, name := range tapped {
		if v := a.header.Values(name); len(v) > 0 {
			e.Header[name] = v
		}
	}
	if to := e.Header.Get("Location"); to != "" {
		if u, err := url.Parse(to); err == nil {
			e.Header.Set("Location", discreet(u))
		}
	}
	f.o.Tap(e)
}

// discreet returns an address without its name, password and fragment, and with the values of its query hidden that
// may be secret.
func discreet(u *url.URL) string {
	out := *u
	out.User, out.Fragment, out.RawFragment = nil, "", ""
	parts := strings.Split(u.RawQuery, "&")
	for i, part := range parts {
		if name, _, ok := strings.Cut(part, "="); ok && secretName(name) {
			parts[i] = name + "=…"
		}
	}
	out.RawQuery = strings.Join(parts, "&")
	return out.String()
}

// secretWords are words in the names of query values that are secret; secretEnds end such names, also without anything
// that parts words.
var (
	secretWords = []string{"auth", "authorization", "cred", "credential", "credentials", "passwd", "pwd", "session", "sid", "sig", "sign", "jwt"}
	secretEnds  = []string{"key", "token", "secret", "password", "signature", "sessionid"}
)

func secretName(name string) bool {
	if plain, err := url.QueryUnescape(name); err == nil {
		name = plain
	}
	name = strings.ToLower(name)
	if name == "code" { // of OAuth; country_code is none
		return true
	}
	for _, end := range secretEnds {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return !(r >= 'a' && r <= 'z') }) {
		if slices.Contains(secretWords, word) {
			return true
		}
	}
	return false
}
