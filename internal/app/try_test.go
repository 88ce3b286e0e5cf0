package app

import (
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers/scrapetest"
)

// Whether anything answers is asked of the stream, and of others only where it fails: a few requests each,
// and a run that shares the network goes on from what was said.
func TestReachableAsksLittle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		stream bool // answers
		most   int  // requests to the other source
		within time.Duration
	}{{"stream", true, 0, time.Minute}, {"no stream", false, 1, time.Second}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			jetstream, conf := fakeBluesky(t, scrapetest.Crowd(20, 7), 0)
			if !c.stream {
				jetstream.Always(scrapetest.Reset())
			}
			other, err := scrapetest.Open(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "3600")
				w.WriteHeader(http.StatusTooManyRequests)
			}))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = other.Close() }) // the test is over
			conf.Sources.Misskey.On, conf.Sources.Misskey.Instances = true, []string{other.URL}
			n, err := Network{Version: "test", Private: true, Now: time.Now, Log: slog.New(slog.DiscardHandler)}.Prepare(conf)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second is told by the first what it was told
				ok, err := reachable(t.Context(), conf, n, c.within, c.within)
				if err != nil || ok != c.stream {
					t.Fatalf("%v, %v", ok, err)
				}
			}
			if got := len(other.Seen()); got > c.most {
				t.Errorf("the other source was asked %d times", got)
			}
			if got := len(jetstream.Seen()); got > 2*tryMost {
				t.Errorf("the stream was asked %d times", got)
			}
		})
	}
}
