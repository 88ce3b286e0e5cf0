package serve

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/swell-radar/swell/internal/access"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/page"
)

const (
	// maxURI is the longest path and query together, in bytes, escapes included.
	maxURI = 8 << 10

	// queryTimeout bounds how long a question about a term may wait for the
	// owner of that term.
	queryTimeout = 5 * time.Second

	// maxQueries is how many questions about terms are worked on at a time: each
	// interrupts the counting for some microseconds and may read from the disk.
	maxQueries = 8
)

// Server answers requests. Make it with [New]; it is ready for use by any number
// of goroutines. It needs no closing, but streams go on until [Server.End].
type Server struct {
	opt      Options
	hosts    []string
	mux      *http.ServeMux
	requests atomic.Uint64
	queries  chan struct{} // a place for each question about a term
	rankings bodies        // of GET /api/v1/trends
	newest   atomic.Pointer[ranking]
	views    views // of past moments
	health   atomic.Pointer[sourceHealth]

	pages   *page.Page
	watches *watchBook
	raises  raises
	best    bestHours

	streams *streams

	inFlight   atomic.Int64
	rejected   atomic.Uint64 // lines that are no record
	deliveries chan struct{} // a place for each body of records
	testing    chan struct{} // a place for the test of a rule

	patterns []string // of the routes
	limiter  *access.Limiter
	under    atomic.Int64 // requests that are being answered
}

// New returns a server for the source. Errors wrap [ErrOptions], or say why the watch
// lists cannot be read.
func New(opt Options) (*Server, error) {
	if err := opt.validate(); err != nil {
		return nil, err
	}
	watches, err := openWatchBook(opt.Shelf, wholeShelf(), opt.Logger)
	if err != nil {
		return nil, err
	}
	watches.told = opt.Watched
	if opt.Intake != nil && opt.Clock != nil {
		watches.begin(now(opt.Clock), opt.Logger)
	}
	watches.tell()
	s := &Server{
		opt: opt, watches: watches, hosts: hostNames(opt.Hosts), mux: http.NewServeMux(),
		queries: make(chan struct{}, maxQueries), deliveries: make(chan struct{}, maxDeliveries), testing: make(chan struct{}, 1),
		limiter: access.NewLimiter(opt.Limits, opt.Clock), raises: raises{limit: maxChanges}, streams: newStreams(opt.MaxStreams),
	}
	if s.pages, err = page.New(page.Options{API: s, Version: opt.Version, Demo: opt.Demo, Clock: opt.Clock, Doors: s}); err != nil {
		return nil, err
	}
	for pattern, h := range s.pages.Routes() {
		s.route(pattern, s.paged(h))
	}
	for pattern, h := range map[string]handler{
		"GET /-/healthy":                         s.healthy,
		"GET /-/ready":                           s.ready,
		"GET /api/v1/openapi.yaml":               s.openapi,
		"GET /api/v1/status":                     s.status,
		"GET /api/v1/trends":                     tabular(s.trends),
		"GET /api/v1/terms/{kind}/{key}":         s.limited(s.term),
		"GET /api/v1/terms/{kind}/{key}/series":  tabular(s.limited(s.series)),
		"POST /api/v1/records":                   s.records,
		"GET /api/v1/sources":                    tabular(s.sources),
		"GET /api/v1/detections":                 tabular(s.limited(s.detections)),
		"GET " + api.AtomPath:                    s.limited(s.atom),
		"GET " + api.ICalPath:                    s.limited(s.calendar),
		"GET /api/v1/watches":                    s.listWatches,
		"POST /api/v1/watches":                   s.addWatch,
		"GET /api/v1/watches/{name}":             s.showWatch,
		"PUT /api/v1/watches/{name}":             s.putWatch,
		"DELETE /api/v1/watches/{name}":          s.dropWatch,
		"GET /api/v1/watches/{name}/voice":       tabular(s.limited(s.voiceOfOne)),
		"GET " + api.VoicePath:                   tabular(s.limited(s.voiceOfSome)),
		"GET /api/v1/alerts":                     tabular(s.limited(s.alerts)),
		"GET /api/v1/alerts/{id}":                s.showAlert,
		"POST /api/v1/alerts/{id}":               s.actOnAlert,
		"GET /api/v1/rules":                      s.listRules,
		"POST /api/v1/rules":                     s.addRule,
		"GET /api/v1/rules/{name}":               s.showRule,
		"PUT /api/v1/rules/{name}":               s.putRule,
		"DELETE /api/v1/rules/{name}":            s.dropRule,
		"GET /api/v1/rules/{name}/test":          s.testRule,
		"POST /api/v1/rules/test":                s.testGivenRule,
		"GET /api/v1/mutes":                      s.listMutes,
		"POST /api/v1/mutes":                     s.addMute,
		"DELETE /api/v1/mutes/{id}":              s.dropMute,
		"GET /api/v1/notes":                      s.listNotes,
		"POST /api/v1/notes":                     s.addNote,
		"DELETE /api/v1/notes/{id}":              s.dropNote,
		"GET /api/v1/terms/{kind}/{key}/related": tabular(s.limited(s.related)),
		"GET /api/v1/compare":                    tabular(s.limited(s.compare)),
		"GET /api/v1/search":                     tabular(s.limited(s.search)),
		"GET /api/v1/timing":                     tabular(s.limited(s.timing)),
		"GET /api/v1/digests/{date}":             s.limited(s.digest),
		"GET /api/v1/stream":                     s.stream,
		"GET /api/v1/outbox":                     s.listOutbox,
		"POST /api/v1/outbox/retry":              s.retrySink,
		"POST /api/v1/outbox/{id}/retry":         s.retryMessage,
		"DELETE /api/v1/outbox/{id}":             s.dropMessage,
		"POST /api/v1/digests/{date}/send":       s.sendDigest,
		"GET /metrics":                           s.metrics,
		"GET /api/v1/export":                     tabular(s.exports),
		"GET /api/v1/export/{file}":              s.exportFile,
		"/":                                      s.unmatched,
	} {
		s.route(pattern, h)
	}
	return s, nil
}

func (s *Server) route(pattern string, h handler) {
	s.patterns = append(s.patterns, pattern)
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, h) })
}

// handler answers a request, or says why not.
type handler func(r *http.Request) (*reply, *api.Problem)

// serve runs the handler and sends what it returns.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, h handler) {
	out, p := h(r)
	if within, ok := w.(*inside); ok {
		within.reply, within.problem = out, p
		return
	}
	if p != nil {
		s.fail(w, r, p)
		return
	}
	s.send(w, r, out)
}

// limited lets a handler that asks the owners and the store run beside a few
// others only, and for a limited time.
func (s *Server) limited(h handler) handler {
	return func(r *http.Request) (*reply, *api.Problem) {
		ctx, cancel := context.WithTimeout(r.Context(), queryTimeout)
		defer cancel()
		select {
		case s.queries <- struct{}{}:
			defer func() { <-s.queries }()
			return h(r.WithContext(ctx))
		case <-ctx.Done():
			return nil, busy()
		}
	}
}

func busy() *api.Problem {
	return api.NewProblem(api.ProblemBusy, "the server is busy or about to stop; ask again")
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := fmt.Sprintf("%s-%06d", s.opt.Nonce, s.requests.Add(1))
	h := w.Header()
	h.Set("X-Request-Id", id)
	s.protect(h)
	if s.opt.Demo {
		h.Set("Swell-Demo", "all posts are made up")
	}
	out := &recorder{ResponseWriter: w}
	s.inFlight.Add(1)
	defer s.inFlight.Add(-1)
	defer s.log(out, r, id)()
	r, p := s.admit(r)
	out.observe = s.observer(out, r)
	defer out.observed()
	defer func() { s.recovered(out, r, recover()) }() // with r as it has become
	if p == nil {
		p = s.origin(out, r)
	}
	if p == nil && s.preflight(out, r) {
		return
	}
	leave := func() {}
	if p == nil {
		r, leave, p = s.enter(out, r)
	}
	if p != nil {
		s.fail(out, r, p)
		return
	}
	defer leave()
	s.mux.ServeHTTP(out, r)
}

// admit refuses requests that no path should have to deal with, and returns the
// request with the path that the patterns expect.
func (s *Server) admit(r *http.Request) (*http.Request, *api.Problem) {
	if !s.knownHost(r.Host) {
		return r, api.NewProblem(api.ProblemForeignHost,
			"the server does not answer to the host name %.80q; ask it as localhost, or name it with --host", r.Host)
	}
	if n := len(r.URL.EscapedPath()) + len(r.URL.RawQuery); n > maxURI {
		return r, api.NewProblem(api.ProblemTooLong, "path and query have %d bytes; the limit is %d", n, maxURI)
	}
	r = foldKey(r)
	// The patterns would answer such a path with a redirection.
	if !canonical(r.URL.EscapedPath()) {
		return r, noSuchPath(r)
	}
	return r, nil
}

// canonical reports whether a path is rooted and has no empty or dotted segment.
func canonical(p string) bool {
	clean := path.Clean(p)
	return strings.HasPrefix(p, "/") && (p == clean || p == clean+"/" && clean != "/")
}

// unmatched answers what no pattern matched.
func (s *Server) unmatched(r *http.Request) (*reply, *api.Problem) {
	allowed := s.allowed(r)
	if len(allowed) == 0 {
		return nil, noSuchPath(r)
	}
	p := api.NewProblem(api.ProblemMethod, "%.20s is not possible here; use %s", r.Method, strings.Join(allowed, " or "))
	p.Allow = strings.Join(allowed, ", ")
	return nil, p
}

// allowed returns the methods that some pattern has for the path.
func (s *Server) allowed(r *http.Request) []string {
	methods := []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
	return slices.DeleteFunc(methods, func(method string) bool {
		probe := *r
		probe.Method = method
		_, pattern := s.mux.Handler(&probe)
		return pattern == "/" || pattern == ""
	})
}

func noSuchPath(r *http.Request) *api.Problem {
	return api.NewProblem(api.ProblemNoSuchPath, "there is nothing at %.200q; GET / lists the paths", r.URL.Path)
}

// recovered answers a request whose handler panicked. Its cause, nil if it did not, goes
// to the log alone.
func (s *Server) recovered(w *recorder, r *http.Request, cause any) {
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler {
		panic(cause)
	}
	s.opt.Logger.Error("request failed", "id", w.Header().Get("X-Request-Id"), "method", r.Method,
		"path", r.URL.Path, "panic", cause, "stack", string(debug.Stack()))
	if w.status == 0 {
		s.fail(w, r, internal())
	}
}

// internal returns the problem that tells nothing of its cause.
func internal() *api.Problem {
	return api.NewProblem(api.ProblemInternal, "the server could not answer; its log has the reason under this request's ID")
}
