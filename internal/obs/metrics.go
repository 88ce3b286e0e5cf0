package obs

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
)

// ErrOptions is wrapped by the errors of [New].
var ErrOptions = errors.New("obs: invalid options")

// Options are the settings of [Metrics]. View, State and Now are required.
type Options struct {
	Version string
	// View returns the newest view, never nil.
	View func() *engine.View
	// State is called once at every scrape.
	State func() State
	Now   func() time.Time
}

// Metrics are all metrics of a running Swell.
type Metrics struct {
	registry *prometheus.Registry
	handler  http.Handler

	requests   *prometheus.HistogramVec
	ticks      prometheus.Histogram
	appends    prometheus.Histogram
	snapshots  prometheus.Histogram
	detections *prometheus.CounterVec

	lastSnapshot atomic.Pointer[snapshot]
}

// snapshot is the newest one that was stored.
type snapshot struct {
	at    time.Time
	bytes uint64
}

// scrapes is how many scrapes are answered at a time.
const scrapes = 4

// New returns the metrics. Errors wrap [ErrOptions].
func New(o Options) (*Metrics, error) {
	if o.View == nil || o.State == nil || o.Now == nil {
		return nil, fmt.Errorf("%w: View, State and Now are required", ErrOptions)
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "swell_http_request_duration_seconds",
			Help:    "Time to answer a request by route, method and class of status; of a stream until it begins.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"route", "method", "status"}),
		ticks: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "swell_tick_keep_duration_seconds", Help: "Time to store what closing a pane gave.",
			Buckets: prometheus.ExponentialBuckets(.001, 2, 14),
		}),
		appends: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "swell_journal_append_duration_seconds", Help: "Time until a delivery was durable in the journal.",
			Buckets: prometheus.ExponentialBuckets(.0005, 2, 15),
		}),
		snapshots: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "swell_snapshot_duration_seconds", Help: "Time to store a snapshot, beside the counting.",
			Buckets: prometheus.ExponentialBuckets(.01, 2, 14),
		}),
		detections: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "swell_detections_total", Help: "Changes of phase that were found since the start, by the new phase.",
		}, []string{"phase"}),
	}
	for p := detect.Emerging; p <= detect.Unconfirmed; p++ {
		m.detections.WithLabelValues(p.String())
	}
	for _, c := range []prometheus.Collector{
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewBuildInfoCollector(),
		m.requests, m.ticks, m.appends, m.snapshots, m.detections, &collector{options: o, metrics: m},
	} {
		if err := m.registry.Register(c); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrOptions, err)
		}
	}
	m.handler = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		MaxRequestsInFlight: scrapes, EnableOpenMetrics: true, ErrorHandling: promhttp.HTTPErrorOnError,
	})
	return m, nil
}

// Handler answers scrapes: in the form of Prometheus, or as OpenMetrics where that is
// asked for.
func (m *Metrics) Handler() http.Handler { return m.handler }

// The methods that are a value of the label; all others are "other".
var methods = [...]string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions}

// Request notes that a request was answered. pattern is that of its route, empty for what
// was refused before it had one.
func (m *Metrics) Request(pattern, method string, status int, took time.Duration) {
	if m == nil {
		return
	}
	known := "other"
	for _, name := range methods {
		if method == name {
			known = name
		}
	}
	m.requests.WithLabelValues(routeOf(pattern), known, classOf(status)).Observe(took.Seconds())
}

// routeOf returns the route of a pattern: its path. All that is answered by no pattern of
// its own, or by none at all, is one route.
func routeOf(pattern string) string {
	_, path, ok := strings.Cut(pattern, " ")
	if !ok {
		return "other"
	}
	return strings.TrimSuffix(path, "{$}")
}

func classOf(status int) string {
	switch {
	case status >= 100 && status < 600:
		return string('0'+rune(status/100)) + "xx"
	}
	return "none"
}

// Tick notes how long it took to store what closing a pane gave.
func (m *Metrics) Tick(took time.Duration) {
	if m != nil {
		m.ticks.Observe(took.Seconds())
	}
}

// Append notes how long a delivery took until it was durable.
func (m *Metrics) Append(took time.Duration) {
	if m != nil {
		m.appends.Observe(took.Seconds())
	}
}

// Snapshot notes that a snapshot was stored, and how large the state is.
func (m *Metrics) Snapshot(at time.Time, took time.Duration, bytes uint64) {
	if m != nil {
		m.snapshots.Observe(took.Seconds())
		m.lastSnapshot.Store(&snapshot{at, bytes})
	}
}

// Detected notes a change of phase.
func (m *Metrics) Detected(p detect.Phase) {
	if m != nil && p >= detect.Emerging && p <= detect.Unconfirmed {
		m.detections.WithLabelValues(p.String()).Inc()
	}
}
