package window

import (
	"math"

	"github.com/swell-radar/swell/internal/cow"
	"github.com/swell-radar/swell/internal/offheap"
	"github.com/swell-radar/swell/sketch"
	"github.com/swell-radar/swell/term"
)

// Shard counts the terms whose IDs fall to it.
//
// Concurrency: one owner goroutine at a time, for every method and for all that
// they return. Only the bell and the rings of its lanes are touched by others.
type Shard struct {
	cfg    Config
	geo    geometry
	budget budget

	index   index
	records []record
	free    []uint32 // the first `given` are slots below high that are not in use
	given   int
	high    int
	text    names

	logs      pool[use]
	narrow    pool[uint32]
	wide      pool[uint64]
	registers pool[uint64]
	scarce    pool[uint64]

	door     *sketch.CountMin
	meetings *sketch.Meetings
	thin     *sketch.Tally // thin posts by term and coarse pane
	news     news

	newest int64 // newest pane counted
	warmth warmth
	panes  []openPane // by pane modulo its length
	stats  Stats
	rng    uint64

	floor   float32 // how warm the coldest of a sample is, on average
	unheard uint32  // newcomers that were below it

	threshold uint32 // estimate that a full table asks for
	evicted   uint64 // as the threshold was last set

	slots  *cow.Table // the records, with all that is a slot's but registers
	cut    *cow.Set
	claims *claims // while a cut is restored

	staged  stage
	moments [2]moment
	scratch *Series

	lanes []lane
	next  int // lane to look at first
	bell  bell
}

// Stats counts what a shard did. All counts are since the shard was made, and go
// into its snapshots.
type Stats struct {
	Posts       uint64 // counted, tracked or not
	Untracked   uint64 // of these, counted by the doorkeeper alone
	Stale       uint64 // posts for a pane that had left the rings; not counted
	Admitted    uint64 // terms that came into the table
	Evicted     uint64 // terms that left it for a warmer one, or for want of a block
	Retired     uint64 // terms that left it because nobody used them any more
	Blurred     uint64 // logs whose uses were merged because no block was free
	AuthorsLost uint64 // terms that gave up their registers of authors, or got none
	Threshold   uint32 // uses a term needs to be admitted now
	Tracked     int    // terms in the table now
	Capacity    int    // terms it can hold
}

// Add adds another shard's counters; Threshold becomes the higher of the two.
func (st *Stats) Add(o Stats) {
	st.Posts += o.Posts
	st.Untracked += o.Untracked
	st.Stale += o.Stale
	st.Admitted += o.Admitted
	st.Evicted += o.Evicted
	st.Retired += o.Retired
	st.Blurred += o.Blurred
	st.AuthorsLost += o.AuthorsLost
	st.Threshold = max(st.Threshold, o.Threshold)
	st.Tracked += o.Tracked
	st.Capacity += o.Capacity
}

func newShard(cfg Config, b budget, number int, mem *offheap.Region) *Shard {
	g := newGeometry(cfg)
	s := &Shard{
		cfg: cfg, geo: g, budget: b,
		index:     newIndex(mem, b.slots),
		records:   offheap.Slice[record](mem, b.slots),
		free:      offheap.Slice[uint32](mem, b.slots),
		text:      newNames(mem, b.text),
		logs:      newPool[use](mem, b.logs, logRoom),
		narrow:    newPool[uint32](mem, b.narrow, g.cells()),
		wide:      newPool[uint64](mem, b.wide, g.cells()),
		registers: newWordPool(mem, b.registers, sketch.RegistersWords(cfg.AuthorPrecision)),
		scarce:    newWordPool(mem, b.scarce, sketch.RegistersWords(scarcePrecision)),
		door:      sketch.NewCountMin(mem, b.doorkeeper),
		meetings:  sketch.NewMeetings(mem, b.meetings, g.day),
		thin:      sketch.NewTally(mem, b.thin, g.thinPanes()),
		rng:       uint64(number) + 1,
		warmth:    newWarmth(cfg),
		news:      newNews(b.slots),
		panes:     newOpenPanes(mem, g.notes(), b.slots),
		threshold: fullThreshold,
		bell:      newBell(),
		scratch:   cfg.NewSeries(),
	}
	s.slots = cow.NewTable((*slotCells)(s), b.slots, 0)
	s.cut = cow.NewSet(nil, s.slots, s.door.Table(), s.meetings.Table(), s.thin.Table(), s.registers.table, s.scarce.table)
	return s
}

// used returns the number of slots in use.
func (s *Shard) used() int { return s.high - s.given }

// take returns a slot that is not in use. There must be one.
func (s *Shard) take() int {
	if s.given > 0 {
		s.given--
		return int(s.free[s.given])
	}
	s.high++
	return s.high - 1
}

// log returns the uses in a term's log.
func (s *Shard) log(r *record) []use {
	switch r.form {
	case formInline:
		return r.log[:r.len]
	case formLog:
		return s.logs.block(r.body)[:r.len]
	default:
		return nil
	}
}

// held returns the posts that a slot holds of the window and of what a reader of an
// older closed pane may still see.
func (s *Shard) held(slot int) (n uint64) {
	r := &s.records[slot]
	since := s.newest - s.geo.kept()
	switch r.form {
	case formNarrow:
		return heldSince(s.narrow.block(r.body), &s.geo, int64(r.newest), since)
	case formWide:
		return heldSince(s.wide.block(r.body), &s.geo, int64(r.newest), since)
	}
	for _, u := range s.log(r) {
		if u.pane(int64(r.newest)) >= since {
			posts, _ := u.counts()
			n += posts
		}
	}
	return n
}

// release frees a slot and all it has.
func (s *Shard) release(slot int) {
	s.slots.TouchCell(slot)
	r := &s.records[slot]
	s.index.remove(r.id, slot)
	s.text.drop(r.text)
	s.giveAuthors(r)
	switch r.form {
	case formLog:
		s.logs.give(r.body)
	case formNarrow:
		s.narrow.give(r.body)
	case formWide:
		s.wide.give(r.body)
	}
	*r = record{gen: r.gen}
	s.news.mark(slot)
	s.free[s.given] = uint32(slot)
	s.given++
}

// Retire frees the slots of terms that have nothing in the window any more: those
// that were quiet for maxQuiet panes, and those that were quiet for the window
// and never had fewest posts in all, watch lists but for these. It is called now and then with the newest
// closed pane, and costs a pass over the table.
func (s *Shard) Retire(pane, maxQuiet int64, fewest uint32) {
	for slot := range s.Slots() {
		r := &s.records[slot]
		quiet := pane - int64(r.newest)
		if quiet > maxQuiet || quiet > s.geo.panes && r.lifetime < fewest && r.kind != term.Watch {
			s.release(slot)
			s.stats.Retired++
		}
	}
}

// warmth weighs posts so that older ones count less: by 2^(pane/halfLife) at the
// time of the post (forward decay: Cormode, Shkapenyuk, Srivastava and Xu, ICDE
// 2009), so that what was added once need not be touched again.
type warmth struct {
	halfLife float64 // panes
	landmark int64   // pane of weight 1
	pane     int64   // of the last weight
	weight   float32
}

// The landmark moves on when weights reach 2^maxDoublings, far below where a
// float32 ends.
const maxDoublings = 60

func newWarmth(cfg Config) warmth {
	return warmth{halfLife: float64(12 * cfg.PanesPerHour()), pane: math.MinInt64}
}

// weigh returns the weight of a post in a pane.
func (s *Shard) weigh(pane int64) float32 {
	w := &s.warmth
	if pane == w.pane {
		return w.weight
	}
	doublings := float64(pane-w.landmark) / w.halfLife
	if doublings > maxDoublings {
		s.cool(pane)
		doublings = 0
	}
	w.pane, w.weight = pane, float32(math.Exp2(doublings))
	return w.weight
}

// cool makes a pane the landmark.
func (s *Shard) cool(pane int64) {
	factor := float32(math.Exp2(float64(s.warmth.landmark-pane) / s.warmth.halfLife))
	s.slots.TouchLines(0, (s.high+7)/8)
	for slot := range s.records[:s.high] {
		s.records[slot].heat *= factor
	}
	s.floor *= factor
	s.warmth.landmark = pane
	s.moments = [2]moment{}
}
