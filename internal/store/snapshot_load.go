package store

import (
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/dgraph-io/badger/v4"
)

// Snapshot is a snapshot that was found whole. Its parts are read on demand and
// can be read until the next [Store.WriteSnapshot] but one deletes it.
type Snapshot struct {
	SnapshotMeta
	Seq uint64

	store *Store
	parts []partEntry
}

// Problem says why a snapshot was passed over.
type Problem struct {
	Seq uint64 // of the snapshot
	Err error  // wraps [ErrDamaged] or [ErrNewerFormat] and names the key
}

// String returns the problem as a sentence.
func (p Problem) String() string { return fmt.Sprintf("snapshot %d cannot be used: %v", p.Seq, p.Err) }

// LoadSnapshot returns the newest snapshot whose manifest and chunks all verify.
// Every newer one that does not is reported as a problem, newest first, and is
// dropped by the next [Store.WriteSnapshot]. Without a whole one the error is
// [ErrNoSnapshot], and the problems tell whether there was one at all.
//
// It waits for the writer. Cost: one checksum over the snapshot as stored.
func (s *Store) LoadSnapshot() (Snapshot, []Problem, error) {
	return s.loadSnapshot(func(uint64) bool { return true })
}

// LoadSnapshotBefore is [Store.LoadSnapshot] for the snapshots with a number
// below seq: for a caller that cannot use what snapshot seq holds. It passes
// over that one and the newer ones without a problem. From then on they are
// left behind: the next [Store.WriteSnapshot] keeps the one returned here beside
// its own, and drops them. The load that was last decides.
func (s *Store) LoadSnapshotBefore(seq uint64) (Snapshot, []Problem, error) {
	return s.loadSnapshot(func(n uint64) bool { return n < seq })
}

func (s *Store) loadSnapshot(want func(seq uint64) bool) (Snapshot, []Problem, error) {
	if err := s.begin(); err != nil {
		return Snapshot{}, nil, err
	}
	defer s.end()
	s.writer.Lock()
	defer s.writer.Unlock()
	for i := range s.snapshots.all {
		c := &s.snapshots.all[i]
		c.left = !want(c.seq)
	}
	var problems []Problem
	for i := range slices.Backward(s.snapshots.all) {
		c := &s.snapshots.all[i]
		if c.left {
			continue
		}
		if c.err == nil {
			switch err := s.verify(c); {
			case err == nil:
				return Snapshot{SnapshotMeta: c.manifest.meta, Seq: c.seq, store: s, parts: c.manifest.parts}, problems, nil
			case !unusable(err):
				return Snapshot{}, problems, fmt.Errorf("cannot load snapshot %d: %w", c.seq, err)
			default:
				c.err = err
			}
		}
		problems = append(problems, Problem{Seq: c.seq, Err: c.err})
	}
	return Snapshot{}, problems, fmt.Errorf("%w in %s", ErrNoSnapshot, s.dir)
}

// verify fails unless every chunk of the snapshot is there and whole.
func (s *Store) verify(c *candidate) error {
	m := c.manifest
	if end := s.detections.Load(); m.meta.Detections > end {
		for _, l := range *s.losses.Load() {
			if l.touchesTable(tabDetection) {
				return l.err(fmt.Sprintf("detections from %d to the %d that it counts", end, m.meta.Detections))
			}
		}
	}
	return s.view(func(tx *badger.Txn) error {
		for c := range m.chunks {
			if err := verifyChunk(tx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// Parts yields the parts in the order in which they were written. Data belongs
// to the caller. The first error ends it.
func (sn Snapshot) Parts() iter.Seq2[Part, error] {
	return func(yield func(Part, error) bool) {
		for _, p := range sn.parts {
			data, err := sn.read(p)
			if !yield(Part{Name: p.name, Data: data}, err) || err != nil {
				return
			}
		}
	}
}

// Part returns the bytes of the part with that name, or an error that wraps
// [ErrNotFound].
func (sn Snapshot) Part(name string) ([]byte, error) {
	r, err := sn.Open(name)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// Names returns the names of the parts, in the order in which they were written.
func (sn Snapshot) Names() []string {
	names := make([]string, len(sn.parts))
	for i, p := range sn.parts {
		names[i] = p.name
	}
	return names
}

// Open returns a reader of the part with that name, or an error that wraps
// [ErrNotFound]. It holds a chunk of the part at a time. It belongs to one goroutine.
func (sn Snapshot) Open(name string) (io.Reader, error) {
	for _, p := range sn.parts {
		if p.name == name {
			return &partReader{snapshot: sn, part: p}, nil
		}
	}
	return nil, fmt.Errorf("%w: snapshot %d has no part %q", ErrNotFound, sn.Seq, name)
}

// partReader reads a part chunk by chunk.
type partReader struct {
	snapshot Snapshot
	part     partEntry
	next     int    // chunk
	chunk    []byte // room for one
	rest     []byte // of it, not read yet
}

// Read implements [io.Reader].
func (r *partReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.next == len(r.part.chunks) {
			return 0, io.EOF
		}
		chunks := r.part.chunks[r.next : r.next+1]
		var err error
		if r.chunk, err = r.snapshot.chunks(r.part.name, chunks, r.chunk[:0]); err != nil {
			return 0, err
		}
		r.rest = r.chunk
		r.next++
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (sn Snapshot) read(p partEntry) ([]byte, error) {
	return sn.chunks(p.name, p.chunks, make([]byte, 0, p.size))
}

// chunks appends chunks of a part to dst.
func (sn Snapshot) chunks(part string, chunks []chunkEntry, dst []byte) ([]byte, error) {
	if sn.store == nil {
		return nil, fmt.Errorf("%w: empty Snapshot", ErrNoSnapshot)
	}
	if err := sn.store.begin(); err != nil {
		return nil, err
	}
	defer sn.store.end()
	err := sn.store.view(func(tx *badger.Txn) error {
		for _, c := range chunks {
			var err error
			if dst, err = sn.store.readChunk(tx, c, dst); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read part %q of snapshot %d: %w", part, sn.Seq, err)
	}
	return dst, nil
}
