package engine

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/gauges"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// closing is the note on the mark that closes a pane.
type closing struct {
	readings  []gauges.Reading
	facets    []TermFacet
	counters  Counters
	newest    int64
	platforms []Platform
	missing   []uint16 // platforms of which not all was seen, by number
	tallies   []platformTally
	joint     []uint64 // posts with several terms
	unpaired  uint32   // of these, those that are not there
}

// aligning is the note on a mark that only ends batches.
type aligning struct{}

// conductor closes panes: it makes the owners work while they are parked at a
// mark, lets the judge decide and publishes the result.
//
// Ownership: everything here belongs to its goroutine, and so do the shards while
// their owners are parked. Others read the view it publishes.
type conductor struct {
	opt       detect.Options
	core      *window.Core
	cfg       window.Config
	owners    []*owner
	platforms *platforms
	arrived   chan *window.Mark
	ticks     chan Tick
	quit      <-chan struct{}
	view      atomic.Pointer[View]

	state
}

// state is what the conductor carries from pane to pane.
type state struct {
	judge    *detect.Judge
	rhythms  []*detect.Rhythm // by platform; nil before its first post
	book     *gauges.Book
	coverage coverage
	activity activity
	termed   termed
	open     map[uint64]*label  // open trends by candidate ID
	bests    map[listed]float64 // the day's highest scores of terms in lists
	learned  int64              // newest hour that the baselines have learned
	day      int64
	pane     int64 // newest closed pane
	seq      uint64
	cstats   Core
}

// listed is a term in a list.
type listed struct {
	ID   term.ID
	List uint32
}

// label is what an open trend is called, and what is too dear to look up at every
// tick.
type label struct {
	ID                   term.ID
	Term                 term.Term
	Platform             uint16
	Gauge                bool
	Authors24, Authors72 uint64
	AuthorsError         float64
	ThinShare            float64
	Told                 bool // a detection was made of it, so its end is told as well
	// Habit is that of when the trend was raised; nil for what has no posts, and in snapshots of before it was kept.
	Habit *detect.Habit `json:",omitempty"`
}

// gaugeMark sets the candidates from gauges apart: a term may have posts and
// readings on one platform.
const gaugeMark = 0x6761756765

func (c *conductor) run() {
	for {
		mark, ok := c.gather()
		if !ok {
			return
		}
		var tick Tick
		switch note := mark.Note.(type) {
		case closing:
			tick = c.close(mark.Pane, note)
			ok = c.release()
		case cutting:
			c.each(func(o *owner) {
				o.beginCut(note.cut)
				o.noteUntold()
			})
			ok = c.release()
			tick = c.cut(mark.Pane, note)
		case aligning:
			ok = c.release()
			tick = Tick{Pane: mark.Pane}
		}
		if !ok {
			return
		}
		select {
		case c.ticks <- tick:
		case <-c.quit:
			return
		}
	}
}

// gather waits until every owner is parked.
func (c *conductor) gather() (mark *window.Mark, ok bool) {
	for range c.owners {
		select {
		case mark = <-c.arrived:
		case <-c.quit:
			return nil, false
		}
	}
	return mark, true
}

func (c *conductor) release() bool {
	for _, o := range c.owners {
		select {
		case o.jobs <- nil:
		case <-c.quit:
			return false
		}
	}
	return true
}

// each lets all owners do a job at once and waits until they are done, or until
// the engine is closed.
func (c *conductor) each(job func(*owner)) {
	var wg sync.WaitGroup
	for _, o := range c.owners {
		wg.Add(1)
		select {
		case o.jobs <- func(o *owner) { defer wg.Done(); job(o) }:
		case <-c.quit:
			wg.Done()
		}
	}
	wg.Wait()
}

func (c *conductor) close(pane int64, note closing) Tick {
	if c.pane == 0 {
		c.day, c.learned = detect.DayOf(pane), detect.HourOf(pane)-detect.Guard-1
	}
	before := c.pane
	c.pane = pane
	frames := c.frames(pane, note.missing)
	c.coverage.close(before, pane, len(note.platforms), note.missing, c.rhythms)
	c.activity.add(pane, note.tallies)
	from, to := max(c.learned+1, detect.HourOf(pane)-window.Hours), detect.HourOf(pane)-detect.Guard
	open := c.openIDs(false)
	c.each(func(o *owner) {
		if from <= to {
			o.learn(pane, frames, from, to)
		}
		o.evaluate(pane, frames, open, &c.opt)
		o.closePane(pane, c.platforms)
	})
	c.pair(pane, &note)
	c.learned = max(c.learned, to)
	tick := Tick{Pane: pane, Facets: note.facets, Detections: c.judgePane(pane, &note)}
	c.panePoints(&tick)
	hourEnds := detect.HourOf(pane+1) != detect.HourOf(pane)
	if hourEnds && c.begun() {
		c.closeHour(&tick)
	}
	if detect.DayOf(pane+1) != c.day {
		c.closeDay()
		c.day = detect.DayOf(pane + 1)
	}
	tick.View = c.publish(note)
	return tick
}

// frames tells every platform's rhythm what the pane brought, or that it is missing, and
// returns what it expects, by platform; nil where there never was a post.
func (c *conductor) frames(pane int64, missing []uint16) []*detect.Frame {
	var volumes []detect.Volume
	for _, o := range c.owners {
		for p, v := range o.shard.Volumes(pane) {
			for len(volumes) <= p {
				volumes = append(volumes, detect.Volume{})
			}
			volumes[p].Posts += v.Posts
			volumes[p].Fresh += v.Fresh
			volumes[p].Thin += v.Thin
		}
	}
	for p := range volumes {
		for len(c.rhythms) <= p {
			c.rhythms = append(c.rhythms, nil)
		}
		if c.rhythms[p] == nil && volumes[p].Posts > 0 {
			c.rhythms[p] = new(detect.Rhythm)
		}
	}
	// A platform may have terms in open panes before it has a rhythm.
	frames := make([]*detect.Frame, maxPlatforms)
	for p, r := range c.rhythms {
		if r == nil {
			continue
		}
		var v detect.Volume
		if p < len(volumes) {
			v = volumes[p]
		}
		r.Close(pane, v, slices.Contains(missing, uint16(p)))
		frames[p] = c.frame(uint16(p))
	}
	return frames
}

// frame returns what the platform, which has a rhythm, looks like after the newest
// closed pane.
func (c *conductor) frame(platform uint16) *detect.Frame {
	f := c.rhythms[platform].Frame(&c.opt)
	limits := *c.judge.Limits(platform) // the judge may move its own within the tick
	f.Limits = &limits
	return f
}

// openIDs returns the IDs of the open trends from posts or from gauges, in order.
func (c *conductor) openIDs(gauge bool) []term.ID {
	var ids []term.ID
	for _, l := range c.open {
		if l.Gauge == gauge {
			ids = append(ids, l.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

func contains(sorted []term.ID, id term.ID) bool {
	_, ok := slices.BinarySearch(sorted, id)
	return ok
}

// judgePane gives all evidence of the pane to the judge and names what changed.
func (c *conductor) judgePane(pane int64, note *closing) []Detection {
	var all []detect.Candidate
	for _, o := range c.owners {
		all = append(all, o.candidates...)
	}
	all = append(all, c.gaugeCandidates(pane, note)...)
	changes := c.judge.Tick(pane, all)
	out := make([]Detection, 0, len(changes))
	for i := range changes {
		ch := &changes[i]
		l := c.open[ch.ID]
		if l == nil {
			if l = c.name(&ch.Candidate); l == nil {
				continue
			}
			c.open[ch.ID] = l
		}
		// A variant is no news, but what was begun is ended.
		if !ch.Variant || l.Told && ch.Phase == detect.Over {
			c.countAuthors(l)
			l.Told = true
			out = append(out, c.detection(ch, l))
		}
		if ch.Phase == detect.Over {
			delete(c.open, ch.ID)
		}
	}
	return out
}

// gaugeCandidates returns what lists show of their terms. A term in several is judged by
// the one in which it is farthest beyond what that list asks for.
func (c *conductor) gaugeCandidates(pane int64, note *closing) []detect.Candidate {
	var out []detect.Candidate
	for _, e := range c.book.Close(pane, note.readings, c.openIDs(true), note.missing) {
		if e.Score > 0 {
			at := listed{e.ID, e.List}
			c.bests[at] = max(c.bests[at], e.Score)
		}
		cand := detect.Candidate{
			ID: uint64(e.ID) ^ gaugeMark, Group: c.owners[0].groupOf(e.Term.Kind, e.Term.Key), Platform: e.Platform,
			Kind: uint8(e.Term.Kind), List: e.List, Evidence: e.Evidence,
		}
		beyond := func(x *detect.Candidate) float64 { return x.Score - c.judge.ListThreshold(x.List) }
		if n := len(out); n > 0 && out[n-1].ID == cand.ID {
			if beyond(&cand) > beyond(&out[n-1]) {
				out[n-1] = cand
			}
			continue
		}
		out = append(out, cand)
	}
	return out
}

func (c *conductor) detection(ch *detect.Change, l *label) Detection {
	return Detection{
		TS: c.cfg.EndOf(c.pane), Term: l.Term, Platform: c.platforms.name(l.Platform),
		Phase: ch.Phase, From: ch.From, Score: ch.Score, Rate: ch.PostsPerHour, Expected: ch.ExpectedPerHour,
		Authors: l.Authors24, Started: detect.PaneStart(ch.Began), Confidence: ch.Confidence, Left: ch.Left, Gauge: l.Gauge,
	}
}

// name finds out what a candidate is called; nil if it has been evicted since it
// was evaluated, which cannot be within a pane.
func (c *conductor) name(cand *detect.Candidate) *label {
	if cand.Flags.Has(detect.FlagGauge) {
		e := c.book.Entry(term.ID(cand.ID ^ gaugeMark))
		if e == nil {
			return nil
		}
		return &label{ID: e.ID, Term: e.Term, Platform: e.Platform, Gauge: true}
	}
	s := c.core.ShardOf(term.ID(cand.ID))
	slot, ok := s.Find(term.ID(cand.ID))
	if !ok {
		return nil
	}
	info := s.Info(slot)
	return &label{ID: info.ID, Term: term.Term{Kind: info.Kind, Key: info.Key, Display: info.Display}, Platform: info.Platform}
}

// countAuthors refreshes a label from the shard: the display spelling and the
// distinct authors.
func (c *conductor) countAuthors(l *label) {
	if l.Gauge {
		return
	}
	s := c.core.ShardOf(l.ID)
	slot, ok := s.Find(l.ID)
	if !ok {
		return
	}
	l.Term.Display = s.Info(slot).Display
	l.Authors24, l.AuthorsError = s.Authors(slot, c.pane, 24)
	l.Authors72, _ = s.Authors(slot, c.pane, window.Hours)
}
