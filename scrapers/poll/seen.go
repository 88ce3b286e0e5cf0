package poll

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/zeebo/xxh3"
)

// MaxSeen is how many items a [Seen] remembers, with base64 13,336 bytes of a cursor. A list may have
// half as many: then all of the last time are remembered while those of this time are looked
// up, however many of them are new. With fewer, one new item would push out the next one of the list
// before it is looked up, and so on through all of it.
const MaxSeen = 2000

// Seen remembers which items of a list that repeats itself were taken: 40 bits of a hash
// for each of the newest [MaxSeen]. An item that is new is taken for one that was seen with a
// chance of one in 5·10^8. The zero value remembers none. It is part of a cursor: as JSON it
// is a string. Not safe for concurrent use.
type Seen struct {
	hashes []uint64 // those of longest ago first
}

const (
	hashBytes = 5 // of each item, little-endian
	hashMask  = 1<<(8*hashBytes) - 1

	// seenForm begins the text. Without it the text is of the form before, which had 8 bytes
	// of each item.
	seenForm    = "2:"
	hashBytesV1 = 8
)

// Add notes an item and reports whether it is new. What was listed again stays
// remembered for longest.
func (s *Seen) Add(id string) bool {
	h := xxh3.HashString(id) & hashMask
	at := slices.Index(s.hashes, h)
	if at >= 0 {
		s.hashes = append(slices.Delete(s.hashes, at, at+1), h)
		return false
	}
	if len(s.hashes) >= MaxSeen {
		s.hashes = slices.Delete(s.hashes, 0, len(s.hashes)-MaxSeen+1)
	}
	s.hashes = append(s.hashes, h)
	return true
}

// Len returns how many items are remembered.
func (s *Seen) Len() int { return len(s.hashes) }

// MarshalText implements [encoding.TextMarshaler].
func (s Seen) MarshalText() ([]byte, error) {
	raw := make([]byte, 0, hashBytes*len(s.hashes)+8)
	for _, h := range s.hashes {
		raw = binary.LittleEndian.AppendUint64(raw, h)
		raw = raw[:len(raw)-8+hashBytes]
	}
	return base64.RawStdEncoding.AppendEncode([]byte(seenForm), raw), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *Seen) UnmarshalText(text []byte) error {
	each := hashBytes
	data, ok := bytes.CutPrefix(text, []byte(seenForm))
	if !ok {
		each = hashBytesV1
	}
	raw, err := base64.RawStdEncoding.AppendDecode(nil, data)
	if err != nil || len(raw)%each != 0 || len(raw) > each*MaxSeen {
		return fmt.Errorf("poll: %d bytes are no list of hashes of seen items", len(text))
	}
	s.hashes = make([]uint64, 0, len(raw)/each)
	for ; len(raw) > 0; raw = raw[each:] {
		var h [8]byte
		copy(h[:], raw[:hashBytes])
		s.hashes = append(s.hashes, binary.LittleEndian.Uint64(h[:]))
	}
	return nil
}
