package store

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"slices"

	"github.com/dgraph-io/badger/v4"

	"github.com/swell-radar/swell/internal/fault"
)

// snapshotList is what the store knows of its snapshots. The writer's mutex
// guards it.
type snapshotList struct {
	all  []candidate // oldest first
	next uint64      // number of the next one
}

// candidate is a snapshot that is whole as far as is known: err says why not.
type candidate struct {
	seq      uint64
	manifest *manifest // nil if it cannot be read
	err      error     // ErrDamaged or ErrNewerFormat
	left     bool      // behind, by a caller that loaded one before it
}

func (c candidate) usable() bool { return c.err == nil && !c.left }

// snapshotsKept is how many usable snapshots stay.
const snapshotsKept = 2

// byHash returns every chunk that a new snapshot may refer to, if it verifies: of a
// damaged snapshot those that are whole.
func (l *snapshotList) byHash() map[[sha256.Size]byte]chunkEntry {
	known := make(map[[sha256.Size]byte]chunkEntry)
	for _, c := range l.all {
		if c.manifest != nil {
			for chunk := range c.manifest.chunks {
				known[chunk.hash] = chunk
			}
		}
	}
	return known
}

// newest returns the manifest of the newest usable snapshot, or nil.
func (l *snapshotList) newest() *manifest {
	for _, c := range slices.Backward(l.all) {
		if c.usable() {
			return c.manifest
		}
	}
	return nil
}

// damage marks the snapshots that refer to a chunk as ones that cannot be used, so that
// none of them is taken for one of the two that are kept.
func (l *snapshotList) damage(id chunkID, err error) {
	for i := range l.all {
		c := &l.all[i]
		if c.err != nil {
			continue
		}
		for chunk := range c.manifest.chunks {
			if chunk.id == id {
				c.err = err
				break
			}
		}
	}
}

// oldest returns the least watermark (µs since 1970) and the fewest detections of the
// snapshots that a run may go on from, those that a caller left behind among them:
// the next process may take one. False: there is none, and a run begins with a reset.
func (l *snapshotList) oldest() (watermark int64, lines uint64, ok bool) {
	for _, c := range l.all {
		if c.err != nil {
			continue
		}
		m := c.manifest.meta
		if !ok {
			watermark, lines, ok = m.Watermark, m.Detections, true
		}
		watermark, lines = min(watermark, m.Watermark), min(lines, m.Detections)
	}
	return watermark, lines, ok
}

// loadSnapshots reads the manifests. One that is damaged stays in the list, to
// be reported by LoadSnapshot.
func (s *Store) loadSnapshots() error {
	l := &s.snapshots
	l.next = 1
	defer s.publishClosed()
	return s.view(func(tx *badger.Txn) error {
		return scan(tx, []byte{tabManifest}, func(key []byte) error {
			if err := wantKeyLen(key); err != nil {
				return err
			}
			key = bytes.Clone(key)
			c := candidate{seq: tail64(key)}
			l.next = c.seq + 1
			body, err := get(tx, key)
			if err == nil {
				c.manifest, err = decodeManifest(body)
				err = decodeError(key, err)
			}
			if err == nil && c.manifest.seq != c.seq {
				err = damaged(key, "manifest says it is snapshot %d", c.manifest.seq)
			}
			if err != nil && !unusable(err) {
				return err
			}
			if c.err = err; err != nil {
				c.manifest = nil // what could be decoded of it says nothing of its chunks
			}
			l.all = append(l.all, c)
			return nil
		})
	})
}

// unusable tells damage to what is stored from a failure to read it now.
func unusable(err error) bool {
	return errors.Is(err, ErrDamaged) || errors.Is(err, ErrNewerFormat)
}

// keepSnapshot takes m into the list and deletes the manifests and chunks that
// are no longer needed: those of the snapshots before the last two that are
// usable and of all that are not. m is on the disk by then.
func (s *Store) keepSnapshot(m *manifest) error {
	l := &s.snapshots
	all := append(l.all, candidate{seq: m.seq, manifest: m})
	drop := make(map[uint64]bool)
	usable := 0
	for _, c := range slices.Backward(all) {
		if c.usable() {
			usable++
		}
		drop[c.seq] = !c.usable() || usable > snapshotsKept
	}
	b := s.batch()
	defer b.cancel()
	for _, c := range all {
		if !drop[c.seq] {
			continue
		}
		if err := b.delete(manifestKey(c.seq)); err != nil {
			return err
		}
	}
	if err := b.commit(); err != nil {
		return err
	}
	fault.Point("store.dropped")
	l.all = slices.DeleteFunc(all, func(c candidate) bool { return drop[c.seq] })
	s.publishClosed()
	if len(l.all) == len(all) {
		return nil
	}
	if err := s.sweepChunks(); err != nil {
		return err
	}
	fault.Point("store.swept")
	return nil
}

// sweepChunks deletes the chunks that no manifest refers to. It deletes none
// while there is a manifest that cannot be read, since nothing says what that
// one refers to.
func (s *Store) sweepChunks() error {
	refs := make(map[chunkID]bool)
	for _, c := range s.snapshots.all {
		if c.manifest == nil {
			return nil
		}
		for chunk := range c.manifest.chunks {
			refs[chunk.id] = true
		}
	}
	return s.deleteWhere([]byte{tabChunk}, func(key []byte) bool {
		return len(key) == chunkKeyLen && !refs[chunkIDOf(key)]
	})
}

// deleteWhere deletes the keys under prefix that unwanted says.
func (s *Store) deleteWhere(prefix []byte, unwanted func(key []byte) bool) error {
	b := s.batch()
	defer b.cancel()
	err := s.view(func(tx *badger.Txn) error {
		return scan(tx, prefix, func(key []byte) error {
			if !unwanted(key) {
				return nil
			}
			return b.delete(bytes.Clone(key))
		})
	})
	if err != nil {
		return err
	}
	return b.commit()
}
