package serve

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/swell-radar/swell/internal/api"
)

// reply is what a handler answers with: a value sent as JSON, the same already
// encoded, or text.
type reply struct {
	value any
	body  *encoded
	text  string
	// etag is the opaque part of a strong entity tag, or empty. The body then
	// depends on nothing else.
	etag string
	// held is the tag by which the asker has named what it holds already: it is
	// told so, and no body is sent.
	held   string
	status int // of a value; 0 is 200, and 204 has none
	// location is the path of what was made.
	location string
}

const (
	typeText = "text/plain; charset=utf-8"

	// minCompress is the least number of bytes that are worth compressing: less
	// fits into a packet.
	minCompress = 1400
	gzipSuffix  = "-gzip"
)

// send answers with what a handler returned.
func (s *Server) send(w http.ResponseWriter, r *http.Request, out *reply) {
	if out.held != "" {
		w.Header().Set("ETag", out.held)
		w.Header().Set("Vary", "Accept-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if out.status == http.StatusNoContent {
		w.WriteHeader(out.status)
		return
	}
	if out.location != "" {
		w.Header().Set("Location", out.location)
	}
	if out.text != "" {
		s.write(w, r, http.StatusOK, typeText, "", newEncoded([]byte(out.text)))
		return
	}
	body := out.body
	if body == nil {
		var err error
		if body, err = encode(out.value); err != nil {
			s.opt.Logger.Error("cannot encode an answer", "id", w.Header().Get("X-Request-Id"), "uri", r.RequestURI, "err", err)
			s.fail(w, r, internal())
			return
		}
	}
	s.write(w, r, cmp.Or(out.status, http.StatusOK), api.TypeJSON, out.etag, body)
}

// fail answers with a problem.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, p *api.Problem) {
	p.RequestID = w.Header().Get("X-Request-Id")
	if p.Allow != "" {
		w.Header().Set("Allow", p.Allow)
	}
	if after := p.RetryAfter(); after != "" {
		w.Header().Set("Retry-After", after)
	}
	body, err := encode(p)
	if err != nil { // cannot be: a struct of strings
		body = newEncoded(nil)
	}
	s.write(w, r, p.Status, api.TypeProblem, "", body)
}

// encode returns the value as one line of JSON in which <, > and & are escaped.
func encode(value any) (*encoded, error) {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(value); err != nil {
		return nil, err
	}
	return newEncoded(b.Bytes()), nil
}

func (s *Server) write(w http.ResponseWriter, r *http.Request, status int, kind, etag string, answer *encoded) {
	h, body := w.Header(), answer.plain
	h.Set("Content-Type", kind)
	h.Add("Vary", "Accept-Encoding")
	if len(body) >= minCompress && acceptsGzip(r.Header.Values("Accept-Encoding")) {
		body = answer.zipped()
		h.Set("Content-Encoding", "gzip")
		if etag != "" {
			etag += gzipSuffix // other bytes, another strong tag
		}
	}
	if etag != "" {
		h.Set("ETag", `"`+etag+`"`)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // fails when the asker has left: nobody to tell
	}
}

// acceptsGzip reports whether the Accept-Encoding headers (RFC 9110, 12.5.3)
// allow gzip.
func acceptsGzip(headers []string) bool {
	accepted, named := false, false
	for _, header := range headers {
		for coding := range strings.SplitSeq(header, ",") {
			name, weight, _ := strings.Cut(coding, ";")
			name = strings.ToLower(strings.TrimSpace(name))
			allowed := true
			if q, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(weight)), "q="); ok {
				x, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
				allowed = err == nil && x > 0
			}
			switch {
			case name == "gzip" || name == "x-gzip":
				accepted, named = allowed, true
			case name == "*" && !named:
				accepted = allowed
			}
		}
	}
	return accepted
}

// heldTag returns the tag among those of the If-None-Match headers (RFC 9110,
// 13.1.2) that stands for the value with the given etag, in whatever encoding.
func heldTag(r *http.Request, etag string) string {
	return namedTag(r.Header.Values("If-None-Match"), etag, true)
}

// namedTag returns the tag of the headers that stands for the value with the given etag, or
// empty. Weak ones do, if they may, what strong ones do.
func namedTag(headers []string, etag string, mayBeWeak bool) string {
	for _, header := range headers {
		for tag := range strings.SplitSeq(header, ",") {
			tag = strings.TrimSpace(tag)
			if tag == "*" {
				return `"` + etag + `"`
			}
			if mayBeWeak {
				tag = strings.TrimPrefix(tag, "W/")
			}
			if tag == `"`+etag+`"` || tag == `"`+etag+gzipSuffix+`"` {
				return tag
			}
		}
	}
	return ""
}
