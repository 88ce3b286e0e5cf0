package demo_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/demo"
	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/all"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/term"
)

// opened is when the worlds of the tests are: no site of theirs is in one of its spells then.
var opened = time.Date(2026, 11, 25, 15, 34, 0, 0, time.UTC)

// clock begins at opened and goes on as time does.
func clock() func() time.Time {
	begun := time.Now()
	return func() time.Time { return opened.Add(time.Since(begun)) }
}

// taken is what sources delivered.
type taken struct {
	mu     sync.Mutex
	posts  map[string]map[string]bool // IDs by platform
	gauges map[string]map[term.Kind]int
	oldest time.Time // post of bluesky
}

func (k *taken) accept(_ context.Context, a scrapers.Accepted) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range a.Records {
		switch rec := &a.Records[i]; {
		case rec.Gauge != nil:
			if k.gauges[rec.Platform] == nil {
				k.gauges[rec.Platform] = map[term.Kind]int{}
			}
			k.gauges[rec.Platform][rec.Gauge.Term.Kind]++
		case rec.Heartbeat == nil:
			if k.posts[rec.Platform] == nil {
				k.posts[rec.Platform] = map[string]bool{}
			}
			k.posts[rec.Platform][strings.Clone(rec.ID)] = true
			if at := time.UnixMicro(rec.TS); rec.Platform == "bluesky" && at.Before(k.oldest) {
				k.oldest = at
			}
		}
	}
	return nil
}

// What has to come: posts, and readings of terms of a kind.
var (
	posts  = []string{"bluesky", "nostr", "mastodon", "youtube", "reddit", "web"}
	gauges = map[string]term.Kind{
		"mastodon": term.Hashtag, "misskey": term.Hashtag, "tiktok": term.Hashtag, "google": term.Keyword, "wikipedia": term.Keyword,
		"apple": term.Sound, "deezer": term.Sound, "shazam": term.Sound, "listenbrainz": term.Sound,
	}
)

// lacks tells what has not come.
func (k *taken) lacks() (lacks []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, p := range posts {
		if len(k.posts[p]) == 0 {
			lacks = append(lacks, "posts of "+p)
		}
	}
	for p, kind := range gauges {
		if k.gauges[p][kind] == 0 {
			lacks = append(lacks, fmt.Sprintf("a %s of %s", kind, p))
		}
	}
	return lacks
}

// TestWorld has all sources read a world until each is as it is meant to be, and looks at what came.
func TestWorld(t *testing.T) {
	t.Parallel()
	now := clock()
	w, err := demo.Open(demo.Options{Now: now, Scale: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	came := taken{posts: map[string]map[string]bool{}, gauges: map[string]map[term.Kind]int{}, oldest: opened}
	s := supervise(t, w, now, came.accept)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	var run sync.WaitGroup
	run.Go(func() { s.Run(ctx, nil) })
	for (!settled(s.Health()) || len(came.lacks()) > 0) && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	health := s.Health()
	cancel()
	run.Wait()
	for _, h := range health {
		if h.State != meant(h.Name) {
			t.Errorf("%s is %v, not %v: %s", h.Name, h.State, meant(h.Name), h.Why)
		}
	}
	for _, what := range came.lacks() {
		t.Errorf("there is not %s", what)
	}
	if age := opened.Sub(came.oldest); age < demo.MostPast-20*time.Minute || age > demo.MostPast+20*time.Minute {
		t.Errorf("the oldest post is of %v before the opening, want about %v", age, demo.MostPast)
	}
	if n := len(came.posts["bluesky"]); n < 36*100 || n > 36*400 {
		t.Errorf("%d posts of bluesky", n)
	}
}

// meant is the state that a source comes into.
func meant(source string) scrapers.State { return scrapers.OK }

// parts in trouble, by source.
var wounded = map[string]scrapers.State{
	"nostr": scrapers.LoginWall, "mastodon": scrapers.LoginWall, "misskey": scrapers.Unreachable, "feed": scrapers.Ended,
}

func settled(health []scrapers.Health) bool {
	for _, h := range health {
		bad, ok := wounded[h.Name]
		if h.State != meant(h.Name) || ok && !slices.ContainsFunc(h.Parts, func(p scrapers.PartHealth) bool { return p.State == bad }) {
			return false
		}
	}
	return true
}

func supervise(t *testing.T, w *demo.World, now func() time.Time, accept func(context.Context, scrapers.Accepted) error) *scrapers.Supervisor {
	t.Helper()
	f, err := fetch.New(fetch.Options{
		Agent: "swell/0", Contact: demo.Contact, AllowPrivate: true, Pace: fetch.Pace{Every: -1}, Now: now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	c := w.Sources()
	var jobs []scrapers.Job
	for _, k := range all.Kinds() {
		if !k.On(&c) {
			t.Errorf("%s is not on", k.Name)
			continue
		}
		src, err := k.New(&c, f.Client(k.Name, nil))
		if err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, scrapers.Job{Name: k.Name, Platforms: k.Platforms(&c), Replays: k.Replays, Source: src})
	}
	s, err := scrapers.NewSupervisor(scrapers.Options{
		Jobs: jobs, Accept: accept, Now: now, Jitter: func(time.Duration) time.Duration { return 0 }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestClose closes a world: nobody answers there any more.
func TestClose(t *testing.T) {
	t.Parallel()
	w, err := demo.Open(demo.Options{Now: clock(), Scale: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	c := w.Sources()
	address := "http" + strings.TrimPrefix(c.Bluesky.Hosts[0], "ws") + "/robots.txt"
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if err := errors.Join(w.Close(), w.Close()); err != nil {
		t.Error(err)
	}
	if resp, err := http.Get(address); err == nil {
		_ = resp.Body.Close()
		t.Errorf("%s still answers", address)
	}
}
