package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// DecodeView returns the view that [View.AppendBinary] wrote, in this format or one
// before. Errors wrap
// [ErrView]: the data are of another format, or no view. It allocates no more
// than a small multiple of the length of data.
func DecodeView(data []byte) (*View, error) {
	r := viewReader{in: data}
	if r.format = r.byte(); r.err == nil && (r.format < 1 || r.format > viewFormat) {
		return nil, fmt.Errorf("%w: it has format %d, this program reads %d; use the version that wrote it", ErrView, r.format, viewFormat)
	}
	v := &View{Seq: r.uvarint(), AsOf: r.varint(), From: r.varint(), Newest: r.varint()}
	r.counters(&v.Counters)
	r.core(&v.Core)
	if n := r.count(leastPlatform); n > 0 {
		v.Platforms = make([]Platform, n)
	}
	for i := range v.Platforms {
		r.platform(&v.Platforms[i])
	}
	for _, list := range [...]*[]Trend{&v.Trends, &v.Held, &v.Variants} {
		if n := r.count(leastTrend); n > 0 {
			*list = make([]Trend, n)
		}
		for i := range *list {
			r.trend(&(*list)[i], v.AsOf/detect.PaneSeconds)
		}
	}
	if r.err == nil && len(r.in) > 0 {
		r.fail(fmt.Errorf("%d bytes too long", len(r.in)))
	}
	if r.err != nil {
		return nil, fmt.Errorf("%w: %w", ErrView, r.err)
	}
	return v, nil
}

// The fewest bytes of what comes in lists: a count that promises more than is
// there must not make the reader allocate.
const (
	leastPlatform = 5
	leastTrend    = 100
	leastVariant  = 7
	leastGap      = 2
)

// viewReader takes fields off the front. The first failure stays, and everything
// behind it reads as zero.
type viewReader struct {
	format byte
	in     []byte
	err    error
}

var errViewShort = errors.New("it ends too early")

func (r *viewReader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.in = nil
}

func (r *viewReader) take(n uint64) []byte {
	if r.err != nil || n > uint64(len(r.in)) {
		r.fail(errViewShort)
		return nil
	}
	b := r.in[:n]
	r.in = r.in[n:]
	return b
}

func (r *viewReader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *viewReader) uvarint() uint64 {
	n, size := binary.Uvarint(r.in)
	if size <= 0 {
		r.fail(errViewShort)
		return 0
	}
	r.in = r.in[size:]
	return n
}

func (r *viewReader) varint() int64 {
	n, size := binary.Varint(r.in)
	if size <= 0 {
		r.fail(errViewShort)
		return 0
	}
	r.in = r.in[size:]
	return n
}

func (r *viewReader) u64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// up reads a uvarint that is at most most.
func (r *viewReader) up(most uint64) uint64 {
	n := r.uvarint()
	if n > most {
		r.fail(fmt.Errorf("number %d where at most %d is possible", n, most))
		return 0
	}
	return n
}

func (r *viewReader) string() string { return string(r.take(r.uvarint())) }

// count reads how many items follow, each at least size bytes long.
func (r *viewReader) count(size int) int {
	n := r.uvarint()
	if n > uint64(len(r.in)/size) {
		r.fail(fmt.Errorf("%d items in %d bytes", n, len(r.in)))
		return 0
	}
	return int(n)
}

func (r *viewReader) flags(to ...*bool) {
	b := r.byte()
	for i, p := range to {
		*p = b>>i&1 == 1
	}
	if b>>len(to) != 0 {
		r.fail(fmt.Errorf("flags are %#x", b))
	}
}

func (r *viewReader) floats(to []*float64, like []*float64) {
	forms := r.take(uint64((len(to) + floatForms - 1) / floatForms))
	if forms == nil {
		return
	}
	for i, x := range to {
		switch form := forms[i/floatForms] >> (2 * (i % floatForms)) & 3; {
		case form == floatBits:
			*x = math.Float64frombits(r.u64())
		case form == floatHalf:
			*x = float64(r.uvarint()) / 2
		case form == floatSame && like != nil:
			*x = *like[i]
		default:
			r.fail(fmt.Errorf("a number has form %d", form))
		}
	}
}

func (r *viewReader) counters(c *Counters) {
	for _, n := range c.numbers() {
		if n == &c.Heartbeats && r.format < 2 || n == &c.Unpaired && r.format < 3 {
			continue
		}
		*n = r.uvarint()
	}
	r.floats(c.hours(), nil)
}

func (r *viewReader) core(c *Core) {
	for _, n := range c.numbers() {
		*n = r.uvarint()
	}
	c.Threshold, c.DoorkeeperBound = uint32(r.up(math.MaxUint32)), uint32(r.up(math.MaxUint32))
	c.Tracked, c.Capacity, c.BlurredAt, c.AuthorsLostAt = int(r.varint()), int(r.varint()), r.varint(), r.varint()
	c.Memory, c.Gauges = r.varint(), int(r.varint())
	r.floats(c.shares(), nil)
}

func (r *viewReader) platform(p *Platform) {
	p.Name, p.Spread, p.Records = r.string(), Spread(r.string()), r.uvarint()
	to := make([]*float64, len(p.Thresholds))
	for i := range to {
		to[i] = &p.Thresholds[i]
	}
	r.floats(to, nil)
	if r.format < 3 {
		return
	}
	p.Since = r.varint()
	if n := r.count(leastGap); n > 0 {
		p.Missing = make([]Gap, n)
	}
	at := p.Since
	for i := range p.Missing {
		g := &p.Missing[i]
		g.From = at + r.varint()
		g.To = g.From + r.varint()
		at = g.To
	}
}

func (r *viewReader) term(t *term.Term) {
	t.Kind, t.Key, t.Display = term.Kind(r.byte()), r.string(), r.string()
}

func (r *viewReader) trend(t *Trend, now int64) {
	r.term(&t.Term)
	t.Platform, t.Spread, t.VariantOf = r.string(), Spread(r.string()), r.string()
	t.ID, t.Group = r.u64(), r.u64()
	t.Candidate.Platform = uint16(r.up(math.MaxUint16))
	if r.format > 1 {
		t.List = uint32(r.up(math.MaxUint32))
	}
	t.Kind, t.Phase = r.byte(), detect.Phase(r.byte())
	var hours bool
	r.flags(&t.Confirmed, &t.Variant, &hours)
	for _, pane := range [...]*int64{&t.Raised, &t.Since, &t.Began, &t.PeakPane} {
		*pane = now - r.varint()
	}
	t.Trend.Platforms = int(r.varint())
	if hours {
		t.Hours = make([]uint32, r.count(1))
	}
	for i := range t.Hours {
		t.Hours[i] = uint32(r.up(math.MaxUint32))
	}
	for _, n := range [...]*uint64{&t.Posts, &t.Over, &t.Authors24, &t.Authors72} {
		*n = r.uvarint()
	}
	if n := r.count(leastVariant); n > 0 {
		t.Variants = make([]Variant, n)
	}
	for i := range t.Variants {
		r.variant(&t.Variants[i])
	}
	r.floats(t.numbers(), nil)
	r.evidence(&t.Best, nil, now)
	r.evidence(&t.Evidence, &t.Best, now)
	r.why(&t.Why, t)
}

func (r *viewReader) variant(v *Variant) {
	r.term(&v.Term)
	for _, n := range [...]*uint64{&v.Posts, &v.Over, &v.Authors24} {
		*n = r.uvarint()
	}
	r.floats([]*float64{&v.AuthorsError}, nil)
}

func (r *viewReader) evidence(e, like *detect.Evidence, now int64) {
	e.Pane, e.Started, e.Window = now-r.varint(), now-r.varint(), int(r.varint())
	e.Tier, e.Flags = r.byte(), detect.Flags(r.byte())
	own := true
	if like != nil {
		r.flags(&own)
		e.Marks = like.Marks
	}
	if own {
		copy(e.Marks[:], r.take(uint64(len(e.Marks))))
	}
	if like == nil {
		r.floats(evidenceFloats(e), nil)
		return
	}
	r.floats(evidenceFloats(e), evidenceFloats(like))
}

func (r *viewReader) why(y *detect.Why, t *Trend) {
	like := t.Trend.Why()
	r.flags(&y.Held)
	y.WindowMinutes, y.StartedUnix, y.Platforms = like.WindowMinutes+int(r.varint()), like.StartedUnix+r.varint(), like.Platforms+int(r.varint())
	y.Flags = detect.Flags(r.byte())
	r.floats(whyFloats(y), whyFloats(&like))
}
