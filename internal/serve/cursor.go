package serve

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"math"
)

// cursor is a place in the answer to a query at one view. Its text is opaque to
// those who hold it.
type cursor struct {
	nonce  string // of the server that gave it
	seq    uint64 // of the view
	query  uint64 // see trendQuery.hash
	offset int    // rows before the place
}

const cursorBytes = 8 + 8 + 8 + 4

// String returns the cursor as text for a URL.
func (c *cursor) String() string {
	b := make([]byte, 0, cursorBytes)
	b = binary.LittleEndian.AppendUint64(b, startHash(c.nonce))
	b = binary.LittleEndian.AppendUint64(b, c.seq)
	b = binary.LittleEndian.AppendUint64(b, c.query)
	b = binary.LittleEndian.AppendUint32(b, uint32(c.offset))
	return base64.RawURLEncoding.EncodeToString(b)
}

// resume moves to the place of a cursor that the same server gave for the same
// query. A page of another view would repeat rows or leave some out, so that a
// cursor dies with its view.
func (c *cursor) resume(text string) *Problem {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != cursorBytes {
		return problem(ProblemInvalidParameter, "cursor is %.80q, which is none; use the value of next as it came", text).at("cursor")
	}
	start, seq := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	query, offset := binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint32(b[24:])
	switch {
	case query != c.query:
		return problem(ProblemInvalidParameter, "cursor belongs to another query; keep filters and sort while paging").at("cursor")
	case start != startHash(c.nonce) || seq != c.seq:
		return problem(ProblemStaleCursor, "the ranking has moved on since; ask for the first page again").at("cursor")
	case offset > math.MaxInt32:
		return problem(ProblemInvalidParameter, "cursor is %.80q, which is none; use the value of next as it came", text).at("cursor")
	}
	c.offset = int(offset)
	return nil
}

func startHash(nonce string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(nonce))
	return h.Sum64()
}
