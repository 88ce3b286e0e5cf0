package detect

import "encoding"

var (
	_ encoding.BinaryAppender    = (*Rhythm)(nil)
	_ encoding.BinaryUnmarshaler = (*Rhythm)(nil)
	_ encoding.BinaryAppender    = (*Baseline)(nil)
	_ encoding.BinaryUnmarshaler = (*Baseline)(nil)
	_ encoding.BinaryAppender    = (*Tail)(nil)
	_ encoding.BinaryUnmarshaler = (*Tail)(nil)
	_ encoding.BinaryAppender    = (*Judge)(nil)
)

const (
	rhythmVersion   = 1
	baselineVersion = 1
	tailVersion     = 1
)

// AppendBinary appends the rhythm's state; the error is always nil.
func (r *Rhythm) AppendBinary(dst []byte) ([]byte, error) {
	s := scribe{dst}
	s.u8(rhythmVersion)
	s.flag(r.started)
	s.i64(r.first)
	s.i64(r.last)
	s.u64(r.missing)
	r.eachRatio(func(x *ratio) {
		s.f64(x.sum)
		s.f64(x.weight)
	})
	for _, h := range r.recent {
		s.f64(h.posts)
		s.f64(h.authors)
		s.f64(h.usual)
		s.u8(h.panes)
	}
	return s.b, nil
}

// UnmarshalBinary restores what AppendBinary wrote. On error, which wraps
// [ErrCorrupt] or [ErrVersion], the rhythm is unchanged.
func (r *Rhythm) UnmarshalBinary(data []byte) error {
	in := read("rhythm", data)
	in.version(rhythmVersion)
	var n Rhythm
	n.started = in.flag()
	n.first = in.i64()
	n.last = in.i64()
	n.missing = in.u64()
	n.eachRatio(func(x *ratio) {
		x.sum = in.f64()
		x.weight = in.f64()
		if x.sum < 0 || x.weight < 0 {
			in.fail(ErrCorrupt, "negative sum or weight")
		}
	})
	for i := range n.recent {
		h := &n.recent[i]
		h.posts = in.f64()
		h.authors = in.f64()
		h.usual = in.f64()
		if h.panes = in.u8(); h.panes > PanesPerHour || h.posts < 0 || h.authors < 0 || h.usual < 0 {
			in.fail(ErrCorrupt, "hour of %d panes, %v posts, %v authors", h.panes, h.posts, h.authors)
		}
	}
	if !paneInRange(n.first) || !paneInRange(n.last) || n.started && n.first > n.last {
		in.fail(ErrCorrupt, "panes %d..%d", n.first, n.last)
	}
	if err := in.end(); err != nil {
		return err
	}
	*r = n
	return nil
}

// paneInRange keeps arithmetic on panes free of overflow: ±10 million years.
func paneInRange(p int64) bool { return p > -1<<49 && p < 1<<49 }

func (r *Rhythm) eachRatio(visit func(*ratio)) {
	visit(&r.level)
	visit(&r.posts)
	for i := range r.hours {
		visit(&r.hours[i])
	}
	for i := range r.days {
		visit(&r.days[i])
	}
	for i := range r.cells {
		visit(&r.cells[i])
	}
}

// BaselineBytes is the length of every encoded Baseline.
const BaselineBytes = 1 + 4*(4+24+7+2*3+2*2) + historyDays + 4 + 1 + 4 + 4

// AppendBinary appends the baseline's state, [BaselineBytes] long; the error is
// always nil.
func (b *Baseline) AppendBinary(dst []byte) ([]byte, error) {
	s := scribe{dst}
	s.u8(baselineVersion)
	b.eachFloat(func(x *float32) { s.f32(*x) })
	s.b = append(s.b, b.history.days[:]...)
	s.u32(uint32(b.history.day))
	s.u8(b.history.known)
	s.f32(b.history.today)
	s.u32(uint32(b.last))
	return s.b, nil
}

// UnmarshalBinary restores what AppendBinary wrote. On error, which wraps
// [ErrCorrupt] or [ErrVersion], the baseline is unchanged.
func (b *Baseline) UnmarshalBinary(data []byte) error {
	in := read("baseline", data)
	in.version(baselineVersion)
	var n Baseline
	n.eachFloat(func(x *float32) { *x = in.f32() })
	copy(n.history.days[:], in.take(historyDays))
	n.history.day = int32(in.u32())
	n.history.known = in.u8()
	n.history.today = in.f32()
	n.last = int32(in.u32())
	if n.voices < 0 || n.authors < 0 || n.posts < 0 || n.exposure < 0 || n.history.today < 0 || n.history.known > historyDays {
		in.fail(ErrCorrupt, "impossible counts")
	}
	for i := range n.scatter {
		if n.scatter[i].square < 0 {
			in.fail(ErrCorrupt, "negative square")
		}
	}
	if err := in.end(); err != nil {
		return err
	}
	*b = n
	return nil
}

func (b *Baseline) eachFloat(visit func(*float32)) {
	visit(&b.voices)
	visit(&b.authors)
	visit(&b.posts)
	visit(&b.exposure)
	for i := range b.hours {
		visit(&b.hours[i])
	}
	for i := range b.days {
		visit(&b.days[i])
	}
	for i := range b.scatter {
		visit(&b.scatter[i].excess)
		visit(&b.scatter[i].square)
	}
	for i := range b.partial {
		visit(&b.partial[i].seen)
		visit(&b.partial[i].expected)
	}
}

// AppendBinary appends the histogram; the error is always nil.
func (t *Tail) AppendBinary(dst []byte) ([]byte, error) {
	s := scribe{dst}
	s.u8(tailVersion)
	for _, n := range t.bins {
		s.u64(n)
	}
	return s.b, nil
}

// UnmarshalBinary restores what AppendBinary wrote. On error, which wraps
// [ErrCorrupt] or [ErrVersion], the histogram is unchanged.
func (t *Tail) UnmarshalBinary(data []byte) error {
	in := read("tail", data)
	in.version(tailVersion)
	var n Tail
	for i := range n.bins {
		n.bins[i] = in.u64()
	}
	if err := in.end(); err != nil {
		return err
	}
	*t = n
	return nil
}
