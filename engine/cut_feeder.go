package engine

import (
	"fmt"
	"io"
	"math"

	"github.com/swell-radar/swell/internal/cow"
)

// table is one of the feeder's tables of fixed size, a unit of its own.
type table struct {
	unit string
	of   interface {
		Bytes() int
		Table() *cow.Table
		AppendHead(dst []byte) []byte
		RestoreHead(data []byte) (rest []byte, err error)
		Restored()
		Restore(data []byte) (rest []byte, err error)
	}
	set  *cow.Set
	head []byte
}

// tabled sets the tables up to be cut.
func (f *feeder) tabled() {
	f.spare, f.saving = make(chan []byte, spares), feederUnits
	f.tables = [feederUnits]table{
		{unit: unitSeen, of: f.seen}, {unit: unitKnown, of: f.thin.accounts}, {unit: unitSaid, of: f.thin.texts},
	}
	for i := range f.tables {
		t := &f.tables[i]
		t.set = cow.NewSet(buffer(f.spare), t.of.Table())
	}
}

const (
	// observeBytes is how much the feeder saves in a call that counts a record: some
	// microseconds. workBytes is the same of [Engine.Work].
	observeBytes = 4 << 10
	workBytes    = 64 << 10
	// piecesAhead is how many pieces of the feeder may wait for the taker before it
	// saves no more of its own accord.
	piecesAhead = 4
)

// beginCut makes a cut of all that was observed so far. It waits for the end of the one
// before.
func (f *feeder) beginCut(shards int, quit <-chan struct{}) (*cut, error) {
	select {
	case <-quit:
		return nil, ErrClosed
	default:
	}
	if f.cut != nil {
		f.save(math.MaxInt)
		select {
		case <-f.cut.done:
		case <-quit:
			return nil, ErrClosed
		}
	}
	f.cuts++
	c := &cut{
		number: f.cuts, mark: f.marks, units: planned(f.cut, shards), spare: f.spare, quit: quit,
		owners: make(chan piece, piecesAhead), done: make(chan struct{}),
	}
	room := 0
	for i := range f.tables {
		t := &f.tables[i]
		// A frame of one word is the longest for what it holds: 22 bytes for 8.
		room += t.of.Bytes()/8*22/cow.PieceSize + 3
		t.set.Begin(c.units[i].full)
		t.head = t.of.AppendHead(t.head[:0])
		c.small = append(c.small, Part{Name: t.unit + headOf, Data: t.head})
	}
	if untold := f.facets.appendBinary(nil); len(untold) > 0 {
		c.small = append(c.small, Part{Name: partFacets, Data: untold})
	}
	c.small = f.joint.parts(c.small)
	c.feeder = make(chan piece, room)
	f.cut, f.saving = c, 0
	return c, nil
}

// save saves about so many bytes of the cut that is under way and sends what is
// complete, and reports whether there is more to do.
func (f *feeder) save(budget int) (more bool) {
	if f.saving == len(f.tables) {
		return false
	}
	if f.cut.ended() {
		for i := range f.tables {
			f.tables[i].set.Abort()
		}
		f.saving = len(f.tables)
		return false
	}
	set := f.tables[f.saving].set
	more = set.Step(budget)
	for data := set.Next(); data != nil; data = set.Next() {
		f.cut.feeder <- piece{unit: f.saving, data: data}
		set.Take()
	}
	if !more {
		f.cut.feeder <- piece{unit: f.saving, last: true}
		f.saving++
	}
	if budget == math.MaxInt {
		return f.save(budget)
	}
	return f.saving < len(f.tables)
}

// saveAlong saves a little beside a record.
func (f *feeder) saveAlong() {
	if len(f.cut.feeder) < piecesAhead {
		f.save(observeBytes)
	}
}

// saveBefore saves the rest when many marks have been sent behind the cut: the taker of
// its snapshot must not wait for the feeder while the feeder waits for the ticks that
// it leaves lying.
func (f *feeder) saveBefore() {
	if f.saving < len(f.tables) && f.marks-f.cut.mark > ticksAhead/2 {
		f.save(math.MaxInt)
	}
}

// restoreTables reads the feeder's tables.
func (f *feeder) restoreTables(from *source) error {
	for i := range f.tables {
		t := &f.tables[i]
		if err := t.restore(from); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) restore(from *source) error {
	name, read := t.unit+headOf, t.of.RestoreHead
	if from.whole {
		name, read = t.unit, t.of.Restore
	}
	data, err := from.read(name)
	if err != nil {
		return err
	}
	rest, err := read(data)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(rest) > 0 {
		return fmt.Errorf("%s: %d bytes too many", name, len(rest))
	}
	if from.whole {
		return nil
	}
	t.set.BeginRestore()
	err = from.unit(t.unit, func(r io.Reader) error { return t.set.Restore(r) })
	t.set.EndRestore()
	t.of.Restored()
	return err
}
