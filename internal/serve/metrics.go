package serve

import (
	"net/http"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
)

// metrics answers GET /metrics.
func (s *Server) metrics(r *http.Request) (*reply, *api.Problem) {
	if s.opt.Metrics == nil {
		return nil, noSuchPath(r)
	}
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	return &reply{raw: s.opt.Metrics.ServeHTTP}, nil
}

// InFlight returns how many requests are being answered, streams included. Any goroutine
// may ask.
func (s *Server) InFlight() int { return int(s.inFlight.Load()) }

// Rejected returns how many lines that were sent in are no record. Any goroutine may ask.
func (s *Server) Rejected() uint64 { return s.rejected.Load() }

// Pressure says in one of the words of pressure whether the memory of an engine suffices
// for its stream.
func Pressure(v *engine.View) string {
	word, _ := pressure(v)
	return word
}
