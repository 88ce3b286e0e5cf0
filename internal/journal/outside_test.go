package journal

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Two that append to one stream each get numbers of their own, without gaps.
func testTwoProcesses(t *testing.T, o Options) {
	const each = 100
	var wg sync.WaitGroup
	var mu sync.Mutex
	said := map[uint64]string{}
	for _, name := range []string{"a", "b"} {
		j := mustOpen(t, o)
		wg.Go(func() {
			for n := range each {
				b := numbered(name, n+1)
				at, err := j.Append(t.Context(), b)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				said[at.Entry] = fmt.Sprint(b.Producer, b.Seq)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	places, batches := readAll(t, mustOpen(t, o), 1)
	if len(batches) != 2*each {
		t.Fatalf("%d batches, want %d", len(batches), 2*each)
	}
	for i, b := range batches {
		if got := fmt.Sprint(b.Producer, b.Seq); said[places[i].Entry] != got {
			t.Errorf("entry %d is %s, Append said %s", places[i].Entry, got, said[places[i].Entry])
		}
		if i > 0 && b.Ingest < batches[i-1].Ingest {
			t.Errorf("entry %d is stamped before the one in front of it", places[i].Entry)
		}
	}
}

// A stream that would lose entries is refused, with what is wrong with it.
func testForeign(t *testing.T, url string) {
	nc, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*jetstream.StreamConfig){
		"drops entries after": func(c *jetstream.StreamConfig) { c.MaxAge = time.Hour },
		"drops old entries":   func(c *jetstream.StreamConfig) { c.MaxBytes = 1 << 20 },
		"drops what was read": func(c *jetstream.StreamConfig) { c.Retention = jetstream.InterestPolicy },
		"not kept in files":   func(c *jetstream.StreamConfig) { c.Storage = jetstream.MemoryStorage },
		"has the subjects":    func(c *jetstream.StreamConfig) { c.Subjects = []string{"other"} },
		"acknowledge":         func(c *jetstream.StreamConfig) { c.PersistMode = jetstream.AsyncPersistMode },
		"direct reads":        func(c *jetstream.StreamConfig) { c.AllowDirect = false },
	} {
		c := jetstream.StreamConfig{Name: "FOREIGN", Subjects: []string{subject("FOREIGN")}, AllowDirect: true}
		change(&c)
		if _, err := js.CreateStream(t.Context(), c); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_, err := Open(t.Context(), Options{URL: url, Stream: "FOREIGN", Now: time.Now})
		if !errors.Is(err, ErrForeign) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if err := js.DeleteStream(t.Context(), "FOREIGN"); err != nil {
			t.Fatal(err)
		}
	}
}

// While the leader of a cluster goes away, appending goes on without loss.
func testServerGone(t *testing.T, o Options, servers []*server.Server) {
	j := mustOpen(t, o)
	stop := make(chan struct{})
	var mu sync.Mutex
	accepted := map[string]int{}
	var wg sync.WaitGroup
	for p := range 3 {
		wg.Go(func() {
			for n := 1; ; n++ {
				b := numbered(fmt.Sprint("p", p), n)
				if _, err := j.Append(t.Context(), b); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				accepted[b.Producer] = n
				mu.Unlock()
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	count := func() int {
		mu.Lock()
		defer mu.Unlock()
		return accepted["p0"]
	}
	until(t, "batches are accepted", func() bool { return count() > 20 })
	info, err := j.info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range servers {
		if s.Name() == info.Cluster.Leader {
			s.Shutdown()
		}
	}
	before := count()
	until(t, "batches are accepted without the leader", func() bool { return count() > before+50 })
	close(stop)
	wg.Wait()
	_, batches := readAll(t, j, 1)
	last := map[string]int{}
	for _, b := range batches {
		if int(b.Seq) != last[b.Producer]+1 {
			t.Fatalf("%s: batch %d behind %d", b.Producer, b.Seq, last[b.Producer])
		}
		last[b.Producer]++
	}
	for p, n := range accepted {
		if last[p] < n {
			t.Errorf("%s: %d were accepted, %d are there", p, n, last[p])
		}
	}
}

// Credentials do not stand in URLs, and no error repeats what may be one.
func TestOptions(t *testing.T) {
	for url, ok := range map[string]bool{
		"nats://h1:4222,nats://h2:4222":      true,
		"nats://h1:4222, tls://h2:4222":      true,
		"nats://me:secret@h1:4222":           false,
		"nats://h1:4222,nats://secret@h2":    false,
		"me:secret@h1:4222":                  false,
		"nats://me:secret%@h1:4222":          false,
		"h1:4222":                            false,
		"nats://h1:4222,,nats://secret@h2:1": false,
	} {
		_, err := Options{URL: url, Now: time.Now}.withDefaults()
		if (err == nil) != ok || err != nil && (!errors.Is(err, ErrInvalid) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%s: %v", url, err)
		}
	}
	for name, o := range map[string]Options{
		"no clock":          {Dir: "d"},
		"neither":           {Now: time.Now},
		"both":              {Now: time.Now, Dir: "d", URL: "nats://h:1"},
		"a name with a dot": {Now: time.Now, Dir: "d", Stream: "a.b"},
		"a key alone":       {Now: time.Now, URL: "nats://h:1", Key: "k"},
		"an ID with a dash": {Now: time.Now, Dir: "d", ID: "a-b"},
		"a long ID":         {Now: time.Now, Dir: "d", ID: strings.Repeat("a", 65)},
		"negative":          {Now: time.Now, Dir: "d", MaxBytes: -1},
	} {
		if _, err := o.withDefaults(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
