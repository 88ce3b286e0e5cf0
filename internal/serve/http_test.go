package serve

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/swell-radar/swell/internal/api"
)

func TestHead(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	for _, target := range []string{"/", "/-/healthy", "/api/v1/trends", "/api/v1/terms/hashtag/booktok", "/nowhere"} {
		get, head := do(s, "GET", target), do(s, "HEAD", target)
		if get.StatusCode != head.StatusCode || len(body(t, head)) != 0 {
			t.Errorf("HEAD %s: status %d, GET gives %d", target, head.StatusCode, get.StatusCode)
		}
		for _, h := range []string{"Content-Length", "Content-Type", "Etag", "Vary"} {
			if get.Header.Get(h) != head.Header.Get(h) {
				t.Errorf("HEAD %s: %s is %q, GET gives %q", target, h, head.Header.Get(h), get.Header.Get(h))
			}
		}
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	for _, c := range [][3]string{
		{"GET", "/"}, {"GET", "/api/v1/trends"}, {"POST", "/api/v1/trends"}, {"GET", "/nowhere"}, {"GET", "/", "evil.example"},
	} {
		header := []string{"Origin", "https://evil.example"}
		if c[2] != "" {
			header = append(header, "Host", c[2])
		}
		resp := do(s, c[0], c[1], header...)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "same-origin",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Access-Control-Allow-Origin": "",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%v: %s is %q, want %q", c, name, got, want)
			}
		}
		if resp.Header.Get("X-Request-Id") == "" {
			t.Errorf("%v: no request ID", c)
		}
	}
}

func TestEntityTags(t *testing.T) {
	opt := fixedOptions(t)
	s := newServer(t, opt)
	tag := func(target string) string { return do(s, "GET", target).Header.Get("Etag") }
	base := tag("/api/v1/trends?kind=sound,hashtag&q=TOK")
	if !strings.HasPrefix(base, `"`) || base != tag("/api/v1/trends?q=%23tok&kind=hashtag&kind=sound&limit=50&sort=rank") {
		t.Errorf("one query has the tags %s and %s", base, tag("/api/v1/trends?q=%23tok&kind=hashtag&kind=sound&limit=50&sort=rank"))
	}
	seen := map[string]string{}
	for _, target := range []string{
		"", "?limit=2", "?series=1", "?sort=rate", "?q=a", "?platform=x", "?kind=link", "?phase=fading", "?min_score=0", "?platform=x,y", "?platform=x%22,%22y",
	} {
		if other, twice := seen[tag("/api/v1/trends"+target)]; twice {
			t.Errorf("%q and %q have one tag", target, other)
		}
		seen[tag("/api/v1/trends"+target)] = target
	}
	plain := tag("/api/v1/trends")
	zipped := do(s, "GET", "/api/v1/trends", "Accept-Encoding", "gzip").Header.Get("Etag")
	if plain == zipped {
		t.Errorf("other bytes have the same strong tag %s", plain)
	}
	for _, held := range []string{plain, zipped, "W/" + plain, `"other", ` + plain, "*"} {
		resp := do(s, "GET", "/api/v1/trends", "If-None-Match", held)
		if resp.StatusCode != http.StatusNotModified || len(body(t, resp)) != 0 || resp.Header.Get("Etag") == "" {
			t.Errorf("If-None-Match %s: status %d, tag %s", held, resp.StatusCode, resp.Header.Get("Etag"))
		}
	}
	moved, restarted := fixedSource(), opt
	moved.view.Seq++
	opt.Source, restarted.Nonce = moved, "later"
	for name, opt := range map[string]Options{"another view": opt, "another start": restarted} {
		if resp := do(newServer(t, opt), "GET", "/api/v1/trends", "If-None-Match", plain); resp.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", name, resp.StatusCode)
		}
	}
}

func TestCompression(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	plain := body(t, do(s, "GET", "/api/v1/trends"))
	for accept, zipped := range map[string]bool{
		"gzip": true, "br, GZIP;q=0.5": true, "*": true, "x-gzip": true, "gzip;q=0": false, "*, gzip;q=0": false, "gzip;q=0, *": false,
		"": false, "br": false, "gzip;q=x": false, "identity": false,
	} {
		resp := do(s, "GET", "/api/v1/trends", "Accept-Encoding", accept)
		got := body(t, resp)
		if is := resp.Header.Get("Content-Encoding") == "gzip"; is != zipped {
			t.Errorf("Accept-Encoding %q: compressed is %t, want %t", accept, is, zipped)
			continue
		}
		if zipped {
			z, err := gzip.NewReader(bytes.NewReader(got))
			if err != nil {
				t.Fatal(err)
			}
			if got, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(got, plain) || !slices.Contains(resp.Header.Values("Vary"), "Accept-Encoding") {
			t.Errorf("Accept-Encoding %q: other content, or Vary is %q", accept, resp.Header.Values("Vary"))
		}
	}
	for accept, want := range map[string]string{
		"zstd": "zstd", "gzip, deflate, br, zstd": "zstd", "gzip;q=1, zstd;q=0.9": "gzip", "zstd;q=0.5, gzip;q=0.5": "zstd", "ZSTD;q=0, *": "gzip",
		"identity, gzip;q=0.5": "", "identity;q=0.1, gzip;q=0.5": "gzip", "zstd;q=-1": "", "zstd;q=2": "zstd", "zstd ; Q = 0.3 , gzip;q=0.2": "zstd",
	} {
		resp := do(s, "GET", "/api/v1/trends", "Accept-Encoding", accept)
		if got := resp.Header.Get("Content-Encoding"); got != want || want != "" && !strings.HasSuffix(resp.Header.Get("Etag"), "-"+want+`"`) {
			t.Errorf("Accept-Encoding %q: %q, want %q; tag %s", accept, got, want, resp.Header.Get("Etag"))
		}
		if got := body(t, resp); want == "zstd" {
			z, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(8<<20))
			if err != nil {
				t.Fatal(err)
			}
			defer z.Close()
			if got, err = z.DecodeAll(got, nil); err != nil || !bytes.Equal(got, plain) {
				t.Errorf("Accept-Encoding %q: other content, %v", accept, err)
			}
		}
	}
	if resp := do(s, "GET", "/-/healthy", "Accept-Encoding", "identity;q=0, gzip"); resp.Header.Get("Content-Encoding") != "gzip" {
		t.Error("a body is sent as it is to who cannot take it so")
	}
	if resp := do(s, "GET", "/-/healthy", "Accept-Encoding", "gzip"); resp.Header.Get("Content-Encoding") != "" {
		t.Error("a few bytes are compressed")
	}
}

func TestReady(t *testing.T) {
	opt := fixedOptions(t)
	progress := api.Progress{Phase: "replaying", Records: 12, Done: 30, Total: 40}
	opt.Loading = func() api.Progress { return progress }
	s := newServer(t, opt)
	p := problemOf(t, do(s, "GET", "/-/ready"))
	if p.Type != api.ProblemNotReady || p.Phase != "replaying" || !strings.Contains(p.Detail, "30 of 40 bytes") {
		t.Errorf("got %+v", p)
	}
	if st := ask[api.StatusAnswer](t, s, "/api/v1/status"); st.Ready || st.Loading == nil || *st.Loading != progress {
		t.Errorf("status is %+v", st)
	}
	if resp := do(s, "GET", "/-/healthy"); resp.StatusCode != http.StatusOK {
		t.Errorf("healthy: status %d", resp.StatusCode)
	}
	progress.Ready = true
	if got := ask[health](t, s, "/-/ready"); got.Status != "ready" {
		t.Errorf("got %+v", got)
	}
}

func TestRequestLog(t *testing.T) {
	var log bytes.Buffer
	opt := fixedOptions(t)
	opt.Logger = logInto(&log)
	do(newServer(t, opt), "GET", "/nowhere?a=%0Ab")
	for _, want := range []string{"id=test-000001", "status=404", "method=GET", "took=0s"} {
		if !strings.Contains(log.String(), want) || strings.Count(log.String(), "\n") != 1 {
			t.Errorf("the log lacks %q: %q", want, log.String())
		}
	}
}
