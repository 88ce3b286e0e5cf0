package serve

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"math"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
)

// cursor is a place in the answer to a query at one view. Its text is opaque to
// those who hold it.
type cursor struct {
	view   uint64 // see viewHash
	seq    uint64 // of the view
	query  uint64 // see trendQuery.hash
	offset int    // rows before the place
}

const cursorBytes = 8 + 8 + 8 + 4

// String returns the cursor as text for a URL.
func (c *cursor) String() string {
	b := make([]byte, 0, cursorBytes)
	b = binary.LittleEndian.AppendUint64(b, c.view)
	b = binary.LittleEndian.AppendUint64(b, c.seq)
	b = binary.LittleEndian.AppendUint64(b, c.query)
	b = binary.LittleEndian.AppendUint32(b, uint32(c.offset))
	return base64.RawURLEncoding.EncodeToString(b)
}

// resume moves to the place of a cursor that was given for the same query of the same
// view. A page of another view would repeat rows or leave some out, so that a cursor
// is good for its view alone: as long as that is the newest, and with the parameter at
// for as long as it is kept.
func (c *cursor) resume(text string) *api.Problem {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != cursorBytes {
		return api.NewProblem(api.ProblemInvalidParameter, "cursor is %.80q, which is none; use the value of next as it came", text).At("cursor")
	}
	view, seq := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	query, offset := binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint32(b[24:])
	switch {
	case query != c.query:
		return api.NewProblem(api.ProblemInvalidParameter, "cursor belongs to another query; keep filters and sort while paging").At("cursor")
	case view != c.view || seq != c.seq:
		return api.NewProblem(api.ProblemStaleCursor, "the ranking has moved on since; ask for the first page again, or go on as of then with the parameter at").At("cursor")
	case offset > math.MaxInt32:
		return api.NewProblem(api.ProblemInvalidParameter, "cursor is %.80q, which is none; use the value of next as it came", text).At("cursor")
	}
	c.offset = int(offset)
	return nil
}

// viewHash tells views of the same number apart: of other records.
func viewHash(v *engine.View) uint64 {
	h := fnv.New64a()
	var b []byte
	for _, n := range [...]uint64{v.Seq, uint64(v.AsOf), uint64(v.Newest), v.Counters.Records, v.Counters.Observations} {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	h.Write(b)
	return h.Sum64()
}
