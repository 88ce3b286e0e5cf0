package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Media types of flat rows.
const (
	TypeNDJSON  = "application/x-ndjson"
	TypeCSV     = "text/csv"
	TypeParquet = "application/vnd.apache.parquet"
)

// TypeOf returns the media type of a format: json, ndjson, csv or parquet; empty for any other.
func TypeOf(format string) string {
	switch format {
	case "json":
		return TypeJSON
	case "ndjson":
		return TypeNDJSON
	case "csv":
		return TypeCSV
	case "parquet":
		return TypeParquet
	}
	return ""
}

// Body is an answer as it came. It has to be closed, and belongs to one goroutine.
type Body struct {
	io.Reader
	Header http.Header
	close  func() error
}

// Close ends the answer, read to its end or not.
func (b *Body) Close() error { return b.close() }

// Next returns the cursor of the next page, which a flat answer has in a header Link; empty
// at the end of the list.
func (b *Body) Next() string {
	for _, header := range b.Header.Values("Link") {
		for link := range strings.SplitSeq(header, ",") {
			target, rel, _ := strings.Cut(link, ";")
			if strings.ReplaceAll(strings.ToLower(strings.TrimSpace(rel)), `"`, "") != "rel=next" {
				continue
			}
			target = strings.Trim(strings.TrimSpace(target), "<>")
			if u, err := url.Parse(target); err == nil {
				return u.Query().Get("cursor")
			}
		}
	}
	return ""
}

// Body asks for a path in a format (see [TypeOf]) and returns the answer as it comes. It has
// at most as many bytes as any answer; longer ones end with an error that wraps [ErrAnswer].
func (c Client) Body(ctx context.Context, path string, query url.Values, format string) (*Body, error) {
	kind := TypeOf(format)
	if kind == "" {
		return nil, fmt.Errorf("format %.80q: use json, ndjson, csv or parquet", format)
	}
	asked := make(url.Values, len(query)+1)
	for name, values := range query {
		asked[name] = values
	}
	if format != "json" {
		asked.Set("format", format)
	}
	resp, err := c.send(ctx, http.MethodGet, path, asked, nil, kind, nil)
	if err != nil {
		return nil, err
	}
	if err := c.expect(resp, kind); err != nil {
		resp.Body.Close()
		return nil, err
	}
	return &Body{Reader: &bounded{r: resp.Body, left: maxAnswer, client: c}, Header: resp.Header, close: resp.Body.Close}, nil
}
