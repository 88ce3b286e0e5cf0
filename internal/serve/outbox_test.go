package serve

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/outbox"
	"github.com/swell-radar/swell/internal/sink"
	"github.com/swell-radar/swell/internal/store"
)

// nowhere is a sink that takes nothing.
type nowhere struct{}

func (nowhere) Send(context.Context, *message.Message) error {
	return sink.Permanentf("there is no such channel")
}
func (nowhere) Recognises() bool { return false }
func (nowhere) Follows() bool    { return false }

// withOutbox adds an outbox in which the messages wait, to the sink chat.
func withOutbox(t testing.TB, opt Options, ids ...string) Options {
	t.Helper()
	st, err := store.Open(t.TempDir(), store.Options{MinFree: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	box, err := outbox.Open(outbox.Options{
		Drawer: st, Sinks: map[string]outbox.Target{"chat": {Sink: nowhere{}, Kind: "slack"}},
		Now: func() time.Time { return start }, Jitter: func(time.Duration) time.Duration { return 0 }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	put := func(m message.Message) error {
		items, err := box.Items(m, "chat")
		if err == nil {
			err = st.PutItems(items...)
		}
		box.Wake()
		return err
	}
	for _, id := range ids {
		if err := put(message.Message{ID: id, Kind: message.Alert, Made: start, Alert: &api.Alert{Title: "#tea <b>"}}); err != nil {
			t.Fatal(err)
		}
	}
	opt.Outbox = box
	opt.SendDigest = func(_ context.Context, name, date string) ([]string, error) {
		if name != "team" {
			return nil, fmt.Errorf("%w; there are team", ErrNoDigest)
		}
		id := "digest-" + date
		if box.Waits(id) {
			return nil, fmt.Errorf("%w: that of %s", ErrDigestWaits, date)
		}
		return []string{"chat." + id}, put(message.Message{ID: id, Kind: message.Digest, Made: start})
	}
	return opt
}

func TestOutbox(t *testing.T) {
	s := newServer(t, withOutbox(t, testOptions(t), "a", "b"))
	out := ask[api.OutboxAnswer](t, s, "/api/v1/outbox")
	if len(out.Messages) != 2 || out.Messages[0].ID != "chat.a" || out.Messages[0].Title != "#tea <b>" || out.Messages[0].Next == nil {
		t.Fatalf("%+v", out)
	}
	if len(out.Sinks) != 1 || out.Sinks[0].Waiting != 2 || out.Sinks[0].Kind != "slack" {
		t.Fatalf("%+v", out.Sinks)
	}
	if st := ask[api.StatusAnswer](t, s, "/api/v1/status"); len(st.Sinks) != 1 || st.Sinks[0] != out.Sinks[0] {
		t.Fatalf("%+v", st.Sinks)
	}
	wantStatus(t, request(s, "DELETE", "/api/v1/outbox/chat.a", ""), http.StatusNoContent)
	if p := problemOf(t, request(s, "DELETE", "/api/v1/outbox/chat.a", "")); p.Type != api.ProblemUnknownMessage {
		t.Errorf("%+v", p)
	}
	wantStatus(t, request(s, "POST", "/api/v1/outbox/chat.b/retry", ""), http.StatusNoContent)
	if p := problemOf(t, request(s, "POST", "/api/v1/outbox/chat.a/retry", "")); p.Type != api.ProblemUnknownMessage {
		t.Errorf("%+v", p)
	}
	wantStatus(t, request(s, "POST", "/api/v1/outbox/retry?sink=chat", ""), http.StatusAccepted)
	for target, parameter := range map[string]string{
		"/api/v1/outbox/retry":                             "sink",
		"/api/v1/outbox/retry?sink=mail":                   "sink",
		"/api/v1/digests/2026-03-01/send":                  "digest",
		"/api/v1/digests/2026-03-01/send?digest=stranger":  "digest",
		"/api/v1/digests/2026-03-01/send?digest=team&to=x": "to",
	} {
		if p := problemOf(t, request(s, "POST", target, "")); p.Status != http.StatusBadRequest || p.Parameter != parameter {
			t.Errorf("%s: %+v", target, p)
		}
	}
	wantStatus(t, request(s, "POST", "/api/v1/digests/2026-03-01/send?digest=team", ""), http.StatusAccepted)
	if p := problemOf(t, request(s, "POST", "/api/v1/digests/2026-03-01/send?digest=team", "")); p.Type != api.ProblemDigestWaits || p.Status != http.StatusConflict {
		t.Errorf("sent while it waits: %+v", p)
	}
	if out := ask[api.OutboxAnswer](t, s, "/api/v1/outbox"); len(out.Messages) != 2 || out.Messages[1].Kind != "digest" {
		t.Fatalf("%+v", out.Messages)
	}
}

// A server that sends nothing says so.
func TestNoOutbox(t *testing.T) {
	s := newServer(t, testOptions(t))
	if out := ask[api.OutboxAnswer](t, s, "/api/v1/outbox"); len(out.Messages) != 0 || len(out.Sinks) != 0 {
		t.Fatalf("%+v", out)
	}
	for method, target := range map[string]string{"POST": "/api/v1/outbox/retry?sink=chat", "DELETE": "/api/v1/outbox/chat.a"} {
		if p := problemOf(t, request(s, method, target, "")); p.Type != api.ProblemNoOutbox {
			t.Errorf("%s %s: %+v", method, target, p)
		}
	}
}
