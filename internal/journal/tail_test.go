package journal

import (
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"pgregory.net/rapid"
)

// tailServer is what a server would say of a stream that one process appends to.
type tailServer struct {
	sizes       []int64 // of entry n at n-1
	first, last uint64
}

func (s *tailServer) store(bytes int64) {
	s.sizes = append(s.sizes, bytes)
	s.last++
}

// bytes is the size of the entries from first up to next, without next.
func (s *tailServer) bytes(first, next uint64) (sum int64) {
	for n := first; n < next; n++ {
		sum += s.sizes[n-1]
	}
	return sum
}

func (s *tailServer) state() jetstream.StreamState {
	return jetstream.StreamState{FirstSeq: s.first, LastSeq: s.last, Msgs: s.last + 1 - s.first, Bytes: uint64(s.bytes(s.first, s.last+1))}
}

// An answer that is older than what was added since does not take that away.
func TestTailKeepsWhatWasAdded(t *testing.T) {
	s := &tailServer{first: 1}
	var tail tail
	tail.init()
	for n := range 10 {
		s.store(100)
		tail.add(uint64(n+1), 100)
	}
	s.first = 5
	trimmed := s.state()
	s.store(7)
	tail.add(11, 7)
	tail.set(trimmed)
	if first, next := tail.bounds(); first != 5 || next != 12 || tail.size() != 607 {
		t.Errorf("[%d, %d), %d bytes; want [5, 12), 607 bytes", first, next, tail.size())
	}
}

// An answer that has an entry already, before it is added, does not count it twice.
func TestTailCountsOnce(t *testing.T) {
	s := &tailServer{first: 1}
	var tail tail
	tail.init()
	s.store(100)
	tail.set(s.state())
	tail.add(1, 100)
	s.store(50)
	tail.seen(2) // a reader may be before both
	tail.add(2, 50)
	if tail.size() != 150 {
		t.Errorf("%d bytes, want 150", tail.size())
	}
}

// Against the sizes of all entries: whatever the order in which entries are added,
// readers see them, trims happen and answers come, old ones too.
func TestTailIsExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := &tailServer{first: 1}
		var tail tail
		tail.init()
		tail.set(s.state())
		var asked []jetstream.StreamState
		unheard := false // an entry that is stored and not added yet
		hear := func() {
			if unheard {
				tail.add(s.last, s.sizes[s.last-1])
				unheard = false
			}
		}
		last := uint64(1)
		for range rapid.IntRange(0, 100).Draw(rt, "steps") {
			switch rapid.SampledFrom([]string{"store", "store", "hear", "see", "ask", "answer", "trim"}).Draw(rt, "step") {
			case "store":
				hear()
				s.store(rapid.Int64Range(1, 1000).Draw(rt, "bytes"))
				unheard = true
			case "hear":
				hear()
			case "see":
				tail.seen(s.last)
			case "ask":
				asked = append(asked, s.state())
			case "answer":
				if len(asked) > 0 {
					if a := rapid.SampledFrom(asked).Draw(rt, "answer"); a.LastSeq+recentEntries >= s.last {
						tail.set(a)
					}
				}
			case "trim":
				s.first = max(s.first, rapid.Uint64Range(s.first, max(s.first, s.last)).Draw(rt, "first"))
			}
			if want := s.bytes(tail.first, tail.counted); tail.size() != want {
				rt.Fatalf("%d bytes from %d up to %d, want %d", tail.size(), tail.first, tail.counted, want)
			}
			if tail.first < last || tail.counted > tail.next {
				rt.Fatalf("first %d after %d, counted up to %d of %d", tail.first, last, tail.counted, tail.next)
			}
			last = tail.first
		}
		hear()
		tail.set(s.state())
		if first, next := tail.bounds(); first != s.first || next != s.last+1 || tail.size() != int64(s.state().Bytes) {
			rt.Fatalf("[%d, %d), %d bytes; the server says %+v", first, next, tail.size(), s.state())
		}
	})
}

// An old answer leaves the size as it was where it is not known how large the
// entries are that came since: too many, or known from a newer answer alone.
func TestTailAndAVeryOldAnswer(t *testing.T) {
	for _, added := range []bool{true, false} {
		s := &tailServer{first: 1}
		var tail tail
		tail.init()
		old := s.state()
		for n := range uint64(recentEntries + 1) {
			s.store(int64(n + 1))
			if added {
				tail.add(n+1, int64(n+1))
			}
		}
		if !added {
			tail.set(s.state())
		}
		tail.set(old)
		if want := int64(s.state().Bytes); tail.size() != want {
			t.Errorf("added %v: %d bytes, want %d", added, tail.size(), want)
		}
	}
}
