package detect

// Marks are how far a term got: its z by measure and window, and its score, in steps of
// a quarter; 0 where it showed nothing. The zero value is nothing at all.
type Marks [marks]uint8

// A term has a mark for each measure and window and, the last, one for its score.
const (
	marks     = scoreMark + 1
	scoreMark = int(measures) * maxWindows
)

// MarksBytes is the length of every encoded Marks.
const MarksBytes = marks

// ScoreMarks returns the marks of a term that has a score alone, as a gauge does.
func ScoreMarks(score float64) Marks {
	var m Marks
	m[scoreMark] = binOf(score)
	return m
}

// UnmarshalBinary restores marks from their bytes. Errors wrap [ErrCorrupt].
func (m *Marks) UnmarshalBinary(data []byte) error {
	in := read("marks", data)
	in.marks(m)
	return in.end()
}

// markOf returns the place of a window's mark.
func markOf(m measure, window int) int { return int(m)*maxWindows + window }

// Raise takes over the marks of o that are higher.
func (m *Marks) Raise(o *Marks) {
	for i := range m {
		m[i] = max(m[i], o[i])
	}
}

// reached returns the marks of m that o reached as well.
func (m *Marks) reached(o *Marks) *Marks {
	var out Marks
	for i := range m {
		if m[i] <= o[i] {
			out[i] = m[i]
		}
	}
	return &out
}

// Empty reports whether nothing is marked.
func (m *Marks) Empty() bool { return *m == Marks{} }

// Tails count how far the terms of one platform got within a day: by volume tier
// and by mark. Adding and merging commute, so the result does not depend on how
// terms are spread over owners. 62.5 KiB, no pointers; the zero value is empty.
type Tails struct {
	counts [Tiers][marks][tailBins]uint32
}

// Add counts the highest marks of one term's day.
func (t *Tails) Add(tier uint8, m *Marks) {
	for i, bin := range m {
		if bin > 0 {
			t.counts[tier][i][bin]++
		}
	}
}

// Merge adds the other counts.
func (t *Tails) Merge(other *Tails) {
	for tier := range t.counts {
		for i := range t.counts[tier] {
			for b, n := range other.counts[tier][i] {
				t.counts[tier][i][b] += n
			}
		}
	}
}

// remove takes one term's day out again, as far as it is there.
func (t *Tails) remove(tier uint8, m *Marks) {
	for i, bin := range m {
		if n := &t.counts[tier][i][bin]; bin > 0 && *n > 0 {
			*n--
		}
	}
}
