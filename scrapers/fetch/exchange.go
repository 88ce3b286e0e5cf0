package fetch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// exchange is one call with all its redirects. It is an [http.RoundTripper] around the shared transport, so that
// an http.Client, colly and the WebSockets' handshake, each with its own ideas of redirects, all
// keep to the same rules at every hop. It gives them answers that can be used, whole and
// decompressed; every other is an error, a [*scrapers.Trouble].
//
// It belongs to one call, which makes one request at a time.
type exchange struct {
	c      *Client
	api    bool
	kind   exchangeKind
	limit  int64       // of the body
	header http.Header // that the caller gave
	hide   []string    // what must not be shown

	forColly bool // answers are given in UTF-8, and say so

	moved string         // where permanent redirects alone have led, from the first address on
	last  *http.Response // the last answer, as the server gave it, but for its body
	body  []byte         // that body, decompressed
	text  []byte         // the same in UTF-8, once somebody asked for it
}

type exchangeKind uint8

const (
	document exchangeKind = iota
	robotsFile
	handshake
)

// mostRedirects is how many redirects are followed.
const mostRedirects = 5

// errorBody is how much is read of an answer that is an error.
const errorBody = 64 << 10

// RoundTrip implements [http.RoundTripper]: one hop.
func (x *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	f := x.c.f
	if err := x.permit(r.Context(), r.URL); err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", f.agent)
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Del("Referer") // it would show the query of the address before
	r.Header.Del("Cookie")

	// The timer ends the context of this hop, but for a stream, whose answer is its connection.
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	timer := time.AfterFunc(f.limits.whole, func() { cancel(&slowError{f.limits.whole}) })
	defer timer.Stop()
	res, err := x.ask(r.WithContext(ctx))
	if err != nil {
		if slow := context.Cause(ctx); slow != nil && r.Context().Err() == nil {
			err = slow
		}
		err = asTrouble(r.Context(), r.URL, err)
	}
	f.o.Log.Debug("asked", "source", x.c.source, "url", shown(r.URL), "status", statusOf(res), "error", err)
	return res, err
}

func statusOf(res *http.Response) int {
	if res == nil {
		return 0
	}
	return res.StatusCode
}

// permit returns when an address may be asked: by the guard, by its robots.txt, by its host's pace and by the budget.
func (x *exchange) permit(ctx context.Context, u *url.URL) error {
	f := x.c.f
	if err := f.guard.checkURL(u); err != nil {
		return err
	}
	if x.kind == document && !x.api {
		if f.o.Contact == "" {
			return forbidden("%s is not asked: crawlers say who can be reached about them, and no contact is set; set an address of yours, https://… or mailto:…", shown(u))
		}
		if err := f.allowed(ctx, x.c, u); err != nil {
			return err
		}
	}
	if err := f.hosts.wait(ctx, u); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil || x.kind == robotsFile { // which was paid for by whoever had it asked for
		return err
	}
	return x.c.budget.Spend(1)
}

// ask sends a request and judges the answer.
func (x *exchange) ask(r *http.Request) (*http.Response, error) {
	f := x.c.f
	res, err := f.transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if res.StatusCode == http.StatusSwitchingProtocols && x.kind == handshake {
		return res, nil
	}
	defer func() { _ = res.Body.Close() }() // it was read, or is not wanted
	a := &answer{url: r.URL, status: res.StatusCode, header: res.Header, now: f.o.Now(), hide: x.hide}
	redirects := isRedirect(res.StatusCode)
	bad, hold := a.trouble()
	switch {
	case redirects || bad != nil || res.StatusCode == http.StatusNotModified:
		// Of these the body is read as far as it says something, and so that the connection can be used again.
		a.body, _ = f.head(res, errorBody)
		bad, hold = a.trouble()
	case x.kind == robotsFile:
		a.body, err = f.head(res, x.limit)
	default:
		a.body, err = f.read(res, x.limit)
	}
	if err != nil && !errors.Is(err, errTooLarge) {
		f.hosts.hold(r.URL, hold)
		return nil, err
	}
	x.body = a.body
	if x.kind == robotsFile && a.status >= 400 && a.status < 500 && a.status != http.StatusTooManyRequests {
		x.body, bad = nil, nil // there is no such file: everything is allowed (RFC 9309, 2.3.1.3)
	}
	f.hosts.hold(r.URL, hold)
	f.tap(x.c, r, a)
	switch {
	case bad != nil:
		return nil, bad
	case redirects && !leads(r.URL, res.Header):
		return nil, scrapers.NewTrouble(scrapers.SchemaChanged, "%s: status %d, a redirect that does not say where to", shown(r.URL), a.status)
	case x.kind == handshake && !redirects:
		return nil, scrapers.NewTrouble(scrapers.SchemaChanged, "%s: status %d: it answers, but not as a WebSocket does", shown(r.URL), a.status)
	}
	return x.given(res), nil
}

// given returns an answer as it is given to whoever asked through the exchange.
func (x *exchange) given(res *http.Response) *http.Response {
	x.last, x.text = res, nil
	out := *res
	out.Header = res.Header.Clone()
	out.Header.Del("Content-Encoding")
	out.Header.Del("Content-Length")
	out.Uncompressed = true
	body := x.body
	if x.forColly && len(body) > 0 {
		body = x.decoded()
		out.Header.Set("Content-Type", mediaOrGuess(res.Header, x.body)+"; charset=utf-8")
	}
	out.ContentLength = int64(len(body))
	out.Body = io.NopCloser(bytes.NewReader(body))
	return &out
}

// decoded returns the last body in UTF-8.
func (x *exchange) decoded() []byte {
	if x.text == nil {
		x.text = toUTF8(x.body, x.last.Header.Get("Content-Type"))
	}
	return x.text
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// leads reports whether the header of a redirect has an address in it.
func leads(from *url.URL, h http.Header) bool {
	to := h.Get("Location")
	if to == "" {
		return false
	}
	_, err := from.Parse(to)
	return err == nil
}

// redirect implements [http.Client.CheckRedirect]. The address itself is checked by the hop.
func (x *exchange) redirect(r *http.Request, via []*http.Request) error {
	from := via[len(via)-1].URL
	if len(via) > mostRedirects {
		return scrapers.NewTrouble(scrapers.Unreachable, "%s: it redirects more than %d times, at last to %s", shown(via[0].URL), mostRedirects, shown(r.URL))
	}
	if from.Scheme == "https" && r.URL.Scheme != "https" {
		return scrapers.NewTrouble(scrapers.Blocked, "%s leads from https to %s, where others can read and change what is said; it is not followed", shown(from), shown(r.URL))
	}
	if x.kind == document {
		if wall := wallBehind(from, r.URL); wall != nil {
			return wall
		}
	}
	r.Header.Del("Referer")
	if elsewhere(r, via) {
		if r.Body != nil && r.Body != http.NoBody {
			return scrapers.NewTrouble(scrapers.Blocked, "%s has what was sent to it sent on to %s; it is not followed", shown(from), r.URL.Host)
		}
		keep(r.Header, x.header)
	}
	status := r.Response.StatusCode
	permanent := status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect
	if permanent && (len(via) == 1 || x.moved == from.String()) {
		x.moved = r.URL.String()
	}
	return nil
}

// elsewhere reports whether a chain of redirects has left the host and scheme that it began with, were it to
// come back since.
func elsewhere(r *http.Request, via []*http.Request) bool {
	first := via[0].URL
	for _, q := range append(via[1:len(via):len(via)], r) {
		if q.URL.Scheme != first.Scheme || hostOf(q.URL) != hostOf(first) {
			return true
		}
	}
	return false
}

// keep removes the headers that the caller gave, which may hold secrets, but for those that say what is wanted.
func keep(h, given http.Header) {
	for name := range given {
		switch http.CanonicalHeaderKey(name) {
		case "Accept", "Accept-Language":
		default:
			h.Del(name)
		}
	}
	h.Del("Authorization")
}

// client returns an http.Client for the one call.
func (x *exchange) client() *http.Client {
	return &http.Client{Transport: x, CheckRedirect: x.redirect}
}

// secrets returns what of a request must not be shown when a server repeats it: the values of its query and what it
// logs in with.
func secrets(u *url.URL, h http.Header) []string {
	var out []string
	add := func(s string) {
		if len(s) >= 6 {
			out = append(out, s)
		}
	}
	for _, values := range u.Query() {
		for _, v := range values {
			add(v)
			add(url.QueryEscape(v))
		}
	}
	for name, values := range h {
		switch http.CanonicalHeaderKey(name) {
		case "Accept", "Accept-Language", "Content-Type":
			continue
		}
		for _, v := range values {
			add(v)
			if _, token, ok := strings.Cut(v, " "); ok {
				add(token)
			}
		}
	}
	return out
}

// parse returns the address of a request, or a trouble that does not show more of it than is safe.
func parse(raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		var of *url.Error // it shows the address; what is in it does not
		if errors.As(err, &of) {
			err = of.Err
		}
		return nil, scrapers.NewTrouble(scrapers.Blocked, "an address cannot be read: %.100s", err)
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}
