package peer

import (
	"errors"
	"fmt"
	"testing"

	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

// tolerance is how far a contender may be from the truth on a small stream.
type tolerance struct {
	err    float64 // mean relative error of the top 100
	recall float64 // of the top 100
}

var tolerances = map[string]tolerance{
	"swell":         {0, 1},
	"swell-authors": {0, 1},
	"map":           {0, 1},
	"daily":         {0, 1},
	"countmin":      {0.02, 0.4}, // few keys are candidates in small panes
	"heavykeeper":   {0.01, 0.98},
	"redis-tags":    {0, 0},
	"redis-rank":    {0, 1},
}

// deliver writes a stream pane by pane, by all writers in turn.
func deliver(t *testing.T, c Contender, s *stream.Stream) {
	t.Helper()
	writers := c.Writers()
	for i := range s.Panes() {
		for j, w := range writers {
			run := s.Pane(i).Share(j, len(writers))
			if err := errors.Join(w.Count(run), w.Seal(run.Pane)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := c.Drain(); err != nil {
		t.Fatal(err)
	}
}

func TestContendersAgreeWithTheTruth(t *testing.T) {
	s, err := stream.Generate(stream.Drifting(0.03))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tail := s.Tail(10_000)
	truth, tailTruth := stream.TruthOf(s), stream.TruthOf(tail)
	for _, kind := range Kinds() {
		for writers := 1; writers <= 2; writers++ {
			t.Run(fmt.Sprintf("%s/%d", kind.ID, writers), func(t *testing.T) {
				c, err := kind.New(Config{Writers: writers, Memory: 32 << 20})
				if errors.Is(err, ErrNoRedis) {
					t.Skip(err)
				}
				if err != nil {
					t.Fatal(err)
				}
				defer func() {
					if err := c.Close(); err != nil {
						t.Error(err)
					}
				}()
				s, truth := s, truth
				if kind.Remote {
					s, truth = tail, tailTruth
				}
				deliver(t, c, s)
				if !kind.Floor {
					agree(t, c, truth, tolerances[kind.ID])
				}
			})
		}
	}
}

func agree(t *testing.T, c Contender, truth *stream.Truth, want tolerance) {
	got := truth.Error(100, func(key string) uint64 {
		n, err := c.Lookup(key)
		if err != nil {
			t.Fatal(err)
		}
		return n
	})
	if got > want.err {
		t.Errorf("mean relative error of the top 100 is %.4f, want at most %.4f", got, want.err)
	}
	if n, err := c.Lookup("there is no such term"); err != nil || n > truth.Top[0].N/100 {
		t.Errorf("a term that is not there was counted %d times, error %v", n, err)
	}
	found, err := c.Top(100)
	if err != nil {
		t.Fatal(err)
	}
	if found == nil && want.recall == 0 {
		return
	}
	if recall := truth.Recall(found, 100); recall < want.recall {
		t.Errorf("recall of the top 100 is %.3f, want at least %.2f", recall, want.recall)
	}
}

func TestSwellReadsWhatAPaneTouched(t *testing.T) {
	s, err := stream.Roll(500, 6)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := newSwellPosts(Config{Writers: 1, Memory: 32 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	deliver(t, c, s)
	if got := c.(Ticker).Tick(); got != 500 {
		t.Errorf("%d terms were read, want 500", got)
	}
}

func TestKindsCanBeToldApart(t *testing.T) {
	ids, names := map[string]bool{}, map[string]bool{}
	for _, k := range Kinds() {
		if ids[k.ID] || names[k.Name] || k.Source == "" {
			t.Errorf("%+v: its ID or name is another's, or it has no source", k)
		}
		ids[k.ID], names[k.Name] = true, true
	}
}
