package journal

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// doubtAlone says that err is an ErrInDoubt and not an ErrFull as well, and tells why.
func doubtAlone(t *testing.T, err error, why string) {
	t.Helper()
	if !errors.Is(err, ErrInDoubt) || errors.Is(err, ErrFull) || !strings.Contains(err.Error(), why) {
		t.Errorf("in doubt %v, full %v: %v", errors.Is(err, ErrInDoubt), errors.Is(err, ErrFull), err)
	}
}

// An embedded server that ran out of room and does not come back leaves it open
// whether what it was sent is there.
func TestInDoubtWithoutAServer(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	j := &Journal{life: ended, failed: make(chan struct{})}
	j.links.set(&link{ctx: ended})
	j.full.set(time.UnixMicro(0), "the volume is full")
	_, err := j.look(nil, 1)
	doubtAlone(t, err, "the volume is full")
}

// lostOnce is the context of a link that is lost when it is first used.
type lostOnce struct {
	context.Context
	used func()
}

func (c lostOnce) Done() <-chan struct{} {
	c.used()
	return c.Context.Done()
}

// A batch that was sent over a link that was lost, and then again to a server without
// room, may have been stored the first time.
func TestInDoubtAndThenNoRoom(t *testing.T) {
	s := outsideServer(t, nil)
	nc, err := nats.Connect(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	_, err = js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "FULL", Subjects: []string{subject("FULL")},
		AllowDirect: true, Discard: jetstream.DiscardNew, MaxMsgs: 1})
	if err != nil {
		t.Fatal(err)
	}
	lose := func() {}
	j := mustOpen(t, Options{URL: s.ClientURL(), Stream: "FULL", Log: slog.New(slog.DiscardHandler), Now: func() time.Time {
		lose() // as an entry is encoded, just before it is sent
		return time.UnixMicro(1)
	}})
	mustAppend(t, j, small(1))
	if _, err := j.Append(t.Context(), small(2)); !errors.Is(err, ErrFull) || errors.Is(err, ErrInDoubt) {
		t.Fatalf("without room: %v", err)
	}
	good := j.links.now()
	ended, end := context.WithCancel(t.Context())
	end()
	lose = func() {
		lose = func() {}
		lost := &link{nc: good.nc, js: good.js, cancel: good.cancel}
		lost.ctx = lostOnce{ended, func() { j.links.set(good) }}
		j.links.set(lost)
	}
	_, err = j.Append(t.Context(), small(2))
	doubtAlone(t, err, "no room")
}
