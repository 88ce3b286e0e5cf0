package outbox

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/sink"
	"github.com/swell-radar/swell/internal/store"
)

// place is a sink of which a test says how it answers.
type place struct {
	recognises, follows bool

	mu     sync.Mutex
	got    []string // IDs, in order
	answer func(m *message.Message) error
	arrive func(m *message.Message) bool // whether it arrived, whatever is answered; nil: if nothing failed
}

func (p *place) Recognises() bool { return p.recognises }
func (p *place) Follows() bool    { return p.follows }

func (p *place) Send(_ context.Context, m *message.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var err error
	if p.answer != nil {
		err = p.answer(m)
	}
	if p.arrive == nil && err == nil || p.arrive != nil && p.arrive(m) {
		p.got = append(p.got, m.ID)
	}
	return err
}

func (p *place) arrived(id string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, got := range p.got {
		if got == id {
			n++
		}
	}
	return n
}

// bench is an outbox whose clock and sinks a test moves.
type bench struct {
	t        testing.TB
	store    *store.Store
	now      time.Time
	sinks    map[string]Target
	box      *Outbox
	unwanted func(sink string, m *message.Message) string // as of Options
}

func openStore(t testing.TB) *store.Store {
	s, err := store.Open(t.TempDir(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func newBench(t testing.TB, s *store.Store, places map[string]*place) *bench {
	b := &bench{t: t, store: s, now: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC), sinks: map[string]Target{}}
	for name, p := range places {
		b.sinks[name] = Target{Sink: p, Kind: "webhook"}
	}
	b.open()
	return b
}

// open begins a new life: what the one before had in memory is gone.
func (b *bench) open() {
	box, err := Open(Options{
		Drawer: b.store, Sinks: b.sinks, Now: func() time.Time { return b.now },
		Jitter: func(time.Duration) time.Duration { return 0 }, Unwanted: b.unwanted, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.box = box
}

func (b *bench) message(id string, kind message.Kind) message.Message {
	m := message.Message{ID: id, Kind: kind, Made: b.now, Base: "http://127.0.0.1:7310", Zone: "UTC"}
	switch kind {
	case message.Digest:
		m.Digest = &api.Digest{Date: "2026-11-20", Headline: "A quiet day"}
	case message.Test:
	default:
		m.Alert = &api.Alert{ID: id, Title: "#" + id}
	}
	return m
}

func (b *bench) put(m message.Message, sinks ...string) int {
	items, err := b.box.Items(m, sinks...)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.store.PutItems(items...); err != nil {
		b.t.Fatal(err)
	}
	b.box.Wake()
	return len(items)
}

// step does the next thing for a sink.
func (b *bench) step(name string) time.Duration {
	wait, err := b.box.step(b.t.Context(), b.box.lanes[name])
	if err != nil {
		b.t.Fatal(err)
	}
	return wait
}

// settle steps until nothing is due.
func (b *bench) settle(name string) {
	for b.step(name) <= 0 {
	}
}

// only returns the message with an ID, or fails.
func (b *bench) only(id string) api.OutboxMessage {
	b.t.Helper()
	for _, m := range b.box.Messages() {
		if m.ID == id {
			return m
		}
	}
	b.t.Fatalf("no message %s", id)
	return api.OutboxMessage{}
}

// keys counts what the drawer has under a prefix.
func (b *bench) keys(prefix string) (n int) {
	for _, err := range b.store.Items(prefix, "") {
		if err != nil {
			b.t.Fatal(err)
		}
		n++
	}
	return n
}

func temporary(*message.Message) error { return &sink.Error{Reason: "the service is away"} }
