package journal

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// Bounds of a [Ledger].
const (
	// MaxProducers is how many producers and how many sources, each, are
	// remembered. Beyond it the one that was silent for longest, by Ingest, is
	// forgotten: a batch of its that comes again after that is counted again.
	MaxProducers = 4096

	// MaxAhead is how far the highest number of a producer may be above the lowest
	// that is missing. Beyond it missing numbers are taken as counted, although they
	// may be on their way. Whoever accepts batches can refuse one whose number is
	// further than that above [Ledger.Highest].
	MaxAhead = 1 << 16

	// KeepNames is for how long, by Ingest, in microseconds, the name of a batch is
	// remembered at the least, unless MaxNames others came after it.
	KeepNames = 24 * 3600 * 1_000_000

	// MaxNames is how many names of batches are remembered: 1.5 a second all day. Whoever
	// accepts batches can refuse one that would have one forgotten before its time.
	MaxNames = 1 << 17
)

// Ledger is the consumer's account of what was counted, which makes counting
// exact: the place where reading goes on, for each producer which of its batches
// were taken, and for each source its cursor. It is part of every snapshot. It
// depends on the batches and their order alone. Not safe for concurrent use.
//
// Repeats are told apart without a window in time. The batches of a producer may
// come in any order, within bounds: the highest number up to [MaxAhead] above the
// lowest that is missing, and at most 256 stretches above that one. Where a producer
// goes beyond, the lowest missing numbers are taken as counted, and a batch that
// brings one of them later is taken for a repeat; [Ledger.Given] counts them. A
// batch of an epoch below the highest known is a repeat too: it comes from a
// predecessor, which its successor has replaced.
type Ledger struct {
	next      Place
	producers map[string]*producer
	sources   map[string]*source
	given     uint64
	forgotten uint64
	names     names
}

type producer struct {
	epoch  uint64
	taken  numbers
	ingest int64 // of its newest batch
}

type source struct {
	cursor []byte
	ingest int64
}

// NewLedger returns the ledger of a consumer that has counted nothing.
func NewLedger() *Ledger {
	return &Ledger{producers: map[string]*producer{}, sources: map[string]*source{}, names: newNames()}
}

// Next returns the place where reading goes on.
func (l *Ledger) Next() Place { return l.next }

// SetNext notes the place where reading goes on.
func (l *Ledger) SetNext(p Place) { l.next = p }

// Has says whether the batch was taken before. Batches without a producer and without a
// name never were.
func (l *Ledger) Has(b *Batch) bool {
	if b.Once.Named() {
		return l.names.has(b)
	}
	if b.Producer == "" {
		return false
	}
	p, ok := l.producers[b.Producer]
	return ok && (b.Epoch < p.epoch || b.Epoch == p.epoch && p.taken.has(b.Seq))
}

// Take notes that the batch was counted, and where its source goes on. A batch
// that was taken before changes nothing.
func (l *Ledger) Take(b *Batch) {
	if l.Has(b) {
		return
	}
	if b.Producer != "" {
		l.takeNumber(b)
	}
	l.forgotten += l.names.take(b)
	if b.Source != "" && len(b.Cursor) > 0 {
		l.takeCursor(b)
	}
}

func (l *Ledger) takeNumber(b *Batch) {
	p := l.producers[b.Producer]
	if p == nil {
		if len(l.producers) >= MaxProducers {
			delete(l.producers, longestSilent(l.producers, func(p *producer) int64 { return p.ingest }))
			l.forgotten++
		}
		p = &producer{}
		l.producers[strings.Clone(b.Producer)] = p
	}
	if b.Epoch > p.epoch {
		*p = producer{epoch: b.Epoch}
	}
	p.ingest = b.Ingest
	l.given += p.taken.add(b.Seq)
}

func (l *Ledger) takeCursor(b *Batch) {
	s := l.sources[b.Source]
	if s == nil {
		if len(l.sources) >= MaxProducers {
			delete(l.sources, longestSilent(l.sources, func(s *source) int64 { return s.ingest }))
			l.forgotten++
		}
		s = &source{}
		l.sources[strings.Clone(b.Source)] = s
	}
	s.cursor = append(s.cursor[:0], b.Cursor...)
	s.ingest = b.Ingest
}

// longestSilent returns the name with the lowest time; of several the first in
// the order of names.
func longestSilent[T any](all map[string]T, ingest func(T) int64) (name string) {
	found := false
	var least int64
	for n, v := range all {
		at := ingest(v)
		if !found || at < least || at == least && n < name {
			found, least, name = true, at, n
		}
	}
	return name
}

// Cursor returns where the source goes on, in memory of the caller's, and whether
// anything is known of it.
func (l *Ledger) Cursor(name string) ([]byte, bool) {
	s, ok := l.sources[name]
	if !ok {
		return nil, false
	}
	return append([]byte(nil), s.cursor...), true
}

// Cursors returns all cursors by source, in memory of the caller's.
func (l *Ledger) Cursors() map[string][]byte {
	all := make(map[string][]byte, len(l.sources))
	for name := range l.sources {
		all[name], _ = l.Cursor(name)
	}
	return all
}

// Number is the number of a batch in its producer's numbering: an epoch, and a
// sequence number in it.
type Number struct{ Epoch, Seq uint64 }

// Highest returns the producers that are remembered, in the order of their names, each
// with the highest number that was taken of it; numbers below may be missing. Of a
// producer that is not among them nothing is known: nothing of it was taken yet, or it
// was forgotten. The ledger must not be changed meanwhile. It costs a sort of at most
// [MaxProducers] names.
func (l *Ledger) Highest() iter.Seq2[string, Number] {
	return func(yield func(string, Number) bool) {
		for _, name := range slices.Sorted(maps.Keys(l.producers)) {
			p := l.producers[name]
			if !yield(name, Number{Epoch: p.epoch, Seq: p.taken.highest()}) {
				return
			}
		}
	}
}

// Producers returns how many producers are remembered.
func (l *Ledger) Producers() int { return len(l.producers) }

// Given returns how many numbers were taken as counted without having come,
// because their producer went beyond the bounds.
func (l *Ledger) Given() uint64 { return l.given }

// Named returns the batches with a name that are remembered, in the order in which they
// were taken. The ledger must not be changed meanwhile.
func (l *Ledger) Named() iter.Seq[Taken] {
	return func(yield func(Taken) bool) {
		for _, t := range l.names.order {
			if !yield(*t) {
				return
			}
		}
	}
}

// Forgotten returns how many producers, sources and names were forgotten for want of room.
func (l *Ledger) Forgotten() uint64 { return l.forgotten }
