package serve

import (
	"log/slog"
	"net/http"
	"time"
)

// recorder notes what is sent.
type recorder struct {
	http.ResponseWriter
	status int // 0: nothing sent yet
	bytes  int

	observe func() // tells how long the request took; nil: nobody wants to know, or it was told
}

// observed tells of the request, once.
func (r *recorder) observed() {
	if tell := r.observe; tell != nil {
		r.observe = nil
		tell()
	}
}

// observer returns the function that tells of the request when it has been answered.
func (s *Server) observer(w *recorder, r *http.Request) func() {
	if s.opt.Observe == nil {
		return nil
	}
	var start time.Time
	if s.opt.Clock != nil {
		start = s.opt.Clock()
	}
	return func() {
		var took time.Duration
		if s.opt.Clock != nil {
			took = s.opt.Clock().Sub(start)
		}
		s.opt.Observe(r.Pattern, r.Method, w.status, took)
	}
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	n, err := r.ResponseWriter.Write(b)
	r.bytes += n
	return n, err
}

// Unwrap is for [http.ResponseController].
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// log returns the function that logs the request when it has been answered.
func (s *Server) log(w *recorder, r *http.Request, id string) func() {
	if !s.opt.Logger.Enabled(r.Context(), slog.LevelDebug) {
		return func() {}
	}
	var start time.Time
	if s.opt.Clock != nil {
		start = s.opt.Clock()
	}
	return func() {
		attrs := []slog.Attr{
			slog.String("id", id), slog.String("method", r.Method), slog.String("path", r.URL.Path),
			slog.Int("status", w.status), slog.Int("bytes", w.bytes),
		}
		if s.opt.Clock != nil {
			attrs = append(attrs, slog.Duration("took", s.opt.Clock().Sub(start)))
		}
		s.opt.Logger.LogAttrs(r.Context(), slog.LevelDebug, "request", attrs...)
	}
}
