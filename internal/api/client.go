package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Client asks a running server. The zero value asks [DefaultBase]. It is for
// any number of goroutines.
//
// An error that the server answers with is a [*Problem]; see [errors.As]. An
// answer of something that is not a Swell server wraps [ErrAnswer].
type Client struct {
	// Base is the address of the server, as in http://127.0.0.1:7310. Empty:
	// [DefaultBase].
	Base string
	// HTTP makes the requests. Nil: [http.DefaultClient]. Time limits are those
	// of HTTP and of the context.
	HTTP *http.Client
	// Token is shown to the server; empty: none. It is not sent in the clear to another
	// machine, nor anywhere that the server would redirect to.
	Token string
}

// DefaultBase is where a server listens that was not told otherwise.
const DefaultBase = "http://127.0.0.1:7310"

// maxAnswer is the longest answer that a client takes, in bytes.
const maxAnswer = 64 << 20

// Trends asks for the ranking. The query has the parameters of GET
// /api/v1/trends.
func (c Client) Trends(ctx context.Context, query url.Values) (out TrendsAnswer, err error) {
	return out, c.get(ctx, "/api/v1/trends", query, &out)
}

// Term asks for one term. The key may be any spelling of it.
func (c Client) Term(ctx context.Context, kind, key string, query url.Values) (out TermAnswer, err error) {
	return out, c.get(ctx, TermPath(kind, key), query, &out)
}

// Series asks for the hourly series of one term. The key may be any spelling of it.
func (c Client) Series(ctx context.Context, kind, key string, query url.Values) (out SeriesAnswer, err error) {
	return out, c.get(ctx, TermPath(kind, key)+SeriesPath, query, &out)
}

// Related asks for the terms that come in the same posts as one. The key may be any
// spelling of it.
func (c Client) Related(ctx context.Context, kind, key string, query url.Values) (out RelatedAnswer, err error) {
	return out, c.get(ctx, TermPath(kind, key)+RelatedPath, query, &out)
}

// Compare asks for terms side by side. The query has the parameters of GET
// /api/v1/compare.
func (c Client) Compare(ctx context.Context, query url.Values) (out CompareAnswer, err error) {
	return out, c.get(ctx, ComparePath, query, &out)
}

// Search asks for terms by how they are written. The query has the parameters of GET
// /api/v1/search.
func (c Client) Search(ctx context.Context, query url.Values) (out SearchAnswer, err error) {
	return out, c.get(ctx, SearchPath, query, &out)
}

// Timing asks when in the week people post and react. The query has the parameters of
// GET /api/v1/timing.
func (c Client) Timing(ctx context.Context, query url.Values) (out TimingAnswer, err error) {
	return out, c.get(ctx, TimingPath, query, &out)
}

// Detections asks for the changes of phase. The query has the parameters of GET
// /api/v1/detections.
func (c Client) Detections(ctx context.Context, query url.Values) (out DetectionsAnswer, err error) {
	return out, c.get(ctx, Base+"/detections", query, &out)
}

// Watches asks for the names of the watch lists.
func (c Client) Watches(ctx context.Context) (out WatchesAnswer, err error) {
	return out, c.get(ctx, WatchesPath, nil, &out)
}

// Watch asks for one watch list.
func (c Client) Watch(ctx context.Context, name string) (out Watch, err error) {
	return out, c.get(ctx, WatchesPath+"/"+url.PathEscape(name), nil, &out)
}

// Status asks for the state of the server.
func (c Client) Status(ctx context.Context) (out StatusAnswer, err error) {
	return out, c.get(ctx, "/api/v1/status", nil, &out)
}

// Sources asks how the sources are doing.
func (c Client) Sources(ctx context.Context) (out SourcesAnswer, err error) {
	return out, c.get(ctx, "/api/v1/sources", nil, &out)
}

func (c Client) get(ctx context.Context, path string, query url.Values, out any) error {
	base := strings.TrimRight(c.Base, "/")
	if base == "" {
		base = DefaultBase
	}
	target := base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return fmt.Errorf("cannot ask %s: %w", base, err)
	}
	req.Header.Set("Accept", TypeJSON)
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	if c.Token != "" {
		if err := private(req.URL); err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+c.Token)
		own := *client
		own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		client = &own
	}
	resp, err := client.Do(req)
	if err != nil {
		var reason *url.Error
		if errors.As(err, &reason) {
			err = reason.Err // without the address, which is told already
		}
		return fmt.Errorf("cannot ask %s; is a server running there? %w", base, err)
	}
	defer resp.Body.Close()
	return read(resp, base, out)
}

// private refuses an address where a token could be read on its way.
func private(u *url.URL) error {
	if ip := net.ParseIP(u.Hostname()); u.Scheme == "https" || u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("cannot ask %s://%s with a token, which could be read on its way: use https, or ask without one", u.Scheme, u.Host)
}

// read takes an answer or a problem from the response.
func read(resp *http.Response, base string, out any) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("cannot read the answer of %s: %w", base, err)
	}
	if len(body) > maxAnswer {
		return fmt.Errorf("%w: that of %s has more than %d bytes", ErrAnswer, base, maxAnswer)
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch {
	case kind == TypeProblem:
		p := &Problem{}
		if err := json.Unmarshal(body, p); err != nil {
			return fmt.Errorf("%w: %s gave status %d and a problem that cannot be read: %w", ErrAnswer, base, resp.StatusCode, err)
		}
		return p
	case resp.StatusCode != http.StatusOK || kind != TypeJSON:
		return fmt.Errorf("%w: %s gave status %d and %q; is it a Swell server?", ErrAnswer, base, resp.StatusCode, kind)
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("%w: that of %s cannot be read: %w", ErrAnswer, base, err)
	}
	return nil
}
