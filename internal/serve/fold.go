package serve

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/page"
)

// termTails are the resources of a term: what may stand behind its key in a path.
var termTails = []string{api.SeriesPath, api.RelatedPath}

// tailsOf returns where the name of a term begins in the path of a request, and what may stand behind its key there: of the
// endpoint, or of the page that is told what to do.
func tailsOf(r *http.Request, escaped string) (base string, tails []string, ok bool) {
	switch {
	case strings.HasPrefix(escaped, api.TermsPath):
		return api.TermsPath, termTails, true
	case !strings.HasPrefix(escaped, page.TermsPath):
		return "", nil, false
	case r.Method == http.MethodPost:
		return page.TermsPath, page.TermTails(), true
	}
	return page.TermsPath, nil, true
}

// foldKey returns the request with the key of a term as one segment of its
// path, so that the keys of links need no escaped slashes. A last segment
// "series" or "related" is the name of the resource; a key that ends in /series or
// /related itself must have that slash escaped (%2Fseries). A key that is nothing but a slash cannot be
// asked for: net/http takes it for the end of the path. The request is not changed.
func foldKey(r *http.Request) *http.Request {
	escaped := r.URL.EscapedPath()
	base, tails, ok := tailsOf(r, escaped)
	if !ok {
		return r
	}
	kind, key, _ := strings.Cut(escaped[len(base):], "/")
	tail := ""
	for _, t := range tails {
		if before, ok := strings.CutSuffix(key, t); ok && before != "" {
			key, tail = before, t
			break
		}
	}
	key = strings.ReplaceAll(key, "/", "%2F")
	if strings.Trim(key, ".") == "" {
		key = strings.ReplaceAll(key, ".", "%2E") // not a step to another path
	}
	folded := base + kind + "/" + key + tail
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
