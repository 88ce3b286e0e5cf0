package fetch

import (
	"net/http"
	"testing"
)

func TestGet(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		if ua := r.Header.Get("User-Agent"); ua != "swell/1.2 (+https://example.org/swell)" {
			t.Errorf("User-Agent %q", ua)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("ETag", `"a"`)
		_, _ = w.Write([]byte(`{"a":1}`))
	})
	c := newTry(t)
	res, err := c.Get(t.Context(), Request{URL: s.URL + "/x?key=abc", Accept: []string{"application/json"}})
	if err != nil {
		t.Fatal(err)
	}
	if string(res.Body) != `{"a":1}` || res.Status != 200 || res.Validators.ETag != `"a"` {
		t.Errorf("got %+v", res)
	}
	again, err := c.Get(t.Context(), Request{URL: s.URL + "/x?key=abc", Known: res.Validators})
	if err != nil {
		t.Fatal(err)
	}
	if !again.Unchanged || again.Body != nil {
		t.Errorf("the same body again is no change; got %+v", again)
	}
}
