package nostr

import (
	"slices"
	"testing"

	"github.com/swell-radar/swell/scrapers/stream"
)

// Links are those that are listed, and those in the text.
func TestLinks(t *testing.T) {
	var b stream.Batch
	e := event{Content: "https://example.org/夏, https://example.org/b and https://example.org/b", Tags: [][]string{
		{"r", "https://example.org/夏"}, {"r", "wss://relay.example.org"},
	}}
	e.add(&b, began)
	if got, want := b.Records()[0].Links, []string{"https://example.org/夏", "https://example.org/b"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
