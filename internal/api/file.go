package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// File is a part of a file that the server has, up to its end. It has to be closed.
type File struct {
	io.ReadCloser
	ETag string // strong: as long as it stays, so does every byte; empty: none was told
	From int64  // where the part begins, in bytes
	Size int64  // of the whole file in bytes; -1: not told
}

// DayPath returns the path of the file of a closed day, as in 2026-06-01.
func DayPath(day, format string) string {
	return ExportPath + "/" + url.PathEscape(day+"."+format)
}

// File asks for a file from a byte on. Where the file does not have the given tag any more,
// or the server sends it as a whole only, From of what comes is 0. An etag of "" asks for
// the whole file.
func (c Client) File(ctx context.Context, path string, query url.Values, from int64, etag string) (*File, error) {
	header := http.Header{"Accept-Encoding": {"identity"}} // bytes are counted as the file has them
	if etag == "" {
		from = 0
	}
	if from > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", from))
		header.Set("If-Range", etag)
	}
	resp, err := c.send(ctx, http.MethodGet, path, query, nil, "*/*", header)
	if err != nil {
		return nil, err
	}
	f := &File{ReadCloser: resp.Body, ETag: strongTag(resp), Size: resp.ContentLength}
	if resp.StatusCode == http.StatusPartialContent {
		if f.From, f.Size, err = contentRange(resp.Header.Get("Content-Range")); err != nil || f.From != from || f.ETag != etag {
			resp.Body.Close()
			return nil, fmt.Errorf("%w: %s was asked for the bytes from %d of one file and gave others", ErrAnswer, c.name(), from)
		}
	}
	return f, nil
}

// FileTag asks for the tag and the size of a file without the file.
func (c Client) FileTag(ctx context.Context, path string, query url.Values) (etag string, size int64, err error) {
	header := http.Header{"Accept-Encoding": {"identity"}}
	resp, err := c.send(ctx, http.MethodHead, path, query, nil, "*/*", header)
	if errors.Is(err, ErrAnswer) { // a problem has no body here, which would say what is the matter
		resp, err = c.send(ctx, http.MethodGet, path, query, nil, "*/*", header)
	}
	if err != nil {
		return "", 0, err
	}
	resp.Body.Close()
	return strongTag(resp), resp.ContentLength, nil
}

func strongTag(resp *http.Response) string {
	tag := resp.Header.Get("ETag")
	if strings.HasPrefix(tag, "W/") {
		return ""
	}
	return tag
}

// contentRange reads a header Content-Range of one part, as in bytes 10-99/100.
func contentRange(s string) (from, size int64, err error) {
	part, all, ok := strings.Cut(strings.TrimPrefix(s, "bytes "), "/")
	first, last, ok2 := strings.Cut(part, "-")
	from, err1 := strconv.ParseInt(first, 10, 64)
	to, err2 := strconv.ParseInt(last, 10, 64)
	size, err3 := strconv.ParseInt(all, 10, 64)
	if !strings.HasPrefix(s, "bytes ") || !ok || !ok2 || err1 != nil || err2 != nil || err3 != nil || from < 0 || to != size-1 || from > to {
		return 0, 0, fmt.Errorf("api: %.80q is no range of bytes up to the end", s)
	}
	return from, size, nil
}
