package serve

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden holds the answers, header and body, to what was once looked at.
func TestGolden(t *testing.T) {
	for name, target := range map[string]string{
		"index":            "/",
		"healthy":          "/-/healthy",
		"ready":            "/-/ready",
		"status":           "/api/v1/status",
		"trends":           "/api/v1/trends",
		"trends-series":    "/api/v1/trends?series=1&limit=1&platform=tiktok,douyin",
		"trends-6h":        "/api/v1/trends?window=6h&sort=growth&limit=1",
		"watches":          "/api/v1/watches",
		"watch":            "/api/v1/watches/books",
		"trends-held":      "/api/v1/trends?phase=unconfirmed,fading",
		"term-held":        "/api/v1/terms/hashtag/BuyNow",
		"term-variant":     "/api/v1/terms/hashtag/Book_Tok",
		"trends-none":      "/api/v1/trends?q=nothing-like-it",
		"term":             "/api/v1/terms/hashtag/BookTok",
		"term-gauge":       "/api/v1/terms/sound/id:douyin:7481",
		"series":           "/api/v1/terms/hashtag/booktok/series?platform=tiktok",
		"series-day":       "/api/v1/terms/hashtag/booktok/series?platform=tiktok&step=1d&from=2026-03-04T00:00:00Z",
		"series-gauge":     "/api/v1/terms/sound/id:douyin:7481/series?from=2026-03-06T00:00:00Z&to=1772764200",
		"compare":          "/api/v1/compare?terms=%23BookTok,neverseen,sound:id:douyin:7481&from=2026-03-05T08:00:00Z&to=2026-03-05T14:00:00Z",
		"compare-day":      "/api/v1/compare?term=BookTok&term=Book_Tok&platform=tiktok&step=1d&from=2026-03-04T00:00:00Z",
		"search":           "/api/v1/search?q=Book",
		"compare-csv":      "/api/v1/compare?terms=%23BookTok,neverseen&from=2026-03-06T02:00:00Z&format=csv",
		"related-csv":      "/api/v1/terms/hashtag/BookTok/related?format=csv",
		"search-ndjson":    "/api/v1/search?q=Book&format=ndjson",
		"related":          "/api/v1/terms/hashtag/BookTok/related",
		"related-by-pmi":   "/api/v1/terms/hashtag/BookTok/related?platform=tiktok&sort=pmi&min_both=1&min_llr=0&limit=2",
		"sources":          "/api/v1/sources",
		"trends-csv":       "/api/v1/trends?format=csv&limit=2&series=1",
		"trends-ndjson":    "/api/v1/trends?format=ndjson",
		"series-csv":       "/api/v1/terms/sound/id:douyin:7481/series?from=2026-03-06T00:00:00Z&to=1772764200&format=csv&csv_guard=0",
		"sources-csv":      "/api/v1/sources?format=csv",
		"problem-term":     "/api/v1/terms/hashtag/neverseen",
		"problem-unknown":  "/api/v1/trends?tongue=en",
		"problem-too-many": "/api/v1/terms/hashtag/booktok/series?from=0&to=2000000000",
	} {
		t.Run(name, func(t *testing.T) {
			opt := fixedOptions(t)
			opt.Sources = fixedHealth
			s := newServer(t, opt)
			keepLists(t, s)
			checkGolden(t, s, name, target)
		})
	}
}

// checkGolden holds an answer, header and body, to the file of the name.
func checkGolden(t *testing.T, s http.Handler, name, target string) {
	t.Helper()
	resp := do(s, "GET", target)
	var got bytes.Buffer
	fmt.Fprintf(&got, "GET %s\n%s\n", target, resp.Status)
	var names []string
	for h := range resp.Header {
		names = append(names, h)
	}
	slices.Sort(names)
	for _, h := range names {
		fmt.Fprintf(&got, "%s: %s\n", h, strings.Join(resp.Header.Values(h), ", "))
	}
	got.WriteByte('\n')
	b := body(t, resp)
	if json.Valid(b) {
		if err := json.Indent(&got, b, "", "  "); err != nil {
			t.Fatal(err)
		}
	} else {
		got.Write(b)
	}
	holdTo(t, name, got.Bytes())
}

// holdTo compares with the file of the name, or writes it anew.
func holdTo(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the answer differs from %s (go test -update writes it anew):\n%s", file, got)
	}
}
