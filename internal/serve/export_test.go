package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/export"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// pastDays is a source of exports with two days; reading the second one fails with err.
type pastDays struct {
	none bool
	err  error
}

const pastDay = 20_500 // 2026-02-16

func (p pastDays) ClosedDays() ([]int64, error) {
	if p.none {
		return nil, nil
	}
	return []int64{pastDay, pastDay + 1}, nil
}

func (p pastDays) DayPoints(day int64) (uint32, iter.Seq2[store.TermDay, error], error) {
	return 0xFFFFFF &^ 3, func(yield func(store.TermDay, error) bool) {
		for i := range 40 {
			d := store.TermDay{Term: store.Term{Kind: term.Hashtag, Platform: "tiktok", Key: fmt.Sprint("key", i), Display: fmt.Sprint("+Key", i)}}
			d.Posts[5], d.Fresh[5], d.Posts[23] = uint32(i), 3, 1
			if !yield(d, nil) {
				return
			}
		}
		if day > pastDay && p.err != nil {
			yield(store.TermDay{}, p.err)
		}
	}, nil
}

func exportOptions(t testing.TB, source export.Source) Options {
	t.Helper()
	opt := fixedOptions(t)
	var err error
	if opt.Exports, err = export.Open(export.Options{Dir: t.TempDir(), Source: source, Now: opt.Clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opt.Exports.Close)
	return opt
}

func TestExport(t *testing.T) {
	s := newServer(t, exportOptions(t, pastDays{}))
	const at = "/api/v1/export/2026-02-16."
	full := do(s, "GET", at+"csv", "Accept-Encoding", "gzip, zstd")
	whole := body(t, full)
	for name, want := range map[string]string{
		"Content-Type": "text/csv; charset=utf-8; header=present", "Content-Disposition": `attachment; filename="swell-2026-02-16-long.csv"`,
		"Last-Modified": "Tue, 17 Feb 2026 00:00:00 GMT", "Accept-Ranges": "bytes", "Content-Length": fmt.Sprint(len(whole)), "Content-Encoding": "",
		"Cache-Control": "private, max-age=3600", "Swell-As-Of": "2026-02-17T00:00:00Z", "Swell-Window": "2026-02-16T00:00:00Z/2026-02-17T00:00:00Z",
		"Swell-Coverage": "", // what was missed on days gone by is not known
	} {
		if got := full.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	tag := full.Header.Get("Etag")
	if full.StatusCode != http.StatusOK || bytes.Count(whole, []byte("\r\n")) != 81 || !bytes.Contains(whole, []byte(",'+Key3,")) || len(tag) != 66 {
		t.Fatalf("status %d, tag %s: %.300s", full.StatusCode, tag, whole)
	}
	for name, c := range map[string]struct {
		header []string
		status int
		want   string
	}{
		"the end":                      {[]string{"Range", "bytes=-10"}, 206, string(whole[len(whole)-10:])},
		"a part":                       {[]string{"Range", "bytes=5-9"}, 206, string(whole[5:10])},
		"a part of this file":          {[]string{"Range", "bytes=5-9", "If-Range", tag}, 206, string(whole[5:10])},
		"a part of another one":        {[]string{"Range", "bytes=5-9", "If-Range", `"other"`}, 200, string(whole)},
		"a part of that of this time":  {[]string{"Range", "bytes=0-3", "If-Range", "Tue, 17 Feb 2026 00:00:00 GMT"}, 206, string(whole[:4])},
		"what is held":                 {[]string{"If-None-Match", tag}, 304, ""},
		"what has not changed":         {[]string{"If-Modified-Since", "Tue, 17 Feb 2026 00:00:00 GMT"}, 304, ""},
		"only if it is that":           {[]string{"If-Match", `"other"`}, 412, ""},
		"nonsense in place of a range": {[]string{"Range", "lines=1-2"}, 416, ""},
	} {
		resp := do(s, "GET", at+"csv", c.header...)
		if resp.StatusCode != c.status || c.want != "" && string(body(t, resp)) != c.want {
			t.Errorf("%s: status %d, want %d", name, resp.StatusCode, c.status)
		}
	}
	head := do(s, "HEAD", at+"csv")
	if len(body(t, head)) != 0 || head.Header.Get("Content-Length") != fmt.Sprint(len(whole)) || head.Header.Get("Etag") != tag {
		t.Errorf("HEAD gives %v", head.Header)
	}
	far := do(s, "GET", at+"csv", "Range", "bytes=99999-")
	if p := problemOf(t, far); p.Type != api.ProblemRange || !strings.Contains(p.Detail, fmt.Sprint(len(whole))) || far.Header.Get("Content-Range") != fmt.Sprintf("bytes */%d", len(whole)) || far.Header.Get("Etag") != "" {
		t.Errorf("a range that cannot be: %+v, %v", p, far.Header)
	}
	tags := []string{tag}
	for _, other := range []string{"ndjson", "parquet", "csv?layout=wide", "csv?csv_guard=0", "parquet?layout=wide&csv_guard=0"} {
		tags = append(tags, do(s, "GET", at+other).Header.Get("Etag"))
	}
	slices.Sort(tags)
	if len(slices.Compact(tags)) != 6 {
		t.Errorf("files share tags: %q", tags)
	}
	if b := body(t, do(s, "GET", at+"csv?csv_guard=0")); !bytes.Contains(b, []byte(",+Key3,")) {
		t.Errorf("without the guard: %.300s", b)
	}
}

func TestExportList(t *testing.T) {
	s := newServer(t, exportOptions(t, pastDays{}))
	for _, f := range []string{"parquet", "csv?csv_guard=0&layout=wide"} {
		do(s, "GET", "/api/v1/export/2026-02-17."+f)
	}
	got := ask[api.ExportAnswer](t, s, "/api/v1/export")
	if len(got.Days) != 2 || got.Days[0].Day != "2026-02-16" || len(got.Days[0].Made) != 0 || len(got.Days[1].Made) != 2 || !got.Days[1].To.Equal(time.Date(2026, 2, 18, 0, 0, 0, 0, time.UTC)) {
		t.Fatalf("got %+v", got)
	}
	for _, day := range got.Days {
		paths := []string{day.Path}
		for _, f := range day.Made {
			paths = append(paths, f.Path)
			resp := do(s, "GET", f.Path)
			if n := int64(len(body(t, resp))); n != f.Bytes {
				t.Errorf("%s has %d bytes, and the list says %d", f.Path, n, f.Bytes)
			}
		}
		for _, path := range paths {
			if resp := do(s, "GET", path); resp.StatusCode != http.StatusOK {
				t.Errorf("%s: status %d", path, resp.StatusCode)
			}
		}
	}
	if b := string(body(t, do(s, "GET", "/api/v1/export?format=csv"))); !strings.HasPrefix(b, "day,from,to,path\r\n2026-02-16,") {
		t.Errorf("as a table: %q", b)
	}
	if got := ask[api.ExportAnswer](t, newServer(t, fixedOptions(t)), "/api/v1/export"); len(got.Days) != 0 {
		t.Errorf("without exports: %+v", got)
	}
}

func TestExportProblems(t *testing.T) {
	damaged := fmt.Errorf("behind the rows: %w", store.ErrDamaged)
	for _, c := range []struct {
		source                    export.Source // nil: no exports
		target                    string
		kind, parameter, expected string
	}{
		{pastDays{}, "/api/v1/export/yesterday.csv", api.ProblemInvalidParameter, "day", "YYYY-MM-DD"},
		{pastDays{}, "/api/v1/export/2026-02-30.csv", api.ProblemInvalidParameter, "day", ""},
		{pastDays{}, "/api/v1/export/2026-02-16.xlsx", api.ProblemInvalidParameter, "format", ".ndjson, .csv, .parquet"},
		{pastDays{}, "/api/v1/export/2026-02-16", api.ProblemInvalidParameter, "format", ""},
		{pastDays{}, "/api/v1/export/2026-02-16.csv.gz", api.ProblemInvalidParameter, "format", ""},
		{pastDays{}, "/api/v1/export/2026-02-16.csv?layout=tall", api.ProblemInvalidParameter, "layout", "long, wide"},
		{pastDays{}, "/api/v1/export/2026-02-16.csv?format=csv", api.ProblemUnknownParameter, "format", "csv_guard, layout"},
		{pastDays{}, "/api/v1/export/2026-02-16.csv?csv_guard=2", api.ProblemInvalidParameter, "csv_guard", ""},
		{pastDays{}, "/api/v1/export/2026-02-18.csv", api.ProblemNotKept, "day", "the 2 days that are over and kept, 2026-02-16 to 2026-02-17"},
		{pastDays{none: true}, "/api/v1/export/2026-02-18.csv", api.ProblemNotKept, "day", "none yet"},
		{nil, "/api/v1/export/2026-02-16.csv", api.ProblemNotKept, "", "no days"},
		{pastDays{err: damaged}, "/api/v1/export/2026-02-17.csv", api.ProblemDamaged, "", "2026-02-17"},
		{pastDays{err: store.ErrClosed}, "/api/v1/export/2026-02-17.csv", api.ProblemBusy, "", ""},
		{pastDays{err: errors.New("a secret")}, "/api/v1/export/2026-02-17.csv", api.ProblemInternal, "", ""},
		{pastDays{}, "/api/v1/export/2026/02.csv", api.ProblemNoSuchPath, "", ""},
		{pastDays{}, "/api/v1/export/..%2F..%2Fetc.csv", api.ProblemInvalidParameter, "day", ""},
	} {
		opt := fixedOptions(t)
		if c.source != nil {
			opt = exportOptions(t, c.source)
		}
		resp := do(newServer(t, opt), "GET", c.target)
		p := problemOf(t, resp)
		if p.Type != c.kind || p.Parameter != c.parameter || !strings.Contains(p.Detail, c.expected) || strings.Contains(p.Detail, "secret") {
			t.Errorf("%s: %+v, want %s at %q with %q", c.target, p, c.kind, c.parameter, c.expected)
		}
		if resp.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: a problem may be kept: %q", c.target, resp.Header.Get("Cache-Control"))
		}
	}
	full := fixedOptions(t)
	var err error
	if full.Exports, err = export.Open(export.Options{Dir: t.TempDir(), Source: pastDays{}, Now: full.Clock, Spare: func() int64 { return 0 }}); err != nil {
		t.Fatal(err)
	}
	defer full.Exports.Close()
	if p := problemOf(t, do(newServer(t, full), "GET", "/api/v1/export/2026-02-16.csv")); p.Type != api.ProblemFull || p.Status != http.StatusInsufficientStorage {
		t.Errorf("a full disk: %+v", p)
	}
}

// TestExportOverASocket reads a file in parts as programs do that read Parquet by URL.
func TestExportOverASocket(t *testing.T) {
	base := listen(t, newServer(t, exportOptions(t, pastDays{}))).URL
	get := func(r string) (*http.Response, []byte) {
		req, err := http.NewRequestWithContext(context.Background(), "GET", base+"/api/v1/export/2026-02-16.parquet", nil)
		if err != nil {
			t.Fatal(err)
		}
		if r != "" {
			req.Header.Set("Range", r)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp, b
	}
	_, whole := get("")
	resp, end := get("bytes=-8")
	if resp.StatusCode != http.StatusPartialContent || !bytes.Equal(end, whole[len(whole)-8:]) || string(end[4:]) != "PAR1" {
		t.Errorf("status %d: %q", resp.StatusCode, end)
	}
	if _, parts := get("bytes=0-3,10-13"); !bytes.Contains(parts, whole[:4]) || !bytes.Contains(parts, whole[10:14]) {
		t.Errorf("two parts: %q", parts)
	}
	if resp, b := get("bytes=100000-"); resp.StatusCode != http.StatusRequestedRangeNotSatisfiable || !json.Valid(b) {
		t.Errorf("status %d: %s", resp.StatusCode, b)
	}
}
