package bluesky

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch"
)

// endless is a server that sends the same messages again and again, as fast as they are taken: it
// costs next to nothing itself.
type endless struct{ frames []byte }

func (e *endless) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // the client sees that there is no answer
	}
	defer func() { _ = conn.Close() }()                                                                 // it is over
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) // RFC 6455, 4.2.2
	fmt.Fprintf(rw, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(sum[:]))
	for err := rw.Flush(); err == nil; {
		_, err = conn.Write(e.frames)
	}
}

// frame returns a message of text as a server sends it (RFC 6455, 5.2).
func frame(message []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0x81, 126}, uint16(len(message))), message...)
}

// counter is a host that counts what is delivered.
type counter struct {
	*firehose
	most  int64
	stop  context.CancelFunc
	total atomic.Int64
}

func (c *counter) Deliver(ctx context.Context, d scrapers.Delivery) error {
	if c.total.Add(int64(d.Items)) >= c.most {
		c.stop()
	}
	return ctx.Err()
}

// BenchmarkSource measures a post from the socket to the host, all that is between included.
func BenchmarkSource(b *testing.B) {
	site := open(b, &endless{frames: bytes.Repeat(frame([]byte(typical)), 200)})
	net, err := fetch.New(fetch.Options{Agent: "swell/test", AllowPrivate: true, Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	s, err := New(testConfig(site.URL), net.Client("test", nil))
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	h := &counter{firehose: &firehose{}, most: int64(b.N), stop: cancel}
	b.SetBytes(int64(len(typical)))
	b.ReportAllocs()
	b.ResetTimer()
	_ = s.Run(ctx, h) // ended, by us
	b.ReportMetric(float64(h.total.Load())/b.Elapsed().Seconds(), "posts/s")
}
