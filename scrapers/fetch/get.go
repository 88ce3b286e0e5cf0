package fetch

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/swell-radar/swell/scrapers"
)

// defaultMaxBytes bounds bodies where nobody says otherwise.
const defaultMaxBytes = 8 << 20

// Get asks for something and returns the answer. Its errors are [*scrapers.Trouble], or ctx's.
//
// It waits for its host's turn, up to a minute; a turn that is further ahead is a trouble. It follows up to 5 redirects, each under
// the same rules as the first address; what the caller's header holds is not sent on to
// another host. An answer takes at most a minute.
func (c *Client) Get(ctx context.Context, q Request) (*Response, error) {
	x, r, err := c.request(ctx, &q)
	if err != nil {
		return nil, err
	}
	res, err := x.client().Do(r)
	if err != nil {
		return nil, asTrouble(ctx, r.URL, err)
	}
	_ = res.Body.Close() // it is memory: x.body
	return x.response(&q)
}

// request returns the exchange and the first request of a call.
func (c *Client) request(ctx context.Context, q *Request) (*exchange, *http.Request, error) {
	u, err := parse(q.URL)
	if err != nil {
		return nil, nil, err
	}
	if err := c.f.guard.checkURL(u); err != nil { // before anything on the way has its own idea of it
		return nil, nil, err
	}
	x := &exchange{c: c, api: q.API, limit: q.MaxBytes, header: q.Header, hide: secrets(u, q.Header)}
	if x.limit <= 0 {
		x.limit = defaultMaxBytes
	}
	method := q.Method
	if method == "" {
		method = http.MethodGet
	}
	var body io.Reader
	if len(q.Body) > 0 {
		body = bytes.NewReader(q.Body)
	}
	r, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, nil, forbidden("%s cannot be asked by the method %.20q", shown(u), method)
	}
	for name, values := range q.Header {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", acceptHeader(q.Accept))
	}
	if method == http.MethodGet {
		if q.Known.ETag != "" {
			r.Header.Set("If-None-Match", q.Known.ETag)
		}
		if q.Known.LastModified != "" {
			r.Header.Set("If-Modified-Since", q.Known.LastModified)
		}
	}
	return x, r, nil
}

// response judges an answer of status 200 to 299, or 304, by what was asked for.
func (x *exchange) response(q *Request) (*Response, error) {
	res := x.last
	last := res.Request.URL
	out := &Response{
		Status: res.StatusCode, URL: last.String(), Moved: x.moved, Header: res.Header, At: x.c.f.o.Now(),
		Validators: Validators{ETag: validator(res.Header.Get("Etag")), LastModified: validator(res.Header.Get("Last-Modified"))},
	}
	if res.StatusCode == http.StatusNotModified {
		if q.Known.ETag == "" && q.Known.LastModified == "" {
			return nil, scrapers.NewTrouble(scrapers.Unreachable, "%s: it says that nothing has changed (304), and was not asked whether", shown(last))
		}
		out.Unchanged = true
		out.Validators.ETag = first(out.Validators.ETag, q.Known.ETag)
		out.Validators.LastModified = first(out.Validators.LastModified, q.Known.LastModified)
		out.Validators.Hash = q.Known.Hash
		return out, nil
	}
	if len(x.body) > 0 && len(q.Accept) > 0 {
		media := mediaOrGuess(res.Header, x.body)
		if !accepted(q.Accept, media) {
			a := &answer{url: last, status: res.StatusCode, header: res.Header, body: x.body}
			if wall := wallOf(a); wall != nil {
				return nil, wall
			}
			return nil, scrapers.NewTrouble(scrapers.SchemaChanged, "%s: its answer is %.60q, and %s was asked for", shown(last), media, strings.Join(q.Accept, " or "))
		}
	}
	out.Body = x.decoded()
	out.Validators.Hash = max(1, xxh3.Hash(out.Body)) // 0 is none
	if out.Validators.Hash == q.Known.Hash {
		out.Unchanged, out.Body = true, nil
	}
	return out, nil
}

// validator returns the value of a header that is to be kept and sent back; one too long to be kept in a cursor
// is as good as none.
func validator(v string) string {
	if len(v) > 512 {
		return ""
	}
	return v
}
