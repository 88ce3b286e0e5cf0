package serve

import (
	"errors"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/swell-radar/swell/internal/api"
)

// TestClientQuestions asks each kind of question through the client.
func TestClientQuestions(t *testing.T) {
	opt := shelved(t)
	h := opt.History.(shelf)
	h.History = habitual(t, 20)
	opt.History = h
	server := httptest.NewServer(newServer(t, opt))
	defer server.Close()
	c := api.Client{Base: server.URL}
	related, err := c.Related(t.Context(), "hashtag", "BookTok", url.Values{"limit": {"1"}})
	if err != nil || len(related.Platforms) != 2 || len(related.Platforms[0].Related) != 1 {
		t.Errorf("got %+v, %v", related, err)
	}
	compared, err := c.Compare(t.Context(), url.Values{"term": {"#BookTok", "keyword:a,b"}})
	if err != nil || len(compared.Terms) != 2 || compared.Terms[1].Key != "a,b" {
		t.Errorf("got %+v, %v", compared, err)
	}
	timing, err := c.Timing(t.Context(), url.Values{"zone": {"Europe/Berlin"}})
	if err != nil || len(timing.Cells) != 168 {
		t.Errorf("got %+v, %v", timing, err)
	}
	found, err := c.Search(t.Context(), url.Values{"q": {"#book"}})
	if err != nil || found.Total == 0 {
		t.Errorf("got %+v, %v", found, err)
	}
	var p *api.Problem
	if _, err := c.Compare(t.Context(), nil); !errors.As(err, &p) || p.Parameter != "terms" {
		t.Errorf("got %v", err)
	}
}
