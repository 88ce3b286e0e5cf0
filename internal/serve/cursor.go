package serve

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"math"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
)

// cursor is a place in the answer to a query at one view, which it stays with: a page of
// another view would repeat rows or leave some out. Its text is opaque to those who hold it.
type cursor struct {
	view   uint64 // see viewHash
	asOf   int64  // of the view
	query  uint64 // see trendQuery.hash
	offset int    // rows before the place
}

const cursorBytes = 8 + 8 + 8 + 4

// String returns the cursor as text for a URL.
func (c *cursor) String() string {
	b := make([]byte, 0, cursorBytes)
	b = binary.LittleEndian.AppendUint64(b, c.view)
	b = binary.LittleEndian.AppendUint64(b, uint64(c.asOf))
	b = binary.LittleEndian.AppendUint64(b, c.query)
	b = binary.LittleEndian.AppendUint32(b, uint32(c.offset))
	return base64.RawURLEncoding.EncodeToString(b)
}

// parseCursor reads what String wrote.
func parseCursor(text string) (*cursor, *api.Problem) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != cursorBytes {
		return nil, noCursor(text)
	}
	c := &cursor{
		view: binary.LittleEndian.Uint64(b), asOf: int64(binary.LittleEndian.Uint64(b[8:])),
		query: binary.LittleEndian.Uint64(b[16:]),
	}
	offset := binary.LittleEndian.Uint32(b[24:])
	if offset > math.MaxInt32 || c.asOf < 0 || c.asOf >= endOfTime {
		return nil, noCursor(text)
	}
	c.offset = int(offset)
	return c, nil
}

func noCursor(text string) *api.Problem {
	return api.NewProblem(api.ProblemInvalidParameter, "cursor is %.80q, which is none; use the value of next as it came", text).At("cursor")
}

// viewHash tells views of the same number apart: of other records, or of other times that
// were seen.
func viewHash(v *engine.View) uint64 {
	h := fnv.New64a()
	var b []byte
	add := func(numbers ...uint64) {
		for _, n := range numbers {
			b = binary.LittleEndian.AppendUint64(b, n)
		}
	}
	add(v.Seq, uint64(v.AsOf), uint64(v.Newest), v.Counters.Records, v.Counters.Observations)
	for i := range v.Platforms {
		p := &v.Platforms[i]
		add(uint64(p.Since), uint64(len(p.Missing)))
		for _, gap := range p.Missing {
			add(uint64(gap.From), uint64(gap.To))
		}
	}
	h.Write(b)
	return h.Sum64()
}
