package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// breaking serves a file over connections that break after some bytes.
type breaking struct {
	data   []byte
	etag   string
	after  int // bytes that each connection brings; 0: all
	ranges bool
	asked  atomic.Int64 // bytes that were sent
	gets   atomic.Int64
}

func (b *breaking) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", b.etag)
	w.Header().Set("Content-Type", "text/csv")
	if r.Method == http.MethodGet {
		b.gets.Add(1)
	}
	if b.after > 0 {
		w = &cut{ResponseWriter: w, left: b.after}
	}
	if !b.ranges {
		r.Header.Del("Range")
	}
	http.ServeContent(&counting{w, &b.asked}, r, "", time.Time{}, bytes.NewReader(b.data))
}

type counting struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.n.Add(int64(n))
	return n, err
}

// cut ends the connection after so many bytes.
type cut struct {
	http.ResponseWriter
	left int
}

func (c *cut) Write(p []byte) (int, error) {
	if len(p) > c.left {
		_, _ = c.ResponseWriter.Write(p[:c.left])
		_ = http.NewResponseController(c.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	c.left -= len(p)
	return c.ResponseWriter.Write(p)
}

func hashTag(data []byte) string {
	sum := sha256.Sum256(data)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// fileSession asks a server for files, in a folder of its own.
func fileSession(t *testing.T, b *breaking) (*session, string) {
	t.Helper()
	srv := httptest.NewServer(b)
	t.Cleanup(srv.Close)
	return &session{Client: api.Client{Base: srv.URL}, streams: streams{err: io.Discard}, limit: 10 * time.Second}, t.TempDir()
}

func TestAFileIsGoneOnWith(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789"), 10_000)
	b := &breaking{data: data, etag: hashTag(data), after: 60_000, ranges: true}
	q, dir := fileSession(t, b)
	out := filepath.Join(dir, "day.csv")
	if err := q.saveDay(t.Context(), "/x.csv", nil, out); err != nil {
		t.Fatal(err)
	}
	wantFile(t, out, string(data))
	wantNames(t, dir, "day.csv")
	if b.gets.Load() < 2 || b.asked.Load() > int64(len(data)) {
		t.Errorf("%d requests brought %d bytes of %d", b.gets.Load(), b.asked.Load(), len(data))
	}

	// Likewise by the next run, where this one was stopped.
	other := filepath.Join(dir, "other.csv")
	p, err := openPart(other, "/x.csv?", b.etag)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write(data[:70_000]); err != nil {
		t.Fatal(err)
	}
	if err := p.leave(); err != nil {
		t.Fatal(err)
	}
	b.asked.Store(0)
	if err := q.saveDay(t.Context(), "/x.csv", nil, other); err != nil {
		t.Fatal(err)
	}
	wantFile(t, other, string(data))
	wantNames(t, dir, "day.csv", "other.csv")
	if b.asked.Load() != 30_000 {
		t.Errorf("%d bytes were asked for, want those that were missing", b.asked.Load())
	}
}

func TestAFileThatCannotBeGoneOnWith(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789"), 10_000)
	for name, c := range map[string]struct {
		b     *breaking
		fails bool
		parts int // files that are left
	}{
		"without ranges":            {&breaking{data: data, etag: hashTag(data)}, false, 0},
		"another tag than its hash": {&breaking{data: data, etag: `"v1"`, ranges: true}, false, 0},
		"weak tag":                  {&breaking{data: data, etag: `W/"v1"`, ranges: true}, false, 0},
		"damaged":                   {&breaking{data: data, etag: hashTag([]byte("other"))}, true, 0},
		"breaks for ever":           {&breaking{data: data, etag: hashTag(data), after: 5_000, ranges: false}, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			q, dir := fileSession(t, c.b)
			out := filepath.Join(dir, "day.csv")
			writeInput(t, out, []byte("old"))
			err := q.saveDay(t.Context(), "/x.csv", nil, out)
			if (err != nil) != c.fails {
				t.Fatalf("got the error %v", err)
			}
			want := string(data)
			if c.fails {
				want = "old"
			}
			wantFile(t, out, want)
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1+c.parts {
				t.Errorf("the folder holds %v (%v)", entries, err)
			}
		})
	}
}

// What one version of a file left is no part of another.
func TestPartsOfVersionsStayApart(t *testing.T) {
	data := bytes.Repeat([]byte("abc"), 10_000)
	b := &breaking{data: data, etag: `"new"`, ranges: true}
	q, dir := fileSession(t, b)
	out := filepath.Join(dir, "day.csv")
	p, err := openPart(out, "/x.csv?", `"old"`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(p, strings.NewReader("something else")); err != nil || p.have != 14 {
		t.Fatal(p.have, err)
	}
	if err := p.leave(); err != nil {
		t.Fatal(err)
	}
	if err := q.saveDay(t.Context(), "/x.csv", nil, out); err != nil {
		t.Fatal(err)
	}
	wantFile(t, out, string(data))
}

func TestASilentServerIsGivenUp(t *testing.T) {
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"x"`)
		w.Header().Set("Content-Length", "10")
		if r.Method == http.MethodHead {
			return
		}
		fmt.Fprint(w, "12345")
		_ = http.NewResponseController(w).Flush()
		<-release
	}))
	defer srv.Close()
	defer close(release)
	q := &session{Client: api.Client{Base: srv.URL}, streams: streams{err: io.Discard}, limit: 50 * time.Millisecond}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p, err := openPart(filepath.Join(t.TempDir(), "f"), "x", `"x"`)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.fetch(ctx, p, "/x", nil, `"x"`); err == nil || !strings.Contains(err.Error(), "nothing came for 50ms") {
		t.Errorf("got the error %v", err)
	}
	if err := p.leave(); err != nil {
		t.Error(err)
	}
}
