package detect

import "slices"

const judgeVersion = 5 // 4 had one null for all gauges of a platform

// AppendBinary appends the judge's state without its options; the error is
// always nil. Length: about 550 bytes per trend, 150 per watched term, 125 KiB per
// platform with history, 8 KiB per platform and kind.
func (j *Judge) AppendBinary(dst []byte) ([]byte, error) {
	s := scribe{dst}
	s.u8(judgeVersion)
	s.i64(j.pane)
	s.u32(uint32(len(j.episodes)))
	for i := range j.episodes {
		j.episodes[i].append(&s)
	}
	s.u32(uint32(len(j.watched)))
	for i := range j.watched {
		j.watched[i].append(&s)
	}
	s.u32(uint32(len(j.nulls)))
	for i := range j.nulls {
		j.nulls[i].append(&s)
	}
	s.u32(uint32(len(j.lists)))
	for i := range j.lists {
		j.lists[i].append(&s)
	}
	s.u32(uint32(len(j.lives)))
	for i := range j.lives {
		l := &j.lives[i]
		s.u16(l.platform)
		s.u8(l.kind)
		l.each(func(c *float32) { s.f32(*c) })
	}
	s.u32(uint32(len(j.trusts)))
	for i := range j.trusts {
		s.u16(j.trusts[i].platform)
		j.trusts[i].each(func(c *float32) { s.f32(*c) })
	}
	return s.b, nil
}

// DecodeJudge restores what [Judge.AppendBinary] wrote. Options are not part of
// the state; with the same options the restored judge goes on bit for bit as
// the written one would have. Errors wrap [ErrOptions], [ErrCorrupt] or
// [ErrVersion]. Version 4 is read as well.
func DecodeJudge(data []byte, opt Options) (*Judge, error) {
	j, err := NewJudge(opt)
	if err != nil {
		return nil, err
	}
	in := read("judge", data)
	version := in.versions(4, judgeVersion)
	if j.pane = in.i64(); !paneInRange(j.pane) {
		in.fail(ErrCorrupt, "pane %d", j.pane)
	}
	j.episodes = make([]episode, in.count(episodeBytes-4))
	for i := range j.episodes {
		j.episodes[i].read(in, version)
		if i > 0 && j.episodes[i-1].trend.ID >= j.episodes[i].trend.ID {
			in.fail(ErrCorrupt, "trends out of order")
		}
	}
	j.watched = make([]watched, in.count(watchedBytes))
	for i := range j.watched {
		j.watched[i].read(in)
		if i > 0 && j.watched[i-1].id >= j.watched[i].id {
			in.fail(ErrCorrupt, "watched terms out of order")
		}
	}
	j.nulls = make([]null, in.count(nullBytes))
	for i := range j.nulls {
		j.nulls[i].read(in, &j.opt)
		if i > 0 && j.nulls[i-1].platform >= j.nulls[i].platform {
			in.fail(ErrCorrupt, "platforms out of order")
		}
	}
	if version > 4 {
		j.lists = make([]listNull, in.count(listNullBytes))
	}
	for i := range j.lists {
		j.lists[i].read(in)
		if i > 0 && j.lists[i-1].list >= j.lists[i].list {
			in.fail(ErrCorrupt, "lists out of order")
		}
	}
	j.lives = make([]life, in.count(3+4*(fadeBins+1)*lifeBins))
	for i := range j.lives {
		l := &j.lives[i]
		l.platform = in.u16()
		l.kind = in.u8()
		l.each(func(c *float32) {
			if *c = in.f32(); *c < 0 {
				in.fail(ErrCorrupt, "negative count of lifetimes")
			}
		})
		if i > 0 && j.lives[i-1].order(l.platform, l.kind) >= 0 {
			in.fail(ErrCorrupt, "lifetimes out of order")
		}
	}
	j.trusts = make([]trust, in.count(2+trustBytes))
	for i := range j.trusts {
		tr := &j.trusts[i]
		tr.platform = in.u16()
		tr.each(func(c *float32) {
			if *c = in.f32(); *c < 0 {
				in.fail(ErrCorrupt, "negative count of outcomes")
			}
		})
		if i > 0 && j.trusts[i-1].platform >= tr.platform {
			in.fail(ErrCorrupt, "outcomes out of order")
		}
	}
	if err := in.end(); err != nil {
		return nil, err
	}
	return j, nil
}

// each visits the counts.
func (l *lifetimes) each(visit func(*float32)) {
	for i := range l.lives {
		for k := range l.lives[i] {
			visit(&l.lives[i][k])
		}
	}
	for k := range l.fades {
		visit(&l.fades[k])
	}
}

// trustBytes is the encoded length of a platform's outcomes.
const trustBytes = 4 * 2 * Tiers * stages * margins

// each visits the counts.
func (t *trust) each(visit func(*float32)) {
	for i := range t.outcomes {
		for s := range t.outcomes[i] {
			for m := range t.outcomes[i][s] {
				visit(&t.outcomes[i][s][m].right)
				visit(&t.outcomes[i][s][m].wrong)
			}
		}
	}
}

// episodeBytes is the encoded length of an episode.
const episodeBytes = 8 + 8 + 2 + 1 + 4 + 2*evidenceBytes + 1 + 7*8 + 7*8 + 2 + 1 + 1 + 1 + 2*stages + 1

func (ep *episode) append(s *scribe) {
	t := &ep.trend
	s.u64(t.ID)
	s.u64(t.Group)
	s.u16(t.Platform)
	s.u8(t.Kind)
	s.u32(t.List)
	t.Evidence.append(s)
	t.Best.append(s)
	s.u8(uint8(t.Phase))
	for _, p := range ep.panes() {
		s.i64(*p)
	}
	for _, f := range ep.floats() {
		s.f64(*f)
	}
	s.u16(uint16(t.Platforms))
	s.flag(t.Confirmed)
	s.flag(t.Variant)
	s.u8(uint8(ep.fate))
	for _, p := range ep.passed {
		s.u8(p.from)
		s.u8(p.top)
	}
	s.u8(ep.tier)
}

func (ep *episode) read(in *reader, version uint8) {
	t := &ep.trend
	t.ID = in.u64()
	t.Group = in.u64()
	t.Platform = in.u16()
	t.Kind = in.u8()
	if version > 4 {
		t.List = in.u32()
	}
	t.Evidence.read(in)
	t.Best.read(in)
	if t.Phase = Phase(in.u8()); in.err == nil && (t.Phase < Emerging || t.Phase > Unconfirmed) {
		in.fail(ErrCorrupt, "phase %d", t.Phase)
	}
	for _, p := range ep.panes() {
		if *p = in.i64(); !paneInRange(*p) {
			in.fail(ErrCorrupt, "pane %d", *p)
		}
	}
	for _, f := range ep.floats() {
		*f = in.f64()
	}
	t.Platforms = int(in.u16())
	t.Confirmed = in.flag()
	t.Variant = in.flag()
	ep.fate = fate(in.u8())
	for i := range ep.passed {
		ep.passed[i] = passage{from: in.u8(), top: in.u8()}
	}
	ep.tier = in.u8()
	if ep.fate > cameToNothing || ep.tier >= Tiers || slices.ContainsFunc(ep.passed[:], func(p passage) bool { return p.top > margins || p.from > p.top || p.from == 0 && p.top > 0 }) {
		in.fail(ErrCorrupt, "fate %d, tier %d, passed %v", ep.fate, ep.tier, ep.passed)
	}
}

func (ep *episode) panes() [7]*int64 {
	t := &ep.trend
	return [...]*int64{&t.Raised, &t.Since, &t.Began, &t.PeakPane, &ep.alive, &ep.closed, &ep.faded}
}

func (ep *episode) floats() [7]*float64 {
	t := &ep.trend
	return [...]*float64{&t.Threshold, &t.PeakHour, &t.Confidence, &t.Left.Low, &t.Left.Mid, &t.Left.High, &ep.bestDay}
}

// evidenceBytes is the encoded length of an Evidence.
const evidenceBytes = 3*8 + 19*8 + 2 + marks

func (e *Evidence) append(s *scribe) {
	s.i64(e.Pane)
	s.i64(e.Started)
	s.i64(int64(e.Window))
	for _, f := range e.floats() {
		s.f64(*f)
	}
	s.u8(e.Tier)
	s.u8(uint8(e.Flags))
	s.bytes(e.Marks[:])
}

func (e *Evidence) read(in *reader) {
	e.Pane = in.i64()
	e.Started = in.i64()
	e.Window = int(in.i64())
	if !paneInRange(e.Pane) || !paneInRange(e.Started) || e.Window < 0 || e.Window > maxWindowHours*PanesPerHour {
		in.fail(ErrCorrupt, "evidence of pane %d, start %d, window %d", e.Pane, e.Started, e.Window)
	}
	for _, f := range e.floats() {
		*f = in.f64()
	}
	if e.Tier = in.u8(); e.Tier >= Tiers {
		in.fail(ErrCorrupt, "volume tier %d", e.Tier)
	}
	e.Flags = Flags(in.u8())
	in.marks(&e.Marks)
}

// marks reads marks and refuses those that no bin could hold.
func (r *reader) marks(m *Marks) {
	copy(m[:], r.take(len(m)))
	for _, bin := range m {
		if bin >= tailBins {
			r.fail(ErrCorrupt, "mark %d", bin)
		}
	}
}

func (e *Evidence) floats() [19]*float64 {
	return [...]*float64{
		&e.Score, &e.Base, &e.Now, &e.Z, &e.Seen, &e.Expected, &e.Posts, &e.Rank, &e.Growth, &e.Fall, &e.Share,
		&e.LastHour, &e.BestHour, &e.Day, &e.Excess, &e.Lasting, &e.PostsPerHour, &e.ExpectedPerHour, &e.Age,
	}
}

// watchedBytes is the encoded length of a watched term.
const watchedBytes = 8 + 8 + 2 + 2 + 3*8 + 3*(8+1+marks+1)

func (w *watched) append(s *scribe) {
	s.u64(w.id)
	s.u64(w.group)
	s.u16(w.platform)
	s.flag(w.thin)
	s.flag(w.proved)
	s.i64(w.since)
	s.i64(w.last)
	s.f64(w.first)
	for i := range w.best {
		b := &w.best[i]
		s.i64(b.day)
		s.u8(b.tier)
		s.bytes(b.marks[:])
		s.flag(b.spared)
	}
}

func (w *watched) read(in *reader) {
	w.id = in.u64()
	w.group = in.u64()
	w.platform = in.u16()
	w.thin, w.proved = in.flag(), in.flag()
	w.since, w.last = in.i64(), in.i64()
	if !paneInRange(w.since) || !paneInRange(w.last) {
		in.fail(ErrCorrupt, "watched from pane %d to %d", w.since, w.last)
	}
	w.first = in.f64()
	for i := range w.best {
		b := &w.best[i]
		b.day = in.i64()
		b.tier = in.u8()
		if !paneInRange(b.day) || b.tier >= Tiers {
			in.fail(ErrCorrupt, "day %d, volume tier %d", b.day, b.tier)
		}
		in.marks(&b.marks)
		b.spared = in.flag()
	}
}

// nullBytes is the encoded length of a null without waiting days, waitingBytes that
// of one of those.
const (
	nullBytes    = 2 + 8 + 8*Tiers + 8 + 8 + 4*Tiers*marks*tailBins + 4
	waitingBytes = 8 + 4*Tiers*marks*tailBins
)

// mostDecayed keeps arithmetic on decayed counts free of overflow.
const mostDecayed = 1e12

func (n *null) append(s *scribe) {
	s.u16(n.platform)
	s.f64(n.days)
	for _, x := range n.trends {
		s.f64(x)
	}
	s.i64(n.newest)
	s.f64(n.early)
	for t := range n.pooled {
		for i := range n.pooled[t] {
			for _, w := range n.pooled[t][i].bins {
				s.f32(w)
			}
		}
	}
	s.u32(uint32(len(n.waiting)))
	for i := range n.waiting {
		s.i64(n.waiting[i].day)
		for t := range n.waiting[i].tails.counts {
			for k := range n.waiting[i].tails.counts[t] {
				for _, c := range n.waiting[i].tails.counts[t][k] {
					s.u32(c)
				}
			}
		}
	}
}

func (n *null) read(in *reader, opt *Options) {
	n.platform = in.u16()
	if n.days = in.f64(); n.days < 0 || n.days > mostDecayed {
		in.fail(ErrCorrupt, "%v days", n.days)
	}
	for t := range n.trends {
		if n.trends[t] = in.f64(); n.trends[t] < 0 || n.trends[t] > mostDecayed {
			in.fail(ErrCorrupt, "%v terms that went on", n.trends[t])
		}
	}
	n.newest = in.i64()
	if n.early = in.f64(); n.early < 0 || !paneInRange(n.newest) {
		in.fail(ErrCorrupt, "day %d", n.newest)
	}
	for t := range n.pooled {
		for i := range n.pooled[t] {
			for b := range n.pooled[t][i].bins {
				if n.pooled[t][i].bins[b] = in.f32(); n.pooled[t][i].bins[b] < 0 {
					in.fail(ErrCorrupt, "negative count of terms")
				}
			}
		}
	}
	n.waiting = make([]waiting, in.count(waitingBytes))
	for i := range n.waiting {
		w := &n.waiting[i]
		w.tails = new(Tails)
		if w.day = in.i64(); !paneInRange(w.day) || i > 0 && w.day <= n.waiting[i-1].day {
			in.fail(ErrCorrupt, "day %d", w.day)
		}
		for t := range w.tails.counts {
			for k := range w.tails.counts[t] {
				for b := range w.tails.counts[t][k] {
					w.tails.counts[t][k][b] = in.u32()
				}
			}
		}
	}
	if in.err == nil {
		n.refit(opt)
	}
}
