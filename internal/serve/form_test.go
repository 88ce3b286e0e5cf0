package serve

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/rows"
)

func TestAccept(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	for accept, want := range map[string]string{
		"": api.TypeJSON, "*/*": api.TypeJSON, "application/json": api.TypeJSON, "application/*": api.TypeJSON, "text/html, */*;q=0.8": api.TypeJSON,
		"text/csv": "text/csv", "text/*": "text/csv", "Text/CSV; header=present": "text/csv", "application/json;q=0.5, text/csv": "text/csv",
		"text/csv, application/json": api.TypeJSON, "text/csv;q=0.9, */*;q=0.1": "text/csv", "application/x-ndjson": "application/x-ndjson",
		"application/vnd.apache.parquet": "application/vnd.apache.parquet", "*/*, application/json;q=0": "application/x-ndjson",
		"text/*;q=0.1, text/csv;q=0, application/json;q=0.05": api.TypeJSON,
		"text/html": "", "application/json;q=0": "", "text/csv;q=no": "", "image/*": "", ",": "",
	} {
		resp := do(s, "GET", "/api/v1/trends", "Accept", accept)
		kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
		switch {
		case want == "":
			if p := problemOf(t, resp); p.Type != api.ProblemNotAcceptable || p.Status != http.StatusNotAcceptable || !strings.Contains(p.Detail, "text/csv") {
				t.Errorf("Accept %q: %+v", accept, p)
			}
		case kind != want || !slices.Equal(resp.Header.Values("Vary"), []string{"Accept", "Accept-Encoding"}):
			t.Errorf("Accept %q: %s, want %s; Vary %q", accept, kind, want, resp.Header.Values("Vary"))
		}
		if resp := do(s, "GET", "/api/v1/trends?format=ndjson", "Accept", accept); resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != rows.NDJSON.ContentType() {
			t.Errorf("Accept %q: the parameter does not win", accept)
		}
	}
	if resp := do(s, "GET", "/api/v1/status", "Accept", "text/csv"); resp.Header.Get("Content-Type") != api.TypeJSON {
		t.Error("the status has a form")
	}
}

func TestFormParameters(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	for target, want := range map[string][3]string{
		"/api/v1/trends?format=xlsx":                        {api.ProblemInvalidParameter, "format", "json, ndjson, csv, parquet"},
		"/api/v1/trends?format=csv&format=json":             {api.ProblemInvalidParameter, "format", "2 times"},
		"/api/v1/trends?csv_guard=off":                      {api.ProblemInvalidParameter, "csv_guard", "1, 0"},
		"/api/v1/trends?format=csv&tongue=en":               {api.ProblemUnknownParameter, "tongue", "csv_guard, cursor, format"},
		"/api/v1/trends?format=csv&limit=0":                 {api.ProblemInvalidParameter, "limit", ""},
		"/api/v1/trends?format=csv&%zz":                     {api.ProblemInvalidParameter, "", "%zz"},
		"/api/v1/status?format=csv":                         {api.ProblemUnknownParameter, "format", "none"},
		"/api/v1/terms/hashtag/booktok?format=json":         {api.ProblemUnknownParameter, "format", "platform"},
		"/api/v1/terms/hashtag/never/series?format=parquet": {api.ProblemUnknownTerm, "", "never"},
	} {
		p := problemOf(t, do(s, "GET", target))
		if p.Type != want[0] || p.Parameter != want[1] || !strings.Contains(p.Detail, want[2]) {
			t.Errorf("%s: %+v, want %q", target, p, want)
		}
	}
}

// TestTablesHaveTheAnswersRows holds every form of a list to its JSON.
func TestTablesHaveTheAnswersRows(t *testing.T) {
	opt := fixedOptions(t)
	opt.Sources = fixedHealth
	s := newServer(t, opt)
	for target, list := range map[string]string{"/api/v1/trends?": "trends", "/api/v1/sources?": "sources"} {
		var answer map[string]json.RawMessage
		var want []map[string]any
		if err := json.Unmarshal(body(t, do(s, "GET", target)), &answer); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(answer[list], &want); err != nil || len(want) == 0 {
			t.Fatal(err, len(want))
		}
		table := do(s, "GET", target+"format=ndjson")
		lines := strings.Split(strings.TrimSpace(string(body(t, table))), "\n")
		cells, err := csv.NewReader(bytes.NewReader(body(t, do(s, "GET", target+"format=csv")))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) != len(want) || len(cells) != 1+len(want) {
			t.Fatalf("%s: %d lines and %d rows, want %d", target, len(lines), len(cells)-1, len(want))
		}
		for i, line := range lines {
			var got map[string]any
			if err := json.Unmarshal([]byte(line), &got); err != nil {
				t.Fatal(err)
			}
			if len(got) != len(cells[0]) {
				t.Errorf("%s: %d members, %d cells", target, len(got), len(cells[0]))
			}
			for name, v := range want[i] {
				switch v := v.(type) {
				case string, float64, bool:
					if got[name] != v {
						t.Errorf("%s row %d: %s is %v, want %v", target, i, name, got[name], v)
					}
				case map[string]any:
					for sub, v := range v {
						if _, plain := v.(float64); plain && got[name+"_"+sub] != v {
							t.Errorf("%s row %d: %s_%s is %v, want %v", target, i, name, sub, got[name+"_"+sub], v)
						}
					}
				}
			}
		}
		parquet := do(s, "GET", target+"format=parquet", "Accept-Encoding", "gzip, zstd, identity;q=0")
		if b := body(t, parquet); !bytes.HasPrefix(b, []byte("PAR1")) || !bytes.HasSuffix(b, []byte("PAR1")) || parquet.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: no Parquet, or compressed twice: %.20q", target, b)
		}
	}
}

func TestTableHeaders(t *testing.T) {
	opt := fixedOptions(t)
	s := newServer(t, opt)
	first := do(s, "GET", "/api/v1/trends?q=tok&kind=hashtag,link&limit=1&phase=rising,unconfirmed,fading&q=", "Accept", "text/csv")
	if first.StatusCode != http.StatusBadRequest {
		t.Error("q was given twice")
	}
	first = do(s, "GET", "/api/v1/trends?limit=2", "Accept", "text/csv")
	for name, want := range map[string]string{
		"Content-Type": "text/csv; charset=utf-8; header=present", "Content-Disposition": `inline; filename="swell-trends.csv"`,
		"Swell-As-Of": "2026-03-06T04:20:00Z", "Swell-Window": "2026-03-03T05:00:00Z/2026-03-06T04:20:00Z",
	} {
		if got := first.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	link, ok := strings.CutSuffix(first.Header.Get("Link"), `>; rel="next"`)
	if !ok || !strings.HasPrefix(link, "</api/v1/trends?cursor=") {
		t.Fatalf("Link is %q", first.Header.Get("Link"))
	}
	next := do(s, "GET", link[1:], "Accept", "text/csv")
	if b := string(body(t, next)); next.StatusCode != http.StatusOK || next.Header.Get("Link") != "" || strings.Count(b, "\r\n") != 2 || !strings.Contains(b, "example.com") {
		t.Errorf("the next page is %d %q", next.StatusCode, b)
	}
	series := do(s, "GET", "/api/v1/terms/hashtag/BookTok/series?format=ndjson&from=2026-03-06T00:00:00Z&to=2026-03-06T02:00:00Z")
	if series.Header.Get("Swell-Window") != "2026-03-06T00:00:00Z/2026-03-06T02:00:00Z" || !strings.Contains(series.Header.Get("Content-Disposition"), `"swell-terms-hashtag-BookTok-series.ndjson"`) {
		t.Errorf("a series has %v", series.Header)
	}
	odd := do(s, "GET", "/api/v1/terms/hashtag/B%C3%BCcher%22%0D%0AX/series?format=csv")
	if odd.StatusCode != http.StatusNotFound {
		t.Errorf("status %d", odd.StatusCode)
	}
}

func TestFileNames(t *testing.T) {
	for target, want := range map[string]string{
		"/api/v1/trends": "swell-trends", "/api/v1/terms/hashtag/bücher\"\r\n/series": "swell-terms-hashtag-b-cher----series",
		"/api/v1/" + strings.Repeat("x", 200): "swell-" + strings.Repeat("x", maxFileName),
	} {
		if got := fileName(target); got != want {
			t.Errorf("%q is %q, want %q", target, got, want)
		}
	}
}

// TestFormsAreTaggedApart holds that no form of a ranking is taken for another one.
func TestFormsAreTaggedApart(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	forms := []string{"json", "ndjson", "csv", "csv&csv_guard=0", "parquet"}
	seen := map[string]string{}
	for _, f := range forms {
		get, head := do(s, "GET", "/api/v1/trends?format="+f), do(s, "HEAD", "/api/v1/trends?format="+f)
		tag := get.Header.Get("Etag")
		if other, twice := seen[tag]; twice || tag == "" {
			t.Errorf("%s and %s have the tag %s", f, other, tag)
		}
		seen[tag] = f
		if len(body(t, head)) != 0 || head.Header.Get("Content-Length") != get.Header.Get("Content-Length") || head.Header.Get("Etag") != tag {
			t.Errorf("%s: HEAD gives %v, GET %v", f, head.Header, get.Header)
		}
	}
	for tag, f := range seen {
		for _, asked := range forms {
			resp := do(s, "GET", "/api/v1/trends?format="+asked, "If-None-Match", tag)
			if same := resp.StatusCode == http.StatusNotModified; same != (asked == f) || same && !slices.Contains(resp.Header.Values("Vary"), "Accept") {
				t.Errorf("the tag of %s, asked for %s: status %d, Vary %q", f, asked, resp.StatusCode, resp.Header.Values("Vary"))
			}
		}
	}
}

// TestAnswersTellTheSameThings holds the names by which aboutOf finds what an answer tells.
func TestAnswersTellTheSameThings(t *testing.T) {
	at, next := time.Unix(3600, 0), "x"
	span, cov := api.Span{From: at, To: at.Add(time.Hour)}, &api.Coverage{Share: 0.5}
	full := about{asOf: "1970-01-01T01:00:00Z", window: "1970-01-01T01:00:00Z/1970-01-01T02:00:00Z", coverage: "0.5", next: "x"}
	at = at.UTC()
	for _, c := range []struct {
		answer any
		want   about
	}{
		{&api.TrendsAnswer{AsOf: &at, Window: &span, Coverage: cov, Next: &next}, full},
		{&api.SeriesAnswer{AsOf: &at, Range: span, Coverage: cov}, about{full.asOf, full.window, full.coverage, ""}},
		{&api.CompareAnswer{AsOf: &at, Range: span, Coverage: cov}, about{full.asOf, full.window, full.coverage, ""}},
		{&api.TimingAnswer{AsOf: &at, Range: span, Coverage: cov}, about{full.asOf, full.window, full.coverage, ""}},
		{&api.RelatedAnswer{AsOf: &at, Window: &span, Coverage: cov}, about{full.asOf, full.window, full.coverage, ""}},
		{&api.SearchAnswer{AsOf: &at, Coverage: &api.Coverage{Share: api.Unknown}}, about{asOf: full.asOf}},
		{&api.DetectionsAnswer{AsOf: &at, Next: &next}, about{asOf: full.asOf, next: "x"}},
		{&api.SourcesAnswer{AsOf: at}, about{asOf: full.asOf}},
		{&api.TrendsAnswer{}, about{}}, {nil, about{}}, {5, about{}},
	} {
		if got := aboutOf(c.answer); got != c.want {
			t.Errorf("%T: %+v, want %+v", c.answer, got, c.want)
		}
	}
}

// TestEveryListIsATable holds that the rows of every answer can be written.
func TestEveryListIsATable(t *testing.T) {
	compare := &api.CompareAnswer{Terms: []api.Compared{{Key: "a", Points: []api.ComparedPoint{{Posts: 1}, {Posts: 2}}}, {Key: "b", Points: []api.ComparedPoint{{Posts: 3}}}}}
	related := &api.RelatedAnswer{Platforms: []api.RelatedPlatform{{Platform: "x", Related: []api.Related{{Key: "a"}, {Key: "b"}}}}}
	voice := &api.WatchVoice{Points: []api.VoicePoint{{}, {}}}
	voices := &api.WatchVoices{Watches: []api.VoiceShare{{}, {Counted: &api.VoiceCounted{}}}}
	s := newServer(t, fixedOptions(t))
	for _, c := range []struct {
		rows  any
		lines int
	}{
		{voice.Rows(), 2}, {voices.Rows(), 2}, {compare.Rows(), 3}, {related.Rows(), 2}, {[]api.Found{{}}, 1}, {[]api.TimingCell{{}}, 1}, {[]api.Detection{{}}, 1}, {[]api.Trend{{}}, 1},
	} {
		for _, f := range rows.Formats() {
			r, err := http.NewRequest("GET", "/api/v1/x", nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := s.table(http.Header{}, r, &reply{rows: c.rows, form: &form{format: f}})
			if err != nil {
				t.Fatalf("%T as %v: %v", c.rows, f, err)
			}
			if f == rows.NDJSON && bytes.Count(body.plain, []byte("\n")) != c.lines {
				t.Errorf("%T: %s, want %d lines", c.rows, body.plain, c.lines)
			}
		}
	}
}

func BenchmarkTables(b *testing.B) {
	opt := fixedOptions(b)
	source := manyTrends(1000)
	opt.Source = source
	s := newServer(b, opt)
	for _, f := range []string{"json", "ndjson", "csv", "parquet"} {
		b.Run(f, func(b *testing.B) {
			r, err := http.NewRequest("GET", "/api/v1/trends?limit=1000&format="+f, nil)
			if err != nil {
				b.Fatal(err)
			}
			r.Host, r.RequestURI = "localhost", r.URL.RequestURI()
			b.ReportAllocs()
			for b.Loop() {
				source.view.Seq++
				s.ServeHTTP(&discard{header: http.Header{}}, r)
			}
		})
	}
}
