package store

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// manifest is what makes chunks a snapshot. Its coding is in docs/format/snapshot.md.
type manifest struct {
	seq   uint64
	meta  SnapshotMeta
	parts []partEntry
}

type partEntry struct {
	name   string
	size   uint64 // bytes
	chunks []chunkEntry
}

// chunkEntry refers to a chunk, which an earlier snapshot may have written.
type chunkEntry struct {
	id   chunkID
	size uint32            // bytes before compression, 1..chunkSize
	seal uint32            // checksum stored with the chunk
	hash [sha256.Size]byte // of the bytes before compression
}

const (
	manifestFormat = 1

	// chunkEntryMin is the least that a chunk takes in a manifest.
	chunkEntryMin = 3 + 4 + sha256.Size
)

func (m *manifest) encode() []byte {
	b := []byte{manifestFormat}
	b = binary.AppendUvarint(b, m.seq)
	b = binary.AppendVarint(b, m.meta.Created)
	b = binary.AppendVarint(b, m.meta.Watermark)
	b = binary.AppendUvarint(b, m.meta.Detections)
	b = appendString(b, m.meta.ConfigHash)
	b = appendString(b, string(m.meta.App))
	b = binary.AppendUvarint(b, uint64(len(m.parts)))
	for _, p := range m.parts {
		b = appendString(b, p.name)
		b = binary.AppendUvarint(b, p.size)
		b = binary.AppendUvarint(b, uint64(len(p.chunks)))
		for _, c := range p.chunks {
			b = binary.AppendUvarint(b, c.id.seq)
			b = binary.AppendUvarint(b, uint64(c.id.index))
			b = binary.AppendUvarint(b, uint64(c.size))
			b = binary.LittleEndian.AppendUint32(b, c.seal)
			b = append(b, c.hash[:]...)
		}
	}
	return b
}

func decodeManifest(body []byte) (*manifest, error) {
	r := reader{buf: body}
	r.format(manifestFormat)
	m := &manifest{
		seq: r.uvarint(),
		meta: SnapshotMeta{
			Created:    r.varint(),
			Watermark:  r.varint(),
			Detections: r.uvarint(),
			ConfigHash: r.string(),
			App:        []byte(r.string()),
		},
	}
	if len(m.meta.App) == 0 {
		m.meta.App = nil
	}
	m.parts = make([]partEntry, r.count(3))
	for i := range m.parts {
		p := &m.parts[i]
		p.name = r.string()
		p.size = r.uvarint()
		p.chunks = make([]chunkEntry, r.count(chunkEntryMin))
		var size uint64
		for j := range p.chunks {
			c := &p.chunks[j]
			c.id.seq = r.uvarint()
			c.id.index = r.uint32()
			c.size = r.uint32()
			if s := r.take(4); s != nil {
				c.seal = binary.LittleEndian.Uint32(s)
			}
			copy(c.hash[:], r.take(sha256.Size))
			if r.err == nil && (c.size == 0 || c.size > chunkSize) {
				r.fail(fmt.Errorf("part %q: chunk %d of %d bytes, expected 1 to %d", p.name, j, c.size, chunkSize))
			}
			size += uint64(c.size)
		}
		if r.err == nil && size != p.size {
			r.fail(fmt.Errorf("part %q: its chunks hold %d bytes, its size is %d", p.name, size, p.size))
		}
	}
	return m, r.end()
}

// chunks calls yield with every chunk of the snapshot, in order.
func (m *manifest) chunks(yield func(chunkEntry) bool) {
	for _, p := range m.parts {
		for _, c := range p.chunks {
			if !yield(c) {
				return
			}
		}
	}
}
