package outbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/sink"
	"github.com/swell-radar/swell/internal/store"
)

func TestSentOnce(t *testing.T) {
	chat, mail := &place{follows: true}, &place{}
	b := newBench(t, openStore(t), map[string]*place{"chat": chat, "mail": mail})
	b.put(b.message("a1", message.Alert), "chat", "mail", "chat")
	b.settle("chat")
	if n := b.keys(prefixBody); n != 1 {
		t.Fatalf("what it says is there %d times while mail waits", n)
	}
	b.settle("mail")
	if chat.arrived("a1") != 1 || mail.arrived("a1") != 1 {
		t.Fatalf("arrived: %v, %v", chat.got, mail.got)
	}
	if b.keys(prefixBody) != 0 || b.keys(prefixWaiting) != 0 || b.keys(prefixMark) != 2 {
		t.Fatal("something is left")
	}
	b.open()
	if n := b.put(b.message("a1", message.Alert), "chat", "mail"); n != 0 {
		t.Fatalf("%d items for an ID that was sent", n)
	}
	b.put(b.message("o1", message.Over), "chat", "mail")
	b.settle("chat")
	b.settle("mail")
	if chat.arrived("o1") != 1 || mail.arrived("o1") != 0 {
		t.Fatal("over is for those that follow alone")
	}
	b.now = b.now.Add(Remembered + sweepEvery + time.Hour)
	b.settle("chat")
	if n := b.keys(""); n != 0 {
		t.Fatalf("%d items are left", n)
	}
}

func TestRefused(t *testing.T) {
	b := newBench(t, openStore(t), map[string]*place{"chat": {}})
	for _, id := range []string{"", "a.b", "a/b", strings.Repeat("a", maxID+1)} {
		if _, err := b.box.Items(message.Message{ID: id}, "chat"); !errors.Is(err, ErrInvalid) {
			t.Errorf("the ID %.20q: %v", id, err)
		}
	}
	if _, err := b.box.Items(message.Message{ID: "a"}, "mail"); !errors.Is(err, ErrNoSink) {
		t.Error(err)
	}
	large := b.message("a", message.Alert)
	large.Alert.Term = strings.Repeat("a", maxMessage)
	if _, err := b.box.Items(large, "chat"); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
	if err := b.box.Drop("chat.a"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if err := b.box.Retry("chat.a"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if _, err := b.box.RetrySink("mail"); !errors.Is(err, ErrNoSink) {
		t.Error(err)
	}
}

// The schedule of attempts, for an alert of which nothing but the number of attempts says that it is over.
func TestBackoff(t *testing.T) {
	chat := &place{answer: temporary}
	b := newBench(t, openStore(t), map[string]*place{"chat": chat})
	b.put(b.message("a1", message.Alert), "chat")
	var waits []time.Duration
	begin := b.now
	for range 7 {
		before := b.now
		b.settle("chat")
		m := b.only("chat.a1")
		if m.Next == nil {
			t.Fatal(m.Error)
		}
		waits = append(waits, m.Next.Sub(before))
		b.now = *m.Next
	}
	if got := fmt.Sprint(waits); got != "[5s 1m0s 5m0s 30m0s 2h0m0s 5h0m0s 10h0m0s]" {
		t.Error(got)
	}
	b.now = begin.Add(alertAge + time.Second)
	b.settle("chat")
	if m := b.only("chat.a1"); !m.Dead || m.Error != "too late: the service is away" || m.Attempts != 7 {
		t.Errorf("%+v", m)
	}
	if n, ok := backoff(11); ok || n != 0 {
		t.Error("an eleventh wait")
	}
}

func TestReceiverSaysWhen(t *testing.T) {
	chat := &place{}
	chat.answer = func(m *message.Message) error {
		if m.ID == "a1" {
			return &sink.Error{After: time.Hour, Reason: "too many"}
		}
		return nil
	}
	b := newBench(t, openStore(t), map[string]*place{"chat": chat})
	b.put(b.message("a1", message.Alert), "chat")
	b.put(b.message("a2", message.Alert), "chat")
	b.settle("chat")
	if len(chat.got) != 0 {
		t.Fatal("sent although the receiver wants to be left alone")
	}
	b.now = b.now.Add(time.Hour)
	chat.answer = nil
	b.settle("chat")
	if got := fmt.Sprint(chat.got); got != "[a1 a2]" {
		t.Fatal(got)
	}
	// A clock that was set back makes no wait of it.
	chat.answer = func(*message.Message) error { return &sink.Error{After: time.Hour, Reason: "too many"} }
	b.put(b.message("a3", message.Alert), "chat")
	b.settle("chat")
	chat.answer = nil
	b.now = b.now.Add(-400 * 24 * time.Hour)
	b.settle("chat")
	if chat.arrived("a3") != 1 {
		t.Fatal("it waits for a time that a wrong clock said")
	}
}

// A message that a service does not get over does not keep the others from arriving; and when a service is back,
// nothing waits for its own schedule.
func TestOneFails(t *testing.T) {
	chat := &place{}
	chat.answer = func(m *message.Message) error {
		if m.ID == "a1" {
			return temporary(m)
		}
		return nil
	}
	b := newBench(t, openStore(t), map[string]*place{"chat": chat})
	for i := range 5 {
		b.put(b.message(fmt.Sprint("a", i+1), message.Alert), "chat")
	}
	b.settle("chat")
	b.now = b.now.Add(4 * time.Second)
	b.settle("chat")
	if len(chat.got) != 0 {
		t.Fatal("the sink was not left alone")
	}
	for range 20 {
		b.now = b.now.Add(maxRest)
		b.settle("chat")
	}
	if got := fmt.Sprint(chat.got); got != "[a2 a3 a4 a5]" {
		t.Fatal(got)
	}

	chat.answer = temporary
	b.put(b.message("b1", message.Alert), "chat")
	for range 100 {
		b.now = b.now.Add(maxRest)
		b.settle("chat")
	}
	chat.answer = nil
	b.put(b.message("b2", message.Alert), "chat")
	b.now = b.now.Add(maxRest)
	b.settle("chat")
	if chat.arrived("a1") != 1 || chat.arrived("b1") != 1 || chat.arrived("b2") != 1 {
		t.Fatal(chat.got)
	}
}

func TestPermanentAndOff(t *testing.T) {
	chat := &place{answer: func(*message.Message) error { return sink.Permanentf("no such channel") }}
	b := newBench(t, openStore(t), map[string]*place{"chat": chat})
	b.put(b.message("a1", message.Alert), "chat")
	b.settle("chat")
	if m := b.only("chat.a1"); !m.Dead || m.Error != "no such channel" || m.Next != nil {
		t.Fatalf("%+v", m)
	}
	b.open() // it is still known
	if s := b.box.State()[0]; s.Dead != 1 || s.Waiting != 0 {
		t.Fatalf("%+v", s)
	}
	chat.answer = nil
	if n, err := b.box.RetrySink("chat"); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	b.settle("chat")
	if chat.arrived("a1") != 1 || len(b.box.Messages()) != 0 {
		t.Fatal("it was not sent again")
	}

	chat.answer = func(*message.Message) error { return &sink.Error{Off: true, Permanent: true, Reason: "gone"} }
	b.put(b.message("a2", message.Alert), "chat")
	b.put(b.message("a3", message.Alert), "chat")
	b.settle("chat")
	if s := b.box.State()[0]; !s.Off || s.Waiting != 2 || s.Error != "gone" || s.Failed != 1 {
		t.Fatalf("%+v", s)
	}
	chat.answer = nil
	b.open() // the next start tries again
	b.settle("chat")
	if chat.arrived("a2") != 1 || chat.arrived("a3") != 1 {
		t.Fatal(chat.got)
	}
}

func TestUnknownSinkWaitsAndDies(t *testing.T) {
	b := newBench(t, openStore(t), map[string]*place{"chat": {}, "mail": {}})
	b.put(b.message("a1", message.Alert), "mail")
	b.put(b.message("d1", message.Digest), "mail")
	delete(b.sinks, "mail")
	b.open()
	states := b.box.State()
	if len(states) != 2 || states[1].Name != "mail" || states[1].Waiting != 2 || states[1].Error == "" {
		t.Fatalf("%+v", states)
	}
	b.now = b.now.Add(alertAge + time.Minute)
	b.settle("mail")
	if !b.only("mail.a1").Dead || b.only("mail.d1").Dead {
		t.Fatal("an alert dies before a digest")
	}
	b.now = b.now.Add(digestAge)
	b.settle("mail")
	if !b.only("mail.d1").Dead {
		t.Fatal("it waits for good")
	}
	if err := b.box.Drop("mail.d1"); err != nil {
		t.Fatal(err)
	}
	if err := b.box.Drop("mail.a1"); err != nil {
		t.Fatal(err)
	}
	if len(b.box.State()) != 1 || b.keys(prefixBody)+b.keys(prefixDead)+b.keys(prefixWaiting) != 0 {
		t.Fatal("dropped, and still there")
	}
}

// Too many: the oldest alerts go first, digests last.
func TestBounds(t *testing.T) {
	b := newBench(t, openStore(t), map[string]*place{"chat": {answer: temporary}})
	var items []store.Item
	put := func(id string, kind message.Kind) {
		more, err := b.box.Items(b.message(id, kind), "chat")
		if err != nil {
			t.Fatal(err)
		}
		if items = append(items, more...); len(items) > store.MaxItems-2 {
			if err := b.store.PutItems(items...); err != nil {
				t.Fatal(err)
			}
			items = nil
		}
	}
	put("d", message.Digest)
	for i := range MaxWaiting + MaxDead + 10 {
		b.now = b.now.Add(time.Millisecond)
		put(fmt.Sprintf("a%05d", i), message.Alert)
	}
	if err := b.store.PutItems(items...); err != nil {
		t.Fatal(err)
	}
	b.box.Wake()
	b.settle("chat")
	s := b.box.State()[0]
	if s.Waiting != MaxWaiting || s.Dead != MaxDead {
		t.Fatalf("%+v", s)
	}
	if m := b.box.Messages()[0]; m.ID != "chat.d" || m.Dead {
		t.Fatalf("%+v", m)
	}
	if m := b.box.Messages()[1]; m.ID != "chat.a00011" || !m.Dead {
		t.Fatalf("%+v", m)
	}
}

// Digests are given up where there is nothing else to give up.
func TestTooManyDigests(t *testing.T) {
	b := newBench(t, openStore(t), map[string]*place{"chat": {}})
	l := b.box.lane("chat")
	for i := range MaxWaiting + 2 {
		b.box.add(l, &entry{id: fmt.Sprintf("chat.d%05d", i), message: fmt.Sprintf("d%05d", i), record: record{Kind: message.Digest, Made: b.now, Queued: b.now, Next: b.now}})
	}
	if err := b.box.bound(b.now); err != nil {
		t.Fatal(err)
	}
	if s := b.box.State()[0]; s.Waiting != MaxWaiting || s.Dead != 2 || !b.box.Messages()[1].Dead || b.box.Messages()[2].Dead {
		t.Fatalf("%+v", s)
	}
}

// What is damaged costs itself.
func TestDamaged(t *testing.T) {
	chat := &place{}
	b := newBench(t, openStore(t), map[string]*place{"chat": chat})
	for _, id := range []string{"a1", "a2", "a3"} {
		b.put(b.message(id, message.Alert), "chat")
	}
	err := b.store.PutItems(
		store.Item{Key: prefixWaiting + "chat.a1", Value: []byte(`{"v":2}`)},
		store.Item{Key: prefixBody + "a2", Value: []byte("nonsense")},
		store.Item{Key: prefixWaiting + "no id", Value: []byte(`{}`)},
	)
	if err != nil {
		t.Fatal(err)
	}
	b.open()
	b.settle("chat")
	if got := fmt.Sprint(chat.got); got != "[a3]" {
		t.Fatal(got)
	}
	if !b.only("chat.a1").Dead || !b.only("chat.a2").Dead || b.only("chat.a1").Title != "#a1" {
		t.Fatal("not given up")
	}
	if err := b.box.Retry("chat.a1"); err != nil {
		t.Fatal(err)
	}
	b.settle("chat")
	if chat.arrived("a1") != 1 {
		t.Fatal(chat.got)
	}
}

// Run sends by itself, and ends when it has to.
func TestRun(t *testing.T) {
	chat, sent := &place{}, make(chan string, 10)
	chat.answer = func(m *message.Message) error { sent <- m.ID; return nil }
	b := newBench(t, openStore(t), map[string]*place{"chat": chat})
	b.put(b.message("a1", message.Alert), "chat")
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { b.box.Run(ctx); close(ended) }()
	if id := <-sent; id != "a1" {
		t.Fatal(id)
	}
	b.put(b.message("a2", message.Alert), "chat")
	if id := <-sent; id != "a2" {
		t.Fatal(id)
	}
	stop()
	<-ended
	if s := b.box.State()[0]; s.Sent != 2 || s.LastOK == nil {
		t.Fatalf("%+v", s)
	}
}

// What is not wanted any more when its sink can be reached again is not sent, until somebody asks for it; it is no failure
// of the sink.
func TestUnwantedIsNotSent(t *testing.T) {
	chat := &place{answer: func(*message.Message) error { return &sink.Error{Reason: "away"} }}
	b := newBench(t, openStore(t), map[string]*place{"chat": chat})
	rests := false
	b.unwanted = func(sink string, m *message.Message) string {
		if rests && sink == "chat" && m.ID == "a1" {
			return "quiet hours"
		}
		return ""
	}
	b.open()
	b.put(b.message("a1", message.Alert), "chat")
	b.settle("chat")
	rests, chat.answer = true, nil
	b.now = b.now.Add(time.Hour)
	b.put(b.message("a2", message.Alert), "chat")
	b.settle("chat")
	if m := b.only("chat.a1"); !m.Dead || m.Error != "not sent: quiet hours" || m.Attempts != 1 {
		t.Errorf("%+v", m)
	}
	if len(chat.got) != 1 || chat.got[0] != "a2" {
		t.Errorf("sent: %v", chat.got)
	}
	if s := b.box.State()[0]; s.Error != "" {
		t.Errorf("the sink is blamed: %+v", s)
	}
	b.open() // it stays so over a restart
	if err := b.box.Retry("chat.a1"); err != nil {
		t.Fatal(err)
	}
	b.settle("chat")
	if len(chat.got) != 2 {
		t.Errorf("what somebody asked for is not sent: %v", chat.got)
	}
}
