package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// ledgerFormat is the format of ledgers that this version writes; it reads those before as
// well. Format 1 knew no names.
const ledgerFormat = 2

// AppendBinary appends the ledger, sorted by name: equal ledgers give equal bytes.
// The error is always nil.
func (l *Ledger) AppendBinary(dst []byte) ([]byte, error) {
	dst = append(dst, ledgerFormat)
	dst = binary.AppendUvarint(dst, l.next.Entry)
	dst = binary.AppendUvarint(dst, uint64(l.next.Batch))
	dst = binary.AppendUvarint(dst, uint64(l.next.Record))
	dst = binary.AppendUvarint(dst, l.given)
	dst = binary.AppendUvarint(dst, l.forgotten)
	dst = binary.AppendUvarint(dst, uint64(len(l.producers)))
	for _, name := range slices.Sorted(maps.Keys(l.producers)) {
		p := l.producers[name]
		dst = appendString(dst, name)
		dst = binary.AppendUvarint(dst, p.epoch)
		dst = binary.AppendVarint(dst, p.ingest)
		dst = binary.AppendUvarint(dst, p.taken.low)
		dst = binary.AppendUvarint(dst, uint64(len(p.taken.runs)))
		end := p.taken.low
		for _, r := range p.taken.runs {
			dst = binary.AppendUvarint(dst, r.lo-end)
			dst = binary.AppendUvarint(dst, r.hi-r.lo)
			end = r.hi
		}
	}
	dst = binary.AppendUvarint(dst, uint64(len(l.sources)))
	for _, name := range slices.Sorted(maps.Keys(l.sources)) {
		s := l.sources[name]
		dst = appendString(dst, name)
		dst = binary.AppendVarint(dst, s.ingest)
		dst = append(binary.AppendUvarint(dst, uint64(len(s.cursor))), s.cursor...)
	}
	dst = binary.AppendUvarint(dst, uint64(len(l.names.order)))
	last := int64(0)
	for _, t := range l.names.order {
		dst = append(append(dst, t.Key[:]...), t.Body[:]...)
		dst = binary.AppendVarint(dst, t.Ingest-last) // wraps around, and back when it is read
		dst = binary.AppendVarint(dst, t.Clock-t.Ingest)
		last = t.Ingest
	}
	return dst, nil
}

// MarshalBinary returns what [Ledger.AppendBinary] appends.
func (l *Ledger) MarshalBinary() ([]byte, error) { return l.AppendBinary(nil) }

var errOrder = errors.New("names or numbers out of order")

// UnmarshalBinary makes l the ledger that data holds, and keeps nothing of data.
// On an error, an [ErrDamaged] or an [ErrNewerFormat], l is unchanged.
func (l *Ledger) UnmarshalBinary(data []byte) error {
	r := reader{buf: data}
	format := r.byte()
	if r.err == nil && (format == 0 || format > ledgerFormat) {
		if format > ledgerFormat {
			return fmt.Errorf("%w: the ledger has format %d, this version of swell reads %d; use the version that wrote it",
				ErrNewerFormat, format, ledgerFormat)
		}
		r.fail(fmt.Errorf("format %d", format))
	}
	in := NewLedger()
	in.next = Place{Entry: r.uvarint(), Batch: r.count(maxPlace), Record: r.count(maxPlace)}
	in.given, in.forgotten = r.uvarint(), r.uvarint()
	in.readProducers(&r)
	in.readSources(&r)
	if format >= 2 {
		in.readNames(&r)
	}
	if err := r.end(); err != nil {
		return fmt.Errorf("%w: ledger: %v", ErrDamaged, err)
	}
	*l = *in
	return nil
}

// maxPlace bounds the batch and the record of a place.
const maxPlace = 1<<31 - 1

func (l *Ledger) readProducers(r *reader) {
	last := ""
	for i := range r.count(MaxProducers) {
		name := string(r.take(uint64(r.count(MaxNameBytes))))
		p := &producer{epoch: r.uvarint(), ingest: r.varint()}
		p.taken.low = r.uvarint()
		n := r.count(maxRuns)
		if n > 0 {
			p.taken.runs = make([]run, 0, n)
		}
		end := p.taken.low
		for range n {
			gap, more := r.uvarint(), r.uvarint()
			if gap < 2 || gap > MaxAhead || more > MaxAhead || end > end+gap+more {
				r.fail(errOrder)
			}
			p.taken.runs = append(p.taken.runs, run{end + gap, end + gap + more})
			end += gap + more
		}
		if i > 0 && name <= last || name == "" || end-p.taken.low > MaxAhead {
			r.fail(errOrder)
		}
		if r.err != nil {
			return
		}
		l.producers[name], last = p, name
	}
}

func (l *Ledger) readSources(r *reader) {
	last := ""
	for i := range r.count(MaxProducers) {
		name := string(r.take(uint64(r.count(MaxNameBytes))))
		s := &source{ingest: r.varint()}
		s.cursor = append(s.cursor, r.take(uint64(r.count(MaxCursorBytes)))...)
		if i > 0 && name <= last || name == "" || len(s.cursor) == 0 {
			r.fail(errOrder)
		}
		if r.err != nil {
			return
		}
		l.sources[name], last = s, name
	}
}

func (l *Ledger) readNames(r *reader) {
	last := int64(0)
	for range r.count(MaxNames) {
		t := &Taken{}
		copy(t.Key[:], r.take(uint64(len(t.Key))))
		copy(t.Body[:], r.take(uint64(len(t.Body))))
		t.Ingest = last + r.varint()
		t.Clock = t.Ingest + r.varint()
		if !t.Named() || l.names.byKey[t.Key] != nil || len(l.names.order) > 0 && t.Ingest < last {
			r.fail(errOrder)
		}
		if r.err != nil {
			return
		}
		last = t.Ingest
		l.names.add(t)
	}
}
