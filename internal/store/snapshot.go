package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/dgraph-io/badger/v4"

	"github.com/swell-radar/swell/internal/fault"
)

// chunkSize is the most that a chunk holds before compression, in bytes.
const chunkSize = 256 << 10

// MaxAppState is the most that [SnapshotMeta].App may hold, in bytes. Larger
// state goes into a part.
const MaxAppState = 256 << 10

// SnapshotMeta is what a snapshot says about itself. The store keeps it. Of what it
// says, Watermark and Detections bound what [Store.Prune] and [Store.TrimDetections]
// delete.
type SnapshotMeta struct {
	ConfigHash string          // of the configuration that shaped the state
	Watermark  int64           // event time up to which records are in it, µs since 1970
	Created    int64           // when it was made, µs since 1970, on the caller's clock
	Detections uint64          // length of the detections log at the cut
	App        json.RawMessage // the application's own state: cursors, offsets; ≤ [MaxAppState]
}

// Part is a named part of a snapshot, or a piece of one.
type Part struct {
	Name string
	// Keep says, in [Store.WriteSnapshot], that the part is that of the snapshot before
	// with the same name. There is no Data then.
	Keep bool
	Data []byte
}

// SnapshotStats says what writing a snapshot took.
type SnapshotStats struct {
	Seq     uint64 // number of the snapshot, rising by one
	Bytes   uint64 // all parts, before compression
	Chunks  int    // that the snapshot consists of
	Written int    // of these, not taken over from an earlier snapshot
	Kept    int    // of these, in parts that were kept
	Stored  uint64 // bytes written for them, after compression
}

// WriteSnapshot stores a snapshot and returns once it is on the disk; from then
// on it is the newest. The last two are kept.
//
// Parts come in pieces: those of the same name make one part, in the order in which
// they come, and pieces of several parts may come mixed. Data may be reused as soon as
// the next piece is asked for. A part that is kept ([Part.Keep]) costs next to nothing;
// the newest usable snapshot must have it. An error from parts ends the snapshot and is
// returned wrapped; the store is then as before.
//
// Parts are cut into chunks of 256 KiB; a chunk that an earlier snapshot of those
// that are kept holds, whole and at whatever place, is not written again. Of the
// chunks of parts that are kept, one in 16 is verified, another one with
// each snapshot: damage is an error that wraps [ErrDamaged], and the way out is a
// snapshot that keeps nothing. Every snapshot with a chunk that was found damaged is
// no longer one of the two, whichever of them wrote it. Cost: SHA-256 and zstd level 1 over what is not kept. It
// holds a chunk of each part at a time.
func (s *Store) WriteSnapshot(meta SnapshotMeta, parts iter.Seq2[Part, error]) (SnapshotStats, error) {
	if len(meta.App) > MaxAppState {
		return SnapshotStats{}, invalid("application state of %d bytes, the limit is %d; put it into a part", len(meta.App), MaxAppState)
	}
	if err := s.beginWrite(); err != nil {
		return SnapshotStats{}, err
	}
	defer s.endWrite()
	stats, err := s.writeSnapshot(meta, parts)
	if err != nil {
		return SnapshotStats{}, fmt.Errorf("cannot write snapshot: %w", err)
	}
	return stats, nil
}

func (s *Store) writeSnapshot(meta SnapshotMeta, parts iter.Seq2[Part, error]) (SnapshotStats, error) {
	w := snapshotWriter{
		store: s, batch: s.batch(), known: s.snapshots.byHash(), before: s.snapshots.newest(), open: make(map[string]*openPart),
	}
	w.manifest.seq = s.snapshots.next
	w.manifest.meta = meta
	w.stats.Seq = w.manifest.seq
	s.snapshots.next++ // a number is used once, even if the attempt fails
	if err := w.chunks(parts); err != nil {
		w.batch.cancel()
		mine := key64(tabChunk, w.manifest.seq)
		return SnapshotStats{}, errors.Join(err, s.deleteWhere(mine, func([]byte) bool { return true }))
	}
	fault.Point("store.chunks")
	if err := s.sync(); err != nil {
		return SnapshotStats{}, err
	}
	fault.Point("store.synced")
	if err := s.commitManifest(&w.manifest); err != nil {
		return SnapshotStats{}, err
	}
	return w.stats, s.keepSnapshot(&w.manifest)
}

// commitManifest makes the chunks, which are on the disk, a snapshot.
func (s *Store) commitManifest(m *manifest) error {
	b := s.batch()
	defer b.cancel()
	if err := b.set(manifestKey(m.seq), m.encode()); err != nil {
		return err
	}
	if err := b.commit(); err != nil {
		return err
	}
	fault.Point("store.manifest")
	if err := s.sync(); err != nil {
		return err
	}
	fault.Point("store.manifest.synced")
	return nil
}

// snapshotWriter cuts parts into chunks.
type snapshotWriter struct {
	store    *Store
	batch    *batch
	known    map[[sha256.Size]byte]chunkEntry
	before   *manifest // whose parts may be kept; nil if there is none
	manifest manifest
	open     map[string]*openPart // by name, those that are kept as well
	order    []string             // of these names, as they came
	stats    SnapshotStats
}

// openPart is a part of which more may come.
type openPart struct {
	partEntry
	kept bool
	rest []byte // less than a chunk
}

// chunks writes the chunks of all parts.
func (w *snapshotWriter) chunks(parts iter.Seq2[Part, error]) error {
	if err := w.store.room(); err != nil {
		return err
	}
	for part, err := range parts {
		switch {
		case err != nil:
		case part.Keep:
			err = w.keep(part.Name)
		default:
			err = w.piece(part)
		}
		if err != nil {
			return fmt.Errorf("part %q: %w", part.Name, err)
		}
	}
	for _, name := range w.order {
		p := w.open[name]
		if err := w.cut(p, p.rest); err != nil {
			return fmt.Errorf("part %q: %w", name, err)
		}
		w.manifest.parts = append(w.manifest.parts, p.partEntry)
		w.stats.Bytes += p.size
		w.stats.Chunks += len(p.chunks)
	}
	return w.batch.commit()
}

// part returns the part with a name, made if there is none.
func (w *snapshotWriter) part(name string) (p *openPart, isNew bool) {
	if p = w.open[name]; p != nil {
		return p, false
	}
	p = &openPart{partEntry: partEntry{name: name}}
	w.open[name] = p
	w.order = append(w.order, name)
	return p, true
}

// piece adds a piece to a part.
func (w *snapshotWriter) piece(piece Part) error {
	p, _ := w.part(piece.Name)
	if p.kept {
		return invalid("it is kept, and more of it comes")
	}
	p.size += uint64(len(piece.Data))
	data := piece.Data
	if len(p.rest) > 0 {
		n := min(len(data), chunkSize-len(p.rest))
		p.rest, data = append(p.rest, data[:n]...), data[n:]
		if len(p.rest) < chunkSize {
			return nil
		}
		if err := w.cut(p, p.rest); err != nil {
			return err
		}
		p.rest = p.rest[:0]
	}
	whole := len(data) / chunkSize * chunkSize
	if err := w.cut(p, data[:whole]); err != nil {
		return err
	}
	if data = data[whole:]; len(p.rest)+len(data) > cap(p.rest) && cap(p.rest) > 0 {
		p.rest = slices.Grow(p.rest, chunkSize-len(p.rest)) // a large part: no other growth
	}
	p.rest = append(p.rest, data...)
	return nil
}

// cut cuts data into chunks of a part.
func (w *snapshotWriter) cut(p *openPart, data []byte) error {
	for data := range slices.Chunk(data, chunkSize) {
		if err := w.store.room(); err != nil {
			return err
		}
		c, err := w.chunk(data)
		if err != nil {
			return err
		}
		p.chunks = append(p.chunks, c)
	}
	return nil
}

// keep takes a part over from the snapshot before.
func (w *snapshotWriter) keep(name string) error {
	p, isNew := w.part(name)
	if !isNew {
		return invalid("it is kept, and something of it came before")
	}
	if w.before == nil {
		return fmt.Errorf("%w: there is no snapshot before that it could be kept from", ErrNotFound)
	}
	i := slices.IndexFunc(w.before.parts, func(q partEntry) bool { return q.name == name })
	if i < 0 {
		return fmt.Errorf("%w: snapshot %d, from which it is to be kept, has no such part", ErrNotFound, w.before.seq)
	}
	p.partEntry, p.kept = w.before.parts[i], true
	w.stats.Kept += len(p.chunks)
	return w.store.view(func(tx *badger.Txn) error {
		for _, c := range p.chunks {
			if (c.id.seq+uint64(c.id.index))%verifyEvery != w.manifest.seq%verifyEvery {
				continue
			}
			if err := w.verify(tx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// verify verifies a chunk of earlier snapshots. Damage is theirs as well.
func (w *snapshotWriter) verify(tx *badger.Txn, c chunkEntry) error {
	err := verifyChunk(tx, c)
	if unusable(err) {
		w.store.snapshots.damage(c.id, err)
	}
	return err
}

// verifyEvery is in how many snapshots every chunk of what is kept is verified once.
const verifyEvery = 16

// chunk returns the entry of a chunk with these bytes, which it writes unless
// an earlier one is whole. Only a chunk that verifies is taken over: otherwise
// damage would pass from snapshot to snapshot.
func (w *snapshotWriter) chunk(data []byte) (chunkEntry, error) {
	hash := sha256.Sum256(data)
	if c, ok := w.known[hash]; ok {
		err := w.store.view(func(tx *badger.Txn) error { return w.verify(tx, c) })
		if err == nil {
			return c, nil
		}
		w.store.opts.Logger.Warn("a chunk of an earlier snapshot is damaged and is written again", "err", err)
		delete(w.known, hash)
	}
	c := chunkEntry{
		id:   chunkID{seq: w.manifest.seq, index: uint32(w.stats.Written)},
		size: uint32(len(data)),
		hash: hash,
	}
	key := c.id.key()
	body := w.store.enc.EncodeAll(data, []byte{chunkFormat})
	c.seal = checksum(key, body)
	if err := w.batch.set(key, body); err != nil {
		return chunkEntry{}, err
	}
	// A later equal chunk of this snapshot is written again: this one cannot be
	// verified before it is committed.
	w.stats.Written++
	w.stats.Stored += uint64(len(body)) + sealLen
	return c, nil
}

const chunkFormat = 1

// verifyChunk fails unless the stored chunk is the one that the entry means.
func verifyChunk(tx *badger.Txn, c chunkEntry) error {
	_, err := chunkBody(tx, c)
	return err
}

func chunkBody(tx *badger.Txn, c chunkEntry) ([]byte, error) {
	key := c.id.key()
	value, err := getSealed(tx, key)
	switch {
	case err != nil:
		return nil, err
	case value == nil:
		return nil, damaged(key, "chunk is missing")
	}
	body, err := unseal(key, value)
	if err != nil {
		return nil, err
	}
	if got := sealOf(value); got != c.seal {
		return nil, damaged(key, "chunk has checksum %08x, the manifest says %08x", got, c.seal)
	}
	return body, nil
}

// readChunk appends the bytes of a chunk to dst.
func (s *Store) readChunk(tx *badger.Txn, c chunkEntry, dst []byte) ([]byte, error) {
	body, err := chunkBody(tx, c)
	if err != nil {
		return nil, err
	}
	key := c.id.key()
	r := reader{buf: body}
	r.format(chunkFormat)
	if r.err != nil {
		return nil, decodeError(key, r.err)
	}
	data, err := s.dec.DecodeAll(r.buf, make([]byte, 0, c.size))
	if err != nil {
		return nil, damaged(key, "cannot decompress: %v", err)
	}
	if hash := sha256.Sum256(data); !bytes.Equal(hash[:], c.hash[:]) {
		return nil, damaged(key, "content differs from its SHA-256 in the manifest")
	}
	return append(dst, data...), nil
}
