package serve

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/swell-radar/swell/internal/api"
)

// termTails are the resources of a term: what may stand behind its key in a path.
var termTails = [...]string{api.SeriesPath, api.RelatedPath}

// foldKey returns the request with the key of a term as one segment of its
// path, so that the keys of links need no escaped slashes. A last segment
// "series" or "related" is the name of the resource; a key that ends in /series or
// /related itself must have that slash escaped (%2Fseries). A key that is nothing but a slash cannot be
// asked for: net/http takes it for the end of the path. The request is not changed.
func foldKey(r *http.Request) *http.Request {
	escaped := r.URL.EscapedPath()
	rest, ok := strings.CutPrefix(escaped, api.TermsPath)
	if !ok {
		return r
	}
	kind, key, _ := strings.Cut(rest, "/")
	tail := ""
	for _, t := range termTails {
		if before, ok := strings.CutSuffix(key, t); ok && before != "" {
			key, tail = before, t
			break
		}
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
