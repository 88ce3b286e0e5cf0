package store

import (
	"encoding/binary"
	"fmt"

	"github.com/swell-radar/swell/term"
)

// The first byte of a key names its table. Numbers in keys are big-endian, so
// that keys sort by them. docs/format/README.md lists the tables.
const (
	tabFormat    = 'F'
	tabManifest  = 'm'
	tabChunk     = 'c'
	tabTerm      = 't'
	tabGauge     = 'g'
	tabHour      = 'h'
	tabPage      = 'p'
	tabDay       = 'd'
	tabBlock     = 'b'
	tabPresence  = 'o'
	tabDetection = 'e'
	tabRanking   = 'r'
	tabFloor     = 'w'
	tabTracking  = 'k'
	tabFacet     = 'f'
	tabFacetNews = 'n'
	tabShelf     = 's'
	tabActivity  = 'a'
	tabIndex     = 'i'
	tabDrawer    = 'q'

	// tabUnfinished marks a store that is being restored. It has no format record
	// until it is whole.
	tabUnfinished = 'U'
)

// family tells the kinds of series apart that share the tables of hours and days.
// The hours of panes are panes, and their days are 24 of those.
type family byte

const (
	famCounts family = 'c'
	famGauges family = 'g'
	famPanes  family = 'p'
)

func formatKey() []byte { return []byte{tabFormat} }

func unfinishedKey() []byte { return []byte{tabUnfinished} }

func manifestKey(seq uint64) []byte { return key64(tabManifest, seq) }

func detectionKey(pos uint64) []byte { return key64(tabDetection, pos) }

// rankingKey flips the sign bit so that times before 1970 sort first.
func rankingKey(at int64) []byte { return key64(tabRanking, uint64(at)^1<<63) }

func rankingTime(key []byte) int64 { return int64(tail64(key) ^ 1<<63) }

func key64(table byte, n uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{table}, n)
}

func tail64(key []byte) uint64 { return binary.BigEndian.Uint64(key[len(key)-8:]) }

func tail32(key []byte) uint32 { return binary.BigEndian.Uint32(key[len(key)-4:]) }

// chunkID names a chunk by the snapshot that wrote it and its number there.
type chunkID struct {
	seq   uint64
	index uint32
}

func (c chunkID) key() []byte {
	return binary.BigEndian.AppendUint32(key64(tabChunk, c.seq), c.index)
}

const chunkKeyLen = 1 + 8 + 4

func chunkIDOf(key []byte) chunkID {
	return chunkID{seq: binary.BigEndian.Uint64(key[1:]), index: tail32(key)}
}

const dictKeyLen = 1 + 8 + 4

// dictKey is the key of a dictionary entry: the term's ID, then the ordinal, so
// that the dictionary is loaded from keys alone.
func dictKey(table byte, id term.ID, ord uint32) []byte {
	return binary.BigEndian.AppendUint32(key64(table, uint64(id)), ord)
}

func dictKeyID(key []byte) term.ID { return term.ID(binary.BigEndian.Uint64(key[1:])) }

func familyKey(table byte, fam family, n uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{table, byte(fam)}, n)
}

func hourKey(fam family, hour uint32) []byte { return familyKey(tabHour, fam, hour) }

func dayKey(fam family, day uint32) []byte { return familyKey(tabDay, fam, day) }

func blockKey(fam family, day, bucket uint32) []byte {
	return binary.BigEndian.AppendUint32(familyKey(tabBlock, fam, day), bucket)
}

func presenceKey(fam family, day, part uint32) []byte {
	return binary.BigEndian.AppendUint32(familyKey(tabPresence, fam, day), part)
}

// pageKey orders the pages of a day by buckets before hours: the 24 hours of
// one term are neighbours.
func pageKey(fam family, hour, bucket, gen uint32) []byte {
	k := binary.BigEndian.AppendUint32(familyKey(tabPage, fam, hour/24), bucket)
	return binary.BigEndian.AppendUint32(append(k, byte(hour%24)), gen)
}

const pageKeyLen = 2 + 4 + 4 + 1 + 4

// pageKeyParts takes a page key apart.
func pageKeyParts(key []byte) (hour, bucket, gen uint32) {
	return binary.BigEndian.Uint32(key[2:])*24 + uint32(key[10]), binary.BigEndian.Uint32(key[6:]), tail32(key)
}

// trackingKey is of the ordinal first: what is asked is the newest of a term.
func trackingKey(ord, pane uint32) []byte {
	k := binary.BigEndian.AppendUint32([]byte{tabTracking}, ord)
	return binary.BigEndian.AppendUint32(k, pane)
}

const trackingPrefix = 1 + 4

func trackingOrd(key []byte) uint32 { return binary.BigEndian.Uint32(key[1:]) }

// keyString shows a key for people: its table and its bytes.
func keyString(key []byte) string {
	if len(key) == 0 {
		return "empty key"
	}
	return fmt.Sprintf("key %c%x", key[0], key[1:])
}

// blockDay returns the day in the key of a block or of a list of what is present.
func blockDay(key []byte) uint32 { return binary.BigEndian.Uint32(key[2:]) }

// wantKeyLen refuses a key that is not as long as those of its table.
func wantKeyLen(key []byte) error {
	least := facetKeyLeast
	switch key[0] {
	case tabIndex:
		least = indexKeyLeast
	case tabDrawer:
		least = drawerKeyLeast
	}
	switch want := tables[key[0]].keyLen; {
	case want == 0 && len(key) < least:
		return damaged(key, "key has %d bytes, expected %d or more", len(key), least)
	case want > 0 && len(key) != want:
		return damaged(key, "key has %d bytes, expected %d", len(key), want)
	}
	return nil
}

// facetKeyLeast is how long the key of a facet without a value is.
const facetKeyLeast = 1 + 4 + 1 + 1 + 4
