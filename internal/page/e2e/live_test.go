package e2e_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

// stream is a small life that goes on as a test wants it to: a pane at a time.
type stream struct {
	s  *server
	at time.Time // of the next pane
	n  int
}

const paneLength = 10 * time.Minute

// streamStart is when the posts of a stream begin.
var streamStart = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// newStream starts a server and lets so many hours pass in which terms rise one after the other.
func newStream(hours int) (*stream, error) {
	s, err := start(streamStart, nil)
	if err != nil {
		return nil, err
	}
	l := &stream{s: s, at: streamStart}
	return l, l.pass(hours*6, l.quiet)
}

// streamed is one for the tests of what scripts do; each of them goes on where the one before has stopped.
var streamed = sync.OnceValues(func() (*stream, error) { return newStream(30) })

// quiet is what is usual: forty terms that every pane has a few posts of, and one that rises every third hour.
func (l *stream) quiet(pane int) (recs []term.Record) {
	for i := range 40 {
		recs = append(recs, l.post(fmt.Sprintf("usual%02d", i), pane*40+i))
	}
	for back := range 8 {
		hour := pane/6 - back
		if hour >= 6 && hour%3 == 0 {
			for i := range 6 + 3*back {
				recs = append(recs, l.post(fmt.Sprintf("wave%d", hour), pane*1000+back*100+i))
			}
		}
	}
	return recs
}

// post is one that a person of many writes in the running pane.
func (l *stream) post(tag string, n int) term.Record {
	l.n++
	return term.Record{
		TS: l.at.Add(time.Duration(l.n%590) * time.Second).UnixMicro(), Platform: "tiktok", ID: fmt.Sprint("p", l.n), Author: fmt.Sprint("a", n%7919*31), Tags: []string{tag},
	}
}

// pass lets panes pass, and waits until they are counted.
func (l *stream) pass(panes int, posts func(pane int) []term.Record) error {
	var recs []term.Record
	for range panes {
		recs = append(recs, posts(int(l.at.Sub(streamStart)/paneLength))...)
		l.at = l.at.Add(paneLength)
	}
	// Eleven minutes after its end a pane is closed: records may be ten minutes late. What comes next is in the one after it.
	l.s.clock.Store(l.at.Add(12 * time.Minute).Unix())
	recs = append(recs, term.Record{TS: l.at.Add(11 * time.Minute).UnixMicro(), Platform: "tiktok", ID: fmt.Sprint("beat", l.at.Unix()), Author: "beat", Tags: []string{"beat"}})
	for len(recs) > 0 {
		piece := recs[:min(5000, len(recs))]
		if err := l.s.send(piece...); err != nil {
			return err
		}
		recs = recs[len(piece):]
	}
	return l.s.settle(l.at)
}

func streaming(t *testing.T) *stream {
	t.Helper()
	browser(t)
	l, err := streamed()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *stream) goOn(t *testing.T, panes int) {
	t.Helper()
	if err := l.pass(panes, l.quiet); err != nil {
		t.Fatal(err)
	}
}

func (l *stream) seq(t *testing.T) uint64 {
	t.Helper()
	st, err := api.Client{Base: l.s.base}.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return st.Seq
}

// The ranking follows what happens without being loaded anew; rows stay where they are while somebody points at them,
// and what has the focus keeps it.
func TestLive(t *testing.T) {
	l := streaming(t)
	b := open(t, l.s.base, look{})
	b.visit("/")
	b.until("the stream", "document.querySelector('#live')?.textContent.trim() === 'live'")
	eval[bool](b, "window.same = true")
	upToDate := func() {
		t.Helper()
		b.until("the newest view", fmt.Sprintf("document.body.dataset.seq === '%d'", l.seq(t)))
	}
	before := eval[string](b, "document.querySelector('#rows').textContent")
	l.goOn(t, 3)
	upToDate()
	if eval[string](b, "document.querySelector('#rows').textContent") == before {
		t.Error("half an hour passed and the ranking is as it was")
	}

	// Somebody points at the table, and has a row's reasons open and in focus.
	rows := eval[[]string](b, rowKeys)
	if len(rows) < 2 {
		t.Fatalf("the ranking has %d rows", len(rows))
	}
	at := eval[[]float64](b, "(() => { const r = document.querySelector('table.trends tbody tr').getBoundingClientRect(); return [r.left + 30, r.top + 10]; })()")
	do(b, "point", chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0], at[1]))
	eval[bool](b, "(document.querySelector('table.trends tbody summary').click(), document.querySelector('table.trends tbody summary').focus(), true)")
	focused := eval[string](b, "document.activeElement.closest('tr').dataset.key")
	l.goOn(t, 18)
	upToDate()
	if now := eval[[]string](b, rowKeys); fmt.Sprint(now) != fmt.Sprint(rows) {
		t.Errorf("rows moved under the pointer:\n%q\n%q", rows, now)
	}
	moved := !eval[bool](b, "document.querySelector('#moved').hidden")
	do(b, "point elsewhere", chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 2, 2))
	if got := eval[string](b, "document.activeElement.closest('tr')?.dataset.key ?? ''"); got != focused {
		t.Errorf("the focus was on %s and is on %q", focused, got)
	}
	if !eval[bool](b, "document.activeElement.parentElement.open") {
		t.Error("the reasons that were open have been closed")
	}
	eval[bool](b, "(document.activeElement.blur(), true)")
	if moved {
		b.until("the order", "document.querySelector('#moved').hidden")
	}
	if now := eval[[]string](b, rowKeys); fmt.Sprint(now) == fmt.Sprint(rows) {
		t.Errorf("three hours passed and the rows are the same: %q", now)
	}
	if !eval[bool](b, "window.same === true") {
		t.Error("the page was loaded anew")
	}
	b.clean("live")
}

// Where the server is gone the page says since when; once it is back, the page is up to date without anybody's doing.
func TestOffline(t *testing.T) {
	l := streaming(t)
	b := open(t, l.s.base, look{})
	b.expect("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_EMPTY_RESPONSE", "Failed to load resource")
	b.visit("/")
	b.until("the stream", "document.querySelector('#live')?.textContent.trim() === 'live'")
	eval[bool](b, "window.same = true")
	if err := l.s.end(); err != nil {
		t.Fatal(err)
	}
	b.until("being offline", "document.querySelector('#live').textContent.includes('offline since')")
	if rows := eval[[]string](b, rowKeys); len(rows) == 0 {
		t.Error("what was known is gone from the page")
	}
	if err := l.s.run(); err != nil {
		t.Fatal(err)
	}
	l.goOn(t, 1)
	b.until("the stream again", "document.querySelector('#live').textContent.trim() === 'live'")
	b.until("the newest view", fmt.Sprintf("document.body.dataset.seq === '%d'", l.seq(t)))
	if !eval[bool](b, "window.same === true") {
		t.Error("the page was loaded anew")
	}
	b.clean("offline")
}

// A page that is left open does not grow: as many views as come in an hour and more, one by one.
func TestHeapOfALongLook(t *testing.T) {
	l := streaming(t)
	b := open(t, l.s.base, look{})
	b.visit("/")
	b.until("the stream", "document.querySelector('#live')?.textContent.trim() === 'live'")
	heap := func() float64 {
		for range 3 {
			tell(b, heapprofiler.CollectGarbage, cdp.Empty{})
		}
		return tell(b, runtime.GetHeapUsage, cdp.Empty{}).UsedSize / (1 << 20)
	}
	first, nodes := heap(), eval[int](b, "document.querySelectorAll('*').length")
	const views = 8
	for range views {
		l.goOn(t, 1)
		b.until("the newest view", fmt.Sprintf("document.body.dataset.seq === '%d'", l.seq(t)))
	}
	last := heap()
	if rows := eval[[]string](b, rowKeys); len(rows) == 0 {
		t.Error("there is nothing in the ranking any more that could grow")
	}
	t.Logf("heap after the first look %.1f MiB, after %d further views %.1f MiB; %d elements, then %d",
		first, views, last, nodes, eval[int](b, "document.querySelectorAll('*').length"))
	if last > 50 {
		t.Errorf("the page holds %.1f MiB after %d views", last, views)
	}
	if grown := last - first; grown > 10 {
		t.Errorf("the page grew by %.1f MiB in %d views", grown, views)
	}
	b.clean("a long look")
}
