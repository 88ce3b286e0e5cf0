package engine

import (
	"math/bits"

	"github.com/zeebo/xxh3"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/pairs"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/internal/cow"
	"github.com/swell-radar/swell/internal/offheap"
	"github.com/swell-radar/swell/term"
)

// owner runs one shard and keeps what the detector remembers of its terms.
//
// Ownership: the owner's goroutine owns shard and memory, except while it is
// parked at a mark: from its arrival until it is released they belong to the
// conductor, which may lend them back by giving it a job.
type owner struct {
	number int // of the shard
	shift  uint
	shard  *window.Shard
	memory []memory // by slot
	// memories knows which of them changed.
	memories *cow.Table
	saving   saving // a cut that is under way
	pairs    *pairs.Table
	company  *company  // of the newest closed pane
	told     []term.ID // by slot: the term that was told to be there; 0 for none

	arrived chan<- *window.Mark // to the conductor: parked at this mark
	jobs    chan func(*owner)   // from the conductor while parked; nil releases
	asks    chan func(*owner)   // questions, answered between batches
	quit    <-chan struct{}
	reach   int64 // hours that the detector's longest window can touch

	// What the last job found; the conductor reads it before the next.
	candidates []detect.Candidate
	tails      map[uint16]*detect.Tails // by platform
	points     []Point
	panePoints []PanePoint
	trackings  []Tracking
	untold     []byte          // see noteUntold
	frames     []*detect.Frame // of the newest closed pane, by platform
	bound      uint32          // measured behind boundPane
	boundPane  int64
	falseSeen  float64
	horizon    float64
	group      []byte
	series     *window.Series
}

func newOwner(number int, s *window.Shard, opt *Options, arrived chan<- *window.Mark, spare chan []byte, mem *offheap.Region, quit <-chan struct{}) *owner {
	longest := 0
	for _, w := range opt.Detect.Windows {
		longest = max(longest, w.Panes)
	}
	o := &owner{
		number: number, shift: uint(64 - bits.TrailingZeros(uint(opt.Window.Shards))), shard: s, memory: offheap.Slice[memory](mem, s.Cap()), told: make([]term.ID, s.Cap()), series: opt.Window.NewSeries(), reach: int64(longest/detect.PanesPerHour) + 1,
		arrived: arrived, jobs: make(chan func(*owner)), asks: make(chan func(*owner)), quit: quit,
	}
	o.memories = cow.NewTable(memoryCells{o.memory}, len(o.memory), cellBytes)
	o.saving.first = feederUnits + ownerUnits*number
	o.pairs = pairs.New(mem, opt.pairBytes())
	o.saving.sets = [ownerUnits]*cow.Set{cow.NewSet(nil, o.memories), s.Cut(), cow.NewSet(nil, o.pairs.Tables()...)}
	for _, set := range o.saving.sets {
		set.SetBuffer(buffer(spare))
	}
	return o
}

func (o *owner) run() {
	for {
		switch what, mark := o.shard.Step(); what {
		case window.Sealed:
			if !o.park(mark) {
				return
			}
		case window.Counted:
			o.answer()
			if o.saving.cut != nil && !o.save() {
				return
			}
		case window.Idle:
			if o.saving.cut != nil {
				if !o.saveIdle() {
					return
				}
				continue
			}
			select {
			case <-o.shard.Bell():
			case ask := <-o.asks:
				ask(o)
			case <-o.quit:
				return
			}
		}
	}
}

// counts reports whether a term falls to the owner.
func (o *owner) counts(id term.ID) bool { return uint64(id)>>o.shift == uint64(o.number) }

// answer answers a question, if there is one.
func (o *owner) answer() {
	select {
	case ask := <-o.asks:
		ask(o)
	default:
	}
}

// park gives the shard to the conductor and does its jobs until it is released.
// It reports false when the engine is closed.
func (o *owner) park(mark *window.Mark) bool {
	if !o.arrive(mark) {
		return false
	}
	for {
		select {
		case job := <-o.jobs:
			if job == nil {
				return true
			}
			job(o)
		case <-o.quit:
			return false
		}
	}
}

// learn teaches the baselines of all terms the given hours, oldest first. A term has
// no hours before the one of its first post.
func (o *owner) learn(pane int64, frames []*detect.Frame, from, to int64) {
	for slot := range o.shard.Slots() {
		f := frames[o.shard.Platform(slot)]
		if f == nil {
			continue
		}
		m := o.remember(slot)
		if m.first == 0 {
			first := o.shard.Info(slot).First
			if first > pane {
				continue // an earlier post may still come
			}
			m.first = int32(detect.HourOf(first))
		}
		o.memories.TouchCell(slot)
		for hour := max(from, int64(m.first)); hour <= to; hour++ {
			posts, fresh := o.shard.Coarse(slot, hour)
			m.baseline.Learn(f, hour, posts, fresh)
		}
	}
}

// evaluate gathers the evidence of the terms that were touched in the pane, and
// of the open trends.
func (o *owner) evaluate(pane int64, frames []*detect.Frame, open []term.ID, opt *detect.Options) {
	o.candidates, o.frames = o.candidates[:0], frames
	for _, id := range open {
		if slot, ok := o.shard.Find(id); ok {
			o.consider(slot, pane, frames, opt, true)
		}
	}
	for _, slot := range o.shard.Touched(pane) {
		if float64(o.shard.Recent(int(slot), pane, o.reach)) < opt.MinPosts {
			continue // no window can hold what an alarm needs
		}
		if id := o.shard.ID(int(slot)); !contains(open, id) {
			o.consider(int(slot), pane, frames, opt, false)
		}
	}
}

// doorkeeperBound returns the bound of untracked counts, measured once a pane.
func (o *owner) doorkeeperBound(pane int64) uint32 {
	if o.boundPane != pane {
		o.bound, o.boundPane = o.shard.DoorkeeperBound(), pane
	}
	return o.bound
}

func (o *owner) consider(slot int, pane int64, frames []*detect.Frame, opt *detect.Options, open bool) {
	info := o.shard.Info(slot)
	f := frames[info.Platform]
	if f == nil {
		return
	}
	m := o.remember(slot)
	e := o.evidence(slot, pane, info, m, f, opt, open)
	if !e.Marks.Empty() {
		o.raise(slot, m, &e)
	}
	if e.Base > 0 || open {
		o.candidates = append(o.candidates, detect.Candidate{
			ID: uint64(info.ID), Group: o.groupOf(info.Kind, info.Key), Platform: info.Platform, Kind: uint8(info.Kind), Evidence: e,
		})
	}
}

func (o *owner) evidence(slot int, pane int64, info window.Info, m *memory, f *detect.Frame, opt *detect.Options, open bool) detect.Evidence {
	counts := o.series
	o.shard.Read(slot, pane, counts)
	return detect.Evaluate(detect.Series{
		PanePosts: counts.Posts, PaneFresh: counts.Fresh,
		HourPosts: counts.CoarsePosts, HourFresh: counts.CoarseFresh,
		FirstSeen: detect.PaneStart(info.First), Thin: o.shard.Thin(slot, pane), Open: open,
	}, &m.baseline, f, opt)
}

// groupOf returns what variants of a term, and the term on other platforms, have
// in common. Spellings vary where people type them; the keys of sounds, accounts
// and links are what they are.
func (o *owner) groupOf(kind term.Kind, key string) uint64 {
	if kind == term.Hashtag || kind == term.Keyword {
		o.group = term.AppendGroupKey(o.group[:0], key)
	} else {
		o.group = append(o.group[:0], key...)
	}
	return xxh3.HashSeed(o.group, uint64(kind))
}

// closeDay hands over how far the terms got on the day, and forgets it.
func (o *owner) closeDay() {
	o.tails = map[uint16]*detect.Tails{}
	for slot := range o.shard.Slots() {
		m := o.remember(slot)
		if m.marks.Empty() {
			continue
		}
		platform := o.shard.Platform(slot)
		if o.tails[platform] == nil {
			o.tails[platform] = new(detect.Tails)
		}
		o.tails[platform].Add(m.tier, &m.marks)
		o.memories.TouchCell(slot)
		m.marks = detect.Marks{}
	}
}

// closeHour lists what every term had in the hour.
func (o *owner) closeHour(hour int64, platforms *platforms) {
	o.points = o.points[:0]
	for slot := range o.shard.Slots() {
		posts, fresh := o.shard.Coarse(slot, hour)
		if posts == 0 {
			continue
		}
		info := o.shard.Info(slot)
		o.points = append(o.points, Point{
			ID: info.ID, Kind: info.Kind, Platform: platforms.name(info.Platform),
			Key: info.Key, Display: info.Display, FirstSeen: detect.PaneStart(info.First),
			Posts: posts, Fresh: fresh,
		})
	}
}
