package record

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch"
)

var rules = scrapers.Redaction{JSON: []string{"acct", "did", "authors"}, XML: []string{"name", "uri"}}

// Nobody is named in what is kept, and the same person has one pseudonym.
func TestNobodyIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		mediaType, body string
		valid           func([]byte) bool
	}{
		"json": {"application/json", `{"acct":"maria.lopez","n":12345678901234567890,"authors":["maria.lopez",{"x":1},77001122],` +
			`"url":"https://site.example/@maria.lopez/1","text":"hi @otto_k & <b>","nested":[{"did":"did:plc:abcdef"}],"uri":"at://did:plc:abcdef/post/1"}`, json.Valid},
		"lines": {"application/x-ndjson", "{\"acct\":\"maria.lopez\"}\n{\"did\":\"did:plc:abcdef\"}\n", nil},
		"xml": {"application/atom+xml", `<feed><author><name>Maria Lopez</name><uri>/u/maria.lopez</uri></author><title>by Maria Lopez</title></feed>`,
			func(b []byte) bool { return xml.Unmarshal(b, new(struct{})) == nil }},
		"html":   {"text/html", `<script>{"acct" : "maria.lopez","stats":{"n":3}}</script><a href="/@maria.lopez">`, nil},
		"broken": {"application/json", `{"acct":"maria.lopez","x":`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			out, _ := newRedactor(rules, []byte("secret")).body(c.mediaType, []byte(c.body))
			for _, person := range []string{"maria", "Maria", "otto", "abcdef", "77001122"} {
				if strings.Contains(string(out), person) {
					t.Errorf("%s is named in %s", person, out)
				}
			}
			if c.valid != nil && !c.valid(out) {
				t.Errorf("not valid any more: %s", out)
			}
			if name == "json" && !strings.Contains(string(out), "12345678901234567890") {
				t.Errorf("a number was lost: %s", out)
			}
		})
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("application/json", `{"acct":"maria","a":[1,{"did":"x"}]}`)
	f.Add("text/xml", `<a><name>maria</name></a>`)
	f.Add("text/html", `"acct":"mar\"ia"`)
	f.Add("text/html", `<script>{"acct":{"n":1,"s":"<\/script>"}}</script>`)
	f.Add("text/plain", `<rss><name>maria`)
	f.Add("application/json", `{"authors":[{"at":"2026-11-28","n":-1e5}],"acct":7`)
	f.Fuzz(func(t *testing.T, mediaType, body string) {
		valid := json.Valid([]byte(body))
		out, ext := newRedactor(rules, []byte("secret")).body(mediaType, []byte(body))
		if valid && (ext != ".json" || !json.Valid(out)) {
			t.Errorf("JSON became %s %q", ext, out)
		}
	})
}

func TestRecorder(t *testing.T) {
	dir := t.TempDir()
	r, err := New(dir, rules, []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	r.Tap(fetch.Exchange{Method: "GET", URL: "https://site.example/api/v1/timelines?limit=2", Status: 200,
		Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, Body: []byte(`[{"acct":"maria.lopez"}]`)})
	files, err := r.Files()
	if err != nil || len(files) != 1 || !strings.HasSuffix(files[0], "001-site.example-api-v1-timelines.json") {
		t.Fatalf("%q, %v", files, err)
	}
	head, err := os.ReadFile(strings.TrimSuffix(files[0], ".json") + ".head")
	if err != nil || string(head) != "GET https://site.example/api/v1/timelines?limit=…\n200\nContent-Type: application/json; charset=utf-8\n" {
		t.Errorf("%q, %v", head, err)
	}
}
