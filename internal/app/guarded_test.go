package app

import (
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/digest"
)

// Messages say whether the endpoint that they link to asks for a token.
func TestMessagesSayThatTokensAreAskedFor(t *testing.T) {
	for _, guarded := range []bool{false, true} {
		n := &notifier{NotifyOptions: NotifyOptions{Digests: []DailyDigest{{Name: "team", Schedule: digest.Schedule{Zone: time.UTC}}}}}
		n.begin(nil, "http://127.0.0.1:7310", guarded)
		if n.guarded != guarded || n.digests[0].guarded != guarded {
			t.Errorf("%t: %t, %t", guarded, n.guarded, n.digests[0].guarded)
		}
	}
}
