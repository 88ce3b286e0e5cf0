package stream

import (
	"testing"

	"pgregory.net/rapid"
)

func generate(t *testing.T, shape Shape) *Stream {
	t.Helper()
	s, err := Generate(shape)
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

func TestWordsDifferAndHaveRealisticLengths(t *testing.T) {
	seen, sum := map[string]bool{}, 0
	const words = 200_000
	for i := range uint64(words) {
		w := string(appendWord(nil, i))
		if len(w) < minKey || len(w) > maxKey {
			t.Fatalf("word %d is %q: %d bytes", i, w, len(w))
		}
		if seen[w] {
			t.Fatalf("%q comes twice", w)
		}
		seen[w] = true
		sum += len(w)
	}
	if mean := float64(sum) / words; mean < 13 || mean > 15 {
		t.Errorf("mean length %.2f, want about 14", mean)
	}
	if w := appendWord(nil, firstBurst+300); len(w) > maxKey {
		t.Errorf("%q is longer than %d bytes", w, maxKey)
	}
}

func TestStreamsHaveTheirShapes(t *testing.T) {
	const scale = 0.02
	for _, want := range []struct {
		shape     Shape
		low, high float64 // share of the hottest term
	}{
		{Drifting(scale), 0.10, 0.16},
		{Level(scale), 0, 0.01},
		{HeavyTail(scale), 0, 0.03},
		{Dense(scale / 4), 0.10, 0.16},
	} {
		s := generate(t, want.shape)
		if s.Len() != want.shape.Observations || s.Panes() != want.shape.Panes {
			t.Errorf("%s: %d observations in %d panes, want %d in %d", want.shape.Name, s.Len(), s.Panes(), want.shape.Observations, want.shape.Panes)
		}
		truth := TruthOf(s)
		if h := truth.Hottest(); h < want.low || h > want.high {
			t.Errorf("%s: the hottest term has %.3f, want %.2f to %.2f", want.shape.Name, h, want.low, want.high)
		}
		if (s.Last()+1)%PanesPerDay != 0 {
			t.Errorf("%s: does not end with a day", want.shape.Name)
		}
	}
}

func TestStreamIsAFunctionOfItsShape(t *testing.T) {
	a, b := generate(t, Drifting(0.001)), generate(t, Drifting(0.001))
	for i := range a.Panes() {
		x, y := a.Pane(i), b.Pane(i)
		if x.Len() != y.Len() {
			t.Fatalf("pane %d has %d and %d observations", i, x.Len(), y.Len())
		}
		for j := range x.Len() {
			if x.Key(j) != y.Key(j) || x.Author(j) != y.Author(j) {
				t.Fatalf("pane %d, observation %d: %s by %x and %s by %x", i, j, x.Key(j), x.Author(j), y.Key(j), y.Author(j))
			}
		}
	}
}

// The parts of a pane are the pane, and a tail is the end of its stream.
func TestPartsMakeTheWhole(t *testing.T) {
	s := generate(t, Drifting(0.002))
	rapid.Check(t, func(t *rapid.T) {
		run := s.Pane(rapid.IntRange(0, s.Panes()-1).Draw(t, "pane"))
		n, at := rapid.IntRange(1, 5).Draw(t, "parts"), 0
		for part := range n {
			share := run.Share(part, n)
			for j := range share.Len() {
				if share.Key(j) != run.Key(at) || share.Author(j) != run.Author(at) {
					t.Fatalf("part %d of %d: observation %d is not the %d-th of the pane", part, n, j, at)
				}
				at++
			}
		}
		if at != run.Len() {
			t.Fatalf("%d parts have %d observations of %d", n, at, run.Len())
		}
		wanted := rapid.IntRange(1, 2*s.Len()).Draw(t, "tail")
		tail := s.Tail(wanted)
		if tail.Len() < min(wanted, s.Len()) || tail.Last() != s.Last() {
			t.Fatalf("a tail of %d has %d observations and ends with pane %d, want %d", wanted, tail.Len(), tail.Last(), s.Last())
		}
		i := rapid.IntRange(0, tail.Panes()-1).Draw(t, "tail pane")
		a, b := tail.Pane(i), s.Pane(s.Panes()-tail.Panes()+i)
		if a.Pane != b.Pane || a.Len() != b.Len() || a.Len() > 0 && a.Key(0) != b.Key(0) {
			t.Fatalf("pane %d of the tail is not pane %d of the stream", a.Pane, b.Pane)
		}
	})
}

func TestRollHasEveryTermInEveryPane(t *testing.T) {
	s, err := Roll(50, 3)
	if err != nil {
		t.Fatal(err)
	}
	truth := TruthOf(s)
	if truth.Distinct != 50 || truth.Top[0].N != 3 || truth.Top[49].N != 3 {
		t.Errorf("%d terms, %d to %d times; want 50, 3 times each", truth.Distinct, truth.Top[49].N, truth.Top[0].N)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestGenerateRefusesWhatItCannotMake(t *testing.T) {
	shape := Drifting(0.001)
	shape.Skew = 1
	if _, err := Generate(shape); err == nil {
		t.Error("a skew of 1 was taken")
	}
	shape = Drifting(0.001)
	shape.Observations = 200_000_000
	if _, err := Generate(shape); err == nil {
		t.Error("8 GB of keys were taken")
	}
}
