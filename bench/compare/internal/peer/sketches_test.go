package peer

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

// drawStream makes a stream of random shape.
func drawStream(t *rapid.T) *stream.Stream {
	s, err := stream.Generate(stream.Shape{
		Name: "random", Observations: rapid.IntRange(1, 4000).Draw(t, "observations"),
		Panes: rapid.IntRange(1, 700).Draw(t, "panes"), Ranks: rapid.IntRange(1, 800).Draw(t, "ranks"),
		Skew:  rapid.SampledFrom([]float64{0.5, 0.9, 1.3}).Draw(t, "skew"),
		Drift: rapid.SampledFrom([]int{0, 50}).Draw(t, "drift"), Authors: 100,
		Seed: rapid.Uint64().Draw(t, "seed"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fill delivers a stream and returns the truth about it.
func fill(t *rapid.T, c Contender, s *stream.Stream) *stream.Truth {
	for i := range s.Panes() {
		run, w := s.Pane(i), c.Writers()[0]
		if err := errors.Join(w.Count(run), w.Seal(run.Pane)); err != nil {
			t.Fatal(err)
		}
	}
	return stream.TruthOf(s)
}

// The window of a count-min ring moves by panes and never counts too few.
func TestCountMinNeverCountsTooFew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := newCountMin(Config{Writers: 1, Memory: rapid.SampledFrom([]int64{1, 100_000, 1 << 20}).Draw(t, "memory")})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		s := drawStream(t)
		defer s.Close()
		for _, term := range fill(t, c, s).Top {
			if got, _ := c.Lookup(term.Key); got < term.N {
				t.Fatalf("%s was counted %d times, the sketch says %d", term.Key, term.N, got)
			}
		}
	})
}

// A sliding HeavyKeeper never counts too many, and its buckets add up.
func TestHeavyKeeperNeverCountsTooMany(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := newHeavyKeeper(Config{Writers: 1, Memory: rapid.SampledFrom([]int64{1, 50_000, 1 << 20}).Draw(t, "memory")})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		s := drawStream(t)
		defer s.Close()
		// Its window has whole hours: it may hold up to five panes more.
		k, truth := c.(*heavyKeeper), lastHours(s)
		fill(t, c, s)
		for key, n := range truth {
			if got, _ := c.Lookup(key); got > n {
				t.Fatalf("%s was counted %d times, the sketch says %d", key, n, got)
			}
		}
		for row := range k.rows {
			for i := range k.rows[row] {
				b := &k.rows[row][i]
				sum := uint32(0)
				for _, n := range b.hours {
					sum += n
				}
				if sum != b.sum {
					t.Fatalf("bucket %d of row %d says %d, its hours add up to %d", i, row, b.sum, sum)
				}
			}
		}
	})
}

// lastHours counts the last 72 hours, the running one included.
func lastHours(s *stream.Stream) map[string]uint64 {
	counts := map[string]uint64{}
	for i := range s.Panes() {
		run := s.Pane(i)
		if run.Pane/stream.PanesPerHour <= s.Last()/stream.PanesPerHour-hkHours {
			continue
		}
		for j := range run.Len() {
			counts[run.Key(j)]++
		}
	}
	return counts
}

// With room for every key a sliding HeavyKeeper is exact.
func TestHeavyKeeperIsExactWithoutCollisions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := newHeavyKeeper(Config{Writers: 1, Memory: 16 << 20})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		s, err := stream.Generate(stream.Shape{
			Name: "few terms", Observations: 2000, Panes: rapid.IntRange(1, 700).Draw(t, "panes"), Ranks: 3,
			Skew: 0.5, Authors: 1, Seed: rapid.Uint64().Draw(t, "seed"),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		fill(t, c, s)
		for key, n := range lastHours(s) {
			if got, _ := c.Lookup(key); got != n {
				t.Fatalf("%s was counted %d times, the sketch says %d", key, n, got)
			}
		}
	})
}

// The list of a top-k sketch keeps the highest of the last counts that it was told,
// its index points at its seats, and it never grows beyond its room.
func TestSeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		room := rapid.IntRange(1, 8).Draw(t, "room")
		s := newSeats(room)
		counts := map[uint64]uint32{}
		for _, hash := range rapid.SliceOfN(rapid.Uint64Range(0, 20), 1, 200).Draw(t, "keys") {
			counts[hash]++
			s.offer(hash, fmt.Sprint(hash), counts[hash])
		}
		var all []uint32
		for _, n := range counts {
			all = append(all, n)
		}
		slices.Sort(all)
		slices.Reverse(all)
		var got []uint32
		for i, seat := range s.list {
			if s.at[seat.hash] != i || seat.count != counts[seat.hash] {
				t.Fatalf("seat %d has %+v, the index says %d, the count is %d", i, seat, s.at[seat.hash], counts[seat.hash])
			}
			if parent := (i - 1) / 2; s.list[parent].count > seat.count {
				t.Fatalf("seat %d is below its parent", i)
			}
			got = append(got, seat.count)
		}
		slices.Sort(got)
		slices.Reverse(got)
		// Counts grow by one, so what was left out is not above the lowest seat.
		if want := all[:min(room, len(all))]; !slices.Equal(got, want) || len(s.at) != len(s.list) {
			t.Fatalf("the seats have %v, want %v; %d in the index", got, want, len(s.at))
		}
	})
}

func TestCountingDoesNotAllocate(t *testing.T) {
	s, err := stream.Generate(stream.Drifting(0.005))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, make := range []func(Config) (Contender, error){newHash, newCountMin, newHeavyKeeper} {
		c, err := make(Config{Writers: 1, Memory: 4 << 20})
		if err != nil {
			t.Fatal(err)
		}
		w, run := c.Writers()[0], s.Pane(0)
		for range 2 * candidateMin { // fills lists
			if err := w.Count(run); err != nil {
				t.Fatal(err)
			}
		}
		if n := testing.AllocsPerRun(20, func() { _ = w.Count(run) }); n > 0 {
			t.Errorf("%T allocates %v times for %d observations", c, n, run.Len())
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}
