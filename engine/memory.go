package engine

import (
	"encoding/binary"
	"fmt"

	"github.com/swell-radar/swell/engine/detect"
)

// memory is what the detector keeps of the term in a slot.
type memory struct {
	generation uint32       // of the term it is about; 0: of none yet
	marks      detect.Marks // the day's highest
	tier       uint8        // at the last of them
	first      int32        // hour of its first post; 0: not asked yet
	baseline   detect.Baseline
}

// remember returns the memory of a slot, emptied if the slot has changed hands.
func (o *owner) remember(slot int) *memory {
	m := &o.memory[slot]
	if g := o.shard.Generation(slot); m.generation != g {
		o.memories.TouchCell(slot)
		*m = memory{generation: g}
	}
	return m
}

// raise notes how far a term got.
func (o *owner) raise(slot int, m *memory, e *detect.Evidence) {
	marks := m.marks
	marks.Raise(&e.Marks)
	if marks != m.marks || e.Tier != m.tier {
		o.memories.TouchCell(slot)
		m.marks, m.tier = marks, e.Tier
	}
}

// memoryCells are the memories of an owner as cells: the generation, the day's marks,
// their tier, the baseline.
type memoryCells struct{ all []memory }

const cellBytes = generationBytes + detect.MarksBytes + 1 + detect.BaselineBytes

const generationBytes = 4

// AppendCell implements [cow.Cells].
func (c memoryCells) AppendCell(dst []byte, slot int) ([]byte, bool) {
	m := &c.all[slot]
	dst = binary.LittleEndian.AppendUint32(dst, m.generation)
	return m.append(dst), m.generation != 0
}

// append appends what is stored of a memory in every format.
func (m *memory) append(dst []byte) []byte {
	dst = append(append(dst, m.marks[:]...), m.tier)
	dst, _ = m.baseline.AppendBinary(dst) // the error is always nil
	return dst
}

// RestoreCell implements [cow.Cells].
func (c memoryCells) RestoreCell(slot int, enc []byte) error {
	m := &c.all[slot]
	m.generation = binary.LittleEndian.Uint32(enc)
	return m.restore(enc[generationBytes:])
}

// restore reads what append wrote.
func (m *memory) restore(enc []byte) error {
	const tierAt = detect.MarksBytes
	if m.tier = enc[tierAt]; m.tier >= detect.Tiers {
		return fmt.Errorf("tier %d of %d", m.tier, detect.Tiers)
	}
	if err := m.marks.UnmarshalBinary(enc[:tierAt]); err != nil {
		return err
	}
	return m.baseline.UnmarshalBinary(enc[tierAt+1:])
}

// restoreWholeMemory reads the part of a snapshot of the format before: for each slot
// in use its number, and a memory without its generation.
func (o *owner) restoreWholeMemory(data []byte) error {
	const size = cellBytes // the slot stands where the generation does
	if want := size * o.shard.Stats().Tracked; len(data) != want {
		return fmt.Errorf("%d bytes, %d belong to the terms of the shard", len(data), want)
	}
	for ; len(data) > 0; data = data[size:] {
		slot := binary.LittleEndian.Uint32(data)
		if slot >= uint32(len(o.memory)) {
			return fmt.Errorf("slot %d of %d", slot, len(o.memory))
		}
		m := &o.memory[slot]
		m.generation = o.shard.Generation(int(slot))
		if err := m.restore(data[generationBytes:size]); err != nil {
			return err
		}
	}
	return nil
}
