package serve

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// BenchmarkQuestions answers each kind of question in process, beside an engine that tracks
// a hundred thousand terms, and a history of a year, and tells the time that 99 of 100 answers
// take at most.
func BenchmarkQuestions(b *testing.B) {
	opt := questioned(b)
	s := newServer(b, opt)
	for _, name := range []string{"few", "many"} {
		d := watch.Draft{Name: name, Changed: start}
		for i := range map[string]int{"few": 10, "many": 1000}[name] {
			d.Terms = append(d.Terms, watch.Term{Kind: term.Hashtag, Spelling: fmt.Sprintf("t%d", i)})
		}
		l, err := watch.Make(d)
		if err != nil {
			b.Fatal(err)
		}
		if _, _, fault, err := s.watches.put(l, nobodyMinds); fault != nil || err != nil {
			b.Fatal(fault, err)
		}
	}
	for _, c := range []struct{ name, target string }{
		{"related", "/api/v1/terms/hashtag/t1/related"},
		{"compare/window", "/api/v1/compare?terms=t1,t2,t3,t4,t5,t6,t7,t8,t9,t10"},
		{"compare/year", "/api/v1/compare?terms=t1,t2,t3,t4,t5,t6,t7,t8,t9,t10&step=1d&from=2025-04-01T00:00:00Z"},
		{"voice/window", "/api/v1/watches/few/voice"},
		{"voice/many", "/api/v1/watches/many/voice"},
		{"voice/year", "/api/v1/watches/many/voice?step=1d&from=2025-04-01T00:00:00Z"},
		{"voice/share", "/api/v1/watches/voice?watches=few,many"},
		{"timing/platform", "/api/v1/timing?platform=tiktok&zone=Asia/Kathmandu&from=2025-03-01T00:00:00Z"},
		{"timing/term", "/api/v1/timing?term=t1&zone=Asia/Kathmandu&from=2025-03-01T00:00:00Z"},
		{"search", "/api/v1/search?q=t1"},
		{"term", "/api/v1/terms/hashtag/t1"},
		{"series", "/api/v1/terms/hashtag/t1/series"},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := httptest.NewRequest("GET", c.target, nil)
			r.Host = "localhost"
			w := httptest.NewRecorder()
			if s.ServeHTTP(w, r); w.Code != http.StatusOK {
				b.Fatal(w.Code, w.Body)
			}
			b.ReportAllocs()
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				s.ServeHTTP(&discard{header: http.Header{}}, r)
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e6, "p99-ms")
		})
	}
}

// questioned returns an engine that tracks a hundred thousand terms, and a history of a
// year.
func questioned(b *testing.B) Options {
	opt := engine.DefaultOptions()
	opt.Window.Memory = 256 << 20
	e, err := engine.New(opt)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(e.Close)
	go func() {
		for range e.Ticks() {
		}
	}()
	const terms = 100_000
	end := fixedAsOf - fixedAsOf%600
	for i := range int64(terms * 3) {
		ts := end - 3600*20 + i*3600*20/(terms*3)
		rec := term.Record{
			TS: ts * 1e6, Platform: "tiktok", ID: fmt.Sprint(i), Author: fmt.Sprint(i % 70_000),
			Tags: []string{fmt.Sprintf("t%d", i%terms), fmt.Sprintf("t%d", i%10)},
		}
		e.Observe(&rec)
	}
	e.Flush()
	return Options{Source: busyTogether{e}, History: year{habitual(b, 370)}, Nonce: "bench", Clock: func() time.Time { return time.Unix(fixedAsOf, 0) }}
}

// year is a history in which every term has posts in every hour of a year, and a search finds
// a thousand.
type year struct{ habits }

func (y year) Term(id term.ID) (store.Term, error) {
	return store.Term{ID: id, Kind: term.Hashtag, Platform: "tiktok", Key: "t", FirstSeen: y.hours[0] * hourSeconds * 1e6}, nil
}

func (y year) Series(_ term.ID, from, to int64) (out []store.HourPoint, err error) {
	for hour := max(from, y.hours[0]); hour < to; hour++ {
		out = append(out, store.HourPoint{Hour: hour, Posts: uint32(hour % 17), Fresh: uint32(hour % 11)})
	}
	return out, nil
}

func (y year) Gauges(term.ID) ([]store.Gauge, error) { return nil, nil }

func (y year) Search(q store.Search) (out []store.Match, all bool, err error) {
	for i := range q.Limit {
		name := fmt.Sprintf("t1%d", i)
		t := store.Term{ID: term.ScopeOf(term.Hashtag, "tiktok").ID(name), Kind: term.Hashtag, Platform: "tiktok", Key: name}
		out = append(out, store.Match{Term: t, Likeness: store.SamePrefix})
	}
	return out, false, nil
}

// busyTogether is a source in which a term comes with five hundred others.
type busyTogether struct{ *engine.Engine }

func (s busyTogether) Together(context.Context, term.Kind, string, string) ([]engine.Together, error) {
	t := engine.Together{Platform: "tiktok", From: fixedAsOf - 72*3600, AsOf: fixedAsOf, Posts: 10_000, All: 300_000}
	for i := range uint64(500) {
		name := fmt.Sprintf("t%d", i)
		t.Companions = append(t.Companions, engine.Companion{Term: term.Term{Kind: term.Hashtag, Key: name, Display: name}, Both: 500 - i, Posts: 1000 + 7*i})
	}
	return []engine.Together{t}, nil
}
