package app

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// Records that are sent in say which watch lists they mention as these are when they come, and
// are counted so after a start as well, whatever has become of the lists.
func TestRecordsMentionWatchLists(t *testing.T) {
	t.Parallel()
	o := liveOptions(t.TempDir())
	o.Sources.Keywords = []string{"ginger ale"}
	s := startLive(t, o)
	client := api.Client{Base: s.address}
	ctx := context.Background()
	at := liveClock.Add(-2 * time.Hour)
	post := func(n int, text string) term.Record {
		return term.Record{TS: at.Add(time.Duration(n) * time.Second).UnixMicro(), Platform: "x", ID: fmt.Sprint(n), Author: fmt.Sprint("u", n), Text: text}
	}
	s.send([]term.Record{post(1, "Acme Cola before anybody watched")})
	list := api.Watch{Name: "acme", Phrases: []api.WatchPhrase{{Phrase: "Acme-Cola", Exclude: []string{"flat"}}}, Terms: []api.WatchTerm{{Kind: "hashtag", Term: "acme"}}}
	if err := client.PutWatch(ctx, list, ""); err != nil {
		t.Fatal(err)
	}
	s.send([]term.Record{post(2, "acmecola and ginger ale"), post(3, "flat acme cola"), post(4, "#Acme"), post(5, "acme")})
	if err := client.DeleteWatch(ctx, "acme", ""); err != nil {
		t.Fatal(err)
	}
	s.send([]term.Record{post(6, "acme cola")})
	s.end()
	s = startLive(t, o)
	s.settled()
	client.Base = s.address
	for key, want := range map[[2]string]uint64{{"watch", "acme"}: 2, {"keyword", "acme-cola"}: 1, {"keyword", "ginger ale"}: 1} {
		got, err := client.Term(ctx, key[0], key[1], nil)
		if err != nil {
			t.Fatal(err)
		}
		if p := got.Platforms[0]; !p.Tracked || p.Posts == nil || p.Posts.Count != want || p.Posts.Over != 0 {
			t.Errorf("%s: %+v, want %d posts", key, p.Posts, want)
		}
	}
	s.end()
}

// BenchmarkWatched compares what records cost at the door without watch lists and with as much as
// these may have, in turns: the posts of a stream, decoded, as they go into the journal and from
// there into the counts. See also BenchmarkIngestWatched.
func BenchmarkWatched(b *testing.B) {
	lists := fullLists(b)
	recs := livePostsAt(b, 11, 0.3)
	var took [2]time.Duration
	for b.Loop() {
		for i, lists := range [2][]*watch.List{nil, lists} {
			w, err := newWatching(nil, nil)
			if err != nil {
				b.Fatal(err)
			}
			w.set(lists)
			piece := append([]term.Record(nil), recs...)
			begin := time.Now()
			w.note(piece)
			took[i] += time.Since(begin)
		}
	}
	for i, name := range [...]string{"off-ns/record", "on-ns/record"} {
		b.ReportMetric(float64(took[i].Nanoseconds())/float64(b.N*len(recs)), name)
	}
}

// BenchmarkIngestWatched is BenchmarkPost without watch lists and with as much as these may have, in turns.
func BenchmarkIngestWatched(b *testing.B) {
	lists := fullLists(b)
	recs := livePostsAt(b, 11, 1)
	bodies := bodiesOf(recs)
	var took [2]time.Duration
	for b.Loop() {
		for i, lists := range [2][]*watch.List{nil, lists} {
			b.StopTimer()
			before := b.Elapsed()
			postAll(b, bodies, lists)
			took[i] += b.Elapsed() - before
			b.StartTimer()
		}
	}
	for i, name := range [...]string{"off-records/s", "on-records/s"} {
		b.ReportMetric(float64(b.N*len(recs))/took[i].Seconds(), name)
	}
}

// fullLists have 10,000 phrases, one in three of two words, with an exclusion each, and 2,000 hashtags.
func fullLists(tb testing.TB) []*watch.List {
	syllables := [...]string{"ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "xo", "zu", "kra", "ble", "tri", "sno", "plu"}
	name := func(n int) (s string) {
		for range 3 {
			s, n = s+syllables[n%len(syllables)], n/len(syllables)
		}
		return s
	}
	const many, each = 100, watch.MaxPhrases / 100
	var lists []*watch.List
	for i := range many {
		d := watch.Draft{Name: fmt.Sprint("list", i), Purpose: watch.Brand}
		for j := range each {
			n := i*each + j
			s := name(n) + fmt.Sprint(n%10)
			if n%3 == 0 {
				s = name(n) + "-" + name(n*7+3)
			}
			d.Phrases = append(d.Phrases, watch.Phrase{Spelling: s, Exclude: []string{s + " oven"}})
		}
		for j := range 20 {
			d.Terms = append(d.Terms, watch.Term{Kind: term.Hashtag, Spelling: name(i*20+j) + "tok"})
		}
		l, err := watch.Make(d)
		if err != nil {
			tb.Fatal(err)
		}
		lists = append(lists, l)
	}
	return lists
}
