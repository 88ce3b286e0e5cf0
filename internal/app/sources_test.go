package app

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/config"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/term"
)

// fakeBluesky serves posts as Bluesky does, and returns the configuration that asks it.
func fakeBluesky(t *testing.T, posts scrapetest.Posts, closing int) (*scrapetest.Site, config.Config) {
	t.Helper()
	jetstream := scrapetest.NewJetstream(posts, time.Now)
	jetstream.Close = closing
	site, err := scrapetest.Open(jetstream)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := site.Close(); err != nil {
			t.Error(err)
		}
	})
	c := config.Default()
	c.Sources.Bluesky.Hosts = []string{"ws" + strings.TrimPrefix(site.URL, "http")}
	return site, c
}

// sourcedOptions are those of a run with the sources of a configuration.
func sourcedOptions(t *testing.T, dir string, c config.Config) ServeOptions {
	t.Helper()
	o := liveOptions(dir)
	o.Now, o.SnapshotEvery = time.Now, time.Millisecond
	o.Settings = func(stored *engine.Options) (engine.Options, error) {
		if stored != nil {
			return *stored, nil
		}
		opt := engine.DefaultOptions()
		opt.Window.Memory = 16 << 20
		return opt, nil
	}
	var err error
	if o.Sources, err = SourcesOf(c, Network{Version: "test", Private: true, Now: time.Now, Log: o.Log}); err != nil {
		t.Fatal(err)
	}
	return o
}

// What a stream tells is counted, once, however often it breaks off and the program ends.
func TestStreamIsCountedOnce(t *testing.T) {
	t.Parallel()
	end := time.Now().Truncate(time.Second)
	crowd := scrapetest.Crowd(20, 7)
	ending := func(from, to time.Time) []scrapetest.Post {
		if to.After(end) {
			to = end
		}
		return crowd(from, to)
	}
	site, c := fakeBluesky(t, ending, 1500)
	c.Sources.Bluesky.Fill = 8 * 60 * 1_000_000_000
	o := sourcedOptions(t, t.TempDir(), c)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var status api.StatusAnswer
	for runs, done := 0, false; !done; runs++ {
		s := startLive(t, o)
		for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
			status = s.status()
			sources, err := api.Client{Base: s.address}.Sources(ctx)
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(sources.Sources, func(s api.SourceStatus) bool { return s.Name == "bluesky" })
			newest := sources.Sources[at].Newest
			if done = newest != nil && !newest.Before(end.Add(-time.Second)) && status.Intake.Waiting == 0; done {
				break
			}
			if runs < 3 && time.Since(began) > 300*time.Millisecond && status.Counters.Records > 0 {
				break // ended in the middle of it, and started again
			}
			if ctx.Err() != nil {
				t.Fatalf("not everything has come: %+v; %+v", status, sources)
			}
		}
		s.end()
	}
	// The pane of the last posts is closed by a later record, which needs a later clock.
	o.Sources, o.Now = SourceOptions{}, func() time.Time { return time.Now().Add(time.Hour) }
	s := startLive(t, o)
	s.send([]term.Record{{TS: end.Add(30 * time.Minute).UnixMicro(), Platform: "x", Tags: []string{"last"}}})
	for status = s.status(); status.AsOf == nil || status.AsOf.Before(end.Add(10*time.Minute)); status = s.status() {
		time.Sleep(10 * time.Millisecond)
	}
	s.end()
	first, err := url.Parse(site.Seen()[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	cursor, err := strconv.ParseInt(first.Query().Get("cursor"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	var want uint64
	for _, p := range ending(time.UnixMicro(cursor), end) {
		want += uint64(strings.Count(p.Text, "#") + len(p.Tags))
		if p.Link != "" {
			want++
		}
	}
	if got := status.Counters.Observations; got != want || status.Counters.Late != 0 {
		t.Errorf("%d terms of posts are counted, and there were %d; %d posts came too late, %d again", got, want, status.Counters.Late, status.Counters.Duplicates)
	}
	if n := len(site.Seen()); n < 4 {
		t.Errorf("it asked %d times only: nothing broke off", n)
	}
}

// Records that are sent in wait while a stream replays what came before.
func TestRecordsWaitForAReplay(t *testing.T) {
	t.Parallel()
	_, c := fakeBluesky(t, scrapetest.Crowd(200, 7), 0)
	c.Sources.Bluesky.Fill = 36 * 3600 * 1_000_000_000
	s := startLive(t, sourcedOptions(t, t.TempDir(), c))
	status, text := s.post([]term.Record{{TS: liveClock.UnixMicro(), Platform: "x", Tags: []string{"a"}}})
	if status != 503 || !strings.Contains(text, "bluesky") {
		t.Errorf("%d %s", status, text)
	}
	s.end()
}
