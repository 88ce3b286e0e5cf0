package serve

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/swell-radar/swell/internal/api"
)

// A page has no more of a long address than fits into some hundred kilobytes.
func TestPagesOfLongAddresses(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	names := func(n int) string {
		var out []string
		for i := range n {
			out = append(out, fmt.Sprintf("p%d", i))
		}
		return strings.Join(out, ",")
	}
	const most = 400 << 10
	for _, c := range []struct {
		target string
		status int
	}{
		{"/?platform=" + names(1500), http.StatusBadRequest},
		{"/?platform=" + names(30), 0},
		{"/?platform=" + strings.ReplaceAll(names(1000), ",", "&platform="), http.StatusRequestURITooLong},
		{"/?platform=" + strings.ReplaceAll(names(500), ",", "&platform="), http.StatusBadRequest},
		{"/?q=" + strings.Repeat("%3C", 512), 0},
		{"/?q=" + strings.Repeat("a", 7000), http.StatusBadRequest},
		{"/compare?terms=" + names(1500), http.StatusOK},
		{"/compare?term=" + strings.ReplaceAll(names(700), ",", "&term="), http.StatusOK},
		{"/compare?watches=" + names(1500), http.StatusOK},
		{"/compare?terms=" + names(api.MaxCompared), http.StatusOK},
		{"/search?q=" + names(1500), 0},
		{"/timing?platform=" + names(1500), 0},
		{"/sources?x=" + names(1500), 0},
	} {
		resp := do(s, "GET", c.target, "Accept", asPage)
		if n := len(body(t, resp)); n > most || c.status != 0 && resp.StatusCode != c.status {
			t.Errorf("%.40s…: status %d, %d bytes", c.target, resp.StatusCode, n)
		}
	}
}

func TestFormsAreBounded(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	post := func(path string, form url.Values) *http.Response {
		return request(s, "POST", path, form.Encode(), "Content-Type", asForm, "Accept", asPage, "Sec-Fetch-Site", fromOwn)
	}
	faulty := url.Values{"name": {"a"}, "lines": {strings.Repeat("x | y\n", 20_000)}}
	resp := wantStatus(t, post("/new/watch", faulty), http.StatusUnprocessableEntity)
	page := string(body(t, resp))
	if len(page) > 300<<10 || !strings.Contains(page, "<li>and 19,990 more</li>") || !strings.Contains(page, "20,000 lines cannot be read") {
		t.Errorf("%d bytes: %.1500s", len(page), page[strings.Index(page, `id="lines-error"`):])
	}
	long := url.Values{"lines": {strings.Repeat("a", 1<<20)}, "text": {strings.Repeat("a", 1<<20)}, "reason": {strings.Repeat("a", 1<<20)}}
	for _, path := range []string{"/new/watch", "/new/rule", "/mutes", "/settings", "/outbox/retry", "/terms/hashtag/booktok/note", "/terms/hashtag/booktok/watch", "/digest/2026-03-02/send", "/alerts/x"} {
		wantStatus(t, post(path, long), http.StatusRequestEntityTooLarge)
	}
}

// Who sends a form slowly keeps nobody else from a page, and who waits for a place does not wait in vain.
func TestPagesAtOnce(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	begun, end := make(chan struct{}), make(chan struct{})
	for range 8 {
		go func() {
			r := httptest.NewRequest("POST", "/settings", io.MultiReader(strings.NewReader("theme="), held{begun, end}))
			r.Host = "localhost:7310"
			r.Header.Set("Content-Type", asForm)
			s.ServeHTTP(httptest.NewRecorder(), r)
		}()
		<-begun
	}
	wantStatus(t, do(s, "GET", "/about", "Accept", asPage), http.StatusOK)
	close(end)
}

// held is a body that says when it is read and goes on later.
type held struct{ begun, end chan struct{} }

func (h held) Read([]byte) (int, error) {
	select {
	case h.begun <- struct{}{}:
	case <-h.end:
	}
	<-h.end
	return 0, io.EOF
}
