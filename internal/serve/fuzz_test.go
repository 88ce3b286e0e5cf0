package serve

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/rows"
)

// FuzzRequest sends any request: the answer is JSON, a problem or nothing, never
// a failure of the server.
func FuzzRequest(f *testing.F) {
	for _, target := range []string{
		"/", "/-/ready", "/api/v1/status", "/api/v1/trends?limit=1&sort=rate&q=%23tok&kind=hashtag&min_score=1.5&series=1",
		"/api/v1/trends?cursor=JSt8Ge_m5vlaAgAAAAAAAFUehxD_ca66AQAAAA", "/api/v1/trends?lang=en&%ff=1", "/api/v1/trends?a;b",
		"/api/v1/terms/hashtag/BookTok", "/api/v1/terms/link/https://a.b/c%2Fseries/series", "/api/v1/terms/sound/id:douyin:7481",
		"/api/v1/terms/hashtag/booktok/series?from=0&to=1772764200&step=1d", "/api/v1/terms/hashtag/booktok/series?to=9223372036854775807",
		"/api/v1/trends?format=csv&csv_guard=0", "/api/v1/sources?format=parquet", "/api/v1/terms/hashtag/booktok/series?format=ndjson&format=csv",
		"/api/v1/terms/hashtag/..", "/api/v1/terms//x", "//", "/api/v1/terms/hashtag/%00%FF", "http://evil.example/", "*",
	} {
		f.Add("GET", target, "localhost", `"x"`, "gzip")
	}
	f.Add("POST", "/api/v1/trends", "[::1]:80", "*", "gzip;q=0,*")
	opt := fixedOptions(f)
	expected := []int{200, 304, 400, 404, 405, 410, 414, 421}
	f.Fuzz(func(t *testing.T, method, target, host, held, accept string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return
		}
		r := &http.Request{Method: method, URL: u, Host: host, RequestURI: target, Header: http.Header{"If-None-Match": {held}}, Body: http.NoBody}
		plain := httptest.NewRecorder()
		newServer(t, opt).ServeHTTP(plain, r)
		if !slices.Contains(expected, plain.Code) {
			t.Fatalf("status %d: %s", plain.Code, plain.Body)
		}
		kind := plain.Header().Get("Content-Type")
		switch {
		case plain.Code == 304 || method == "HEAD":
			if plain.Body.Len() != 0 {
				t.Errorf("status %d has a body", plain.Code)
			}
		case plain.Code == 200 && (kind == typeText || isTable(kind)):
		case kind != api.TypeJSON && plain.Code == 200, kind != api.TypeProblem && plain.Code != 200, !json.Valid(plain.Body.Bytes()):
			t.Errorf("status %d has %s: %s", plain.Code, kind, plain.Body)
		}
		r.Header.Set("Accept-Encoding", accept)
		zipped := httptest.NewRecorder()
		newServer(t, opt).ServeHTTP(zipped, r)
		if zipped.Code != plain.Code {
			t.Errorf("status %d, with Accept-Encoding %q %d", plain.Code, accept, zipped.Code)
		}
	})
}

// isTable reports whether a content type is that of a table.
func isTable(kind string) bool {
	return slices.ContainsFunc(rows.Formats(), func(f rows.Format) bool { return f.ContentType() == kind })
}
