package sketch

import (
	"encoding/binary"
	"math"
)

// memory is an average of how long entries are kept, over the last few thousand
// that were put in: an entry that found room counts with the full time, one that
// threw out another with the other's age.
type memory struct {
	mean    float64
	evicted uint64
}

const memoryShare = 1.0 / 4096 // weight of one entry in the average

func (m *memory) note(kept float64) { m.mean += float64((kept - m.mean) * memoryShare) }

// horizon returns the average, of which full is the most there can be. An average
// that nothing disturbed for thousands of entries is full again.
func (m *memory) horizon(full float64) float64 {
	if full-m.mean < full*memoryShare {
		return full
	}
	return m.mean
}

// append writes the average and the number of evictions.
func (m *memory) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(m.mean))
	return binary.LittleEndian.AppendUint64(dst, m.evicted)
}

// memory reads what [memory.append] wrote; the average is at most full.
func (r *reader) memory(full float64) memory {
	m := memory{mean: math.Float64frombits(r.u64()), evicted: r.u64()}
	if r.err == nil && !(m.mean >= 0 && m.mean <= full) {
		r.fail("an average of %v kept, 0 to %v are possible", m.mean, full)
	}
	return m
}
