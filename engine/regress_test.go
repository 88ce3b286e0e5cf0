package engine

import (
	"fmt"
	"testing"

	"github.com/swell-radar/swell/term"
)

// Names of platforms beyond those that can be numbered share a number, but their
// posts are still told apart.
func TestPostsOfUnnumberedPlatformsAreToldApart(t *testing.T) {
	e, err := New(options(1))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	const ts = int64(1_780_000_200e6)
	for i := range maxPlatforms + 50 {
		e.Observe(&term.Record{TS: ts, Platform: fmt.Sprint("junk", i), ID: "j", Author: "a", Tags: []string{"x"}})
	}
	for _, platform := range []string{"mastodon", "bluesky"} {
		if got := e.Observe(&term.Record{TS: ts, Platform: platform, ID: "17", Author: "a", Tags: []string{"swell"}}); got != Counted {
			t.Errorf("post 17 of %s: outcome %d, want it counted", platform, got)
		}
	}
}
