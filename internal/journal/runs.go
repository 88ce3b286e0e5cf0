package journal

import "slices"

// run is the numbers from lo to hi, both included.
type run struct{ lo, hi uint64 }

// maxRuns is how many stretches of a producer's numbers there may be above the
// lowest that is missing.
const maxRuns = 256

// numbers is a set of numbers from 1: all up to low, and the runs above it. The
// runs rise, and between two of them, as between low and the first, at least one
// number is missing.
type numbers struct {
	low  uint64
	runs []run
}

func (s *numbers) has(n uint64) bool {
	if n <= s.low {
		return true
	}
	i, found := s.find(n)
	return found || i > 0 && s.runs[i-1].hi >= n
}

// find returns the place of the first run that begins at n or above it, and
// whether it begins at n.
func (s *numbers) find(n uint64) (int, bool) {
	return slices.BinarySearchFunc(s.runs, n, func(r run, n uint64) int {
		switch {
		case r.lo < n:
			return -1
		case r.lo > n:
			return 1
		}
		return 0
	})
}

// add adds n, which is not there yet. It returns how many missing numbers had to
// be taken as there to keep to the bounds.
func (s *numbers) add(n uint64) (given uint64) {
	switch {
	case n == s.low+1:
		s.low = n
		s.merge()
	default:
		s.insert(n)
	}
	if highest := s.highest(); highest-s.low > MaxAhead {
		given += s.raise(highest - MaxAhead)
	}
	if len(s.runs) > maxRuns {
		given += s.raise(s.runs[0].lo - 1)
	}
	return given
}

func (s *numbers) highest() uint64 {
	if len(s.runs) == 0 {
		return s.low
	}
	return s.runs[len(s.runs)-1].hi
}

func (s *numbers) insert(n uint64) {
	i, _ := s.find(n)
	below := i > 0 && s.runs[i-1].hi == n-1
	above := i < len(s.runs) && s.runs[i].lo == n+1
	switch {
	case below && above:
		s.runs[i-1].hi = s.runs[i].hi
		s.runs = slices.Delete(s.runs, i, i+1)
	case below:
		s.runs[i-1].hi = n
	case above:
		s.runs[i].lo = n
	default:
		s.runs = slices.Insert(s.runs, i, run{n, n})
	}
}

// merge takes the first run into low where nothing is missing between them.
func (s *numbers) merge() {
	if len(s.runs) > 0 && s.runs[0].lo <= s.low+1 {
		s.low = max(s.low, s.runs[0].hi)
		s.runs = slices.Delete(s.runs, 0, 1)
	}
}

// raise takes all numbers up to n as there, and returns how many were not.
func (s *numbers) raise(n uint64) (given uint64) {
	for s.low < n {
		next := n
		if len(s.runs) > 0 {
			next = min(n, s.runs[0].lo-1)
		}
		given += next - s.low
		s.low = next
		s.merge()
	}
	return given
}
