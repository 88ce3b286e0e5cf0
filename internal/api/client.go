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
// answer of something that is not a Swell server wraps [ErrAnswer]. No error holds
// the token or a query.
type Client struct {
	// Base is the address of the server, as in http://127.0.0.1:7310. Empty:
	// [DefaultBase].
	Base string
	// HTTP makes the requests. Nil: [http.DefaultClient]. Time limits are those
	// of HTTP and of the context. Redirections should not be followed: a server
	// gives none.
	HTTP *http.Client
	// Token is shown to the server; empty: none. It is not sent in the clear to another
	// machine, nor anywhere that the server would redirect to.
	Token string
}

// DefaultBase is where a server listens that was not told otherwise.
const DefaultBase = "http://127.0.0.1:7310"

// maxAnswer is the longest answer that a client takes, in bytes; files and the stream
// of changes are longer.
const maxAnswer = 64 << 20

// Trends asks for the ranking. The query has the parameters of GET
// /api/v1/trends.
func (c Client) Trends(ctx context.Context, query url.Values) (out TrendsAnswer, err error) {
	return out, c.get(ctx, TrendsPath, query, &out)
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
	return out, c.get(ctx, DetectionsPath, query, &out)
}

// Status asks for the state of the server.
func (c Client) Status(ctx context.Context) (out StatusAnswer, err error) {
	return out, c.get(ctx, StatusPath, nil, &out)
}

// Sources asks how the sources are doing.
func (c Client) Sources(ctx context.Context) (out SourcesAnswer, err error) {
	return out, c.get(ctx, SourcesPath, nil, &out)
}

func (c Client) get(ctx context.Context, path string, query url.Values, out any) error {
	_, err := c.ask(ctx, http.MethodGet, path, query, nil, nil, out)
	return err
}

// ask sends a request whose answer is JSON, and reads that into out unless it is nil.
func (c Client) ask(ctx context.Context, method, path string, query url.Values, body any, header http.Header, out any) (http.Header, error) {
	resp, err := c.send(ctx, method, path, query, body, TypeJSON, header)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := c.whole(resp)
	if err != nil || out == nil {
		return resp.Header, err
	}
	if err := c.expect(resp, TypeJSON); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, out); err != nil {
		return nil, fmt.Errorf("%w: that of %s cannot be read: %w", ErrAnswer, c.name(), err)
	}
	return resp.Header, nil
}

// send sends a request and returns an answer of status 2xx, whose body the caller
// closes. Any other is an error.
func (c Client) send(ctx context.Context, method, path string, query url.Values, body any, accept string, header http.Header) (*http.Response, error) {
	var sent io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("cannot write what is sent to %s: %w", c.name(), err)
		}
		sent = strings.NewReader(string(data))
	}
	target := c.base() + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, target, sent)
	if err != nil {
		return nil, fmt.Errorf("cannot ask %s: %w", c.name(), reason(err))
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("Accept", accept)
	if body != nil {
		req.Header.Set("Content-Type", TypeJSON)
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	if c.Token != "" {
		if err := private(req.URL); err != nil {
			return nil, err
		}
		req.Header.Set("Authorization", "Bearer "+c.Token)
		own := *client
		own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		client = &own
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("cannot ask %s; is a server running there? %w", c.name(), reason(err))
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		defer resp.Body.Close()
		return nil, c.refusal(resp)
	}
	return resp, nil
}

// private refuses an address where a token could be read on its way.
func private(u *url.URL) error {
	if ip := net.ParseIP(u.Hostname()); u.Scheme == "https" || u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("cannot ask %s://%s with a token, which could be read on its way: use https, or ask without one", u.Scheme, u.Host)
}

// refusal returns the problem that the server answered with.
func (c Client) refusal(resp *http.Response) error {
	kind := typeOf(resp)
	if kind != TypeProblem {
		return fmt.Errorf("%w: %s gave status %d and %q; is it a Swell server?", ErrAnswer, c.name(), resp.StatusCode, kind)
	}
	data, err := c.whole(resp)
	if err != nil {
		return err
	}
	p := &Problem{}
	if err := json.Unmarshal(data, p); err != nil {
		return fmt.Errorf("%w: %s gave status %d and a problem that cannot be read: %w", ErrAnswer, c.name(), resp.StatusCode, err)
	}
	// The status decides what is done about it, so it is that of the answer.
	p.Status = resp.StatusCode
	return p
}

// expect refuses an answer that is none of a Swell server.
func (c Client) expect(resp *http.Response, kind string) error {
	if got := typeOf(resp); got != kind {
		return fmt.Errorf("%w: %s gave status %d and %q where %q was asked for; is it a Swell server?", ErrAnswer, c.name(), resp.StatusCode, got, kind)
	}
	return nil
}

// whole reads a body to its end.
func (c Client) whole(resp *http.Response) ([]byte, error) {
	data, err := io.ReadAll(&bounded{r: resp.Body, left: maxAnswer, client: c})
	if err != nil && !errors.Is(err, ErrAnswer) {
		err = fmt.Errorf("cannot read the answer of %s: %w", c.name(), err)
	}
	return data, err
}

// bounded reads an answer that may not be longer than left.
type bounded struct {
	r      io.Reader
	left   int64
	client Client
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, fmt.Errorf("%w: that of %s has more than %d bytes; ask for less", ErrAnswer, b.client.name(), maxAnswer)
	}
	return n, err
}

func typeOf(resp *http.Response) string {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return kind
}

func (c Client) base() string {
	if base := strings.TrimRight(c.Base, "/"); base != "" {
		return base
	}
	return DefaultBase
}

// name returns the server's address as errors tell it.
func (c Client) name() string {
	u, err := url.Parse(c.base())
	if err != nil {
		return "the server"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// reason returns an error of a request without its address, which has a query.
func reason(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}
