package fetch

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// The traps of traps_test.go that are about answers which are not what was asked for.

// OnHTML is silent where the answer is no HTML, and OnXML takes any type with "xml" in it.
func TestTrapMediaTypes(t *testing.T) {
	const sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	s := newSite(t, handlers{"/sheet": says(sheet, "PK\x03\x04"), "/text": says("text/plain", "<title>x</title>")})
	c := newTry(t)
	for _, path := range []string{"/sheet", "/text"} {
		_, err := c.Page(t.Context(), Request{URL: s.URL + path})
		state(t, err, scrapers.SchemaChanged)
	}
	_, err := c.Get(t.Context(), Request{URL: s.URL + "/sheet", Accept: []string{"application/xml", "*+xml"}})
	state(t, err, scrapers.SchemaChanged)
}

// Cookies are kept and sent back.
func TestTrapCookies(t *testing.T) {
	s := newSite(t, handlers{
		"/": func(w http.ResponseWriter, r *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "id", Value: "1", Path: "/"})
			http.Redirect(w, r, "/b", http.StatusFound)
		},
		"/b": says("text/html", "x"),
	})
	c := newTry(t)
	for range 2 {
		if _, err := c.Page(t.Context(), Request{URL: s.URL + "/"}); err != nil {
			t.Fatal(err)
		}
		if got := s.lastHeader().Get("Cookie"); got != "" {
			t.Errorf("a cookie was sent back: %q", got)
		}
	}
}

// An answer that never ends is waited for until a timeout of the whole request that is not told from other errors.
func TestTrapSlowAnswers(t *testing.T) {
	s := newSite(t, handlers{
		"/drip": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte(" "))
				_ = http.NewResponseController(w).Flush()
				time.Sleep(time.Millisecond)
			}
		},
		"/hang": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	})
	for path, within := range map[string]limits{"/drip": {whole: 150 * time.Millisecond, header: time.Minute}, "/hang": {whole: time.Minute, header: 50 * time.Millisecond}} {
		l := defaultLimits
		l.whole, l.header = within.whole, within.header
		_, err := newTryWithin(t, l).Page(t.Context(), Request{URL: s.URL + path})
		state(t, err, scrapers.Unreachable)
		if want := map[string]string{"/drip": "not complete after 150ms", "/hang": "did not answer in time"}[path]; !strings.Contains(err.Error(), want) {
			t.Errorf("does not say why: %v", err)
		}
	}
}
