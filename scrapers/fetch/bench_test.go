package fetch

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// BenchmarkGet asks a server of this machine for 100 kB of JSON, compressed.
func BenchmarkGet(b *testing.B) {
	var doc strings.Builder
	for i := 0; doc.Len() < 100_000; i++ {
		fmt.Fprintf(&doc, `{"id":"%d","name":"tag%d","uses":%d},`, i, i*i, i*7919%10007)
	}
	body := zipped(b, []byte(doc.String()))
	s := serve(b, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	})
	c := newTry(b)
	b.SetBytes(int64(doc.Len()))
	b.ReportAllocs()
	for b.Loop() {
		res, err := c.Get(b.Context(), Request{URL: s.URL, API: true, Accept: []string{"application/json"}})
		if err != nil || len(res.Body) != doc.Len() {
			b.Fatal(err)
		}
	}
}

// BenchmarkPage asks for a page of 250 kB, uncompressed, with its data in a script.
func BenchmarkPage(b *testing.B) {
	page := strings.Replace(tagPage, `"b`, `"`+strings.Repeat("data ", 50_000), 1)
	s := newSite(b, handlers{"/": says("text/html; charset=utf-8", page)})
	c := newTry(b)
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Page(b.Context(), Request{URL: s.URL}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStream reads messages of 500 bytes.
func BenchmarkStream(b *testing.B) {
	message := []byte(strings.Repeat("x", 500))
	url := stream(b, nil, func(ctx context.Context, conn *websocket.Conn) {
		for conn.Write(ctx, websocket.MessageText, message) == nil {
		}
	})
	s, err := newTry(b).Dial(b.Context(), DialRequest{URL: url})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	b.ReportAllocs()
	for b.Loop() {
		if data, _, err := s.Read(ctx); err != nil || len(data) != len(message) {
			b.Fatal(err)
		}
	}
}
