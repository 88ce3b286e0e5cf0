package measure

import (
	"errors"
	"sync"
	"testing"

	"github.com/swell-radar/swell/bench/compare/internal/peer"
	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

func tiny(t *testing.T) *stream.Stream {
	t.Helper()
	s, err := stream.Generate(stream.Drifting(0.002))
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

// recorder notes how far writers are apart and what they deliver.
type recorder struct {
	mu       sync.Mutex
	sealed   []int64 // last pane that each writer has sealed
	counted  int
	apart    int64
	drained  bool
	failFrom int64 // pane in which writer 1 fails; 0 is never
}

type recorderWriter struct {
	r  *recorder
	me int
}

var errWriter = errors.New("the writer fails")

func (w recorderWriter) Count(run stream.Run) error {
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	w.r.counted += run.Len()
	for _, other := range w.r.sealed {
		w.r.apart = max(w.r.apart, run.Pane-1-other)
	}
	if w.me == 1 && w.r.failFrom != 0 && run.Pane >= w.r.failFrom {
		return errWriter
	}
	return nil
}

func (w recorderWriter) Seal(pane int64) error {
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	w.r.sealed[w.me] = pane
	return nil
}

func (r *recorder) Writers() (writers []peer.Writer) {
	for i := range r.sealed {
		writers = append(writers, recorderWriter{r, i})
	}
	return writers
}

func (r *recorder) Drain() error                    { r.drained = true; return nil }
func (r *recorder) Top(int) ([]stream.Count, error) { return nil, nil }
func (r *recorder) Lookup(string) (uint64, error)   { return 0, nil }
func (r *recorder) BorrowsKeys() bool               { return false }
func (r *recorder) Close() error                    { return nil }

func newRecorder(writers int, s *stream.Stream) *recorder {
	r := &recorder{sealed: make([]int64, writers)}
	for i := range r.sealed {
		r.sealed[i] = s.Pane(0).Pane - 1
	}
	return r
}

func TestFeedDeliversEverythingInStep(t *testing.T) {
	s := tiny(t)
	for writers := 1; writers <= 4; writers++ {
		r := newRecorder(writers, s)
		if _, err := Feed(r, s); err != nil {
			t.Fatal(err)
		}
		if r.counted != s.Len() || !r.drained {
			t.Errorf("%d writers delivered %d observations of %d; drained: %v", writers, r.counted, s.Len(), r.drained)
		}
		if r.apart > peer.Ahead {
			t.Errorf("of %d writers, one was %d panes ahead of another", writers, r.apart)
		}
	}
}

// A writer that fails does not keep the others waiting.
func TestFeedEndsWhenAWriterFails(t *testing.T) {
	s := tiny(t)
	r := newRecorder(3, s)
	r.failFrom = s.Pane(5).Pane
	if _, err := Feed(r, s); !errors.Is(err, errWriter) {
		t.Errorf("error %v, want that of the writer", err)
	}
}
