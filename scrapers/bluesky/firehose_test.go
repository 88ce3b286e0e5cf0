package bluesky

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/scrapetest"
)

// The network told of "over 2,000 events per second", sustained, at the height of its growth (docs.bsky.app/blog/relay-ops,
// 2024-11-18): likes, follows and all. Ten times that, as if all of them were posts, is what is tried here.
var (
	firehoseFor  = flag.Duration("firehose", 400*time.Millisecond, "how long TestFirehose listens")
	firehoseRate = flag.Float64("firehose.rate", 20_000, "posts a second of TestFirehose")
)

// TestFirehose listens, by real time, to far more posts than there are, on connections that break every
// few seconds in every way, with a disk that is slow now and then. In the end every post of that time has come,
// as it was; those that came twice have the same ID; and neither memory nor goroutines have grown.
func TestFirehose(t *testing.T) {
	goroutines := runtime.NumGoroutine()
	start := time.Now().UTC()
	f := &firehose{start: start, end: start.Add(*firehoseFor), seed: 1}
	crowd := scrapetest.Crowd(*firehoseRate, f.seed)
	f.posts = func(from, to time.Time) []scrapetest.Post {
		if to.After(f.end) {
			to = f.end
		}
		return crowd(from, to)
	}
	expected := f.posts(f.start, f.start.Add(time.Second))
	first, err := strconv.ParseInt(expected[0].ID, 36, 64)
	if err != nil {
		t.Fatal(err)
	}
	f.first = first
	f.want = int64(f.end.Sub(f.start).Seconds() * *firehoseRate)
	f.seen = make([]uint64, f.want/64+1)

	fake := scrapetest.NewJetstream(f.posts, time.Now)
	fake.Close, fake.Seed = int(*firehoseRate*min(firehoseFor.Seconds()/2, 8)), 3
	sites := []*scrapetest.Site{open(t, fake), open(t, fake)}
	net, err := fetch.New(fetch.Options{
		Agent: "swell/test", Contact: "https://swell.example/contact", Pace: fetch.Pace{Every: -1}, AllowPrivate: true, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	c := testConfig(sites[0].URL, sites[1].URL)
	c.Fill = 0
	s, err := New(c, net.Client("test", nil))
	if err != nil {
		t.Fatal(err)
	}
	// The first run begins at the first post: as if the one before had ended there.
	f.cursor = appendCursor(f.start.Add(time.Microsecond).UnixMicro())

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		for ctx.Err() == nil {
			if err := s.Run(ctx, f); ctx.Err() == nil {
				t.Logf("the run ended: %v", err)
			}
		}
		ended <- ctx.Err()
	}()
	memory := f.watch(t)
	cancel()
	<-ended
	for _, site := range sites {
		_ = site.Close() // the test is over
	}
	for wait := 0; runtime.NumGoroutine() > goroutines+2 && wait < 2000; wait++ {
		time.Sleep(time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > goroutines+2 {
		t.Errorf("%d goroutines are left of %d", n, goroutines)
	}
	missing := 0
	for i := range f.want {
		if f.seen[i/64]&(1<<(i%64)) == 0 {
			if missing++; missing < 4 {
				t.Errorf("post %d of %d is missing", i, f.want)
			}
		}
	}
	connections := len(sites[0].Seen()) + len(sites[1].Seen())
	t.Logf("%d posts of %v; %d missing, %d came again, in %d deliveries over %d connections; heap %d to %d KiB after collections",
		f.want, *firehoseFor, missing, f.repeats.Load(), f.deliveries.Load(), connections, memory[0]>>10, memory[1]>>10)
	if memory[1] > memory[0]+(32<<20) {
		t.Errorf("the heap has grown from %d to %d bytes", memory[0], memory[1])
	}
}

// firehose is a host by real time which checks what is delivered, and forgets it.
type firehose struct {
	posts      scrapetest.Posts
	seed       uint64
	start, end time.Time
	first      int64 // index of the first post that counts
	want       int64 // how many do

	mu     sync.Mutex
	cursor []byte
	seen   []uint64 // a bit for each post
	fault  error

	got, repeats, deliveries atomic.Int64
}

// watch waits until everything has come, and returns the least and the most heap after collections in
// between, once it is under way.
func (f *firehose) watch(t *testing.T) [2]uint64 {
	memory := [2]uint64{1 << 62, 0}
	last, moved := int64(0), time.Now()
	for next := time.Now().Add(*firehoseFor / 10); f.got.Load() < f.want; time.Sleep(2 * time.Millisecond) {
		f.mu.Lock()
		fault := f.fault
		f.mu.Unlock()
		if fault != nil {
			t.Fatal(fault)
		}
		if n := f.got.Load(); n != last {
			last, moved = n, time.Now()
		} else if time.Since(moved) > 30*time.Second {
			t.Fatalf("nothing has come for half a minute; %d of %d", n, f.want)
		}
		if time.Now().After(next) && f.got.Load() > f.want/10 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			memory[0], memory[1] = min(memory[0], m.HeapAlloc), max(memory[1], m.HeapAlloc)
			next = time.Now().Add(max(*firehoseFor/10, 100*time.Millisecond))
		}
	}
	return memory
}

func (f *firehose) Cursor(string) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]byte(nil), f.cursor...)
}

func (f *firehose) Deliver(ctx context.Context, d scrapers.Delivery) error {
	if rand.IntN(50) == 0 {
		time.Sleep(20 * time.Millisecond) // a disk that is busy
	}
	f.deliveries.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range d.Records {
		rec := &d.Records[i]
		did, rkey, _ := strings.Cut(rec.ID, "/")
		index, err := strconv.ParseInt(rkey, 36, 64)
		if err != nil || rec.Author != did || rec.Platform != "bluesky" || rec.TS > time.Now().UnixMicro() {
			f.fault = fmt.Errorf("no post of the crowd: %+v: %v", rec, err)
			return nil
		}
		if i%500 == 0 {
			f.compare(rec.TS, rec.ID, rec.Lang, rec.Tags)
		}
		n := index - f.first
		if n < 0 || n >= f.want {
			continue
		}
		if f.seen[n/64]&(1<<(n%64)) != 0 {
			f.repeats.Add(1)
			continue
		}
		f.seen[n/64] |= 1 << (n % 64)
		f.got.Add(1)
	}
	if len(d.Rejected) > 0 {
		f.fault = fmt.Errorf("rejected %s: %w", d.Rejected[0].Where, d.Rejected[0].Why)
	}
	if len(d.Cursor) > 0 {
		f.cursor = append(f.cursor[:0], d.Cursor...)
	}
	return ctx.Err()
}

// compare looks a record up in what was told.
func (f *firehose) compare(ts int64, id, lang string, tags []string) {
	at := time.UnixMicro(ts)
	for _, p := range f.posts(at.Add(-time.Millisecond), at.Add(time.Millisecond)) {
		if "did:plc:"+p.Author+"/"+p.ID != id {
			continue
		}
		_, tag, tagged := strings.Cut(p.Text, "#")
		if lang != p.Lang || tagged != (len(tags) == 1) || tagged && tags[0] != tag || p.At.UnixMicro() != ts {
			f.fault = fmt.Errorf("%s at %d: language %q, tags %q; told were %+v", id, ts, lang, tags, p)
		}
		return
	}
	f.fault = fmt.Errorf("%s at %d was never told", id, ts)
}

func (f *firehose) Report(string, error)          {}
func (f *firehose) Wall(string) *scrapers.Trouble { return nil }
func (f *firehose) Now() time.Time                { return time.Now().UTC() }

func (f *firehose) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// Jitter is short: the test is about what happens between the waits.
func (f *firehose) Jitter(d time.Duration) time.Duration { return min(d, 10*time.Millisecond) / 2 }
