package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/app"
	"github.com/swell-radar/swell/internal/config"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/term"
)

// life is a made-up life that a server has counted.
type life struct {
	hours int
	scale float64
	// trends a day, and how large they are; zero: as everywhere else.
	trends float64
	sizes  [2]float64
	// tail is how much of its end comes in while there are watch lists and rules.
	tail time.Duration
	// trouble is that some of its sources are in.
	trouble bool
}

// made is a server of three made-up days on several platforms, with watch lists, alerts, a mute, messages that could
// not be sent, and sources that do well and badly. Tests may not change what it has.
var made = sync.OnceValues(func() (*server, error) {
	return startLife(life{hours: 74, scale: 0.25, trends: 9, sizes: [2]float64{0.3, 0.9}, tail: 4 * time.Hour, trouble: true})
})

var lifeStart = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// end is when the last pane of a life is closed.
func (l life) end() time.Time { return lifeStart.Add(time.Duration(l.hours) * time.Hour) }

func startLife(l life) (*server, error) {
	dir, err := os.MkdirTemp("", "swell-life-")
	if err != nil {
		return nil, err
	}
	atEnd.add(func() { _ = os.RemoveAll(dir) })
	archive, tail := filepath.Join(dir, "posts.ndjson"), &bytes.Buffer{}
	if err := l.write(archive, tail); err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	_, err = app.Replay(context.Background(), app.ReplayOptions{
		Files: []string{archive}, Data: data, Engine: engineOptions(), Store: store.Options{MinFree: -1}, Now: time.Now,
		Log: slog.New(slog.DiscardHandler), Stdout: io.Discard, Stderr: io.Discard, SnapshotEvery: time.Hour,
	})
	if err != nil {
		return nil, err
	}
	gone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }))
	atEnd.add(gone.Close)
	s, err := start(l.end().Add(-l.tail), func(o *app.ServeOptions) {
		o.Data, o.Sources = data, sources(l.trouble)
		o.Notify, err = notifying(gone.URL, o.Now)
	})
	if err != nil {
		return nil, err
	}
	return s, errors.Join(furnish(s), feedTail(s, tail, l.end()))
}

// write writes the posts of a life, those of its tail to another place.
func (l life) write(archive string, tail io.Writer) error {
	g, err := workload.New(workload.Config{Seed: 1, Days: l.hours/24 + 1, Scale: l.scale, Start: lifeStart, TrendSize: l.sizes, TrendsPerDay: l.trends})
	if err != nil {
		return err
	}
	file, err := os.Create(archive)
	if err != nil {
		return err
	}
	out, border := bufio.NewWriterSize(file, 1<<20), l.end().Add(-l.tail).UnixMicro()
	var rec term.Record
	var line []byte
	for err == nil && g.Next(&rec) && rec.TS < l.end().UnixMicro() {
		line = term.AppendRecord(line[:0], &rec)
		if rec.TS < border {
			_, err = out.Write(line)
		} else {
			_, err = tail.Write(line)
		}
	}
	return errors.Join(err, out.Flush(), file.Close())
}

// feedTail sends in what is left of a life, and closes its last pane. The clock goes with the posts: sources that are
// in order tell the time, and what came long before it would be late.
func feedTail(s *server, tail *bytes.Buffer, end time.Time) error {
	var d term.Decoder
	for tail.Len() > 0 {
		piece := bytes.Clone(tail.Next(1 << 20))
		if rest, err := tail.ReadBytes('\n'); err == nil {
			piece = append(piece, rest...)
		}
		var rec term.Record
		if err := d.Decode(piece[bytes.LastIndexByte(piece[:len(piece)-1], '\n')+1:], &rec); err != nil {
			return err
		}
		s.clock.Store(rec.TS/1e6 + 1)
		if err := s.sendLines(piece); err != nil {
			return err
		}
	}
	s.clock.Store(end.Add(12 * time.Minute).Unix())
	last := term.Record{TS: end.Add(11 * time.Minute).UnixMicro(), Platform: "tiktok", Tags: []string{"last"}}
	return errors.Join(s.send(last), s.settle(end))
}

// furnish makes the watch lists, and mutes something.
func furnish(s *server) error {
	c, ctx := s.client(), context.Background()
	found, err := c.Trends(ctx, map[string][]string{"limit": {"40"}, "kind": {"hashtag"}})
	if err != nil {
		return err
	}
	slices.SortStableFunc(found.Trends, func(a, b api.Trend) int { return strings.Compare(a.Key, b.Key) })
	found.Trends = slices.CompactFunc(found.Trends, func(a, b api.Trend) bool { return a.Key == b.Key }) // a term is on several platforms
	if len(found.Trends) < 6 {
		return fmt.Errorf("there are %d trends of hashtags, too few to be looked at", len(found.Trends))
	}
	lists := []api.Watch{
		{Name: "house", Title: "Our house", Purpose: "brand"}, {Name: "rivals", Title: "Those across the street", Purpose: "competitor"},
		{Name: "summer", Title: "Summer campaign", Purpose: "campaign"},
	}
	for i := range lists {
		for _, t := range found.Trends[2*i : 2*i+2] {
			lists[i].Terms = append(lists[i].Terms, api.WatchTerm{Kind: t.Kind, Term: t.Key})
		}
		lists[i].Phrases = []api.WatchPhrase{{Phrase: []string{"slow studio", "pan urbana", "crispy nails"}[i]}}
		err = errors.Join(err, c.PutWatch(ctx, lists[i], ""))
	}
	quiet := found.Trends[len(found.Trends)-1]
	_, merr := c.AddMute(ctx, api.Mute{Kind: quiet.Kind, Term: quiet.Key})
	return errors.Join(err, merr)
}

// notifying tells one recipient by an address that answers that it is gone for good.
func notifying(gone string, now func() time.Time) (app.NotifyOptions, error) {
	c, err := config.Parse("test", fmt.Appendf(nil, `
[sinks.team]
kind = "webhook"
url = "%s/hook"
[sinks.team.allow]
[recipients.ana]
zone = "Europe/Berlin"
sinks = ["team"]
`, gone))
	if err != nil {
		return app.NotifyOptions{}, err
	}
	return app.NotifyOf(c, app.SinkOptions{Version: "test", Now: now, Log: slog.New(slog.DiscardHandler)})
}

// sources returns sources that bring nothing: in good order, and in trouble if asked for.
func sources(trouble bool) app.SourceOptions {
	jobs := []scrapers.Job{
		{Name: "bluesky", Platforms: []string{"bluesky"}, Source: standing{}},
		{Name: "mastodon", Platforms: []string{"mastodon"}, Source: standing{}},
		{Name: "youtube", Platforms: []string{"youtube"}, Source: standing{}},
	}
	if trouble {
		jobs[1].Source = standing{scrapers.NewTrouble(scrapers.Blocked, "status 403")}
		jobs[2].Source = standing{scrapers.NewTrouble(scrapers.Throttled, "status 429")}
	}
	return app.SourceOptions{Jobs: func(scrapers.Shelf) ([]scrapers.Job, error) { return jobs, nil }, Off: []string{"nostr", "reddit"}}
}

// standing is a source that waits, or one that fails.
type standing struct{ trouble error }

func (s standing) Run(ctx context.Context, h scrapers.Host) error {
	if s.trouble != nil {
		return s.trouble
	}
	h.Report("", nil)
	<-ctx.Done()
	return ctx.Err()
}
