package obs

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/pprof"
	"runtime/trace"
	"sync"
	"time"
)

const (
	// flightAge is how far back a flight recording reaches.
	flightAge = 15 * time.Second
	// flightBytes bounds it, about.
	flightBytes = 32 << 20
)

// Flight records what the runtime does, and keeps the last seconds of it. Making one does
// nothing; a process can run one at a time.
type Flight struct {
	recorder *trace.FlightRecorder
	writing  sync.Mutex
}

// StartFlight starts recording until [Flight.Stop]. It costs about a hundredth of the processor.
func StartFlight() (*Flight, error) {
	f := &Flight{recorder: trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: flightAge, MaxBytes: flightBytes})}
	if err := f.recorder.Start(); err != nil {
		return nil, fmt.Errorf("cannot record what the runtime does: %w", err)
	}
	return f, nil
}

// Stop ends the recording.
func (f *Flight) Stop() { f.recorder.Stop() }

// ServeHTTP sends the last seconds, for go tool trace.
func (f *Flight) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	if !f.writing.TryLock() {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "another one is being written", http.StatusServiceUnavailable)
		return
	}
	defer f.writing.Unlock()
	var b bytes.Buffer // whole or an error: half a recording cannot be read
	if _, err := f.recorder.WriteTo(&b); err != nil {
		http.Error(w, fmt.Sprintf("cannot write the recording: %v", err), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="swell.trace"`)
	_, _ = w.Write(b.Bytes()) // fails when the asker has left: nobody to tell
}

// AdminOptions are what the admin listener answers from.
type AdminOptions struct {
	Metrics http.Handler
	Health  http.Handler // of /-/healthy and /-/ready
	Flight  http.Handler
	// Allow says why a request is refused, and with which status; nil lets it in.
	Allow func(r *http.Request) error
}

// ErrUnauthorised is wrapped by what Allow returns for want of a token; other errors say
// that the request is forbidden.
var ErrUnauthorised = errors.New("a token is needed")

const adminText = `For who runs this Swell.

GET /metrics                   metrics, as on the main listener
GET /-/healthy, /-/ready       for supervisors
GET /debug/pprof/              profiles: go tool pprof http://HOST/debug/pprof/profile
GET /debug/flight              what the runtime did in the last seconds: go tool trace FILE
`

// Admin returns the handler of the admin listener. It has a table of its own: nothing that
// others register for the whole process is served.
func Admin(o AdminOptions) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte(adminText))
	})
	mux.Handle("GET /metrics", o.Metrics)
	mux.Handle("GET /-/healthy", o.Health)
	mux.Handle("GET /-/ready", o.Health)
	mux.Handle("GET /debug/flight", o.Flight)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("POST /debug/pprof/symbol", pprof.Symbol) // go tool pprof asks so
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		switch err := o.Allow(r); {
		case errors.Is(err, ErrUnauthorised):
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, err.Error(), http.StatusUnauthorized)
		case err != nil:
			http.Error(w, err.Error(), http.StatusForbidden)
		default:
			mux.ServeHTTP(w, r)
		}
	})
}
