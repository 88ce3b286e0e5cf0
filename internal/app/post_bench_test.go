package app

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// BenchmarkPost sends records over loopback to a server in this process, a connection and
// 1,000 records a body, to the end of the day after, until all are counted. Making up the
// bodies is not part of it; sending them is.
func BenchmarkPost(b *testing.B) {
	recs := livePostsAt(b, 11, 1)
	bodies := bodiesOf(recs)
	for b.Loop() {
		b.StopTimer()
		postAll(b, bodies, nil)
		b.StartTimer()
	}
	b.ReportMetric(float64(b.N)*float64(len(recs))/b.Elapsed().Seconds(), "records/s")
}

// bodiesOf returns what is sent of records.
func bodiesOf(recs []term.Record) (bodies [][]byte) {
	pieces(recs, 5000, func(_ int, piece []term.Record) {
		var body []byte
		for i := range piece {
			body = term.AppendRecord(body, &piece[i])
		}
		bodies = append(bodies, body)
	})
	return bodies
}

// postAll runs the timer while the bodies are sent to a new server, which has watch lists, and
// counted.
func postAll(b *testing.B, bodies [][]byte, lists []*watch.List) {
	o := liveOptions(b.TempDir())
	o.SnapshotEvery = time.Minute
	settings := o.Settings
	o.Settings = func(stored *engine.Options) (engine.Options, error) {
		opt, err := settings(stored)
		opt.Window.Memory = 256 << 20
		return opt, err
	}
	data, err := openDataDir(o.Data, o.Store, o.Log)
	if err != nil {
		b.Fatal(err)
	}
	l := newLive(o, data)
	up := make(chan string, 1)
	l.Announce = func(_ *engine.View, address string) error { up <- address; return nil }
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.run(ctx) }()
	address := <-up
	l.watch.set(lists)
	b.StartTimer()
	for _, body := range bodies {
		for status := 0; status != http.StatusAccepted; {
			resp, err := http.Post(address+"/api/v1/records", "application/x-ndjson", bytes.NewReader(body))
			if err != nil {
				b.Fatal(err)
			}
			if status = resp.StatusCode; status == http.StatusTooManyRequests {
				time.Sleep(time.Millisecond)
			} else if status != http.StatusAccepted {
				b.Fatal(status)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	}
	for l.inbox.waiting() > 0 {
		time.Sleep(100 * time.Microsecond)
	}
	b.StopTimer()
	stop()
	if err := <-ended; err != nil {
		b.Error(err)
	}
	if err := data.close(); err != nil {
		b.Error(err)
	}
}
