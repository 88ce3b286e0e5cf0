package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/digest"
	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/outbox"
	"github.com/swell-radar/swell/internal/serve"
	"github.com/swell-radar/swell/internal/store"
)

// mailbox is a sink that keeps what it gets.
type mailbox struct {
	got  []message.Message
	done func() // called with each; nil: not
}

func (m *mailbox) Send(_ context.Context, in *message.Message) error {
	if m.got = append(m.got, *in); m.done != nil {
		m.done()
	}
	return nil
}
func (*mailbox) Recognises() bool { return false }
func (*mailbox) Follows() bool    { return true }

// morning is a digester on a clock that a test moves.
type morning struct {
	*digester
	store *store.Store
	clock time.Time
	boxed *mailbox
	asked []string
	asOf  func() time.Time // up to which all was counted
}

func newMorning(t testing.TB, s *store.Store, at time.Time, zone *time.Location) *morning {
	m := &morning{store: s, clock: at}
	m.asOf = func() time.Time { return m.clock }
	m.start(t, digest.Schedule{Minute: 8 * 60, Zone: zone})
	return m
}

// start is a start of the program, with a schedule.
func (m *morning) start(t testing.TB, schedule digest.Schedule) {
	now, log := func() time.Time { return m.clock }, slog.New(slog.DiscardHandler)
	mail := &mailbox{}
	box, err := outbox.Open(outbox.Options{
		Drawer: m.store, Sinks: map[string]outbox.Target{"mail": {Sink: mail, Kind: "email"}}, Now: now, Jitter: jitter, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	m.boxed = mail
	m.digester = &digester{
		DailyDigest: DailyDigest{Name: "team", Schedule: schedule, Audience: api.AudienceManager, Sinks: []string{"mail"}},
		drawer:      m.store, outbox: box, now: now, log: log,
		counted: func() time.Time { return m.asOf() },
		ask: func(_ context.Context, q serve.DigestQuery) (*api.Digest, error) {
			asOf := m.asOf()
			if from, _, _ := digest.DayOf(q.Date, q.Zone); !from.Before(asOf) {
				return nil, errors.New("nothing was counted of that day")
			}
			m.asked = append(m.asked, q.Date)
			return &api.Digest{Date: q.Date, AsOf: &asOf}, nil
		},
	}
}

// sent are the digests that were put into the outbox, by when that was.
func (m *morning) sent() (ids []string) {
	for _, w := range m.outbox.Messages() {
		ids = append(ids, w.ID)
	}
	return ids
}

func at(t testing.TB, text string) time.Time {
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func openTestStore(t testing.TB) *store.Store {
	s, err := store.Open(t.TempDir(), store.Options{MinFree: -1})
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

func TestDigestWaitsForItsHour(t *testing.T) {
	m := newMorning(t, openTestStore(t), at(t, "2026-11-20T09:00:00Z"), time.UTC)
	look := func(clock, want string) {
		t.Helper()
		m.clock = at(t, clock)
		if err := m.look(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(m.sent()); got != want {
			t.Fatalf("at %s there are %s, want %s", clock, got, want)
		}
	}
	first, second := "mail.digest-team-2026-11-20", "mail.digest-team-2026-11-24"
	look("2026-11-20T09:00:00Z", "[]") // that of the 19th was there before anybody asked for it
	look("2026-11-21T07:59:59Z", "[]")
	look("2026-11-21T08:00:00Z", "["+first+"]")
	m.start(t, m.Schedule)
	look("2026-11-21T08:00:01Z", "["+first+"]")
	look("2026-11-20T08:00:01Z", "["+first+"]") // the clock was set back
	// It was not running for days: the newest alone, however late in the day.
	m.start(t, m.Schedule)
	look("2026-11-25T23:00:00Z", "["+first+" "+second+"]")
	if got := fmt.Sprint(m.asked); got != "[2026-11-20 2026-11-24]" {
		t.Fatal(got)
	}
}

// A digest waits until its day is counted, but not for good.
func TestDigestWaitsForItsDay(t *testing.T) {
	m := newMorning(t, openTestStore(t), at(t, "2026-11-20T09:00:00Z"), time.UTC)
	if err := m.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	counted := at(t, "2026-11-20T22:00:00Z")
	m.asOf = func() time.Time { return counted }
	m.clock = at(t, "2026-11-21T08:00:00Z")
	for range 59 {
		if err := m.look(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(m.sent()) != 0 {
			t.Fatalf("sent at %s", m.clock)
		}
		m.clock = m.clock.Add(time.Minute)
	}
	m.clock = m.clock.Add(time.Minute)
	if err := m.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(m.sent()) != 1 {
		t.Fatal("it waits for good")
	}
}

// A clock that leaps ahead sends nothing of days that were not counted, and when it is right again the next digest comes.
func TestDigestAndAClockThatLeaps(t *testing.T) {
	m := newMorning(t, openTestStore(t), at(t, "2026-11-20T09:00:00Z"), time.UTC)
	counted := m.clock
	m.asOf = func() time.Time { return counted }
	if err := m.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	m.clock = m.clock.Add(300 * 24 * time.Hour)
	for range 200 {
		if _ = m.look(t.Context()); len(m.sent()) != 0 {
			t.Fatal("a digest of a day that nobody has seen")
		}
		m.after = time.Time{}
		m.clock = m.clock.Add(time.Minute)
	}
	m.clock = at(t, "2026-11-21T08:00:00Z")
	counted = m.clock
	if err := m.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(m.sent()); got != "[mail.digest-team-2026-11-20]" {
		t.Fatal(got)
	}
}

// Whatever clocks, zones and starts do, no date is sent twice, and dates rise.
func TestDigestNeverTwice(t *testing.T) {
	s := openTestStore(t)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	kiritimati := time.FixedZone("+14", 14*3600)
	rapid.Check(t, func(rt *rapid.T) {
		var gone []store.Item
		for item, err := range s.Items("", "") {
			if err != nil {
				t.Fatal(err)
			}
			gone = append(gone, store.Item{Key: item.Key})
		}
		if err := s.PutItems(gone...); err != nil {
			t.Fatal(err)
		}
		m := newMorning(t, s, at(t, "2026-10-23T09:00:00Z"), time.UTC)
		var dates []string
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			switch rapid.IntRange(0, 5).Draw(rt, "do") {
			case 0:
				m.start(t, digest.Schedule{
					Minute: rapid.IntRange(0, 1439).Draw(rt, "minute"), Zone: rapid.SampledFrom([]*time.Location{time.UTC, berlin, kiritimati}).Draw(rt, "zone"),
				})
			case 1:
				m.clock = m.clock.Add(-time.Duration(rapid.IntRange(1, 3000).Draw(rt, "back")) * time.Minute)
			default:
				m.clock = m.clock.Add(time.Duration(rapid.IntRange(1, 900).Draw(rt, "on")) * time.Minute)
			}
			m.after = time.Time{}
			before := len(m.sent())
			if err := m.look(t.Context()); err != nil {
				rt.Fatal(err)
			}
			if len(m.sent()) > before {
				dates = append(dates, m.asked[len(m.asked)-1])
			}
		}
		if !slices.IsSorted(dates) || len(slices.Compact(slices.Clone(dates))) != len(dates) {
			rt.Fatalf("sent: %v", dates)
		}
	})
}

// What somebody asks for is sent, however often, but not while it waits already.
func TestDigestAgain(t *testing.T) {
	m := newMorning(t, openTestStore(t), at(t, "2026-11-20T09:00:00Z"), time.UTC)
	var seen []string
	for range 2 {
		ids, err := m.again(t.Context(), "2026-11-19")
		if err != nil || len(ids) != 1 || slices.Contains(seen, ids[0]) {
			t.Fatal(ids, err)
		}
		seen = append(seen, ids...)
		if ids, err := m.again(t.Context(), "2026-11-19"); !errors.Is(err, serve.ErrDigestWaits) {
			t.Fatalf("asked for while it waits: %v, %v", ids, err)
		}
		if _, err := m.again(t.Context(), "2026-11-18"); err != nil {
			t.Fatalf("of another day: %v", err)
		}
		for _, waiting := range m.outbox.Messages() {
			if err := m.outbox.Drop(waiting.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A message says which digest it is, so that files are named by it and links lead to the same.
func TestDigestSaysItsName(t *testing.T) {
	m := newMorning(t, openTestStore(t), at(t, "2026-11-20T09:00:00Z"), time.UTC)
	m.Platforms, m.Watches = []string{"x"}, []string{"cola"}
	if _, err := m.again(t.Context(), "2026-11-19"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	m.boxed.done = cancel
	m.outbox.Run(ctx)
	if got := m.boxed.got; len(got) != 1 || got[0].Name != "team" || !slices.Equal(got[0].Platforms, m.Platforms) || !slices.Equal(got[0].Watches, m.Watches) {
		t.Errorf("got %+v", got)
	}
}

// Where event time stands still, a digest says that nothing was seen, after a while; that of a day which was partly
// counted says so. While it waits nothing is made.
func TestDigestOfADayOfNothing(t *testing.T) {
	m := newMorning(t, openTestStore(t), at(t, "2026-11-20T09:00:00Z"), time.UTC)
	counted := m.clock
	m.asOf = func() time.Time { return counted }
	if err := m.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	for ; m.clock.Before(at(t, "2026-11-22T11:00:00Z")); m.clock = m.clock.Add(10 * time.Minute) {
		_ = m.look(t.Context())
		if m.clock.Before(at(t, "2026-11-21T09:00:00Z")) && len(m.asked) > 0 {
			t.Fatalf("made at %s", m.clock)
		}
	}
	if got := fmt.Sprint(m.sent()); got != "[mail.digest-team-2026-11-20 mail.digest-team-2026-11-21]" {
		t.Fatal(got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	m.boxed.done = func() {
		if len(m.boxed.got) == 2 {
			cancel()
		}
	}
	m.outbox.Run(ctx)
	if got := m.boxed.got[1].Digest; got.Date != "2026-11-21" || got.Headline != "Nothing was seen on this day, so nothing can be told of it." {
		t.Errorf("got %+v", got)
	}
}
