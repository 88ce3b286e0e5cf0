package outbox

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/sink"
)

// of returns a message about a thread.
func (b *bench) of(thread, id string, kind message.Kind) message.Message {
	m := b.message(id, kind)
	m.Alert.Thread = thread
	return m
}

// What is told of a thread arrives in order, whatever its first message has to wait for. Others do not wait for it.
func TestThreadInOrder(t *testing.T) {
	board := &place{recognises: true, follows: true, answer: temporary}
	b := newBench(t, openStore(t), map[string]*place{"board": board})
	b.put(b.of("rise", "z-alert", message.Alert), "board")
	for range 4 {
		b.settle("board")
		b.now = b.now.Add(b.step("board"))
	}
	b.put(b.of("rise", "a-over", message.Over), "board")
	b.put(b.of("rise", "b-change", message.Change), "board")
	b.put(b.of("other", "other", message.Alert), "board")
	b.open() // and again with what the drawer has
	board.answer = nil
	b.settle("board")
	if want := []string{"other"}; !slices.Equal(board.got, want) {
		t.Fatalf("arrived: %v, want %v while the alert waits", board.got, want)
	}
	b.now = *b.only("board.z-alert").Next
	b.settle("board")
	if want := []string{"other", "z-alert", "b-change", "a-over"}; !slices.Equal(board.got, want) {
		t.Fatalf("arrived: %v, want %v", board.got, want)
	}
}

// What was given up before its sink heard that the rise is over is not begun anew there.
func TestRetryWhenOver(t *testing.T) {
	board := &place{recognises: true, follows: true}
	b := newBench(t, openStore(t), map[string]*place{"board": board})
	board.answer = func(m *message.Message) error {
		if m.Kind == message.Alert {
			return sink.Permanentf("no")
		}
		return nil
	}
	b.put(b.of("rise", "alert", message.Alert), "board")
	b.settle("board")
	b.now = b.now.Add(time.Hour)
	b.put(b.of("rise", "over", message.Over), "board")
	b.settle("board")
	b.now = b.now.Add(time.Hour)
	b.put(b.of("rise", "again", message.Alert), "board") // it rises again: that is news
	b.settle("board")
	board.answer = nil
	b.open()
	if err := b.box.Retry("board.alert"); !errors.Is(err, ErrOver) {
		t.Errorf("Retry: %v, want %v", err, ErrOver)
	}
	if n, err := b.box.RetrySink("board"); n != 1 || err != nil {
		t.Errorf("RetrySink: %d, %v; want the one of the second rise", n, err)
	}
	b.settle("board")
	if want := []string{"over", "again"}; !slices.Equal(board.got, want) {
		t.Errorf("arrived: %v, want %v", board.got, want)
	}
	if err := b.box.Drop("board.alert"); err != nil {
		t.Error(err)
	}
}

// A sink that wanted nothing more is sent to again once somebody asks for it.
func TestRetryWhenOff(t *testing.T) {
	for _, whole := range []bool{false, true} {
		hook := &place{recognises: true, answer: func(*message.Message) error {
			return &sink.Error{Off: true, Permanent: true, Reason: "410"}
		}}
		b := newBench(t, openStore(t), map[string]*place{"hook": hook})
		b.put(b.message("a", message.Alert), "hook")
		b.settle("hook")
		if s := b.box.State()[0]; !s.Off {
			t.Fatalf("%+v", s)
		}
		hook.answer = nil
		var err error
		if whole {
			_, err = b.box.RetrySink("hook")
		} else {
			err = b.box.Retry("hook.a")
		}
		if err != nil {
			t.Fatal(err)
		}
		b.settle("hook")
		if s := b.box.State()[0]; s.Off || s.Sent != 1 || hook.arrived("a") != 1 {
			t.Errorf("retry of the sink %t: %+v", whole, s)
		}
	}
}
