package engine

import (
	"iter"
	"sync"

	"github.com/swell-radar/swell/internal/cow"
)

// Snapshot is the whole state of an engine at one cut: what [Restore] goes on from.
// It is saved while the engine goes on, and handed over in pieces of at most about
// 256 KiB. Whoever takes it out of a [Tick] stores it and says what became of it with
// [Snapshot.Done]: before that there is no other.
type Snapshot struct {
	Pane int64  // newest closed pane
	AsOf int64  // its end, Unix seconds
	Note []byte // what the caller gave to [Engine.Cut]

	cut *cut
}

// Parts yields the snapshot, once. Pieces of one part come in order, those of several
// mixed. It waits for the engine, whose owners save between batches and whose feeder
// saves in its calls: see [Engine.Work]. An error, [ErrClosed], is the last that it
// yields. It belongs to one goroutine, which does not feed.
func (s *Snapshot) Parts() iter.Seq2[Part, error] { return s.cut.parts }

// Done tells the engine whether the snapshot is stored. If not, or if Parts was not gone
// through to its end, it is given up, and the next one holds the whole state. It
// belongs to the goroutine that takes the parts. The first call counts.
func (s *Snapshot) Done(stored bool) { s.cut.end(stored) }

// piece is what an owner or the feeder has saved of a unit.
type piece struct {
	unit int // by place in cut.units
	data []byte
	last bool // there is no more of it, and no data
}

// cut is one snapshot under way.
//
// Ownership: the feeder makes it. The conductor has it from its mark until the tick is
// out, and fills in what is small. The owners and the feeder send pieces, the taker of
// the snapshot receives them. Whoever ends it closes done; the feeder looks at the
// units again only behind that.
type cut struct {
	number uint64
	mark   uint64 // marks of the feeder before it
	units  []unit
	small  []Part

	feeder chan piece // has room for all that the feeder can send, which never waits
	owners chan piece
	spare  chan []byte // empty pieces
	quit   <-chan struct{}

	taken  bool // to the last piece
	once   sync.Once
	done   chan struct{}
	stored bool
}

// unit is a part of the state that is cut by itself.
type unit struct {
	name  string
	full  bool
	kept  []stored // parts of the snapshot before that it takes over
	bytes uint64   // of the part that is written now
}

// stored is a part of a unit: what one cut wrote of it.
type stored struct {
	cut   uint64
	bytes uint64
}

func (c *cut) end(stored bool) {
	c.once.Do(func() {
		c.stored = stored && c.taken
		close(c.done)
	})
}

// ended reports whether it is known what became of the cut.
func (c *cut) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

func (c *cut) parts(yield func(Part, error) bool) {
	for _, p := range c.small {
		if !yield(p, nil) {
			return
		}
	}
	for _, u := range c.units {
		for _, s := range u.kept {
			if !yield(Part{Name: cutName(u.name, s.cut), Keep: true}, nil) {
				return
			}
		}
	}
	for open := len(c.units); open > 0; {
		var p piece
		select {
		case p = <-c.feeder:
		case p = <-c.owners:
		case <-c.quit:
			yield(Part{}, ErrClosed)
			return
		}
		if p.last {
			open--
			continue
		}
		u := &c.units[p.unit]
		u.bytes += uint64(len(p.data))
		if !yield(Part{Name: cutName(u.name, c.number), Data: p.data}, nil) {
			return
		}
		select {
		case c.spare <- p.data[:0]:
		default:
		}
	}
	c.taken = true
}

// spares is how many empty pieces are kept for the next.
const spares = 32

// buffer returns what gives the sets of an engine room for a piece.
func buffer(spare <-chan []byte) func() []byte {
	return func() []byte {
		select {
		case b := <-spare:
			return b
		default:
			return make([]byte, 0, cow.PieceSize+cow.PieceSize/4)
		}
	}
}

// The units by place: those of the feeder, then three for each owner.
const (
	feederUnits = 3
	ownerUnits  = 3
)

func unitsOf(shards int) []unit {
	units := []unit{{name: unitSeen}, {name: unitKnown}, {name: unitSaid}}
	for i := range shards {
		units = append(units, unit{name: memoryUnit(i)}, unit{name: shardUnit(i)}, unit{name: pairsUnit(i)})
	}
	return units
}

// A part that is kept makes the next snapshot cheaper and the next start dearer. A
// unit is written whole again when what came after its newest whole part is larger
// than that, or is in many parts: one unit in a snapshot, unless it is high time.
const (
	mostParts = 32
	highTime  = 48
)

// planned returns the units of the cut that follows on one that has ended; nil: on none.
func planned(before *cut, shards int) []unit {
	units := unitsOf(shards)
	for i := range units {
		units[i].full = before == nil || !before.stored
	}
	if before == nil || !before.stored {
		return units
	}
	renewed := false
	for i := range units {
		u := &units[i]
		u.kept = before.units[i].parts(before.number)
		if len(u.kept) == 0 {
			u.full = true
			continue
		}
		later := uint64(0)
		for _, s := range u.kept[1:] {
			later += s.bytes
		}
		whole := u.kept[0].bytes
		switch {
		case later > 2*whole || len(u.kept) > highTime:
			u.rewrite()
		case !renewed && (later > whole || len(u.kept) > mostParts):
			u.rewrite()
			renewed = true
		}
	}
	return units
}

// parts returns all parts of a unit that was stored.
func (u *unit) parts(number uint64) []stored {
	if u.bytes == 0 {
		return u.kept
	}
	return append(u.kept[:len(u.kept):len(u.kept)], stored{number, u.bytes})
}

// rewrite makes a unit be written whole.
func (u *unit) rewrite() { u.full, u.kept = true, nil }
