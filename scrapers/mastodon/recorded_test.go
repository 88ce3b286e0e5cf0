package mastodon

import (
	"net/http"
	"os"
	"testing"

	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/record"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
)

// A page that was recorded is understood like the one that came, without the people in it.
func TestRecordedPagesAreUnderstood(t *testing.T) {
	for name, body := range contract.Inputs(t, folder) {
		r, err := record.New(t.TempDir(), Redaction(), []byte("secret"))
		if err != nil {
			t.Fatal(err)
		}
		r.Tap(fetch.Exchange{Method: "GET", URL: "https://a.example/", Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: body})
		files, err := r.Files()
		if err != nil || len(files) != 1 {
			t.Fatalf("%q, %v", files, err)
		}
		kept, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		want, rejected, err := read(name, body)
		got, gotRejected, gotErr := read(name, kept)
		if len(got) != len(want) || len(gotRejected) != len(rejected) || (gotErr == nil) != (err == nil) {
			t.Errorf("%s: %d records, %d not understood (%v), want %d and %d (%v)", name, len(got), len(gotRejected), gotErr, len(want), len(rejected), err)
		}
	}
}
