package peer

import "container/heap"

// seats is the list of keys that a top-k sketch keeps: a min-heap of bounded size
// with an index by hash.
type seats struct {
	room int
	list []seat
	at   map[uint64]int // place in list
}

type seat struct {
	hash  uint64
	count uint32
	key   string
}

func newSeats(room int) seats { return seats{room: room, at: make(map[uint64]int, room)} }

// offer tells the count of a key that has just been observed. Most keys are not
// above the lowest seat and cost one comparison.
func (s *seats) offer(hash uint64, key string, count uint32) {
	full := len(s.list) == s.room
	if count == 0 || full && count <= s.list[0].count {
		return
	}
	at, seated := s.at[hash]
	switch {
	case seated:
		s.list[at].count = count
	case full:
		delete(s.at, s.list[0].hash)
		at = 0
		s.list[at] = seat{hash, count, key}
		s.at[hash] = at
	default:
		heap.Push(s, seat{hash, count, key})
		return
	}
	heap.Fix(s, at)
}

// refresh asks for all counts anew, which is due when time has passed.
func (s *seats) refresh(count func(hash uint64) uint32) {
	for i := range s.list {
		s.list[i].count = count(s.list[i].hash)
	}
	heap.Init(s)
}

// The methods of heap.Interface.

func (s *seats) Len() int           { return len(s.list) }
func (s *seats) Less(i, j int) bool { return s.list[i].count < s.list[j].count }

func (s *seats) Swap(i, j int) {
	s.list[i], s.list[j] = s.list[j], s.list[i]
	s.at[s.list[i].hash], s.at[s.list[j].hash] = i, j
}

func (s *seats) Push(x any) {
	added := x.(seat)
	s.at[added.hash] = len(s.list)
	s.list = append(s.list, added)
}

func (s *seats) Pop() any {
	last := s.list[len(s.list)-1]
	s.list = s.list[:len(s.list)-1]
	delete(s.at, last.hash)
	return last
}
