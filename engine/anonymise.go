package engine

import (
	"encoding/binary"

	"github.com/dchest/siphash"

	"github.com/swell-radar/swell/term"
)

// Anonymiser replaces the names of authors by the hashes that an engine with the
// same key would take for them: records that wait on a disk to be counted need no
// names. One goroutine at a time.
type Anonymiser struct{ h hasher }

// NewAnonymiser returns one for the key: see [Options].AuthorKey.
func NewAnonymiser(key [16]byte) *Anonymiser { return &Anonymiser{newHasher(key)} }

// Anonymise takes the author's name out of the record. It allocates nothing once
// it has met names as long.
func (a *Anonymiser) Anonymise(rec *term.Record) {
	if named(rec) {
		rec.AuthorHash, rec.Author = a.h.author(rec), ""
	}
}

// named reports whether a record tells its author.
func named(rec *term.Record) bool { return rec.Author != "" || rec.AuthorHash != 0 }

// hasher hashes names with a key, so that the names behind stored hashes cannot be
// found by trying.
type hasher struct {
	k0, k1 uint64
	buf    []byte
}

func newHasher(key [16]byte) hasher {
	return hasher{k0: binary.LittleEndian.Uint64(key[:8]), k1: binary.LittleEndian.Uint64(key[8:])}
}

// hash is SipHash-2-4 (Aumasson and Bernstein, 2012).
func (h *hasher) hash(what byte, platform, name string) uint64 {
	h.buf = append(append(append(h.buf[:0], what), platform...), 0)
	h.buf = append(h.buf, name...)
	return siphash.Hash(h.k0, h.k1, h.buf)
}

// author returns what stands for the author of a record that names one.
func (h *hasher) author(rec *term.Record) uint64 {
	if rec.AuthorHash != 0 {
		return rec.AuthorHash
	}
	return h.hash('a', rec.Platform, rec.Author)
}
