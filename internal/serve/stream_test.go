package serve

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/feed"
	"github.com/swell-radar/swell/internal/store"
)

// follow asks for a stream and returns what comes until nothing more does.
func follow(t testing.TB, s *Server, query string, header ...string) *wire {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	w := newWire(-1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.ServeHTTP(w, streamRequest(ctx, query, header...))
	}()
	synctest.Wait()
	leave()
	<-done
	return w
}

func TestStreamBeginsNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, f := newLife(t, 3)
		s := newServer(t, l.options(f))
		w := follow(t, s, "")
		for name, want := range map[string]string{"Content-Type": api.TypeEvents, "X-Accel-Buffering": "no", "Content-Encoding": "", "Content-Length": ""} {
			if got := w.header.Get(name); got != want {
				t.Errorf("%s is %q", name, got)
			}
		}
		all := events(t, w.text())
		if eventNames(t, all) != "start" || all[0].id != "life-3-3" || !strings.HasPrefix(w.text(), "retry: 3000\n\n") {
			t.Fatalf("got %q", w.text())
		}
		if got := dataOf[api.StreamStart](t, all[0]); got.Resumed || got.Seq != 3 || got.ID != "life-3-3" || got.AsOf == nil || got.Window == nil {
			t.Errorf("got %+v", got)
		}
	})
}

func TestStreamGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, f := newLife(t, 8)
		s := newServer(t, l.options(f))
		for _, c := range []struct{ query, want string }{
			{"?last_event_id=life-5-5", "start t5 view t6 view view"}, // 7 is held back
			{"?last_event_id=life-5-5&phase=unconfirmed", "start view view t7 view"},
			{"?last_event_id=life-5-6", "start view t6 view view"}, // within a view
			{"?last_event_id=life-0-0&events=trend", "start t0 t1 t2 t4 t5 t6"},
			{"?last_event_id=life-6-6&events=view", "start view view"},
			{"?last_event_id=life-0-0&events=trend&platform=y", "start t1 t5"},
			{"?last_event_id=life-0-0&events=trend&phase=over,rising", "start t1 t2 t5 t6"},
			{"?last_event_id=life-0-0&events=trend&kind=sound", "start"},
			{"?last_event_id=life-8-8&snapshot=1", "start"},
			{"?snapshot=1&events=trend", "start snapshot"},
			{"?last_event_id=life-3-6", "start view view view t6 view view"}, // as a place of the log
		} {
			if got := eventNames(t, events(t, follow(t, s, c.query).text())); got != c.want {
				t.Errorf("%s: got %s, want %s", c.query, got, c.want)
			}
		}
		// Who reconnects has the old parameter still.
		if got := eventNames(t, events(t, follow(t, s, "?last_event_id=life-1-1", headerLastEvent, "life-7-7").text())); got != "start view" {
			t.Errorf("the header counts for less than the parameter: %s", got)
		}
	})
}

func TestStreamIsReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, f := newLife(t, 8)
		newer, err := feed.New("life", l.View(), 8)
		if err != nil {
			t.Fatal(err)
		}
		l.tell(newer, 9, 8, 1)
		l.from = 4
		for _, c := range []struct {
			name, query string
			f           *feed.Feed
			settled     bool
			broken      error
			want        string
		}{
			{name: "another life", query: "?last_event_id=other-5-5", f: f, want: "start reset"},
			{name: "ahead, and that may come", query: "?last_event_id=life-50-50", f: f, want: "start"},
			{name: "ahead", query: "?last_event_id=life-50-50", f: f, settled: true, want: "start reset"},
			{name: "ahead in part", query: "?last_event_id=life-50-5", f: f, settled: true, want: "start reset"},
			{name: "before the log", query: "?last_event_id=life-3-3", f: newer, want: "start reset"},
			{name: "with the ranking", query: "?last_event_id=life-3-3&snapshot=1", f: newer, want: "start reset snapshot"},
			{name: "in the log", query: "?last_event_id=life-4-4", f: newer, want: "start t4 t5 t6 t8 view"},
			{name: "in a damaged log", query: "?last_event_id=life-4-4", f: newer, broken: store.ErrDamaged, want: "start reset"},
			{name: "in a log that is closed", query: "?last_event_id=life-4-4", f: newer, broken: store.ErrClosed, want: "start"},
		} {
			if l.broken = c.broken; c.settled {
				c.f.Settle()
			}
			s := newServer(t, l.options(c.f))
			all := events(t, follow(t, s, c.query).text())
			if got := eventNames(t, all); got != c.want {
				t.Errorf("%s: got %s, want %s", c.name, got, c.want)
				continue
			}
			if start := dataOf[api.StreamStart](t, all[0]); start.Resumed != !strings.Contains(c.want, "reset") && c.broken == nil {
				t.Errorf("%s: resumed is %t", c.name, start.Resumed)
			}
			if strings.Contains(c.want, "reset") {
				if all[0].id != "" && !strings.HasSuffix(c.query, all[0].id) {
					t.Errorf("%s: who gets no more than the start believes to be at %s", c.name, all[0].id)
				}
				if last := all[len(all)-1]; last.id != c.f.Now().Last().String() {
					t.Errorf("%s: the place behind %s is %s", c.name, last.name, last.id)
				}
				if got := dataOf[api.StreamReset](t, all[1]); got.Reason == "" || got.AsOf == nil {
					t.Errorf("%s: got %+v", c.name, got)
				}
			}
		}
		l.broken = nil
		opt := l.options(newer)
		opt.History = nil
		if got := eventNames(t, events(t, follow(t, newServer(t, opt), "?last_event_id=life-4-4").text())); got != "start reset" {
			t.Errorf("without a log: got %s", got)
		}
	})
}

// An event is the same whether it is told from memory or from the log.
func TestStreamFromTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, f := newLife(t, 300)
		later, err := feed.New("life", l.View(), 300)
		if err != nil {
			t.Fatal(err)
		}
		const query = "?last_event_id=life-0-0&events=trend&phase=emerging,over,unconfirmed"
		from := follow(t, newServer(t, l.options(f)), query).text()
		got := follow(t, newServer(t, l.options(later)), query).text()
		_, from, _ = strings.Cut(from, "event: trend")
		_, got, _ = strings.Cut(got, "event: trend")
		if from != got || len(events(t, from)) != 225 {
			t.Errorf("from memory %d bytes, from the log %d", len(from), len(got))
		}
		clear(l.rankings)
		for _, e := range events(t, follow(t, newServer(t, l.options(later)), query).text())[1:] {
			if d := dataOf[api.StreamTrend](t, e); d.Trend != nil || d.Detection.Key == "" {
				t.Fatalf("got %+v", d)
			}
		}
	})
}

func TestStreamOfADemo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, f := newLife(t, 3)
		opt := l.options(f)
		opt.Demo = true
		s := newServer(t, opt)
		all := append(events(t, follow(t, s, "?last_event_id=life-0-0").text()), events(t, follow(t, s, "?last_event_id=other-0-0&snapshot=1").text())...)
		for _, e := range all {
			if !strings.Contains(e.data, `"demo":true`) {
				t.Errorf("%s does not say that it is made up: %s", e.name, e.data)
			}
		}
		if got := eventNames(t, all); got != "start t0 view t1 view t2 view start reset snapshot" {
			t.Errorf("got %s", got)
		}
	})
}

// Whatever breaks, and however often, who reconnects gets every detection once and in order.
func TestStreamLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(struct{ rapid.TB }{t}, losesNothing) // which hides the deadline: bubbles have none
	})
}

func losesNothing(t *rapid.T) {
	l := &life{rankings: map[int64][]byte{}, view: newLifeView()}
	var counts []int // detections of each view
	f := must(feed.New("life", l.view, 0))
	s := must(New(l.options(f)))
	posOf := func(seq int) (pos uint64) {
		for _, n := range counts[:seq] {
			pos += uint64(n)
		}
		return pos
	}
	grow := func() {
		seq := int(f.Now().Last().Seq)
		if seq == len(counts) {
			counts = append(counts, rapid.IntRange(0, 3).Draw(t, "detections"))
		}
		l.tell(f, uint64(seq+1), posOf(seq), counts[seq])
	}
	query := "?events=trend&phase=emerging,rising,over,unconfirmed"
	if rapid.Bool().Draw(t, "views") {
		query = "?phase=emerging,rising,over,unconfirmed"
	}
	last, seen := "life-0-0", []string{}
	connect := func(left int) {
		ctx, leave := context.WithCancel(context.Background())
		w, done := newWire(left), make(chan struct{})
		go func() {
			defer close(done)
			s.ServeHTTP(w, streamRequest(ctx, query, headerLastEvent, last))
		}()
		synctest.Wait()
		for n := rapid.IntRange(0, 2).Draw(t, "meanwhile"); n > 0; n-- {
			grow()
			synctest.Wait()
		}
		leave()
		<-done
		r := newReader(strings.NewReader(w.text()), last)
		for {
			e, ok := r.next()
			if !ok {
				break
			}
			switch e.name {
			case api.EventReset:
				t.Fatalf("at %s: reset: %s", last, e.data)
			case api.EventTrend:
				_, key, _ := strings.Cut(e.data, `"key":"`)
				key, _, _ = strings.Cut(key, `"`)
				seen = append(seen, key)
			}
		}
		last = r.last
	}
	for range rapid.IntRange(1, 12).Draw(t, "steps") {
		switch rapid.IntRange(0, 4).Draw(t, "step") {
		case 0, 1:
			grow()
		case 2, 3:
			connect(rapid.IntRange(0, 4000).Draw(t, "bytes"))
		case 4: // falls back to a snapshot, and counts again what came after it
			at := rapid.IntRange(0, len(counts)).Draw(t, "snapshot")
			view := newLifeView()
			view.Seq = uint64(at)
			f = must(feed.New("life", view, posOf(at)))
			if rapid.Bool().Draw(t, "rankings are lost") {
				clear(l.rankings)
			}
			s = must(New(l.options(f)))
			if rapid.Bool().Draw(t, "asked while counting") {
				connect(rapid.IntRange(0, 4000).Draw(t, "bytes"))
			}
			for int(f.Now().Last().Seq) < len(counts) {
				grow()
			}
			f.Settle()
		}
	}
	connect(-1)
	connect(-1)
	for i := range seen {
		if seen[i] != fmt.Sprint("t", i) {
			t.Fatalf("event %d is %s", i, seen[i])
		}
	}
	if want := int(posOf(len(counts))); len(seen) != want {
		t.Fatalf("%d events of %d, the last place is %s", len(seen), want, last)
	}
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

func TestStreamProblems(t *testing.T) {
	l, f := newLife(t, 3)
	s := newServer(t, l.options(f))
	for query, want := range map[string]struct{ kind, parameter string }{
		"?tongue=en":                       {api.ProblemUnknownParameter, "tongue"},
		"?limit=3":                         {api.ProblemUnknownParameter, "limit"},
		"?kind=song":                       {api.ProblemInvalidParameter, "kind"},
		"?phase=gone":                      {api.ProblemInvalidParameter, "phase"},
		"?events=trend,reset":              {api.ProblemInvalidParameter, "events"},
		"?snapshot=yes":                    {api.ProblemInvalidParameter, "snapshot"},
		"?last_event_id=life-1":            {api.ProblemInvalidParameter, "last_event_id"},
		"?last_event_id=a&last_event_id=b": {api.ProblemInvalidParameter, "last_event_id"},
	} {
		if p := problemOf(t, do(s, "GET", "/api/v1/stream"+query)); p.Type != want.kind || p.Parameter != want.parameter {
			t.Errorf("%s: got %+v", query, p)
		}
	}
	if p := problemOf(t, do(s, "GET", "/api/v1/stream", headerLastEvent, "life")); p.Type != api.ProblemInvalidHeader || !strings.Contains(p.Detail, headerLastEvent) {
		t.Errorf("got %+v", p)
	}
	if p := problemOf(t, do(s, "POST", "/api/v1/stream")); p.Status != http.StatusMethodNotAllowed {
		t.Errorf("got %+v", p)
	}
	if p := problemOf(t, do(newServer(t, fixedOptions(t)), "GET", "/api/v1/stream")); p.Type != api.ProblemNotKept {
		t.Errorf("without a feed: got %+v", p)
	}
	resp := do(s, "HEAD", "/api/v1/stream")
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != api.TypeEvents || s.Streams().Clients != 0 {
		t.Errorf("HEAD: status %d, %v", resp.StatusCode, resp.Header)
	}
	s.End()
	s.End()
	if p := problemOf(t, do(s, "GET", "/api/v1/stream")); p.Type != api.ProblemBusy {
		t.Errorf("after the end: got %+v", p)
	}
	opt := l.options(f)
	opt.MaxStreams = -1
	if _, err := New(opt); err == nil {
		t.Error("less than no stream may follow")
	}
}
