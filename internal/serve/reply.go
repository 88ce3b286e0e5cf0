package serve

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// reply is what a handler answers with: a value sent as JSON, the same already
// encoded, or text.
type reply struct {
	value any
	body  *encoded
	text  string
	kind  string // media type of the text; empty: plain
	// policy is the Content-Security-Policy of the text, where it needs another than all answers have.
	policy string
	vary   string // a header of the request that the answer depends on as well
	// etag is the opaque part of a strong entity tag, or empty. The body then
	// depends on nothing else.
	etag string
	// modified is when the answer came to be as it is; zero: that is not known.
	modified time.Time
	// about is told in headers, of what has no other place for it.
	about about
	// held is the tag by which the asker has named what it holds already: it is
	// told so, and no body is sent.
	held   string
	status int // 0 is 200, and 204 has no body
	// location is the path of what was made.
	location string
	// rows is the list of the value, a slice of structs: what is sent of it as a table.
	// Handlers that set it are registered as tabular.
	rows any
	form *form // in which a tabular handler is to answer; nil: of others, as JSON
	// raw answers by itself, whatever else is set.
	raw http.HandlerFunc
	// replayed says that the answer is that to an earlier request of the same name.
	replayed bool
	cookies  []*http.Cookie // that are set
	forever  bool           // it never changes under its address
}

const (
	typeText = "text/plain; charset=utf-8"

	// minCompress is the least number of bytes that are worth compressing: less
	// fits into a packet.
	minCompress = 1400
)

// send answers with what a handler returned.
func (s *Server) send(w http.ResponseWriter, r *http.Request, out *reply) {
	if out.raw != nil {
		out.raw(w, r)
		return
	}
	if out.form != nil {
		w.Header().Add("Vary", "Accept")
	}
	if !out.modified.IsZero() {
		w.Header().Set("Last-Modified", out.modified.UTC().Format(http.TimeFormat))
	}
	out.about.head(w.Header(), nil)
	if out.vary != "" {
		w.Header().Add("Vary", out.vary)
	}
	if out.policy != "" {
		w.Header().Set("Content-Security-Policy", out.policy)
		// Of a page without it, browsers send its forms with the origin null, as if another site had made them.
		w.Header().Set("Referrer-Policy", "same-origin")
	}
	for _, c := range out.cookies {
		http.SetCookie(w, c)
	}
	if out.forever {
		w.Header().Set("Cache-Control", "max-age=31536000, immutable")
	}
	if out.replayed {
		w.Header().Set(headerReplayed, "true")
	}
	if out.held != "" {
		w.Header().Set("ETag", out.held)
		w.Header().Add("Vary", "Accept-Encoding")
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
	if out.status == http.StatusSeeOther {
		w.WriteHeader(out.status)
		return
	}
	if out.text != "" {
		s.write(w, r, cmp.Or(out.status, http.StatusOK), cmp.Or(out.kind, typeText), out.etag, newEncoded([]byte(out.text)))
		return
	}
	body, kind := out.body, api.TypeJSON
	if body == nil {
		var err error
		if out.form.tabular() {
			kind = out.form.format.ContentType()
			body, err = s.table(w.Header(), r, out)
		} else {
			body, err = encode(out.value)
		}
		if err != nil {
			s.opt.Logger.Error("cannot encode an answer", "id", w.Header().Get("X-Request-Id"), "path", r.URL.Path, "err", err)
			s.fail(w, r, internal())
			return
		}
	}
	etag := out.form.tag(out.etag)
	if etag == "" && out.status == 0 {
		if etag = contentTag(body.plain); namedTag(r.Header.Values("If-None-Match"), etag, true) != "" {
			s.send(w, r, &reply{held: namedTag(r.Header.Values("If-None-Match"), etag, true)})
			return
		}
	}
	s.write(w, r, cmp.Or(out.status, http.StatusOK), kind, etag, body)
}

// contentTag returns the opaque part of the entity tag of an answer that has no cheaper one.
func contentTag(body []byte) string {
	sum := sha256.Sum256(body)
	return fmt.Sprintf("is-%x", sum[:16])
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
	if s.toLogin(w, r, p) || s.failPage(w, r, p) {
		return
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
	if best, must := codingFor(r.Header.Values("Accept-Encoding")); best != asItIs && (must || len(body) >= minCompress) {
		if body, best = answer.in(best); best != asItIs {
			h.Set("Content-Encoding", codings[best].name)
			if etag != "" {
				etag += codings[best].suffix
			}
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

// heldTag returns the tag among those of the If-None-Match headers (RFC 9110,
// 13.1.2) that stands for the value with the given etag in the form asked for, in whatever
// coding.
func heldTag(r *http.Request, etag string) string {
	return namedTag(r.Header.Values("If-None-Match"), formOf(r).tag(etag), true)
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
			for _, c := range codings {
				if tag == `"`+etag+c.suffix+`"` {
					return tag
				}
			}
		}
	}
	return ""
}
