package window

// lane is one producer's way into a shard.
type lane struct {
	full, free *ring
	producer   bell
	mark       *Mark // came from this producer; waits for the others
}

// Progress says what [Shard.Step] found to do.
type Progress int

const (
	// Idle: nothing was waiting. Sleep on [Shard.Bell].
	Idle Progress = iota
	// Counted: a batch was counted.
	Counted
	// Sealed: a mark has come from every producer; all that was delivered before
	// it has been counted, and nothing of what was delivered after it.
	Sealed
)

// Step takes one step of the owner's loop: it counts a waiting batch, or hands
// out a mark that all producers have reached. A producer that is ahead at a mark
// is left alone until the others have come up to it.
func (s *Shard) Step() (Progress, *Mark) {
	for range s.lanes {
		l := &s.lanes[s.next]
		s.next = (s.next + 1) % len(s.lanes)
		if l.mark != nil {
			continue
		}
		b := l.full.pop()
		if b == nil {
			continue
		}
		s.apply(b)
		l.mark = b.mark
		b.reset()
		l.free.push(b)
		l.producer.ring()
		return Counted, nil
	}
	for i := range s.lanes {
		if s.lanes[i].mark == nil {
			return Idle, nil
		}
	}
	mark := s.lanes[0].mark
	for i := range s.lanes {
		s.lanes[i].mark = nil
	}
	return Sealed, mark
}

// Bell returns the channel that is rung when a batch arrives. The owner sleeps on
// it after Step found nothing; it may be rung without need.
func (s *Shard) Bell() <-chan struct{} { return s.bell }
