package measure

import (
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/bench/compare/internal/peer"
	"github.com/swell-radar/swell/bench/compare/internal/stream"
	"github.com/swell-radar/swell/internal/offheap"
)

func setupOf(ids ...string) *Setup {
	setup := &Setup{Memory: 16 << 20, Log: io.Discard}
	for _, k := range peer.Kinds() {
		if slices.Contains(ids, k.ID) {
			setup.Kinds = append(setup.Kinds, k)
		}
	}
	return setup
}

func TestQuantiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 50).Draw(t, "numbers")
		q := rapid.Float64Range(0, 1).Draw(t, "q")
		s := SampleOf(slices.Clone(numbers))
		got, atMost, below := s.Quantile(q), 0, 0
		for _, x := range numbers {
			if x <= got {
				atMost++
			}
			if x < got {
				below++
			}
		}
		if n := float64(len(numbers)); float64(atMost) < q*n || below > 0 && float64(below) >= q*n {
			t.Fatalf("quantile %v of %v is %v: %d are at most that, %d below", q, numbers, got, atMost, below)
		}
		if s.Min() != slices.Min(numbers) || s.Quantile(1) != slices.Max(numbers) {
			t.Fatalf("%v: least %v, most %v", numbers, s.Min(), s.Quantile(1))
		}
	})
	if m := SampleOf([]float64{4, 1, 3, 2}).Median(); m != 2.5 {
		t.Errorf("median %v, want 2.5", m)
	}
	if !math.IsNaN(Sample(nil).Median()) || !math.IsNaN(Sample(nil).Quantile(0.5)) {
		t.Error("an empty sample has figures")
	}
}

func TestSpeedsHaveTheRoundsThatWerePlanned(t *testing.T) {
	s := tiny(t)
	plan := &Plan{Stream: s, Tail: s.Tail(100), Rounds: 3, Slow: 1}
	speeds, err := setupOf("hash", "swell", "heavykeeper").Speeds(plan)
	if err != nil {
		t.Fatal(err)
	}
	for id, rounds := range map[string]int{"hash": 3, "swell": 3, "heavykeeper": 1} {
		speed := speeds[id]
		if speed == nil || speed.Observations != s.Len() {
			t.Fatalf("%s: %+v", id, speed)
		}
		for i := range Cores {
			if len(speed.Cost[i]) != rounds || len(speed.Wall[i]) != rounds || speed.Wall[i].Min() <= 0 || !slices.IsSorted(speed.Cost[i]) {
				t.Errorf("%s on %d cores: %v, %v; want %d rounds", id, Cores[i], speed.Cost[i], speed.Wall[i], rounds)
			}
		}
	}
}

func TestSurveysOfExactContendersAreExact(t *testing.T) {
	s := tiny(t)
	plan := &Plan{Stream: s, Tail: s.Tail(100)}
	surveys, err := setupOf("hash", "map", "daily").Surveys(plan, stream.TruthOf(s))
	if err != nil {
		t.Fatal(err)
	}
	if len(surveys) != 2 {
		t.Fatalf("%d surveys, want 2: hashing alone answers nothing", len(surveys))
	}
	for id, v := range surveys {
		if v.Error != [len(ErrorRanks)]float64{} || v.Recall != [len(RecallRanks)]float64{1, 1} || !v.TellsTop {
			t.Errorf("%s: errors %v, recall %v", id, v.Error, v.Recall)
		}
		if v.Memory <= 0 || len(v.Term) == 0 || v.Top <= 0 {
			t.Errorf("%s: memory %d, %d answers timed, top in %v", id, v.Memory, len(v.Term), v.Top)
		}
	}
}

// A contender's memory is what it takes, on the heap or beside it.
func TestFootprintSeesHeapAndMappings(t *testing.T) {
	const size, nearly = 16 << 20, 15 << 20
	before := takeFootprint()
	heap := make([]byte, size)
	heap[0] = 1
	if grown := takeFootprint().growth(before); grown < nearly {
		t.Errorf("%d bytes on the heap grow the footprint by %d", size, grown)
	}
	runtime.KeepAlive(heap)
	if residentBytes() == 0 {
		t.Skip("this system does not tell the resident memory")
	}
	memory, err := offheap.Reserve(size)
	if err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	mapped := offheap.Slice[byte](memory, size)
	before = takeFootprint()
	for i := range mapped {
		mapped[i] = 1
	}
	if grown := takeFootprint().growth(before); grown < nearly {
		t.Errorf("%d mapped bytes grow the footprint by %d", size, grown)
	}
}

func TestPausesTimeEveryEndOfAPane(t *testing.T) {
	s, err := stream.Roll(100, 5)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	pauses, err := setupOf("map", "redis-rank").Pauses(s)
	if err != nil {
		t.Fatal(err)
	}
	want := 5 * (timedBefore + timedAfter + 1)
	if p := pauses["map"]; p == nil || len(p.Full) != want || len(p.Paced) != want || len(pauses) != 1 {
		t.Errorf("%d pauses; want %d times at full speed and paced, of the map alone", len(pauses), want)
	}
}

// A pane with less observations than are timed is delivered whole.
func TestPausesOfSmallPanes(t *testing.T) {
	for terms := 1; terms <= timedBefore+timedAfter+1; terms++ {
		s, err := stream.Roll(terms, 1)
		if err != nil {
			t.Fatal(err)
		}
		r := newRecorder(1, s)
		clock := timer{w: r.Writers()[0], began: time.Now()}
		if err := clock.pane(s.Pane(0)); err != nil || r.counted != terms || clock.done != terms {
			t.Errorf("of %d observations %d were delivered, %d noted, error %v", terms, r.counted, clock.done, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestTicksReadEveryTerm(t *testing.T) {
	setup := setupOf("swell")
	tick, err := setup.Ticks(setup.Kinds[0], 300)
	if err != nil {
		t.Fatal(err)
	}
	if tick.Terms != 300 || len(tick.Times) == 0 {
		t.Errorf("%d terms were read %d times, want 300", tick.Terms, len(tick.Times))
	}
	setup = setupOf("map")
	if _, err := setup.Ticks(setup.Kinds[0], 10); err == nil {
		t.Error("a map told what a pane touched")
	}
}

// The goroutine that wants the mutex needs time to ask for it: more and more is given.
func TestRecordWaitsSeesAContendedMutex(t *testing.T) {
	const here = "bench/compare/internal/measure.contend"
	ours := func(waits []Wait) bool {
		return slices.ContainsFunc(waits, func(w Wait) bool {
			return strings.HasPrefix(w.Where, here) && w.Events > 0 && w.Time > time.Millisecond
		})
	}
	for held := 10 * time.Millisecond; ; held *= 2 {
		contended, blocked, err := recordWaits(func() error { contend(held); return nil })
		if err != nil {
			t.Fatal(err)
		}
		if ours(contended) && ours(blocked) {
			return
		}
		if held > 4*time.Second {
			t.Fatalf("contended %+v\nblocked %+v", contended, blocked)
		}
	}
}

// contend holds a mutex that another goroutine wants.
func contend(held time.Duration) {
	var mu sync.Mutex
	var running sync.WaitGroup
	mu.Lock()
	running.Go(func() { mu.Lock(); defer mu.Unlock() })
	time.Sleep(held)
	mu.Unlock()
	running.Wait()
}

func TestParseTop(t *testing.T) {
	const text = `File: compare
Type: cpu
Showing nodes accounting for 5s, 62.50% of 8s total
      flat  flat%   sum%        cum   cum%
     1.20s 24.00% 24.00%      3.10s 62.00%  github.com/swell-radar/swell/engine/window.(*Shard).count
     0.20s  4.00% 28.00%      0.20s  4.00%  runtime.memmove (inline)
`
	want := []Function{{"engine/window.(*Shard).count", "24.00", "62.00"}, {"runtime.memmove (inline)", "4.00", "4.00"}}
	if got := parseTop(text); !slices.Equal(got, want) {
		t.Errorf("read %+v, want %+v", got, want)
	}
}
