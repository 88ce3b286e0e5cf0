package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/swell-radar/swell/internal/api"
)

// ledgerOf is an intake that remembers what it was given.
type ledgerOf struct {
	mu    sync.Mutex
	got   []Delivery
	fails error
}

func (l *ledgerOf) Accept(_ context.Context, d *Delivery) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails == nil {
		for i := range d.Records {
			d.Records[i].Own()
		}
		l.got = append(l.got, *d)
	}
	return l.fails
}

func (l *ledgerOf) NotAfter() int64    { return fixedAsOf*1e6 + 3600e6 }
func (l *ledgerOf) State() api.Backlog { return api.Backlog{Waiting: 7, Why: "why"} }

func taking(t testing.TB, in Intake) *Server {
	opt := fixedOptions(t)
	opt.Intake = in
	return newServer(t, opt)
}

func send(h http.Handler, body io.Reader, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/api/v1/records", body)
	r.Host = "localhost:7310"
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	holding(h).ServeHTTP(rec, r)
	return rec
}

func line(i int) string {
	return fmt.Sprintf(`{"ts":%d,"platform":"x","id":"%d","author":"a%d","tags":["Tide%d"]}`+"\n", fixedAsOf+int64(i), i, i, i)
}

func TestRecordsAreAcceptedAroundBadLines(t *testing.T) {
	in := &ledgerOf{}
	s := taking(t, in)
	ahead := fmt.Sprintf(`{"ts":%d,"tags":["soon"]}`, fixedAsOf+7200)
	resp := send(s, strings.NewReader("\xef\xbb\xbf"+line(1)+"\n{\"ts\":oops}\r\n"+line(2)+ahead+"\n"+`{"ts":1,"tags":["x"]}`+"\n"+strings.TrimSpace(line(3))),
		headerProducer, "feed", headerEpoch, "4", headerSeq, "9")
	if resp.Code != http.StatusAccepted {
		t.Fatalf("status %d: %s", resp.Code, resp.Body)
	}
	var out api.RecordsAnswer
	if err := json.Unmarshal(resp.Body.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if out.Accepted != 3 || out.Rejected != 3 || len(out.Errors) != 3 {
		t.Fatalf("answer %+v", out)
	}
	if e := out.Errors[0]; e.Line != 3 || e.Byte == nil || *e.Byte != 6 {
		t.Errorf("first error %+v", e)
	}
	if e := out.Errors[1]; e.Line != 5 || !strings.Contains(e.Reason, "ahead of this machine's clock") {
		t.Errorf("second error %+v", e)
	}
	if len(in.got) != 1 || in.got[0].Producer != "feed" || in.got[0].Epoch != 4 || in.got[0].Seq != 9 {
		t.Fatalf("delivered %+v", in.got)
	}
	for i, rec := range in.got[0].Records {
		if rec.ID != fmt.Sprint(i+1) || len(rec.Tags) != 1 || rec.Tags[0] != fmt.Sprintf("Tide%d", i+1) {
			t.Errorf("record %d is %+v", i, rec)
		}
	}
}

// TestExportedPostsAreRecords: what Zeeschuimer and 4CAT export may be sent as it is.
func TestExportedPostsAreRecords(t *testing.T) {
	in := &ledgerOf{}
	s := taking(t, in)
	post := func(id string, at int64) string {
		return fmt.Sprintf(`{"item_id":%q,"source_platform":"tiktok.com","data":{"id":%q,"createTime":%d,"desc":"it is #today"}}`+"\n", id, id, at)
	}
	resp := send(s, strings.NewReader(line(1)+post("2", fixedAsOf)+post("3", fixedAsOf+7200)+
		fmt.Sprintf(`{"id":"4","createTime":%d,"desc":"#late","__import_meta":{"source_platform":"gab.com"}}`+"\n", fixedAsOf)+line(5)))
	var out api.RecordsAnswer
	if err := json.Unmarshal(resp.Body.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if out.Accepted != 3 || out.Rejected != 2 || len(in.got) != 1 {
		t.Fatalf("answer %+v", out)
	}
	if rec := in.got[0].Records[1]; rec.ID != "2" || rec.Platform != "tiktok" || rec.Text != "it is #today" {
		t.Errorf("the exported post is %+v", rec)
	}
	if e := out.Errors[0]; e.Line != 3 || !strings.Contains(e.Reason, "ahead of this machine's clock") {
		t.Errorf("first error %+v", e)
	}
	if e := out.Errors[1]; e.Line != 4 || e.Field != "source_platform" || e.Byte != nil {
		t.Errorf("second error %+v", e)
	}
}

func TestRecordsMayBeCompressed(t *testing.T) {
	in := &ledgerOf{}
	s := taking(t, in)
	var text strings.Builder
	for i := range 500 {
		text.WriteString(line(i))
	}
	var zipped, zst bytes.Buffer
	g := gzip.NewWriter(&zipped)
	z, err := zstd.NewWriter(&zst)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []io.WriteCloser{g, z} {
		if _, err := io.WriteString(w, text.String()); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for coding, body := range map[string][]byte{"gzip": zipped.Bytes(), "zstd": zst.Bytes(), "identity": []byte(text.String())} {
		in.got = nil
		resp := send(s, bytes.NewReader(body), "Content-Encoding", coding)
		if resp.Code != http.StatusAccepted || len(in.got) != 1 || len(in.got[0].Records) != 500 {
			t.Errorf("%s: status %d: %.200s", coding, resp.Code, resp.Body)
		}
		in.got = nil
		if resp := send(s, bytes.NewReader(body[:len(body)/2]), "Content-Encoding", coding); coding != "identity" && (resp.Code != http.StatusBadRequest || len(in.got) != 0) {
			t.Errorf("%s cut in half: status %d, %d deliveries", coding, resp.Code, len(in.got))
		}
	}
}

// zeros compresses to next to nothing.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

func TestBodiesOfRecordsAreBounded(t *testing.T) {
	in := &ledgerOf{}
	s := taking(t, in)
	var bomb bytes.Buffer
	z, err := zstd.NewWriter(&bomb)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(z, zeros{}, 256<<20); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, resp := range map[string]*httptest.ResponseRecorder{
		"plain": send(s, io.LimitReader(zeros{}, maxBody+1)),
		"bomb":  send(s, bytes.NewReader(bomb.Bytes()), "Content-Encoding", "zstd"),
	} {
		if resp.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: status %d: %.300s", name, resp.Code, resp.Body)
		}
	}
	if len(in.got) != 0 {
		t.Errorf("%d deliveries", len(in.got))
	}
}

func TestDeliveriesThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		fails  error
		header []string
		body   string
		status int
		kind   string
		retry  bool
	}{
		{"no record", nil, nil, "{}\n[]\n", 422, api.ProblemNoRecord, false},
		{"number without a name", nil, []string{headerSeq, "1"}, line(1), 400, api.ProblemInvalidHeader, false},
		{"name without a number", nil, []string{headerProducer, "a"}, line(1), 400, api.ProblemInvalidHeader, false},
		{"zero", nil, []string{headerProducer, "a", headerSeq, "0"}, line(1), 400, api.ProblemInvalidHeader, false},
		{"epoch", nil, []string{headerProducer, "a", headerSeq, "1", headerEpoch, "-1"}, line(1), 400, api.ProblemInvalidHeader, false},
		{"long name", nil, []string{headerProducer, strings.Repeat("a", maxProducer+1), headerSeq, "1"}, line(1), 400, api.ProblemInvalidHeader, false},
		{"coding", nil, []string{"Content-Encoding", "br"}, line(1), 415, api.ProblemEncoding, false},
		{"not gzip", nil, []string{"Content-Encoding", "gzip"}, line(1), 400, api.ProblemBody, false},
		{"foreign page", nil, []string{"Sec-Fetch-Site", "cross-site"}, line(1), 403, api.ProblemForeignOrigin, false},
		{"foreign origin", nil, []string{"Origin", "https://evil.example"}, line(1), 403, api.ProblemForeignOrigin, false},
		{"full", fmt.Errorf("%w: 3 MiB free", ErrFull), nil, line(1), 507, api.ProblemFull, true},
		{"behind", ErrBehind, nil, line(1), 429, api.ProblemBehind, true},
		{"large", ErrTooLarge, nil, line(1), 413, api.ProblemTooLarge, false},
		{"number", fmt.Errorf("%w: epoch 1 was left", ErrNumber), nil, line(1), 409, api.ProblemNumber, false},
		{"in doubt", ErrInDoubt, nil, line(1), 503, api.ProblemInDoubt, true},
		{"stopping", ErrStopping, nil, line(1), 503, api.ProblemBusy, true},
		{"broken", errors.New("a secret path"), nil, line(1), 500, api.ProblemInternal, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := &ledgerOf{fails: c.fails}
			resp := send(taking(t, in), strings.NewReader(c.body), c.header...)
			var p api.Problem
			if err := json.Unmarshal(resp.Body.Bytes(), &p); err != nil {
				t.Fatalf("%v in %s", err, resp.Body)
			}
			if resp.Code != c.status || p.Type != c.kind || resp.Header().Get("Content-Type") != api.TypeProblem {
				t.Errorf("status %d, %s: %s", resp.Code, resp.Header().Get("Content-Type"), resp.Body)
			}
			if got := resp.Header().Get("Retry-After") != ""; got != c.retry {
				t.Errorf("Retry-After: %q", resp.Header().Get("Retry-After"))
			}
			if strings.Contains(resp.Body.String(), "secret") || len(in.got) != 0 {
				t.Errorf("told %s, delivered %d", resp.Body, len(in.got))
			}
		})
	}
}

func TestServerWithoutIntakeTakesNothing(t *testing.T) {
	if resp := send(newServer(t, fixedOptions(t)), strings.NewReader(line(1))); resp.Code != http.StatusForbidden {
		t.Errorf("status %d: %s", resp.Code, resp.Body)
	}
}

func TestStatusTellsWhatWaits(t *testing.T) {
	out := ask[api.StatusAnswer](t, taking(t, &ledgerOf{}), "/api/v1/status")
	if out.Intake == nil || out.Intake.Waiting != 7 {
		t.Errorf("intake %+v", out.Intake)
	}
}

// A demo is thrown away at its end: what a user sends must not be.
func TestADemoTakesNoRecords(t *testing.T) {
	opt, in := fixedOptions(t), &ledgerOf{}
	opt.Intake, opt.Demo = in, true
	resp := send(newServer(t, opt), strings.NewReader(line(1)))
	if p := problemOf(t, resp.Result()); p.Type != api.ProblemDemo || p.Status != http.StatusForbidden || !strings.Contains(p.Detail, "--data DIR") {
		t.Errorf("%+v", p)
	}
	if len(in.got) > 0 {
		t.Errorf("taken nevertheless: %+v", in.got)
	}
}
