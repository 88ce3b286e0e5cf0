package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"sync/atomic"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
)

// rowBodies keeps the rows that were sent as they were written: the same few are asked for
// again and again. A page is put together from them.
type rowBodies struct {
	rows  []atomic.Pointer[rowBody]
	bytes atomic.Int64
}

// maxRowBodies is how many bytes of rows are kept of a ranking.
const maxRowBodies = 16 << 20

// rowBody is a trend in JSON without what depends on the span, which stands between the
// two, and without what ends it.
type rowBody struct{ before, behind []byte }

// The fields around what depends on the span. No string of an answer holds a quote that is
// not escaped, and what comes before the second has no list of its own.
var (
	spanBegins = []byte(`,"posts":`)
	spanEnds   = []byte(`,"authors_24h":`)
)

var errRow = errors.New("a row has not the fields that are expected")

func encodeRow(t *engine.Trend) (*rowBody, error) {
	text, err := json.Marshal(trendOf(t))
	if err != nil {
		return nil, err
	}
	begin := bytes.Index(text, spanBegins)
	end := bytes.Index(text, spanEnds)
	if begin < 0 || end < begin {
		return nil, errRow
	}
	return &rowBody{text[:begin], text[end : len(text)-1]}, nil
}

// row returns the body of a row.
func (k *ranking) row(row int32) (*rowBody, error) {
	place := &k.encoded.rows[row]
	if b := place.Load(); b != nil {
		return b, nil
	}
	b, err := encodeRow(k.rows[row])
	if err != nil {
		return nil, err
	}
	size := int64(len(b.before) + len(b.behind))
	if k.encoded.bytes.Add(size) > maxRowBodies || !place.CompareAndSwap(nil, b) {
		k.encoded.bytes.Add(-size)
	}
	return b, nil
}

// appendAnswer returns the answer with the rows behind it, as encoding it whole would.
func (k *ranking) appendAnswer(a *api.TrendsAnswer, rows []int32, w span, series bool) ([]byte, error) {
	head, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	head, ok := bytes.CutSuffix(head, []byte("]}"))
	if !ok {
		return nil, errRow
	}
	bodies := make([]*rowBody, len(rows))
	size := len(head) + len("]}\n")
	const spanRoom, hoursRoom = 128, 72 * 8
	for i, row := range rows {
		if bodies[i], err = k.row(row); err != nil {
			return nil, err
		}
		size += len(bodies[i].before) + len(bodies[i].behind) + spanRoom
		if series {
			size += hoursRoom
		}
	}
	out := append(make([]byte, 0, size), head...)
	clock := k.clocks[w]()
	for i, row := range rows {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, bodies[i].before...)
		m := clock.measureOf(k.rows[row])
		out = appendMeasure(out, &m)
		out = append(out, bodies[i].behind...)
		if hours := k.rows[row].Hours; series && len(hours) > 0 {
			out = appendHours(out, hours)
		}
		out = append(out, '}')
	}
	return append(out, "]}\n"...), nil
}

// appendMeasure appends what [setMeasure] fills in.
func appendMeasure(out []byte, m *measure) []byte {
	var t api.Trend
	setMeasure(&t, m)
	out = append(out, spanBegins...)
	if t.Posts == nil {
		out = append(out, "null"...)
	} else {
		out = strconv.AppendUint(append(out, `{"count":`...), t.Posts.Count, 10)
		out = strconv.AppendUint(append(out, `,"over":`...), t.Posts.Over, 10)
		out = append(strconv.AppendBool(append(out, `,"exact":`...), t.Posts.Exact), '}')
	}
	out = t.PostsPerH.AppendJSON(append(out, `,"posts_per_h":`...))
	return t.Growth.AppendJSON(append(out, `,"growth":`...))
}

// setMeasure fills in what was counted in a span.
func setMeasure(t *api.Trend, m *measure) {
	t.PostsPerH, t.Growth, t.Posts = api.Rounded(m.perHour), api.Rounded(m.growth), nil
	if m.counted {
		t.Posts = &api.Posts{Count: m.posts, Over: m.over, Exact: m.over == 0}
	}
}

func appendHours(out []byte, hours []uint32) []byte {
	out = append(out, `,"hours":[`...)
	for i, n := range hours {
		if i > 0 {
			out = append(out, ',')
		}
		out = strconv.AppendUint(out, uint64(n), 10)
	}
	return append(out, ']')
}
