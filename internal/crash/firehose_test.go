//go:build unix

package crash

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/term"
)

// Bluesky's whole network told of "over 2,000 events per second" at the height of its growth
// (docs.bsky.app/blog/relay-ops, 2024-11-18). Ten times that, as if each were a post, is what
// the program is to bear: -crash.firehose 10m -crash.firehose.rate 20000 -crash.firehose.breaks 1m.
var (
	firehoseFor  = flag.Duration("crash.firehose", 3*time.Second, "how long TestFirehose lasts")
	firehoseRate = flag.Float64("crash.firehose.rate", 2000, "posts a second of TestFirehose")
	// The server has the five seconds before a break told again.
	firehoseBreaks = flag.Duration("crash.firehose.breaks", 2500*time.Millisecond, "how often TestFirehose has the connection break")
)

// fakeBluesky tells the posts up to end, and a last one a second later, on connections that break after about so many events, and returns a
// configuration that has them read from fill before the start on.
func fakeBluesky(t *testing.T, crowd scrapetest.Posts, ends func() time.Time, closing int, seed uint64, fill time.Duration) (*scrapetest.Site, scrapetest.Posts, string) {
	t.Helper()
	posts := func(from, to time.Time) []scrapetest.Post {
		end := ends()
		last := scrapetest.Post{At: end.Add(time.Second), ID: "last", Author: "last", Text: "#last"}
		all := crowd(from, minTime(to, end))
		if !from.After(last.At) && to.After(last.At) {
			all = append(all, last)
		}
		return all
	}
	jetstream := scrapetest.NewJetstream(posts, time.Now)
	jetstream.Close, jetstream.Seed = closing, seed
	site, err := scrapetest.Open(jetstream)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = site.Close() }) // its connections may be gone already
	config := filepath.Join(t.TempDir(), "swell.toml")
	text := fmt.Sprintf("[fetch]\nprivate = true\n[sources.bluesky]\nhosts = [%q]\nfill = %q\nrequests_per_day = 0\n",
		"ws"+strings.TrimPrefix(site.URL, "http"), fill)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return site, posts, config
}

// bluesky returns how that source is doing.
func (p *process) bluesky() api.SourceStatus {
	p.t.Helper()
	sources, err := api.Client{Base: p.address}.Sources(p.t.Context())
	if err != nil {
		p.t.Fatalf("%v\n%s", err, tailOf(p.log.String(), 40))
	}
	at := slices.IndexFunc(sources.Sources, func(s api.SourceStatus) bool { return s.Name == "bluesky" })
	return sources.Sources[at]
}

// has reports whether the source has brought the last post of a life that ends at a time.
func (p *process) has(end time.Time) bool {
	newest := p.bluesky().Newest
	return newest != nil && newest.After(end)
}

// countedOnce fails unless a data directory has counted every post that the site told from the first
// request on, once. It starts the program on it once more, by a clock that is two hours ahead,
// so that a later record closes the pane of the last post.
func countedOnce(t *testing.T, dir, memory string, site *scrapetest.Site, posts scrapetest.Posts, end time.Time) api.StatusAnswer {
	t.Helper()
	clock := filepath.Join(t.TempDir(), "clock")
	if err := os.WriteFile(clock, []byte("7200"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := serveOn(t, dir, launch{memory: memory, env: []string{"SWELL_CLOCK=" + clock}})
	p.mustServe()
	last := end.Add(time.Hour).UnixMicro()
	p.mustAccept(&delivery{body: term.AppendRecord(nil, &term.Record{TS: last, Platform: "x", Tags: []string{"last"}})})
	status := p.counted(last)
	p.stop()
	first, err := url.Parse(site.Seen()[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	begin := end.Add(-*firehoseFor)
	if text := first.Query().Get("cursor"); text != "" {
		cursor, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		begin = time.UnixMicro(cursor)
	}
	var want uint64
	for from := begin; !from.After(end.Add(time.Second)); from = from.Add(time.Minute) {
		for _, p := range posts(from, minTime(from.Add(time.Minute), end.Add(2*time.Second))) {
			want += uint64(strings.Count(p.Text, "#") + len(p.Tags))
			if p.Link != "" {
				want++
			}
		}
	}
	if got := status.Counters.Observations; got != want || status.Counters.Late != 0 {
		t.Errorf("%d terms of posts are counted, and there were %d; %d posts came too late, %d again", got, want, status.Counters.Late, status.Counters.Duplicates)
	}
	return status
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// The program bears far more posts than there are, on connections that break every few seconds: each is counted
// once, and its memory does not grow.
func TestFirehose(t *testing.T) {
	if *firehoseFor <= 10*time.Second {
		t.Parallel()
	}
	var ends atomic.Int64 // set when the program is there to listen
	ends.Store(time.Now().Add(time.Hour).Unix())
	site, posts, config := fakeBluesky(t, scrapetest.Crowd(*firehoseRate, 3), func() time.Time { return time.Unix(ends.Load(), 0) }, int(*firehoseRate*firehoseBreaks.Seconds()), 5, time.Second)
	dir := filepath.Join(t.TempDir(), "data")
	p := serveOn(t, dir, launch{sources: config, memory: "256MiB", args: []string{"--snapshot-every", "15s"}})
	p.mustServe()
	began := time.Now()
	end := began.Add(*firehoseFor + time.Second).Truncate(time.Second)
	ends.Store(end.Unix())
	every := max(*firehoseFor/20, time.Second)
	for next := began.Add(every); !p.has(end); time.Sleep(50 * time.Millisecond) {
		if time.Since(end) > hang {
			t.Fatalf("it stays behind: %+v", p.bluesky())
		}
		if time.Now().After(next) {
			next = next.Add(every)
			s := p.bluesky()
			if s.Newest != nil {
				t.Logf("%4.0f s: %s; %d posts, %s behind, %s", time.Since(began).Seconds(), p.takes(), s.Records, time.Since(*s.Newest).Round(time.Second), s.State)
			}
		}
	}
	t.Logf("%4.0f s: %s; all has come %.1f s after the last post", time.Since(began).Seconds(), p.takes(), time.Since(end).Seconds())
	p.stop()
	status := countedOnce(t, dir, "256MiB", site, posts, end)
	t.Logf("%d posts of %.0f a second, %d of them again, on %d connections", status.Counters.Occurrences, *firehoseRate, status.Counters.Duplicates, len(site.Seen()))
}
