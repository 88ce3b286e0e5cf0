package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/serve"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// An alert about a brand tells the words that are new in the posts that mention it: of what was said before a restart as
// well, and in spite of what was damaged meanwhile.
func TestACrisisTellsItsWords(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := liveOptions(t.TempDir())
	early := o
	early.Now = func() time.Time { return liveClock.AddDate(0, 0, -5) } // nobody knows what is usual for a list that is new
	s := startLive(t, early)
	client := api.Client{Base: s.address}
	list := api.Watch{Name: "acme", Purpose: "brand", Phrases: []api.WatchPhrase{{Phrase: "Acme Cola"}}}
	if err := client.PutWatch(ctx, list, ""); err != nil {
		t.Fatal(err)
	}
	s.end()
	s = startLive(t, o)
	client.Base = s.address
	n := 0
	post := func(at time.Time, text string) term.Record {
		n++
		return term.Record{TS: at.UnixMicro(), Platform: "x", ID: fmt.Sprint(n), Author: fmt.Sprint("u", n%3000), Text: text}
	}
	letters := func(n int) string { return string([]rune{'a' + rune(n%26), 'a' + rune(n/26%26), 'a' + rune(n/676%26)}) }
	begin := liveClock.Add(-22 * time.Hour)
	var quiet, loud []term.Record
	for at := begin; at.Before(liveClock.Add(-2 * time.Hour)); at = at.Add(2 * time.Minute) {
		quiet = append(quiet, post(at, "nothing "+letters(n*7)))
		if at.Minute()%10 == 0 {
			quiet = append(quiet, post(at, fmt.Sprintf("a cold acme cola with %s and %s", letters(n*11), letters(n*13))))
		}
	}
	for i, at := 0, liveClock.Add(-2*time.Hour); at.Before(liveClock.Add(-20 * time.Minute)); i, at = i+1, at.Add(20*time.Second) {
		loud = append(loud, post(at, fmt.Sprintf("RECALL because of glass in acme cola! %s %s https://shop.example/poison", letters(i*17), letters(i*19))))
	}
	for piece := range slices.Chunk(quiet, 500) {
		s.send(piece)
	}
	for { // what holds when it is looked at for the first time is no news
		got, err := client.Alerts(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got.AsOf != nil && !got.AsOf.Before(liveClock.Add(-150*time.Minute)) {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.end()
	damage(t, o.Data, wordsSlot(1))
	s = startLive(t, o)
	client.Base = s.address
	for piece := range slices.Chunk(loud, 100) {
		s.send(piece)
	}
	s.settled()
	var found api.Alert
	for found.ID == "" {
		got, err := client.Alerts(ctx, url.Values{"rule": {"crisis"}})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Alerts) > 0 {
			found = got.Alerts[0]
		} else if got.AsOf != nil && !got.AsOf.Before(liveClock.Add(-20*time.Minute)) {
			t.Fatalf("nothing was told by %s", got.AsOf)
		}
		time.Sleep(5 * time.Millisecond)
	}
	var words []string
	for _, w := range found.Words {
		words = append(words, w.Word)
		if w.Posts < 20 || w.Over != 0 || w.LogLikelihood < 10.83 {
			t.Errorf("%+v", w)
		}
	}
	if slices.Sort(words); !slices.Equal(words, []string{"because", "glass", "recall"}) {
		t.Errorf("the words are %q", words)
	}
	if !strings.Contains(strings.Join(found.Reasons, " "), "recall (") {
		t.Errorf("the reasons are %q", found.Reasons)
	}
	s.end()
}

// damage puts what nobody can read in the place of what is on the shelf.
func damage(t *testing.T, dir, name string) {
	t.Helper()
	data, err := openDataDir(dir, store.Options{MinFree: -1}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer data.close()
	if err := data.store.Save(name, []byte("\x01nothing that was saved")); err != nil {
		t.Fatal(err)
	}
}

// A replay counts words as well, and leaves them to the run that goes on from it.
func TestAReplayKeepsWords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name string, from, to int, text func(hour int) string) string {
		var out []byte
		for i := from; i < to; i++ {
			rec := term.Record{
				TS: liveClock.Add(time.Duration(i) * 6 * time.Minute).UnixMicro(), Platform: "x", ID: fmt.Sprint(i), Author: fmt.Sprint("u", i),
				Text: text(i / 10),
			}
			out = term.AppendRecord(out, &rec)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, out, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	o := replayOptions(file("first.ndjson", 0, 20, func(int) string { return "acme, which nobody watches yet" }))
	o.Data, o.Listen = filepath.Join(dir, "data"), "127.0.0.1:0"
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	o.Done = func(_ *engine.View, address string) error {
		defer stop()
		return api.Client{Base: address}.PutWatch(ctx, api.Watch{Name: "acme", Purpose: "brand", Phrases: []api.WatchPhrase{{Phrase: "acme"}}}, "")
	}
	if _, err := Replay(ctx, o); err != nil {
		t.Fatal(err)
	}
	second := file("second.ndjson", 20, 200, func(hour int) string {
		if hour < 18 {
			return "acme is what it was"
		}
		return "acme is what glass was"
	})
	o.Files, o.Listen, o.Done = append(o.Files, second), "", nil
	if _, err := Replay(context.Background(), o); err != nil {
		t.Fatal(err)
	}

	data, err := openDataDir(o.Data, store.Options{MinFree: -1}, o.Log)
	if err != nil {
		t.Fatal(err)
	}
	defer data.close()
	w, err := newWatching(nil, o.Log)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.loadWords(data.store, o.Log); err != nil {
		t.Fatal(err)
	}
	lists, err := serve.WatchLists(data.store, o.Log)
	if err != nil {
		t.Fatal(err)
	}
	w.set(lists)
	got := w.wordsOf("acme", liveClock.Add(20*time.Hour))
	if len(got) != 1 || got[0].Word != "glass" || got[0].Posts != 20 {
		t.Errorf("got %+v", got)
	}
}
