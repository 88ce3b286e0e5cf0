package serve

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
		"sources":          "/api/v1/sources",
		"problem-term":     "/api/v1/terms/hashtag/neverseen",
		"problem-unknown":  "/api/v1/trends?tongue=en",
		"problem-too-many": "/api/v1/terms/hashtag/booktok/series?from=0&to=2000000000",
	} {
		opt := fixedOptions(t)
		opt.Sources = fixedHealth
		t.Run(name, func(t *testing.T) {
			s := newServer(t, opt)
			keepLists(t, s)
			resp := do(s, "GET", target)
			var got bytes.Buffer
			fmt.Fprintf(&got, "GET %s\n%s\n", target, resp.Status)
			var names []string
			for h := range resp.Header {
				names = append(names, h)
			}
			slices.Sort(names)
			for _, h := range names {
				fmt.Fprintf(&got, "%s: %s\n", h, resp.Header.Get(h))
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
			file := filepath.Join("testdata", "golden", name+".txt")
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%s differs from %s (go test -update writes it anew):\n%s", target, file, got.Bytes())
			}
		})
	}
}
