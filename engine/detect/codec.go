package detect

import "encoding"

var (
	_ encoding.BinaryAppender    = (*Rhythm)(nil)
	_ encoding.BinaryUnmarshaler = (*Rhythm)(nil)
	_ encoding.BinaryAppender    = (*Baseline)(nil)
	_ encoding.BinaryUnmarshaler = (*Baseline)(nil)
	_ encoding.BinaryAppender    = (*Judge)(nil)
)

const (
	rhythmVersion   = 3 // 1 took every silence for one, 2 nobody told of missing panes
	baselineVersion = 1
)

// AppendBinary appends the rhythm's state; the error is always nil.
func (r *Rhythm) AppendBinary(dst []byte) ([]byte, error) {
	s := scribe{dst}
	s.u8(rhythmVersion)
	s.flag(r.started)
	s.i64(r.first)
	s.i64(r.last)
	s.i64(r.learned)
	s.u64(r.missing)
	s.u64(r.told)
	r.eachFloat(func(x *float64) { s.f64(*x) })
	s.i64(r.silence.since)
	s.i64(r.silence.panes)
	s.flag(r.silence.outage)
	r.eachRatio(func(x *ratio) {
		s.f64(x.sum)
		s.f64(x.weight)
	})
	for _, x := range r.scatter {
		s.f64(x.sum)
		s.f64(x.weight)
	}
	for _, h := range r.recent {
		s.f64(h.posts)
		s.f64(h.thin)
		s.f64(h.authors)
		s.f64(h.usual)
		s.f64(h.short)
		s.u8(h.panes)
		s.u8(h.silent)
		s.u8(h.leaky)
	}
	return s.b, nil
}

// UnmarshalBinary restores what AppendBinary wrote, or that of version 2. On error,
// which wraps [ErrCorrupt] or [ErrVersion], the rhythm is unchanged.
func (r *Rhythm) UnmarshalBinary(data []byte) error {
	in := read("rhythm", data)
	version := in.versions(2, rhythmVersion)
	var n Rhythm
	n.started = in.flag()
	n.first = in.i64()
	n.last = in.i64()
	n.learned = in.i64()
	n.missing = in.u64()
	if version > 2 {
		if n.told = in.u64(); n.told&^n.missing != 0 {
			in.fail(ErrCorrupt, "panes %b were told to be missing, of which %b are", n.told, n.missing)
		}
	}
	n.eachFloat(func(x *float64) {
		if *x = in.f64(); *x < 0 {
			in.fail(ErrCorrupt, "negative volume")
		}
	})
	n.silence.since = in.i64()
	n.silence.panes = in.i64()
	n.silence.outage = in.flag()
	n.eachRatio(func(x *ratio) {
		x.sum = in.f64()
		x.weight = in.f64()
		if x.sum < 0 || x.weight < 0 {
			in.fail(ErrCorrupt, "negative sum or weight")
		}
	})
	for i := range n.scatter {
		x := &n.scatter[i]
		x.sum = in.f64()
		if x.weight = in.f64(); x.weight < 0 {
			in.fail(ErrCorrupt, "negative weight")
		}
	}
	for i := range n.recent {
		h := &n.recent[i]
		h.posts = in.f64()
		h.thin = in.f64()
		h.authors = in.f64()
		h.usual = in.f64()
		h.short = in.f64()
		h.panes = in.u8()
		h.silent = in.u8()
		if version > 2 {
			h.leaky = in.u8()
		}
		if h.panes > PanesPerHour || h.leaky > PanesPerHour-h.panes || h.silent > h.panes || h.posts < 0 || h.thin < 0 || h.authors < 0 || h.usual < 0 || h.short < 0 {
			in.fail(ErrCorrupt, "hour of %d panes, %d of them silent, %d missing with posts, %v posts, %v authors", h.panes, h.silent, h.leaky, h.posts, h.authors)
		}
	}
	n.refuseOrder(in)
	if err := in.end(); err != nil {
		return err
	}
	*r = n
	return nil
}

// refuseOrder refuses panes and hours that do not follow one another.
func (r *Rhythm) refuseOrder(in *reader) {
	if !paneInRange(r.first) || !paneInRange(r.last) || r.started && r.first > r.last {
		in.fail(ErrCorrupt, "panes %d..%d", r.first, r.last)
	}
	if hour := HourOf(r.last); r.started && (r.learned >= hour+1 || r.learned < hour-Span) {
		in.fail(ErrCorrupt, "hour %d is the newest learned, %d the newest closed", r.learned, hour)
	}
	s := &r.silence
	if s.panes < 0 || s.panes > 0 && (s.since < r.first || s.panes > r.last-s.since+1) {
		in.fail(ErrCorrupt, "silence of %d panes since %d in panes %d..%d", s.panes, s.since, r.first, r.last)
	}
}

// paneInRange keeps arithmetic on panes free of overflow: ±10 million years.
func paneInRange(p int64) bool { return p > -1<<49 && p < 1<<49 }

func (r *Rhythm) eachRatio(visit func(*ratio)) {
	visit(&r.level)
	visit(&r.posts)
	visit(&r.thin)
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

// eachFloat visits what is neither a ratio nor of one hour; nothing of it is
// negative.
func (r *Rhythm) eachFloat(visit func(*float64)) {
	for i := range r.blocks {
		visit(&r.blocks[i].seen)
		visit(&r.blocks[i].usual)
	}
	for _, x := range []*float64{&r.newest, &r.silence.pace, &r.silence.await, &r.silence.novel, &r.silence.lost} {
		visit(x)
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
