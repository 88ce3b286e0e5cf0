package engine

import (
	"fmt"

	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/internal/cow"
)

func memoryUnit(shard int) string { return fmt.Sprint(unitMemory, shard) }
func pairsUnit(shard int) string  { return fmt.Sprint(unitPairs, shard) }
func shardUnit(shard int) string  { return fmt.Sprint(unitShard, shard) }

const (
	// sliceBytes is how much an owner saves between two batches: about 50 µs.
	sliceBytes = 32 << 10
	// mostWaiting is how much an owner keeps for a slow taker before it waits for it.
	mostWaiting = 2 << 20
)

// saving is what an owner does for a cut.
type saving struct {
	*cut
	first int                  // its first unit
	sets  [ownerUnits]*cow.Set // memories, shard, pairs
	ended [ownerUnits]bool
	head  []byte // of the shard
	pairs []byte // head of the pairs
}

// beginCut begins a cut on the owner, parked at its mark. The memories come first: all
// of them change once an hour.
func (o *owner) beginCut(c *cut) {
	s := &o.saving
	s.cut, s.ended = c, [ownerUnits]bool{}
	mine := c.units[s.first:][:ownerUnits]
	// Saving most of them again is no more than saving all, and needs no other part.
	if s.sets[0].Changed() > o.shard.Stats().Tracked/2 {
		mine[0].rewrite()
	}
	s.sets[0].Begin(mine[0].full)
	s.head = o.shard.BeginCut(s.head[:0], mine[1].full)
	s.sets[2].Begin(mine[2].full)
	s.pairs = o.pairs.AppendHead(s.pairs[:0])
}

// next returns what is to be sent next. Where ok is false there is something to be
// saved first, or nothing left.
func (s *saving) next() (p piece, ok bool) {
	for i, set := range s.sets {
		if data := set.Next(); data != nil {
			return piece{unit: s.first + i, data: data}, true
		}
	}
	for i, set := range s.sets {
		if set.Pending() {
			return piece{}, false
		}
		if !s.ended[i] {
			return piece{unit: s.first + i, last: true}, true
		}
	}
	return piece{}, false
}

// sent says that a piece has been sent.
func (s *saving) sent(p piece) {
	if p.last {
		s.ended[p.unit-s.first] = true
		return
	}
	s.sets[p.unit-s.first].Take()
}

// step saves a slice.
func (s *saving) step() {
	for _, set := range s.sets {
		if set.Pending() {
			set.Step(sliceBytes)
			return
		}
	}
	s.cut = nil // all is saved and sent
}

// giveUp drops what is left of a cut that has ended.
func (s *saving) giveUp() {
	for _, set := range s.sets {
		set.Abort()
	}
	s.cut = nil
}

func (s *saving) waiting() (n int) {
	for _, set := range s.sets {
		n += set.Waiting()
	}
	return n
}

// save saves or sends a little between two batches. It waits only for a taker that has
// fallen far behind, and reports false when the engine is closed.
func (o *owner) save() bool {
	s := &o.saving
	if s.cut.ended() {
		s.giveUp()
		return true
	}
	p, ok := s.next()
	if !ok {
		s.step()
		return true
	}
	select {
	case s.owners <- p:
		s.sent(p)
	default:
	}
	for s.waiting() > mostWaiting {
		p, _ := s.next()
		select {
		case s.owners <- p:
			s.sent(p)
		case <-s.done:
			s.giveUp()
			return true
		case ask := <-o.asks:
			ask(o)
		case <-o.quit:
			return false
		}
	}
	return true
}

// saveIdle is save while no batch waits; it sleeps until one comes or a piece can be
// sent.
func (o *owner) saveIdle() bool {
	s := &o.saving
	p, ok := s.next()
	if !ok {
		s.step()
		o.answer()
		return true
	}
	select {
	case s.owners <- p:
		s.sent(p)
	case <-s.done:
		s.giveUp()
	case <-o.shard.Bell():
	case ask := <-o.asks:
		ask(o)
	case <-o.quit:
		return false
	}
	return true
}

// arrive tells the conductor that the owner is parked at a mark. Until the conductor
// is there it goes on saving: the conductor may be waiting for the taker of ticks,
// and that one for a snapshot.
func (o *owner) arrive(mark *window.Mark) bool {
	s := &o.saving
	for s.cut != nil {
		p, ok := s.next()
		if !ok {
			select {
			case o.arrived <- mark:
				return true
			default:
				s.step()
				continue
			}
		}
		select {
		case o.arrived <- mark:
			return true
		case s.owners <- p:
			s.sent(p)
		case <-s.done:
			s.giveUp()
		case <-o.quit:
			return false
		}
	}
	select {
	case o.arrived <- mark:
		return true
	case <-o.quit:
		return false
	}
}

// restore reads the owner's units.
func (o *owner) restore(from *source) error {
	shard, memory := shardUnit(o.number), memoryUnit(o.number)
	if from.whole {
		return o.restoreWhole(from, shard, memory)
	}
	head, err := from.read(shard + headOf)
	if err != nil {
		return err
	}
	if err := o.shard.RestoreHead(head); err != nil {
		return fmt.Errorf("%s: %w", shard+headOf, err)
	}
	if err := from.unit(shard, o.shard.RestoreCells); err != nil {
		return err
	}
	if err := o.shard.EndRestore(); err != nil {
		return fmt.Errorf("%s: %w", shard, err)
	}
	if err := restoreSet(from, memory, o.saving.sets[0]); err != nil {
		return err
	}
	return o.restorePairs(from)
}

func restoreSet(from *source, unit string, set *cow.Set) error {
	set.BeginRestore()
	defer set.EndRestore()
	return from.unit(unit, set.Restore)
}

// restorePairs reads the pairs, of which formats before know nothing.
func (o *owner) restorePairs(from *source) error {
	unit := pairsUnit(o.number)
	if !from.has(unit + headOf) {
		return nil
	}
	head, err := from.read(unit + headOf)
	if err != nil {
		return err
	}
	rest, err := o.pairs.RestoreHead(head)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%d bytes too many", len(rest))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", unit+headOf, err)
	}
	return restoreSet(from, unit, o.saving.sets[2])
}

// restoreWhole reads the owner's units in the format before, each a part.
func (o *owner) restoreWhole(from *source, shard, memory string) error {
	data, err := from.read(shard)
	if err != nil {
		return err
	}
	if err := o.shard.Restore(data); err != nil {
		return fmt.Errorf("%s: %w", shard, err)
	}
	if data, err = from.read(memory); err != nil {
		return err
	}
	if err := o.restoreWholeMemory(data); err != nil {
		return fmt.Errorf("%s: %w", memory, err)
	}
	return nil
}
