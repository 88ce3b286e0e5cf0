package detect

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// someMarks draws marks, a few of them empty.
func someMarks(rng *rand.Rand) (m Marks) {
	for i := range m {
		if rng.IntN(4) > 0 {
			m[i] = binOf(3 * rng.ExpFloat64())
		}
	}
	return m
}

// drawMarks draws marks of few values, so that equal ones meet.
func drawMarks(t *rapid.T, name string) (m Marks) {
	copy(m[:], rapid.SliceOfN(rapid.Uint8Range(0, 3), marks, marks).Draw(t, name))
	return m
}

func TestMarksRaiseAndReached(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawMarks(t, "a"), drawMarks(t, "b")
		ab, ba := a, b
		ab.Raise(&b)
		ba.Raise(&a)
		again := ab
		again.Raise(&b)
		if ab != ba || again != ab {
			t.Fatalf("raising is not commutative or not idempotent: %v, %v, %v", ab, ba, again)
		}
		reached := a.reached(&b)
		for i := range a {
			if ab[i] != max(a[i], b[i]) {
				t.Fatalf("mark %d of %d and %d is %d", i, a[i], b[i], ab[i])
			}
			want := a[i]
			if b[i] < a[i] {
				want = 0
			}
			if reached[i] != want {
				t.Fatalf("mark %d: %d against %d counts as reached at %d", i, a[i], b[i], reached[i])
			}
		}
		if a.Empty() != (a == Marks{}) {
			t.Fatal("Empty is wrong")
		}
	})
}

func TestTailsDoNotDependOnTheOwners(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := make([]Tails, rapid.IntRange(1, 4).Draw(t, "owners"))
		var whole Tails
		for range rapid.IntRange(0, 20).Draw(t, "terms") {
			m, tier := drawMarks(t, "marks"), rapid.Uint8Range(0, Tiers-1).Draw(t, "tier")
			whole.Add(tier, &m)
			parts[rapid.IntRange(0, len(parts)-1).Draw(t, "owner")].Add(tier, &m)
		}
		var forth, back Tails
		for i := range parts {
			forth.Merge(&parts[i])
			back.Merge(&parts[len(parts)-1-i])
		}
		if forth != whole || back != whole {
			t.Fatal("the merged tails differ from the whole")
		}
	})
}

// What is taken out of a day leaves the day as if it had never been there, and
// what was never there leaves no trace.
func TestRemoveUndoesAdd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var with, without Tails
		for range rapid.IntRange(0, 10).Draw(t, "others") {
			m := drawMarks(t, "other")
			with.Add(1, &m)
			without.Add(1, &m)
		}
		m := drawMarks(t, "one")
		with.Add(1, &m)
		with.remove(1, &m)
		if with != without {
			t.Fatal("a term that was removed left a trace")
		}
		var empty Tails
		empty.remove(2, &m)
		if empty != (Tails{}) {
			t.Fatal("removing from nothing left something")
		}
	})
}
