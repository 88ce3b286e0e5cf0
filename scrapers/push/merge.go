package push

import (
	"io"
	"slices"

	"github.com/swell-radar/swell/term"
)

// Merged reads several inputs as one, ordered by event time. Make one with [Merge].
type Merged struct {
	inputs []*Reader
	heads  []contender // a binary heap: the earliest first, then the lower input
	stale  []int       // inputs whose next record is not known yet
	err    error
}

type contender struct {
	ts    int64
	input int
}

func (h contender) before(other contender) bool {
	return h.ts < other.ts || h.ts == other.ts && h.input < other.input
}

// Merge returns a reader of all records of the inputs: at each step the
// earliest of their next records, on a tie that of the input named first. The
// order within an input is kept, also where it is not by time. It costs
// O(log n) a record for n inputs. The inputs belong to the result from now on;
// their dead-letter file must be the same one.
func Merge(inputs ...*Reader) *Merged {
	m := &Merged{inputs: inputs, heads: make([]contender, 0, len(inputs))}
	for i := range inputs {
		m.stale = append(m.stale, i)
	}
	return m
}

// Next delivers the next record into rec, on the terms of [Reader.Next], and
// returns the index of the input it came from. The error is [io.EOF] when every
// input is at its end, and that of the input if one fails.
func (m *Merged) Next(rec *term.Record) (input int, err error) {
	if m.err == nil {
		m.err = m.refill()
	}
	if m.err != nil {
		return -1, m.err
	}
	input = m.pop().input
	m.inputs[input].take(rec)
	m.stale = append(m.stale, input)
	return input, nil
}

// Cursors returns the place of each input, in the order they were named, such
// that readers resumed from them and merged deliver exactly what is still to
// come. It allocates; call it when a snapshot is taken.
func (m *Merged) Cursors() []Cursor {
	cursors := make([]Cursor, len(m.inputs))
	for i, r := range m.inputs {
		cursors[i] = r.Cursor()
	}
	return cursors
}

// Inputs returns the readers, in the order they were named, for their names and
// statistics.
func (m *Merged) Inputs() []*Reader { return slices.Clone(m.inputs) }

// Progress returns the sums of [Reader.Progress]; total is 0 if any input's
// size is unknown. Any goroutine may call it.
func (m *Merged) Progress() (read, total int64) {
	known := true
	for _, r := range m.inputs {
		n, of := r.Progress()
		read, total = read+n, total+of
		known = known && !r.stream
	}
	if !known {
		total = 0
	}
	return read, total
}

// Close closes every input and returns the first error.
func (m *Merged) Close() error {
	var first error
	for _, r := range m.inputs {
		if err := r.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// refill finds the next record of the inputs that have none, in their order:
// what it adds to the dead-letter file must not depend on where a run resumed.
func (m *Merged) refill() error {
	for _, i := range m.stale {
		switch ts, err := m.inputs[i].peek(); err {
		case nil:
			m.push(contender{ts, i})
		case io.EOF:
		default:
			return err
		}
	}
	m.stale = m.stale[:0]
	if len(m.heads) == 0 {
		return io.EOF
	}
	return nil
}

func (m *Merged) push(h contender) {
	m.heads = append(m.heads, h)
	i := len(m.heads) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !m.heads[i].before(m.heads[parent]) {
			return
		}
		m.heads[i], m.heads[parent] = m.heads[parent], m.heads[i]
		i = parent
	}
}

func (m *Merged) pop() contender {
	top := m.heads[0]
	last := len(m.heads) - 1
	m.heads[0] = m.heads[last]
	m.heads = m.heads[:last]
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if m.heads[child].before(m.heads[least]) {
				least = child
			}
		}
		if least == i {
			return top
		}
		m.heads[i], m.heads[least] = m.heads[least], m.heads[i]
		i = least
	}
}
