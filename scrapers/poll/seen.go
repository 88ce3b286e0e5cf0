package poll

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/zeebo/xxh3"
)

// MaxSeen is how many items a [Seen] remembers: more than feeds list, and with base64 10,667 bytes
// of a cursor.
const MaxSeen = 1000

// Seen remembers which items of a list that repeats itself were taken: 64 bits of a hash
// for each of the newest [MaxSeen]. An item that is new is taken for one that was seen with a
// chance of one in 10^16. The zero value remembers none. It is part of a cursor: as JSON it
// is a string. Not safe for concurrent use.
type Seen struct {
	hashes []uint64 // those of longest ago first
}

// Add notes an item and reports whether it is new. What was listed again stays
// remembered for longest.
func (s *Seen) Add(id string) bool {
	h := xxh3.HashString(id)
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
	raw := make([]byte, 0, 8*len(s.hashes))
	for _, h := range s.hashes {
		raw = binary.LittleEndian.AppendUint64(raw, h)
	}
	return base64.RawStdEncoding.AppendEncode(nil, raw), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *Seen) UnmarshalText(text []byte) error {
	raw, err := base64.RawStdEncoding.AppendDecode(nil, text)
	if err != nil || len(raw)%8 != 0 || len(raw) > 8*MaxSeen {
		return fmt.Errorf("poll: %d bytes are no list of hashes of seen items", len(text))
	}
	s.hashes = s.hashes[:0]
	for ; len(raw) > 0; raw = raw[8:] {
		s.hashes = append(s.hashes, binary.LittleEndian.Uint64(raw))
	}
	return nil
}
