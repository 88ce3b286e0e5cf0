//go:build unix

package crash

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/serve"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/term"
)

// A program that reads a stream which breaks off again and again, and that is killed again
// and again, counts every post of it once.
func TestKilledProgramCountsAStreamOnce(t *testing.T) {
	t.Parallel()
	rng := random(t)
	// All has happened by now, and the pane of the last post can be closed by a record of now.
	end := time.Now().Add(-25 * time.Minute).Truncate(time.Second)
	crowd := scrapetest.Crowd(20, rng.Uint64())
	posts := func(from, to time.Time) []scrapetest.Post {
		if to.After(end) {
			to = end
		}
		return crowd(from, to)
	}
	jetstream := scrapetest.NewJetstream(posts, time.Now)
	jetstream.Close, jetstream.Seed = 2000, rng.Uint64()
	site, err := scrapetest.Open(jetstream)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = site.Close() })
	config := filepath.Join(t.TempDir(), "swell.toml")
	text := fmt.Sprintf("[fetch]\nprivate = true\n[sources.bluesky]\nhosts = [%q]\nfill = \"35m\"\n", "ws"+strings.TrimPrefix(site.URL, "http"))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "data")
	kills, done := 0, false
	for limit := time.Now().Add(hang); !done; kills++ {
		p := serveOn(t, dir, launch{sources: config})
		p.mustServe()
		last := kills >= min(4, *roundsFlag)
		until := time.Now().Add(time.Duration(50+rng.IntN(700)) * time.Millisecond)
		for (last || time.Now().Before(until)) && !done {
			if time.Now().After(limit) {
				t.Fatalf("not everything has come\n%s", tailOf(p.log.String(), 40))
			}
			sources, err := serve.Client{Base: p.address}.Sources(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(sources.Sources, func(s serve.SourceStatus) bool { return s.Name == "bluesky" })
			newest := sources.Sources[at].Newest
			done = newest != nil && !newest.Before(end.Add(-time.Second))
			time.Sleep(5 * time.Millisecond)
		}
		p.kill()
	}
	p := serveOn(t, dir, launch{})
	p.mustServe()
	now := time.Now().UnixMicro()
	p.mustAccept(&delivery{body: term.AppendRecord(nil, &term.Record{TS: now, Platform: "x", Tags: []string{"last"}})})
	status := p.counted(now)
	p.stop()

	first, err := url.Parse(site.Seen()[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	cursor, err := strconv.ParseInt(first.Query().Get("cursor"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	var want uint64
	for _, p := range posts(time.UnixMicro(cursor), end) {
		want += uint64(strings.Count(p.Text, "#") + len(p.Tags))
		if p.Link != "" {
			want++
		}
	}
	if got := status.Counters.Observations; got != want || status.Counters.Late != 0 {
		t.Errorf("%d terms of posts are counted, and there were %d; %d posts came too late, %d again", got, want, status.Counters.Late, status.Counters.Duplicates)
	}
	t.Logf("%d kills, %d connections, %d posts again", kills, len(site.Seen()), status.Counters.Duplicates)
}
