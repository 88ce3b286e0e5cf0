package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/swell-radar/swell/internal/api"
)

// contract is the description of the endpoint, against which every answer of the tests of
// this package is held. Any goroutine may hold one.
type contract struct {
	doc *openapi3.T

	mu     sync.Mutex
	faults []string
	held   map[string]bool // operations, with the statuses that were answered
}

// theContract is read once. Its objects are closed: a field that an answer has and the
// description has not is a fault.
var theContract = sync.OnceValues(func() (*contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData([]byte(api.OpenAPI()))
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, err
	}
	closed := false
	for _, s := range doc.Components.Schemas {
		if s.Value.Type.Is("object") && s.Value.AdditionalProperties.Has == nil && s.Value.AdditionalProperties.Schema == nil {
			s.Value.AdditionalProperties.Has = &closed
		}
	}
	return &contract{doc: doc, held: map[string]bool{}}, nil
})

// holding holds every answer of a [Server] against the contract.
func holding(h http.Handler) http.Handler {
	s, ok := h.(*Server)
	if !ok {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := &tee{ResponseWriter: w}
		h.ServeHTTP(t, r)
		if c, err := theContract(); err == nil && !t.flushed {
			c.hold(s, r, t)
		}
	})
}

// tee keeps a copy of an answer.
type tee struct {
	http.ResponseWriter
	status  int
	body    bytes.Buffer
	flushed bool // a stream, which has no end to wait for
}

func (t *tee) WriteHeader(status int) {
	if t.status == 0 {
		t.status = status
	}
	t.ResponseWriter.WriteHeader(status)
}

func (t *tee) Write(b []byte) (int, error) {
	if t.status == 0 {
		t.status = http.StatusOK
	}
	t.body.Write(b)
	return t.ResponseWriter.Write(b)
}

func (t *tee) Unwrap() http.ResponseWriter { return t.ResponseWriter }

func (t *tee) Flush() {
	t.flushed = true
	if f, ok := t.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// operation returns what a server has at the path of a request, as the description names
// it; empty where it has nothing.
func (s *Server) operation(r *http.Request) (path, method string) {
	probe := foldKey(r)
	_, pattern := s.mux.Handler(probe)
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		return "", ""
	}
	return strings.TrimSuffix(path, "{$}"), method
}

func (c *contract) hold(s *Server, r *http.Request, t *tee) {
	if err := c.check(s, r, t); err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.faults = append(c.faults, fmt.Sprintf("%s %.200s: status %d: %v", r.Method, r.URL, t.status, err))
	}
}

// hasPage reports whether a page answers the request.
func (s *Server) hasPage(r *http.Request) bool {
	_, pattern := s.mux.Handler(r)
	_, paged := s.pages.Routes()[pattern]
	return paged && (pattern != "GET /{$}" || wantsPage(r))
}

func (c *contract) check(s *Server, r *http.Request, t *tee) error {
	body, err := decoded(t.Header().Get("Content-Encoding"), t.body.Bytes())
	if err != nil {
		return err
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, Route: &routers.Route{Spec: c.doc, Method: r.Method}},
		Status:                 t.status, Header: t.Header(),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, ExcludeResponseBody: r.Method == http.MethodHead},
	}
	path, method := s.operation(r)
	route := input.RequestValidationInput.Route
	switch item := c.doc.Paths.Value(path); {
	case r.Method == http.MethodOptions && t.status == http.StatusNoContent:
		return nil // a preflight, which browsers ask by themselves
	case s.hasPage(r) && (t.status < 400 || strings.HasPrefix(t.Header().Get("Content-Type"), "text/html")):
		return nil // for people
	case path == "" || t.status >= 400:
		// Whatever was asked for, what is wrong is told in one way.
		route.Operation = &openapi3.Operation{Responses: openapi3.NewResponses(openapi3.WithName("default", c.doc.Components.Responses["problem"].Value))}
		if t.status < 400 {
			return errors.New("no path of the description is answered")
		}
	case item == nil || item.GetOperation(method) == nil:
		return fmt.Errorf("%s %s is not described", method, path)
	default:
		route.Operation = item.GetOperation(method)
	}
	c.mu.Lock()
	c.held[fmt.Sprintf("%s %s %d", method, path, t.status)] = true
	c.mu.Unlock()
	if kind := t.Header().Get("Content-Type"); t.status < 400 && !strings.HasPrefix(kind, api.TypeJSON) {
		input.Options.ExcludeResponseBody = true // tables and text: their own tests read them
		if t.status == http.StatusOK && route.Operation.Responses.Status(t.status).Value.Content.Get(kind) == nil {
			return fmt.Errorf("the media type %q is not described", kind)
		}
	}
	input.SetBodyBytes(body)
	return openapi3filter.ValidateResponse(context.Background(), input)
}

// decoded undoes a coding.
func decoded(coding string, body []byte) ([]byte, error) {
	var in io.Reader
	switch coding {
	case "":
		return body, nil
	case "gzip":
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		in = z
	case "zstd":
		z, err := zstd.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		in = z
	default:
		return nil, fmt.Errorf("coding %q", coding)
	}
	return io.ReadAll(in)
}

// report returns what was at fault in all tests.
func (c *contract) report() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.faults) == 0 {
		return nil
	}
	const shown = 10
	return fmt.Errorf("%d answers are not as openapi.yaml describes them, among these:\n%s", len(c.faults), strings.Join(c.faults[:min(shown, len(c.faults))], "\n"))
}
