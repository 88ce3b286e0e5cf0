package serve

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/swell-radar/swell/internal/api"
)

// How many hostile requests there are: in process, where all of a route's parameters are
// tried, and as bytes over a socket, where nothing has to be a request at all.
const (
	hostileInProcess = 7500
	hostileOnSocket  = 3000
)

// hangs is when an answer counts as never coming: no machine is that slow.
const hangs = 30 * time.Second

// tally counts what became of hostile requests.
type tally struct {
	sync.Mutex
	problems map[string]int // refused by this server, by type
	own      map[int]int    // refused by net/http before this server saw them, by status
	closed   int            // connections closed without an answer
	fine     int            // answered: not hostile after all
	slowest  time.Duration
	failed   int
}

func (y *tally) count() (n int) {
	n = y.closed
	for _, c := range y.problems {
		n += c
	}
	for _, c := range y.own {
		n += c
	}
	return n
}

// see takes an answer into account, and fails the test for one that must not be.
func (y *tally) see(t *testing.T, request, method string, resp *http.Response, own bool, took time.Duration) {
	y.Lock()
	defer y.Unlock()
	y.slowest = max(y.slowest, took)
	fail := func(format string, args ...any) {
		if y.failed++; y.failed < 20 {
			t.Errorf("%.300q: %s", request, fmt.Sprintf(format, args...))
		}
	}
	kind := resp.Header.Get("Content-Type")
	switch {
	case resp.StatusCode < 400:
		y.fine++
		return
	case own && kind != api.TypeProblem && slices.Contains([]int{400, 417, 431, 501, 505}, resp.StatusCode):
		y.own[resp.StatusCode]++ // 501 and 505 are what RFC 9110 asks for
		return
	case kind == typeHTML && (resp.StatusCode == http.StatusUnprocessableEntity || resp.StatusCode == http.StatusNotFound):
		y.problems["(a page)"]++ // a form is shown again with what is wrong, and a term that was never seen has a page of its own
		return
	case resp.StatusCode >= 500, kind != api.TypeProblem:
		fail("status %d, %q", resp.StatusCode, kind)
		return
	}
	if method == http.MethodHead {
		y.problems["(HEAD)"]++
		return
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	var p api.Problem
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err = errors.Join(err, d.Decode(&p)); err != nil || p.Status != resp.StatusCode || p.Title == "" || p.Detail == "" || p.RequestID == "" {
		fail("an incomplete problem (%v): %.300s", err, data)
		return
	}
	for _, name := range []string{"X-Content-Type-Options", "Content-Security-Policy", "Cross-Origin-Resource-Policy"} {
		if resp.Header.Get(name) == "" {
			fail("no %s", name)
		}
	}
	y.problems[p.Type]++
}

// target is a route with its parameters, as the server itself names them.
type target struct {
	method, path string
	params       []string
}

// targets asks the server which routes and parameters it has, so that none is forgotten.
func targets(t *testing.T, s *Server) []target {
	var all []target
	for _, pattern := range slices.Sorted(slices.Values(s.patterns)) {
		method, path, ok := strings.Cut(pattern, " ")
		if !ok || pattern == "GET /digest" { // of the latest day, which this world keeps no readable ranking of
			continue
		}
		out := target{method: method, path: exampleOf(path)}
		resp := do(s, method, out.path+"?no_such_parameter=1")
		if resp.StatusCode == http.StatusBadRequest {
			p := problemOf(t, resp)
			if _, names, ok := strings.Cut(p.Detail, "; it has "); ok && names != "none" {
				out.params = strings.Split(names, ", ")
			}
		}
		all = append(all, out)
	}
	if len(all) < 9 {
		t.Fatalf("%d routes", len(all))
	}
	return all
}

// bad are values that no parameter, key or header takes as they are, or that have broken
// something somewhere.
var bad = []string{
	"\x00", "a\x00b", "-1", "NaN", "Infinity", "1e999", "0x10", "9223372036854775808", "-9223372036854775809", "1.5.5", "true", "null", "undefined",
	"../../etc/passwd", "..\\..", "%", "%zz", "\xff\xfe", "\xc0\xaf", "\xed\xa0\x80", "\u202e", "\ufeff", "' OR 1=1 --", "<script>alert(1)</script>",
	"${jndi:ldap://x}", "{{7*7}}", "$(reboot)", "a;b", "a&b=c", "=", "\r\nX: y", "2026-13-45T99:99:99Z", "0000-00-00", strings.Repeat("9", 400),
	strings.Repeat("a", 3000), strings.Repeat(",", 500), strings.Repeat("%25", 500), strings.Repeat("\u0301", 300), "*", "~", "()", "[]", " ",
}

// badHeaders are names and values that a server may trip over.
var badHeaders = [][2]string{
	{"Host", "evil.example"}, {"Host", ""}, {"Host", "localhost:7310@evil.example"}, {"Host", "localhost\x00"}, {"Host", strings.Repeat("h", 300)},
	{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Origin", "%"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "?"},
	{"Content-Encoding", "br"}, {"Content-Encoding", "gzip, gzip"}, {"Content-Encoding", "\x7f"},
	{"Swell-Producer", "p"}, {"Swell-Seq", "1"}, {"Swell-Seq", "-1"}, {"Swell-Epoch", "x"}, {"Swell-Producer", strings.Repeat("p", 500)},
	{"Idempotency-Key", ""}, {"Idempotency-Key", " "}, {"Idempotency-Key", "é"}, {"Idempotency-Key", strings.Repeat("k", 300)},
}

// harmless are headers that change nothing about what is wrong with a request.
var harmless = [][2]string{
	{"Range", "bytes=0-,0-,0-,0-"}, {"Range", "bytes=999999999999999999999-"}, {"If-Match", "\x01"}, {"If-None-Match", strings.Repeat(`W/"a",`, 200)},
	{"If-Modified-Since", "yesterday"}, {"If-Range", "%"}, {"Accept", strings.Repeat("a/b;q=0.1,", 200)}, {"Accept", "\x00"}, {"Accept-Encoding", "gzip;q=NaN,*;q=-1,,;"},
	{"Accept-Encoding", strings.Repeat("x,", 1000)}, {"Authorization", "Bearer " + strings.Repeat("x", 4000)}, {"Authorization", ""}, {"Cookie", strings.Repeat("a=b;", 500)},
	{"X-Forwarded-For", "127.0.0.1"}, {"X-Forwarded-Host", "evil.example"}, {"X-Http-Method-Override", "DELETE"}, {"Forwarded", "for=\""}, {"Content-Type", "multipart/form-data"},
	{"Access-Control-Request-Method", "\x00"}, {"Last-Event-Id", "-1"}, {"Expect", "the unexpected"}, {"Trailer", "Host"}, {"TE", "trailers"}, {"Via", "1.1 x"},
}

// hostile makes requests that deserve nothing, from a seed.
type hostile struct {
	rng     *rand.Rand
	targets []target
	bodies  [][2]string // coding and body, for POST
}

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

// target returns a request target in which something is wrong.
func (h *hostile) target() (method, uri string) {
	at := pick(h.rng, h.targets)
	method, uri = at.method, at.path
	switch h.rng.IntN(8) {
	case 0, 1, 2: // a parameter with a value that it does not take, and now and then one it has not
		if len(at.params) > 0 && h.rng.IntN(5) > 0 {
			query := url.Values{}
			for range 1 + h.rng.IntN(3) {
				query.Add(pick(h.rng, at.params), pick(h.rng, bad))
			}
			return method, uri + "?" + query.Encode()
		}
		return method, uri + "?" + url.QueryEscape(pick(h.rng, bad)) + "=1"
	case 3: // a query that is none
		return method, uri + "?" + pick(h.rng, []string{"%", "%zz=1", "a;b", "limit=%f", "limit=1&limit=2&limit=3", "=", "&&&=&", "no_such=1", "?", "%00=%00"})
	case 4: // a path that is none, or not quite one
		return method, pick(h.rng, []string{
			"/..", "/../../../etc/passwd", "//", "/./", "/api/v1/../v1/trends", "/api//v1/trends", "/api/v1/%2e%2e/trends", "/api/v1/trends/", "/%2e%2e/%2e%2e/",
			"/%c0%ae%c0%ae/", "/%00", "/api/v1/trends%00", "/API/V1/TRENDS", "/api/v1/terms/hashtag/", "/api/v1/terms//x", "/api/v1/terms/%00/%ff",
			"/api/v1/terms/tag/x", "/api/v1/terms/hashtag/%ff%fe", "/api/v1/terms/hashtag/" + strings.Repeat("%F0%9F%98%80", 900), "/-/", "/-/backup", "/debug/pprof/", "/.git/config",
			"/" + strings.Repeat("a/", 4000), "/" + strings.Repeat("%2F", 2800), "/\\..\\", "/;/", "/api/v1/export/../../x.csv", "/api/v1/export/9999-99-99.csv", "/~",
			"/api/v1/terms/hashtag/" + url.PathEscape(pick(h.rng, bad)) + "/series?step=" + url.QueryEscape(pick(h.rng, bad)),
		})
	case 5: // a method that the path does not have
		return pick(h.rng, []string{"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW", "PROPFIND", "get", "GETS", strings.Repeat("M", 200)}), uri
	case 6: // a term or kind that there is not
		return "GET", "/api/v1/terms/" + pick(h.rng, []string{"hashtag", "link", "sound", "tag", "%00"}) + "/" + url.PathEscape(pick(h.rng, bad))
	}
	return "POST", "/api/v1/records" // the body is what is wrong
}

// request returns the request as an object, or nil where there can be no such object.
func (h *hostile) request() *http.Request {
	method, uri := h.target()
	u, err := url.ParseRequestURI(uri)
	if err != nil {
		return nil
	}
	r := &http.Request{Method: method, URL: u, RequestURI: uri, Host: "localhost:7310", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, RemoteAddr: "127.0.0.1:9"}
	for range h.rng.IntN(3) {
		x := pick(h.rng, harmless)
		r.Header.Add(x[0], x[1])
	}
	if h.rng.IntN(4) == 0 {
		if x := pick(h.rng, badHeaders); x[0] == "Host" {
			r.Host = x[1]
		} else {
			r.Header.Add(x[0], x[1])
		}
	}
	if method == http.MethodPost || method == http.MethodPut {
		b := pick(h.rng, h.bodies)
		if r.Header.Get("Content-Encoding") == "" && b[0] != "" {
			r.Header.Set("Content-Encoding", b[0])
		}
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(b[1])), int64(len(b[1]))
	}
	return r
}

// raw returns bytes that may be a request, and whether what they begin has no end.
func (h *hostile) raw() (method string, data []byte, cut bool) {
	method, uri := h.target()
	head, length, end := "Host: localhost\r\n", "", "\r\n"
	version := "HTTP/1.1"
	body := ""
	if method == http.MethodPost {
		b := pick(h.rng, h.bodies)
		if body = b[1]; b[0] != "" {
			head += "Content-Encoding: " + b[0] + "\r\n"
		}
		length = fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	switch h.rng.IntN(6) {
	case 0: // the line
		version = pick(h.rng, []string{"HTTP/0.9", "HTTP/1.9", "HTTP/2.0", "HTTP/3", "HTTP/1.1 x", "http/1.1", "", "HTTP/1.\xff", "ICY"})
	case 1:
		uri = pick(h.rng, []string{"*", "", " ", "localhost:80", "http://evil.example/", "http://localhost/\x00", "/a b", "/\xff", "/%", "#", "/" + strings.Repeat("x", 9000), "http://[::1", "///", "\t"})
	case 2: // the header
		head = pick(h.rng, []string{
			"", "Host: a\r\nHost: b\r\n", "Host: evil.example\r\n", "Host : localhost\r\n", "Host: localhost\r\n folded\r\n", "Host: localhost\r\nNo colon\r\n", "Host: localhost\r\n: empty\r\n",
			"Host: localhost\r\nX: a\x00b\r\n", "Host: localhost\nX: y\n", "Host: localhost\r\nX\r: y\r\n", "Host: local\rhost\r\n", "Host: localhost\r\nX: " + strings.Repeat("y", 40<<10) + "\r\n",
			"Host: localhost\r\n" + strings.Repeat("X: y\r\n", 6000), "Host: localhost\r\nX\xe9: y\r\n", "Host: localhost\r\nExpect: 100-continue, x\r\n", "Host: localhost\r\nOrigin: https://evil.example\r\n",
			"Host: localhost\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAAA\r\nSec-Fetch-Site: cross-site\r\n", "Host: localhost:99999999\r\n", "Host: \xff\r\n",
		})
	case 3: // the framing of a body
		if body == "" {
			method, uri, body = "POST", "/api/v1/records", "{}\n"
		}
		n := len(body)
		length = pick(h.rng, []string{
			fmt.Sprintf("Content-Length: %d\r\nContent-Length: %d\r\n", n, n+1), "Content-Length: -1\r\n", "Content-Length: +5\r\n", "Content-Length: 0x5\r\n", "Content-Length: 99999999999999999999\r\n",
			"Content-Length: 5, 6\r\n", "Content-Length: \r\n", "Transfer-Encoding: gzip\r\n", "Transfer-Encoding: chunked, chunked\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
			"Transfer-Encoding: \x0bchunked\r\n", "Transfer-Encoding: identity\r\n", fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: chunked\r\n", n), "Transfer-Encoding: xchunked\r\n",
		})
		if h.rng.IntN(3) == 0 {
			length = "Transfer-Encoding: chunked\r\n"
			body = pick(h.rng, []string{"zz\r\n{}\r\n0\r\n\r\n", "-1\r\n", "ffffffffffffffffff\r\n{}", "2\r\n{}{}\r\n0\r\n\r\n", "2;" + strings.Repeat("e", 9000) + "\r\n{}\r\n0\r\n\r\n", "2\n{}\n0\n\n", "2\r\n{"})
		}
		cut = true
	case 4: // too little, or nothing that resembles a request
		switch h.rng.IntN(3) {
		case 0:
			length, cut = fmt.Sprintf("Content-Length: %d\r\n", len(body)+1+h.rng.IntN(1<<20)), true
			if method != http.MethodPost {
				method, uri = "POST", "/api/v1/records"
			}
		case 1:
			junk := make([]byte, 1+h.rng.IntN(300))
			for i := range junk {
				junk[i] = byte(h.rng.Uint32())
			}
			return "", append(junk, "\r\n\r\n"...), true
		default:
			return "", []byte(pick(h.rng, []string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\r\n\r\n", "GET", "SSH-2.0-x\r\n", "GET / HTTP/1.1\r\nHost: loc"})), true
		}
	}
	if h.rng.IntN(20) == 0 {
		method = http.MethodHead
	}
	return method, []byte(method + " " + uri + " " + version + "\r\n" + head + length + end + body), cut
}

// hostileBodies are what no delivery of records looks like, and its coding.
func hostileBodies(t testing.TB) [][2]string {
	var bombGzip, bombZstd bytes.Buffer
	g := gzip.NewWriter(&bombGzip)
	z, err := zstd.NewWriter(&bombZstd)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []io.WriteCloser{g, z} {
		_, err := io.CopyN(w, zeros{}, maxBody+1)
		if err := errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
	}
	out := [][2]string{
		{"gzip", bombGzip.String()}, {"zstd", bombZstd.String()}, {"gzip", bombGzip.String()[:200]}, {"zstd", bombZstd.String()[:40]},
	}
	// The bombs take time: they are a few among many.
	for range 6 {
		out = append(out,
			[2]string{"gzip", "{}\n"}, [2]string{"zstd", "{}\n"}, [2]string{"gzip", "\x1f\x8b"}, [2]string{"zstd", "\x28\xb5\x2f\xfd"}, [2]string{"br", "x"}, [2]string{"gzip, zstd", "x"},
			[2]string{"", "{}\n"}, [2]string{"", "\x00\x00\n"}, [2]string{"", strings.Repeat("[", 5000)}, [2]string{"", strings.Repeat(`{"a":`, 2000)}, [2]string{"", "null\n1\n\"x\"\n[]\n"},
			[2]string{"", `{"ts":1e400,"tags":["a"]}`}, [2]string{"", `{"ts":"` + strings.Repeat("9", 1000) + `"}`}, [2]string{"", "\xef\xbb\xbf\xef\xbb\xbf{}"}, [2]string{"", strings.Repeat("x\n", 300)},
			[2]string{"", `{"ts":1,"ts":2,"tags":{"a":1}}`}, [2]string{"", `{"tags":["` + strings.Repeat("\\u0000", 500) + `"]}`}, [2]string{"", "{\"ts\":1,\"tags\":[\"\xff\"]}"}, [2]string{"", strings.Repeat("{", 1<<12) + "\n"},
		)
	}
	return out
}

// TestHostile sends thousands of requests that no honest client sends. Each is refused
// with a problem, or by net/http; none fails the server, hangs it, or leaves anything in it.
func TestHostile(t *testing.T) {
	opt := fixedOptions(t)
	opt.Intake, opt.Sources, opt.Hosts = &ledgerOf{}, fixedHealth, []string{"127.0.0.1"}
	var log bytes.Buffer
	opt.Logger = logErrors(&log)
	s := newServer(t, opt)
	h := &hostile{rng: rand.New(rand.NewPCG(7310, 1)), targets: targets(t, s), bodies: hostileBodies(t)}
	inside := &tally{problems: map[string]int{}, own: map[int]int{}}
	for inside.count() < hostileInProcess && inside.fine < hostileInProcess {
		r := h.request()
		if r == nil {
			continue
		}
		name := fmt.Sprintf("%s %s %v %v", r.Method, r.RequestURI, r.Host, r.Header)
		ctx, leave := context.WithCancel(t.Context())
		began, rec := time.Now(), hangUp{httptest.NewRecorder(), leave}
		done := make(chan struct{})
		go func() { defer close(done); s.ServeHTTP(rec, r.WithContext(ctx)) }()
		select {
		case <-done:
		case <-time.After(hangs):
			t.Fatalf("%.300q hangs", name)
		}
		leave()
		inside.see(t, name, r.Method, rec.Result(), false, time.Since(began))
	}
	goroutines, heap := runtime.NumGoroutine(), liveHeap()

	address := listen(t, s).Listener.Addr().String()
	outside := &tally{problems: map[string]int{}, own: map[int]int{}}
	type packet struct {
		method string
		data   []byte
		cut    bool
	}
	work := make(chan packet)
	var senders sync.WaitGroup
	for range 4 {
		senders.Go(func() {
			for p := range work {
				began := time.Now()
				resp, err := throw(address, p.method, p.data, p.cut)
				switch {
				case errors.Is(err, os.ErrDeadlineExceeded):
					t.Errorf("%.300q hangs", p.data)
				case err != nil:
					outside.Lock()
					outside.closed++
					outside.Unlock()
				default:
					outside.see(t, string(p.data), p.method, resp, true, time.Since(began))
				}
			}
		})
	}
	for range hostileOnSocket {
		method, data, cut := h.raw()
		work <- packet{method, data, cut}
	}
	close(work)
	senders.Wait()

	t.Logf("in process: %d refused %v, %d were not hostile, slowest %v", inside.count(), inside.problems, inside.fine, inside.slowest)
	t.Logf("over a socket: %d refused %v, by net/http %v, %d closed, %d were not hostile, slowest %v",
		outside.count(), outside.problems, outside.own, outside.closed, outside.fine, outside.slowest)
	if n := inside.count() + outside.count(); n < 10_000 {
		t.Errorf("only %d requests were refused: the test shows nothing", n)
	}
	if log.Len() > 0 {
		t.Errorf("the server failed inside: %.1000s", log.String())
	}
	if resp := do(s, "GET", "/api/v1/trends"); resp.StatusCode != http.StatusOK || s.under.Load() != 0 {
		t.Errorf("afterwards: status %d, %d requests under way", resp.StatusCode, s.under.Load())
	}
	for deadline := time.Now().Add(hangs); runtime.NumGoroutine() > goroutines+20; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, before %d", runtime.NumGoroutine(), goroutines)
		}
	}
	if grown := liveHeap() - heap; grown > 32<<20 {
		t.Errorf("%d MiB are held that were not before", grown>>20)
	}
}

// hangUp is a client that leaves when it is answered with a stream, which has no end.
type hangUp struct {
	*httptest.ResponseRecorder
	leave func()
}

func (h hangUp) WriteHeader(status int) {
	if strings.HasPrefix(h.Header().Get("Content-Type"), "text/event-stream") {
		h.leave()
	}
	h.ResponseRecorder.WriteHeader(status)
}

func liveHeap() int64 {
	runtime.GC()
	runtime.GC() // what pools hold goes with the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// throw sends bytes and returns the first answer to them, if there is one.
func throw(address, method string, data []byte, cut bool) (*http.Response, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(hangs)); err != nil {
		return nil, err
	}
	sent := make(chan struct{})
	go func() { // the server may answer, and close, before it has read all
		defer close(sent)
		if _, err := conn.Write(data); err == nil && cut {
			_ = conn.(*net.TCPConn).CloseWrite()
		}
	}()
	defer func() { conn.Close(); <-sent }()
	in := bufio.NewReader(conn)
	for {
		resp, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil {
			return nil, err
		}
		if resp.StatusCode >= 400 {
			body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
			resp.Body = io.NopCloser(bytes.NewReader(body))
			return resp, err
		}
		if resp.StatusCode >= 200 {
			return resp, nil
		}
	}
}
