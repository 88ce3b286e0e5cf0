package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"sync/atomic"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
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
type rowBody struct {
	before, behind []byte
	hours          atomic.Pointer[[]byte] // what series=1 adds to it now, once that was asked for
}

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
	return &rowBody{before: text[:begin], behind: text[end : len(text)-1]}, nil
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
	if size := len(b.before) + len(b.behind); k.encoded.room(size) && !place.CompareAndSwap(nil, b) {
		k.encoded.bytes.Add(-int64(size))
	}
	return b, nil
}

// room takes room for so many bytes, if there is.
func (e *rowBodies) room(bytes int) bool {
	if e.bytes.Add(int64(bytes)) <= maxRowBodies {
		return true
	}
	e.bytes.Add(-int64(bytes))
	return false
}

// hours returns what series=1 adds to the body of a row. What was usual is not stored, and
// therefore not told as of a past moment.
func (k *ranking) hours(row int32, b *rowBody, past bool) []byte {
	t := k.rows[row]
	switch {
	case len(t.Hours) == 0:
		return nil
	case past:
		return appendHours(nil, t.Hours)
	}
	if text := b.hours.Load(); text != nil {
		return *text
	}
	text := appendUsual(appendHours(nil, t.Hours), t, runningHour(k.view.AsOf))
	if k.encoded.room(len(text)) && !b.hours.CompareAndSwap(nil, &text) {
		k.encoded.bytes.Add(-int64(len(text)))
	}
	return text
}

// appendAnswer returns the answer with the rows behind it, as encoding it whole would.
func (k *ranking) appendAnswer(a *api.TrendsAnswer, rows []int32, q *trendQuery, past bool) ([]byte, error) {
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
	hours := make([][]byte, len(rows))
	const spanRoom = 128
	for i, row := range rows {
		if bodies[i], err = k.row(row); err != nil {
			return nil, err
		}
		if q.series {
			hours[i] = k.hours(row, bodies[i], past)
		}
		size += len(bodies[i].before) + len(bodies[i].behind) + len(hours[i]) + spanRoom
	}
	out := append(make([]byte, 0, size), head...)
	clock := k.clocks[q.window]()
	for i, row := range rows {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, bodies[i].before...)
		m := clock.measureOf(k.rows[row])
		out = appendMeasure(out, &m)
		out = append(out, bodies[i].behind...)
		out = append(append(out, hours[i]...), '}')
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

// appendUsual appends the band of what was usual in the hours up to the given one, if that
// is known of any.
func appendUsual(out []byte, t *engine.Trend, last int64) []byte {
	if t.Usual == nil {
		return out
	}
	known := false
	low, high := make([]float64, len(t.Hours)), make([]float64, len(t.Hours))
	for i := range t.Hours {
		usual := t.Usual.At(last - int64(len(t.Hours)-1-i))
		low[i], high[i] = detect.Band(usual, t.Usual.Scatter())
		known = known || !math.IsNaN(usual)
	}
	if !known {
		return out
	}
	out = appendNumbers(append(out, `,"usual":{"low":[`...), low)
	return append(appendNumbers(append(out, `],"high":[`...), high), "]}"...)
}

func appendNumbers(out []byte, numbers []float64) []byte {
	for i, x := range numbers {
		if i > 0 {
			out = append(out, ',')
		}
		out = api.Number(x).AppendJSON(out)
	}
	return out
}
