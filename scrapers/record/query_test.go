package record

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/swell-radar/swell/scrapers/fetch"
)

// What stands behind the '?' of an address that was asked for is not kept, wherever the answer repeats it.
func TestQueriesAreNotKept(t *testing.T) {
	for name, c := range map[string]struct {
		url, mediaType, body string
		secrets, kept        []string
	}{
		"itself": {
			"https://me:hunter3@blog.example/feed?k=hunter2secret&n=2&flag", "application/rss+xml",
			`<rss><channel><atom:link rel="self" href="https://blog.example/feed?k=hunter2secret&amp;n=2"/><title>hunter2secret, n=2</title></channel></rss>`,
			[]string{"hunter2", "hunter3", "amp;n=2"}, []string{"<title>", ", n=2"},
		},
		"spelled otherwise": {
			"https://a.example/x?key=a%2Fb+c%3Dd", "application/json", `{"self":"https:\/\/a.example\/x?key=a%2Fb%20c%3Dd","key":"a/b c=d","other":"/x?key=a%2Fb+c%3Dd"}`,
			[]string{"a/b", "a%2F"}, []string{"self"},
		},
		"number": {"https://a.example/x?min_id=1157788990011", "application/json", `{"id":1157788990011}`, []string{"1157788990011"}, nil},
		"words":  {"https://a.example/x?collection=app.bsky.feed.post", "application/json", `{"$type":"app.bsky.feed.post"}`, nil, []string{`"app.bsky.feed.post"`}},
		"phrase": {"https://a.example/x?k=correcthorse", "application/json", `{"self":"/x?a=1\u0026k=correcthorse"}`, []string{"correcthorse"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := New(t.TempDir(), rules, []byte("secret"))
			if err != nil {
				t.Fatal(err)
			}
			r.Tap(fetch.Exchange{Method: "GET", URL: c.url, Status: 200, Body: []byte(c.body), Header: http.Header{
				"Content-Type": {c.mediaType}, "Link": {"<" + c.url + `>; rel="self"`}, "Set-Cookie": {"session=hunter2cookie"},
			}})
			files, err := r.Files()
			if err != nil || len(files) != 1 {
				t.Fatalf("%q, %v", files, err)
			}
			body, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			head, err := os.ReadFile(files[0][:strings.LastIndexByte(files[0], '.')] + ".head")
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range append(c.secrets, "hunter2cookie") {
				if strings.Contains(string(body), s) || strings.Contains(string(head), s) {
					t.Errorf("%q is kept:\n%s\n%s", s, head, body)
				}
			}
			for _, s := range c.kept {
				if !strings.Contains(string(body), s) {
					t.Errorf("%q is lost: %s", s, body)
				}
			}
			if strings.HasSuffix(c.mediaType, "json") && !json.Valid(body) {
				t.Errorf("not valid any more: %s", body)
			}
		})
	}
}

// A name is found again without the sign that it was met with.
func TestSignsAreNoPartOfNames(t *testing.T) {
	out, _ := newRedactor(rules, []byte("secret")).body("application/json", []byte(`{"acct":"@maria.lopez","authors":["/u/otto_k"],"title":"maria.lopez and otto_k"}`))
	if s := string(out); strings.Contains(s, "maria") || strings.Contains(s, "otto") {
		t.Errorf("somebody is named in %s", s)
	}
}
