package engine

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/swell-radar/swell/term"
)

// A cut behind [Engine.Align] falls into an open pane. What that will tell when it is
// closed, beside its counts, has to survive: which languages and regions were met, whose
// place in the table another term has taken, and which terms came together.
const (
	partFacets = "facets"
	partUntold = "untold/"
	partJoint  = "joint"
)

// appendBinary encodes the pairs gathered since the last pane was closed: of each the
// ID, the facet and the value.
func (f *facets) appendBinary(dst []byte) []byte {
	for _, p := range f.pairs {
		name := f.name(p)
		dst = append(binary.LittleEndian.AppendUint64(dst, uint64(p.id)), byte(p.facet))
		dst = append(binary.AppendUvarint(dst, uint64(len(name))), name...)
	}
	return dst
}

var errUntold = errors.New("it makes no sense")

// restore gathers the pairs again.
func (f *facets) restore(data []byte) error {
	for len(data) > 0 {
		if len(data) < 10 {
			return errUntold
		}
		id, facet := term.ID(binary.LittleEndian.Uint64(data)), Facet(data[8])
		n, size := binary.Uvarint(data[9:])
		data = data[9:]
		if size <= 0 || n > uint64(len(data)-size) {
			return errUntold
		}
		name := string(data[size:][:n])
		data = data[size+int(n):]
		switch facet {
		case FacetLang:
			f.note(id, f.lang.number(name), 0)
		case FacetRegion:
			f.note(id, 0, f.region.number(name))
		default:
			return errUntold
		}
	}
	return nil
}

// noteUntold encodes the slots of which something is to be told, each with the term
// that was last told to have it. The owner is parked at a cut.
func (o *owner) noteUntold() {
	o.untold = o.untold[:0]
	for slot := range o.shard.Untold() {
		o.untold = binary.AppendUvarint(o.untold, uint64(slot))
		o.untold = binary.LittleEndian.AppendUint64(o.untold, uint64(o.told[slot]))
	}
}

// retell takes what the shard holds as told, apart from what was noted as untold.
func (o *owner) retell() error {
	for slot := range o.shard.Slots() {
		o.told[slot] = o.shard.ID(slot)
	}
	for data := o.untold; len(data) > 0; {
		slot, size := binary.Uvarint(data)
		if size <= 0 || slot >= uint64(len(o.told)) || len(data) < size+8 {
			return fmt.Errorf("%s%d: %w", partUntold, o.number, errUntold)
		}
		o.told[slot] = term.ID(binary.LittleEndian.Uint64(data[size:]))
		o.shard.TellAgain(int(slot))
		data = data[size+8:]
	}
	return nil
}

// restoreUntold reads what an open pane had not told, which most snapshots have none of.
func (e *Engine) restoreUntold(from *source) error {
	if from.has(partFacets) {
		data, err := from.read(partFacets)
		if err != nil {
			return err
		}
		if err := e.feeder.facets.restore(data); err != nil {
			return fmt.Errorf("%s: %w", partFacets, err)
		}
	}
	if from.has(partJoint) {
		data, err := from.read(partJoint)
		if err != nil {
			return err
		}
		if err := e.feeder.joint.restore(data); err != nil {
			return fmt.Errorf("%s: %w", partJoint, err)
		}
	}
	for _, o := range e.conductor.owners {
		if name := fmt.Sprint(partUntold, o.number); from.has(name) {
			data, err := from.read(name)
			if err != nil {
				return err
			}
			o.untold = data
		}
		if err := o.retell(); err != nil {
			return err
		}
	}
	return nil
}
