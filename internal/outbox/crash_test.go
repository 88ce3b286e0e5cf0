package outbox

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/sink"
	"github.com/swell-radar/swell/internal/store"
)

// Whatever a service answers and wherever the program ends: an alert arrived or is a dead letter, and a digest
// arrived once, or, where the receiver cannot know a repeat, at most once and is a dead letter if it did not.
func TestNothingIsLostNothingTwice(t *testing.T) {
	s := openStore(t)
	rapid.Check(t, func(rt *rapid.T) {
		clear(t, s)
		sure, plain := &place{recognises: true}, &place{}
		b := newBench(t, s, map[string]*place{"sure": sure, "plain": plain})
		places := map[string]*place{"sure": sure, "plain": plain}
		answers := rapid.IntRange(0, 9)
		for _, p := range places {
			var arrives bool
			p.answer = func(*message.Message) error {
				arrives = false
				switch answers.Draw(rt, "answer") {
				case 0, 1:
					return &sink.Error{Reason: "away"}
				case 2:
					return sink.Permanentf("no")
				case 3:
					arrives = rapid.Bool().Draw(rt, "arrived nevertheless")
					return &sink.Error{Doubt: true, Reason: "no answer"}
				}
				arrives = true
				return nil
			}
			p.arrive = func(*message.Message) bool { return arrives }
		}
		kinds := map[string]message.Kind{}
		for step := range rapid.IntRange(1, 40).Draw(rt, "steps") {
			name := rapid.SampledFrom([]string{"sure", "plain"}).Draw(rt, "sink")
			switch rapid.IntRange(0, 5).Draw(rt, "do") {
			case 0, 1:
				id := fmt.Sprint("m", step)
				kinds[id] = rapid.SampledFrom([]message.Kind{message.Alert, message.Digest}).Draw(rt, "kind")
				b.put(b.message(id, kinds[id]), "sure", "plain")
			case 2:
				b.now = b.now.Add(time.Duration(rapid.IntRange(1, 3600).Draw(rt, "seconds")) * time.Second)
			case 3: // the program ends while it sends
				e, _, err := b.box.begin(b.box.lanes[name])
				if err != nil {
					rt.Fatal(err)
				}
				if e != nil && rapid.Bool().Draw(rt, "sent") {
					m, err := b.box.read(e)
					if err != nil {
						rt.Fatal(err)
					}
					attempt(t.Context(), b.sinks[name], m)
				}
				b.open()
			case 4:
				b.open()
			default:
				b.step(name)
			}
		}
		for _, p := range places {
			p.answer, p.arrive = nil, nil
		}
		for range 12 {
			b.settle("sure")
			b.settle("plain")
			b.now = b.now.Add(time.Hour + 30*time.Minute)
		}
		dead := map[string]bool{}
		for _, m := range b.box.Messages() {
			if dead[m.ID] = m.Dead; !m.Dead {
				rt.Fatalf("%s waits: %+v", m.ID, m)
			}
		}
		for name, p := range places {
			for id, kind := range kinds {
				n := p.arrived(id)
				switch {
				case n == 0 && !dead[idOf(name, id)]:
					rt.Fatalf("%s of %s is lost", id, name)
				case n > 1 && kind == message.Digest && !p.recognises:
					rt.Fatalf("%s of %s arrived %d times", id, name, n)
				}
			}
		}
		left := b.keys(prefixBody)
		if left > len(dead) {
			rt.Fatalf("%d bodies are left for %d dead letters", left, len(dead))
		}
	})
}

func clear(t *testing.T, s *store.Store) {
	var items []store.Item
	for item, err := range s.Items("", "") {
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, store.Item{Key: item.Key})
	}
	if err := s.PutItems(items...); err != nil {
		t.Fatal(err)
	}
}

func FuzzDecode(f *testing.F) {
	c, err := newCodec()
	if err != nil {
		f.Fatal(err)
	}
	body, err := c.encode(&message.Message{ID: "a", Kind: message.Test})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Add(record{Kind: message.Digest, Title: "x", Made: time.Unix(0, 0).UTC(), Attempts: 3}.encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := c.decode(data); err == nil && !validID(m.ID) {
			t.Fatalf("a message called %q", m.ID)
		}
		r, err := decodeRecord(data)
		if err != nil {
			return
		}
		again, err := decodeRecord(r.encode())
		if err != nil || string(again.encode()) != string(r.encode()) {
			t.Fatalf("%+v became %+v: %v", r, again, err)
		}
	})
}
