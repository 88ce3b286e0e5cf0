package engine

import (
	"encoding/binary"
	"math"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// viewFormat is the version of an encoded view. 1 had no heartbeats and no lists, 2 not
// what is missing of platforms.
const viewFormat = 3

// AppendBinary appends the view to dst, whole and exact: [DecodeView] gives the
// same view, floats bit for bit. Numbers that are counts in truth, as most are,
// take a byte or two; equal fields of neighbours are told once. What is left
// compresses well against the view before. Any goroutine may call it.
func (v *View) AppendBinary(dst []byte) []byte {
	w := viewWriter{out: dst}
	w.byte(viewFormat)
	w.uvarint(v.Seq)
	w.varint(v.AsOf)
	w.varint(v.From)
	w.varint(v.Newest)
	w.counters(&v.Counters)
	w.core(&v.Core)
	w.uvarint(uint64(len(v.Platforms)))
	for i := range v.Platforms {
		w.platform(&v.Platforms[i])
	}
	for _, list := range [...][]Trend{v.Trends, v.Held, v.Variants} {
		w.uvarint(uint64(len(list)))
		for i := range list {
			w.trend(&list[i], v.AsOf/detect.PaneSeconds)
		}
	}
	return w.out
}

// viewWriter appends fields.
type viewWriter struct{ out []byte }

func (w *viewWriter) byte(b byte)      { w.out = append(w.out, b) }
func (w *viewWriter) uvarint(n uint64) { w.out = binary.AppendUvarint(w.out, n) }
func (w *viewWriter) varint(n int64)   { w.out = binary.AppendVarint(w.out, n) }
func (w *viewWriter) u64(n uint64)     { w.out = binary.LittleEndian.AppendUint64(w.out, n) }
func (w *viewWriter) string(s string)  { w.uvarint(uint64(len(s))); w.out = append(w.out, s...) }

func (w *viewWriter) flags(set ...bool) {
	var b byte
	for i, is := range set {
		if is {
			b |= 1 << i
		}
	}
	w.byte(b)
}

// How a float is written: two bits for each, in front of the values of its list.
const (
	floatBits  = iota // 8 bytes as they are
	floatHalf         // a uvarint: twice the value
	floatSame         // nothing: as the one in the same place of the list before
	floatForms = 4
)

// halvesOf returns twice the value, if that is a small whole number.
func halvesOf(x float64) (n uint64, ok bool) {
	const most = 1 << 42 // six bytes: more would save nothing
	if !(x >= 0 && x < most/2) {
		return 0, false
	}
	n = uint64(x * 2)
	return n, math.Float64bits(float64(n)/2) == math.Float64bits(x)
}

func sameBits(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }

// floats writes a list of floats; like holds what each may be the same as, or is nil.
func (w *viewWriter) floats(xs []float64, like []float64) {
	for at := 0; at < len(xs); at += floatForms {
		var forms byte
		for i := at; i < min(at+floatForms, len(xs)); i++ {
			forms |= formOfFloat(xs, like, i) << (2 * (i - at))
		}
		w.byte(forms)
	}
	for i, x := range xs {
		switch formOfFloat(xs, like, i) {
		case floatBits:
			w.u64(math.Float64bits(x))
		case floatHalf:
			n, _ := halvesOf(x)
			w.uvarint(n)
		}
	}
}

func formOfFloat(xs, like []float64, i int) byte {
	if like != nil && sameBits(xs[i], like[i]) {
		return floatSame
	}
	if _, ok := halvesOf(xs[i]); ok {
		return floatHalf
	}
	return floatBits
}

func (w *viewWriter) counters(c *Counters) {
	for _, n := range c.numbers() {
		w.uvarint(*n)
	}
	w.floats(values(c.hours()), nil)
}

// numbers and hours list the fields in the order in which they are stored; what a later
// format added stands at the end.
func (c *Counters) numbers() []*uint64 {
	return []*uint64{
		&c.Records, &c.Occurrences, &c.Gauges, &c.Observations, &c.Duplicates, &c.Late, &c.TermsDropped, &c.Newcomers, &c.Echoes, &c.FacetsDropped,
		&c.Heartbeats, &c.Unpaired,
	}
}

func (c *Counters) hours() []*float64 {
	return []*float64{&c.RecentHorizon, &c.AccountHorizon, &c.EchoHorizon}
}

func values(of []*float64) []float64 {
	xs := make([]float64, len(of))
	for i, x := range of {
		xs[i] = *x
	}
	return xs
}

func (w *viewWriter) core(c *Core) {
	for _, n := range c.numbers() {
		w.uvarint(*n)
	}
	w.uvarint(uint64(c.Threshold))
	w.uvarint(uint64(c.DoorkeeperBound))
	for _, n := range []int64{int64(c.Tracked), int64(c.Capacity), c.BlurredAt, c.AuthorsLostAt, c.Memory, int64(c.Gauges)} {
		w.varint(n)
	}
	w.floats(values(c.shares()), nil)
}

func (c *Core) numbers() []*uint64 {
	return []*uint64{
		&c.Posts, &c.Untracked, &c.Stale, &c.Admitted, &c.Evicted, &c.Retired, &c.Blurred, &c.AuthorsLost, &c.GaugesRefused,
	}
}

func (c *Core) shares() []*float64 { return []*float64{&c.FalseSeen, &c.FreshHorizon} }

func (w *viewWriter) platform(p *Platform) {
	w.string(p.Name)
	w.string(string(p.Spread))
	w.uvarint(p.Records)
	w.floats(p.Thresholds[:], nil)
	w.varint(p.Since)
	w.uvarint(uint64(len(p.Missing)))
	at := p.Since
	for _, g := range p.Missing {
		w.varint(g.From - at)
		w.varint(g.To - g.From)
		at = g.To
	}
}

func (w *viewWriter) term(t *term.Term) {
	w.byte(byte(t.Kind))
	w.string(t.Key)
	w.string(t.Display)
}

// trend writes a trend. Panes are told as how long ago they were, seen from now.
func (w *viewWriter) trend(t *Trend, now int64) {
	w.term(&t.Term)
	w.string(t.Platform)
	w.string(string(t.Spread))
	w.string(t.VariantOf)
	w.u64(t.ID)
	w.u64(t.Group)
	w.uvarint(uint64(t.Candidate.Platform))
	w.uvarint(uint64(t.List))
	w.byte(t.Kind)
	w.byte(byte(t.Phase))
	w.flags(t.Confirmed, t.Variant, t.Hours != nil)
	for _, pane := range [...]int64{t.Raised, t.Since, t.Began, t.PeakPane} {
		w.varint(now - pane)
	}
	w.varint(int64(t.Trend.Platforms))
	if t.Hours != nil {
		w.uvarint(uint64(len(t.Hours)))
	}
	for _, n := range t.Hours {
		w.uvarint(uint64(n))
	}
	for _, n := range [...]uint64{t.Posts, t.Over, t.Authors24, t.Authors72} {
		w.uvarint(n)
	}
	w.uvarint(uint64(len(t.Variants)))
	for i := range t.Variants {
		w.variant(&t.Variants[i])
	}
	w.floats(values(t.numbers()), nil)
	w.evidence(&t.Best, nil, now)
	w.evidence(&t.Evidence, &t.Best, now)
	w.why(&t.Why, t)
}

func (t *Trend) numbers() []*float64 {
	return []*float64{
		&t.Threshold, &t.PeakHour, &t.Confidence, &t.Left.Low, &t.Left.Mid, &t.Left.High, &t.AuthorsError, &t.ThinShare,
	}
}

func (w *viewWriter) variant(v *Variant) {
	w.term(&v.Term)
	for _, n := range [...]uint64{v.Posts, v.Over, v.Authors24} {
		w.uvarint(n)
	}
	w.floats([]float64{v.AuthorsError}, nil)
}

// evidence writes evidence, of which like, if not nil, has much in common.
func (w *viewWriter) evidence(e, like *detect.Evidence, now int64) {
	w.varint(now - e.Pane)
	w.varint(now - e.Started)
	w.varint(int64(e.Window))
	w.byte(e.Tier)
	w.byte(byte(e.Flags))
	if like != nil {
		w.flags(e.Marks != like.Marks)
	}
	if like == nil || e.Marks != like.Marks {
		w.out = append(w.out, e.Marks[:]...)
	}
	if like == nil {
		w.floats(values(evidenceFloats(e)), nil)
		return
	}
	w.floats(values(evidenceFloats(e)), values(evidenceFloats(like)))
}

func evidenceFloats(e *detect.Evidence) []*float64 {
	return []*float64{
		&e.Score, &e.Base, &e.Now, &e.Z, &e.Seen, &e.Expected, &e.Posts, &e.Rank, &e.Growth, &e.Fall, &e.Share,
		&e.LastHour, &e.BestHour, &e.Day, &e.Excess, &e.Lasting, &e.PostsPerHour, &e.ExpectedPerHour, &e.Age,
	}
}

// why writes what was published as the reason, of which the trend tells most.
func (w *viewWriter) why(y *detect.Why, t *Trend) {
	like := t.Trend.Why()
	w.flags(y.Held)
	w.varint(int64(y.WindowMinutes - like.WindowMinutes))
	w.varint(y.StartedUnix - like.StartedUnix)
	w.varint(int64(y.Platforms - like.Platforms))
	w.byte(byte(y.Flags))
	w.floats(values(whyFloats(y)), values(whyFloats(&like)))
}

func whyFloats(y *detect.Why) []*float64 {
	return []*float64{&y.Seen, &y.Expected, &y.Posts, &y.Z, &y.Score, &y.Threshold}
}
