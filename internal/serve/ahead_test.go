package serve

import (
	"net/http"
	"testing"

	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// A run that fell back to an older snapshot finds terms in its store that it has
// not met yet: they are not there.
func TestTermsOfTheFutureAreUnknown(t *testing.T) {
	st := openStore(t)
	opt := fixedOptions(t)
	opt.History = st
	err := st.RegisterTerms([]store.Term{{
		ID: term.ScopeOf(term.Hashtag, "tiktok").ID("tomorrow"), Kind: term.Hashtag, Platform: "tiktok",
		Key: "tomorrow", Display: "Tomorrow", FirstSeen: (fixedAsOf + 600) * 1e6,
	}})
	if err != nil {
		t.Fatal(err)
	}
	resp := do(newServer(t, opt), http.MethodGet, "/api/v1/terms/hashtag/tomorrow")
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("status %d: %s", resp.StatusCode, body(t, resp))
	}
}
