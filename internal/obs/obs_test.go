package obs

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/scrapers"
)

var update = flag.Bool("update", false, "write the golden files anew")

var now = time.Date(2026, 3, 6, 4, 30, 0, 0, time.UTC)

// fullOptions are of a Swell of which everything is known.
func fullOptions() Options {
	asOf := now.Add(-10 * time.Minute)
	v := &engine.View{
		Seq: 602, AsOf: asOf.Unix(), Newest: asOf.Add(3 * time.Second).UnixMicro(),
		Trends: []engine.Trend{
			{Trend: detect.Trend{Phase: detect.Rising}, Platform: "tiktok"}, {Trend: detect.Trend{Phase: detect.Rising}, Platform: "tiktok"},
			{Trend: detect.Trend{Phase: detect.Fading}, Platform: "x"},
		},
		Held:      []engine.Trend{{Trend: detect.Trend{Phase: detect.Unconfirmed}, Platform: "x"}},
		Platforms: []engine.Platform{{Name: "tiktok", Records: 90_001}, {Name: "x", Records: 64}},
		Counters:  engine.Counters{Records: 98770, Occurrences: 98000, Gauges: 703, Observations: 120000, Duplicates: 60, Late: 7, TermsDropped: 1, RecentHorizon: 72},
		Core: engine.Core{
			Stats:           window.Stats{Posts: 120000, Untracked: 4000, Stale: 3, Admitted: 900, Evicted: 20, Retired: 10, Blurred: 2, AuthorsLost: 1, Threshold: 9, Tracked: 870, Capacity: 870},
			DoorkeeperBound: 5, FalseSeen: 0.0001, FreshHorizon: 23.5, Gauges: 41, Memory: 64 << 20,
		},
	}
	s := State{
		Ready: true, Lateness: 10 * time.Minute, Pressure: "full", Rejected: 5,
		Intake: &api.Backlog{Waiting: 12, Bytes: 1 << 20, First: 3, Next: 40, Lost: 1, Repeats: 2},
		Sources: []scrapers.Health{
			{Name: "bluesky", State: scrapers.OK, Records: 1000, Starts: 1, Covered: 0.5, Newest: asOf},
			{Name: "tiktok", State: scrapers.Blocked, Left: 7, PerDay: 100, Rejected: 3},
			{Name: "reddit", State: scrapers.Off},
		},
		StoreBytes: 5 << 20, FreeBytes: 1 << 30, FloorBytes: 1 << 26, InFlight: 3, Streams: Streams{Clients: 2, Sent: 100, Slow: 1, Refused: 4},
	}
	return Options{Version: "1.2.3", View: func() *engine.View { return v }, State: func() State { return s }, Now: func() time.Time { return now }}
}

func newMetrics(t testing.TB, o Options) *Metrics {
	t.Helper()
	m, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// fullMetrics has a value for everything.
func fullMetrics(t testing.TB) *Metrics {
	t.Helper()
	m := newMetrics(t, fullOptions())
	m.Request("GET /api/v1/terms/{kind}/{key}", "GET", 200, 3*time.Millisecond)
	m.Request("", "BREW", 421, 0)
	m.Tick(time.Millisecond)
	m.Append(2 * time.Millisecond)
	m.Snapshot(now.Add(-time.Minute), time.Second, 12345)
	m.Detected(detect.Emerging)
	return m
}

func scrape(t testing.TB, m *Metrics, accept string) (string, http.Header) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Body.String(), w.Header()
}

func TestNamesKeepToTheConventions(t *testing.T) {
	problems, err := testutil.GatherAndLint(fullMetrics(t).registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// TestGolden holds names, types, help and values to what was once looked at: those of
// Swell, as the others are the library's.
func TestGolden(t *testing.T) {
	text, _ := scrape(t, fullMetrics(t), "text/plain")
	var got bytes.Buffer
	for line := range strings.Lines(text) {
		if regexp.MustCompile(`^(# (HELP|TYPE) )?swell_`).MatchString(line) {
			got.WriteString(line)
		}
	}
	file := filepath.Join("testdata", "golden", "metrics.txt")
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("differs from %s (go test -update writes it anew):\n%s", file, got.Bytes())
	}
}

func TestOpenMetricsIfAsked(t *testing.T) {
	m := fullMetrics(t)
	text, header := scrape(t, m, "application/openmetrics-text; version=1.0.0")
	if !strings.HasPrefix(header.Get("Content-Type"), "application/openmetrics-text") || !strings.HasSuffix(text, "# EOF\n") {
		t.Errorf("%s, which ends with %q", header.Get("Content-Type"), text[len(text)-20:])
	}
	if _, header := scrape(t, m, "*/*"); !strings.HasPrefix(header.Get("Content-Type"), "text/plain") {
		t.Errorf("else it is %s", header.Get("Content-Type"))
	}
}

// What is not known yet has no value, rather than a wrong one.
func TestUnknownIsLeftOut(t *testing.T) {
	o := fullOptions()
	o.View = func() *engine.View { return &engine.View{} }
	o.State = func() State { return State{FreeBytes: -1} }
	m := newMetrics(t, o)
	text, _ := scrape(t, m, "text/plain")
	for _, name := range []string{
		"swell_lag_seconds", "swell_as_of_timestamp_seconds", "swell_newest_record_timestamp_seconds", "swell_fresh_horizon_seconds", "swell_recent_horizon_seconds",
		"swell_snapshot_timestamp_seconds", "swell_snapshot_bytes", "swell_journal_bytes", "swell_intake_refusing", "swell_store_free_bytes", "swell_source_state",
	} {
		if strings.Contains(text, "\n"+name) {
			t.Errorf("%s has a value", name)
		}
	}
	if !strings.Contains(text, "\nswell_ready 0\n") {
		t.Error("it does not say that it is not ready")
	}
}

// Whatever is asked, the labels of requests have few values.
func TestLabelsAreBounded(t *testing.T) {
	m := newMetrics(t, fullOptions())
	for i := range 1000 {
		m.Request("", fmt.Sprint("M", i), i, 0)
		m.Request("/", fmt.Sprint("M", i), -i, 0)
	}
	if n := testutil.CollectAndCount(m.requests); n > 6 {
		t.Errorf("%d series", n)
	}
	for pattern, want := range map[string]string{"": "other", "/": "other", "GET /{$}": "/", "GET /api/v1/trends": "/api/v1/trends"} {
		if got := routeOf(pattern); got != want {
			t.Errorf("%q is the route %q, want %q", pattern, got, want)
		}
	}
}

func TestNobodyMeasures(*testing.T) {
	var m *Metrics
	m.Request("", "GET", 200, 0)
	m.Tick(0)
	m.Append(0)
	m.Snapshot(now, 0, 0)
	m.Detected(detect.Rising)
}

func TestOptionsAreRequired(t *testing.T) {
	if _, err := New(Options{}); !errors.Is(err, ErrOptions) {
		t.Errorf("got %v", err)
	}
}

func TestAdmin(t *testing.T) {
	f, err := StartFlight()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Stop()
	var refuse error
	named := func(name string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, name) })
	}
	h := Admin(AdminOptions{Metrics: named("metrics"), Health: named("health"), Flight: f, Allow: func(*http.Request) error { return refuse }})
	get := func(target string) (int, string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
		text, _ := io.ReadAll(w.Body)
		return w.Code, string(text)
	}
	for target, want := range map[string]string{
		"/": "pprof", "/metrics": "metrics", "/-/healthy": "health", "/-/ready": "health", "/debug/pprof/": "goroutine",
		"/debug/pprof/goroutine?debug=1": "goroutine profile", "/debug/pprof/cmdline": "obs.test", "/debug/flight": "go 1.",
	} {
		if status, text := get(target); status != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("%s: status %d, %.80q", target, status, text)
		}
	}
	if status, _ := get("/debug/vars"); status != http.StatusNotFound {
		t.Errorf("what others register is served: status %d", status)
	}
	for _, c := range []struct {
		err    error
		status int
	}{{fmt.Errorf("x: %w", ErrUnauthorised), http.StatusUnauthorized}, {errors.New("no"), http.StatusForbidden}} {
		refuse = c.err
		if status, _ := get("/debug/pprof/"); status != c.status {
			t.Errorf("%v: status %d", c.err, status)
		}
	}
	if _, err := StartFlight(); err == nil {
		t.Error("two recordings at a time")
	}
}

func BenchmarkScrape(b *testing.B) {
	m := fullMetrics(b)
	for b.Loop() {
		scrape(b, m, "text/plain")
	}
}

// metricNames returns the names of all metrics that a scrape can give.
func metricNames(t testing.TB) []string {
	t.Helper()
	all, err := fullMetrics(t).registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range all {
		names = append(names, f.GetName())
		if f.GetType().String() == "HISTOGRAM" {
			names = append(names, f.GetName()+"_bucket", f.GetName()+"_sum", f.GetName()+"_count")
		}
	}
	slices.Sort(names)
	return names
}
