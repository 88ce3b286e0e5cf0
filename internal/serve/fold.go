package serve

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/swell-radar/swell/internal/api"
)

// foldKey returns the request with the key of a term as one segment of its
// path, so that the keys of links need no escaped slashes. A last segment
// "series" is the name of the resource; a key that ends in /series itself must
// have that slash escaped (%2Fseries). A key that is nothing but a slash cannot be
// asked for: net/http takes it for the end of the path. The request is not changed.
func foldKey(r *http.Request) *http.Request {
	escaped := r.URL.EscapedPath()
	rest, ok := strings.CutPrefix(escaped, api.TermsPath)
	if !ok {
		return r
	}
	kind, key, _ := strings.Cut(rest, "/")
	tail := ""
	if before, ok := strings.CutSuffix(key, api.SeriesPath); ok && before != "" {
		key, tail = before, api.SeriesPath
	}
	key = strings.ReplaceAll(key, "/", "%2F")
	if strings.Trim(key, ".") == "" {
		key = strings.ReplaceAll(key, ".", "%2E") // not a step to another path
	}
	folded := api.TermsPath + kind + "/" + key + tail
	if folded == escaped {
		return r
	}
	unescaped, err := url.PathUnescape(folded)
	if err != nil {
		return r
	}
	out, u := *r, *r.URL
	u.Path, u.RawPath = unescaped, folded
	out.URL = &u
	return &out
}
