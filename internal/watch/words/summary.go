package words

// Counters is how many words of an hour are counted at once.
const Counters = 256

// summary is the SpaceSaving algorithm (Metwally, Agrawal, El Abbadi, Efficient Computation of Frequent
// and Top-k Elements in Data Streams, ICDT 2005): where all counters are taken, the word with the least
// count gives its counter to the new one, which begins with that count as its error. Of n
// words that were added no count is wrong by more than n/Counters, and never too small.
type summary struct {
	floor    uint32 // a word that was let go had at most so many when it was
	counters []counter
	index    map[string]int32 // where the counters of words are; nil where nothing was added lately

	// The search for the least: no counter has less than least, and none before next has as little.
	least uint32
	next  int
}

// counter says that a word came at most count times, of which at most over are made up.
type counter struct {
	word        string
	count, over uint32
}

// add counts a word once more. The word is copied if need be.
func (s *summary) add(word []byte) {
	if s.index == nil {
		s.index = make(map[string]int32, Counters)
		for i := range s.counters {
			s.index[s.counters[i].word] = int32(i)
		}
	}
	if i, known := s.index[string(word)]; known {
		s.counters[i].count++
		return
	}
	own := string(word)
	if len(s.counters) < Counters {
		s.index[own] = int32(len(s.counters))
		s.counters = append(s.counters, counter{own, s.floor + 1, s.floor})
		return
	}
	i := s.victim()
	c := &s.counters[i]
	delete(s.index, c.word)
	s.index[own] = int32(i)
	*c = counter{own, c.count + 1, c.count}
}

// victim returns a counter with the least count. Counts only rise, so that those that were passed over need
// not be looked at again until the least itself has risen.
func (s *summary) victim() int {
	for {
		for s.next < len(s.counters) {
			if s.next++; s.counters[s.next-1].count == s.least {
				return s.next - 1
			}
		}
		s.least, s.next = s.minimum(), 0
	}
}

func (s *summary) minimum() uint32 {
	least := s.counters[0].count
	for i := range s.counters {
		least = min(least, s.counters[i].count)
	}
	return least
}

// rest returns how often a word that has no counter came at most.
func (s *summary) rest() uint32 {
	if len(s.counters) < Counters {
		return s.floor
	}
	return max(s.floor, s.minimum())
}
