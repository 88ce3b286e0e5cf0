//go:build unix

package crash

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/internal/api"
)

// A watch list that was answered for is there after a kill as it was, with its phrases and since when it
// is counted; one that took its place began when the first did.
func TestWatchListsOutliveKills(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	ctx := context.Background()
	var before, etag = api.Watch{}, ""
	for _, title := range []string{"Acme", "Acme and its like"} {
		p := serveOn(t, dir, launch{}).mustServe()
		client := api.Client{Base: p.address}
		if before.Name != "" {
			got, tag, err := client.Watch(ctx, before.Name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, got); diff != "" || tag != etag {
				t.Fatalf("after a kill it is another, tag %s instead of %s (-want +got)\n%s", tag, etag, diff)
			}
		}
		list := api.Watch{
			Name: "acme", Title: title,
			Terms:     []api.WatchTerm{{Kind: "hashtag", Term: "Acme"}},
			Phrases:   []api.WatchPhrase{{Phrase: "Acme-Cola", Exclude: []string{"flat"}, Languages: []string{"en"}, Platforms: []string{"x"}}, {Phrase: title}},
			Exclude:   []string{"stock price"},
			Languages: []string{"de", "en"},
		}
		if err := client.PutWatch(ctx, list, etag); err != nil {
			t.Fatal(err)
		}
		since := before.Since
		var err error
		if before, etag, err = client.Watch(ctx, list.Name); err != nil {
			t.Fatal(err)
		}
		if before.Since == nil || since != nil && !since.Equal(*before.Since) || len(before.Phrases) != 2 {
			t.Fatalf("%+v, which is not counted since %v", before, since)
		}
		p.kill()
		p.noPanic()
	}
}
