package engine

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/gauges"
	"github.com/swell-radar/swell/engine/window"
)

// cutting is the note on the mark of a cut.
type cutting struct {
	cut    *cut
	feeder feederState
	note   []byte
}

const (
	snapshotVersion = 4 // 1 had the tier of the best scores of gauges, 2 their platform and not the list, 3 nothing of what is missing and what happened
	feederVersion   = 5 // 1 had every post's hash of four days, 2 nothing of accounts and texts, 3 nothing of heartbeats, 4 not when platforms were met, nor their posts
)

// beatlessVersion is the oldest version of the feeder's part that is read as well.
const beatlessVersion = 3

type feederState struct {
	Version   int
	Started   bool
	Newest    int64
	Closed    int64
	Beat      int64 `json:",omitzero"`
	Apart     bool  `json:",omitzero"` // the pairs have memory of their own: see [Options]
	Counters  Counters
	Platforms []platformState
	Readings  []readingState
}

type platformState struct {
	Name     string
	Records  uint64
	Who      [3]uint64
	Arrivals window.Arrivals
	Gaps     []gap   `json:",omitempty"`
	Since    int64   `json:",omitzero"`
	Tallies  []tally `json:",omitempty"`
}

type readingState struct {
	Pane    int64
	Reading gauges.Reading
}

// state copies what is stored of the feeder beside its tables.
func (f *feeder) state() feederState {
	st := feederState{
		Version: feederVersion, Started: f.started, Newest: f.newest, Closed: f.closed, Beat: f.beat, Apart: f.apart,
		Counters: f.counters,
	}
	for _, name := range *f.platforms.names.Load() {
		pf := f.platforms.byName[name]
		st.Platforms = append(st.Platforms, platformState{name, pf.records, pf.who, pf.arrivals, slices.Clone(pf.gaps), pf.since, slices.Clone(pf.tallies)})
	}
	for _, r := range f.readings {
		st.Readings = append(st.Readings, readingState{r.pane, r.Reading})
	}
	return st
}

// pairsApart reports whether the pairs lie beside the memory that the engine was given,
// as they do ever since it was restored from a snapshot that had none. What else is wrong
// with the snapshot is found later.
func pairsApart(from *source) bool {
	data, err := from.read(partFeeder)
	if err != nil {
		return false
	}
	var st struct {
		Version int
		Apart   bool
	}
	return json.Unmarshal(data, &st) == nil && (st.Apart || st.Version < feederVersion)
}

func (f *feeder) restore(from *source) error {
	f.cuts = from.newest
	data, err := from.read(partFeeder)
	if err != nil {
		return err
	}
	var st feederState
	if err := json.Unmarshal(data, &st); err != nil {
		return fmt.Errorf("%s: %w", partFeeder, err)
	}
	if st.Version < beatlessVersion || st.Version > feederVersion {
		return fmt.Errorf("%s: version %d, this program reads %d", partFeeder, st.Version, feederVersion)
	}
	if len(st.Platforms) > maxPlatforms {
		return fmt.Errorf("%s: %d platforms, at most %d are possible", partFeeder, len(st.Platforms), maxPlatforms)
	}
	f.started, f.newest, f.closed, f.beat, f.counters = st.Started, st.Newest, st.Closed, st.Beat, st.Counters
	if st.Version < feederVersion {
		f.whole = f.cfg.HourOf(f.cfg.PaneOf(f.newest)) + 1
	}
	for _, p := range st.Platforms {
		pf := f.platforms.add(p.Name)
		pf.records, pf.who, pf.arrivals, pf.gaps, pf.since, pf.tallies = p.Records, p.Who, p.Arrivals, p.Gaps, p.Since, p.Tallies
	}
	for _, r := range st.Readings {
		f.readings = append(f.readings, paned{r.Pane, r.Reading})
	}
	return f.restoreTables(from)
}

// listlessVersion is the oldest version of the conductor's part that is read as well;
// the running day of gauges begins anew.
const listlessVersion = 2

type conductorState struct {
	Version  int
	Shards   int
	Learned  int64
	Day      int64
	Pane     int64
	Seq      uint64
	Core     Core
	Open     []openState
	Scores   []listScore // in order
	Rhythms  []int       // platforms that have one
	Missing  coverage    `json:",omitempty"`
	Activity activity
	Termed   termed
	Last     *lastState
}

// listScore is the day's highest score of a term in a list.
type listScore struct {
	listed
	Score float64
}

type openState struct {
	Candidate uint64
	Label     label
}

// lastState is what the last view showed beyond what can be read again, in a snapshot
// of the format before.
type lastState struct {
	Newest    int64
	Counters  Counters
	Platforms []Platform
}

// cut makes the tick of a cut, which the owners have begun.
func (c *conductor) cut(pane int64, note cutting) Tick {
	small, err := c.encode(note.feeder)
	if err != nil {
		note.cut.end(false)
		return Tick{Pane: pane, Err: err}
	}
	for _, o := range c.owners {
		small = append(small, Part{Name: shardUnit(o.number) + headOf, Data: o.saving.head})
		small = append(small, Part{Name: pairsUnit(o.number) + headOf, Data: o.saving.pairs})
		if len(o.untold) > 0 {
			small = append(small, Part{Name: fmt.Sprint(partUntold, o.number), Data: o.untold})
		}
	}
	note.cut.small = append(note.cut.small, small...)
	return Tick{Pane: pane, Snapshot: &Snapshot{Pane: pane, AsOf: c.cfg.EndOf(pane), Note: note.note, cut: note.cut}}
}

// encode encodes what the conductor has, and the feeder's state.
func (c *conductor) encode(feeder feederState) (parts []Part, err error) {
	add := func(name string, data []byte, problem error) {
		if problem != nil && err == nil {
			err = fmt.Errorf("engine: cannot encode %s: %w", name, problem)
		}
		parts = append(parts, Part{Name: name, Data: data})
	}
	st := conductorState{
		Version: snapshotVersion, Shards: len(c.owners), Learned: c.learned, Day: c.day, Pane: c.pane, Seq: c.seq, Core: c.cstats,
		Missing: c.coverage, Activity: c.activity, Termed: c.termed,
	}
	for at, score := range c.bests {
		st.Scores = append(st.Scores, listScore{at, score})
	}
	slices.SortFunc(st.Scores, func(a, b listScore) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.List, b.List)) })
	for _, id := range slices.Sorted(maps.Keys(c.open)) {
		st.Open = append(st.Open, openState{id, *c.open[id]})
	}
	for p, r := range c.rhythms {
		if r != nil {
			enc, err := r.AppendBinary(nil)
			st.Rhythms = append(st.Rhythms, p)
			add(fmt.Sprint(partRhythm, p), enc, err)
		}
	}
	if v := c.view.Load(); v.Seq != 0 {
		add(partView, v.AppendBinary(nil), nil)
	}
	enc, problem := json.Marshal(st)
	add(partConductor, enc, problem)
	enc, problem = json.Marshal(feeder)
	add(partFeeder, enc, problem)
	enc, problem = c.judge.AppendBinary(nil)
	add(partJudge, enc, problem)
	enc, problem = c.book.AppendBinary(nil)
	add(partGauges, enc, problem)
	return parts, err
}

// restore reads what is the conductor's and the owners'. whole is the first hour of which
// all posts are counted by platform and paired.
func (c *conductor) restore(from *source, whole int64) error {
	data, err := from.read(partConductor)
	if err != nil {
		return err
	}
	var st conductorState
	if err := json.Unmarshal(data, &st); err != nil {
		return fmt.Errorf("%s: %w", partConductor, err)
	}
	if st.Version < listlessVersion || st.Version > snapshotVersion {
		return fmt.Errorf("%s: version %d, this program reads %d", partConductor, st.Version, snapshotVersion)
	}
	if st.Shards != len(c.owners) {
		return fmt.Errorf("%s: made with %d shards, this configuration has %d", partConductor, st.Shards, len(c.owners))
	}
	c.learned, c.day, c.pane, c.seq, c.cstats, c.coverage = st.Learned, st.Day, st.Pane, st.Seq, st.Core, st.Missing
	c.activity, c.termed = st.Activity, st.Termed
	c.activity.Whole = max(c.activity.Whole, whole)
	for _, s := range st.Scores {
		c.bests[s.listed] = s.Score
	}
	for _, o := range st.Open {
		l := o.Label
		c.open[o.Candidate] = &l
	}
	for _, p := range st.Rhythms {
		if p < 0 || p >= maxPlatforms {
			return fmt.Errorf("%s: a rhythm of platform %d", partConductor, p)
		}
		for len(c.rhythms) <= p {
			c.rhythms = append(c.rhythms, nil)
		}
		c.rhythms[p] = new(detect.Rhythm)
		if data, err = from.read(fmt.Sprint(partRhythm, p)); err != nil {
			return err
		}
		if err := c.rhythms[p].UnmarshalBinary(data); err != nil {
			return fmt.Errorf("%s%d: %w", partRhythm, p, err)
		}
	}
	if data, err = from.read(partJudge); err != nil {
		return err
	}
	if c.judge, err = detect.DecodeJudge(data, c.opt); err != nil {
		return fmt.Errorf("%s: %w", partJudge, err)
	}
	if data, err = from.read(partGauges); err != nil {
		return err
	}
	if c.book, err = gauges.Decode(data); err != nil {
		return err
	}
	for _, o := range c.owners {
		if err := o.restore(from); err != nil {
			return err
		}
	}
	// Questions about a term need what was expected at the newest closed pane.
	frames := make([]*detect.Frame, maxPlatforms)
	for p, r := range c.rhythms {
		if r != nil {
			frames[p] = c.frame(uint16(p))
		}
	}
	company := c.meet()
	for _, o := range c.owners {
		o.frames, o.company = frames, company
	}
	return c.showLast(from, st.Last)
}

// showLast publishes the last view again, as it was: within an open pane it cannot be
// made again from what is counted.
func (c *conductor) showLast(from *source, last *lastState) error {
	switch {
	case from.has(partView):
		data, err := from.read(partView)
		if err != nil {
			return err
		}
		v, err := DecodeView(data)
		if err != nil {
			return fmt.Errorf("%s: %w", partView, err)
		}
		c.view.Store(v)
	case last != nil && c.pane != 0: // of the format before, which is cut at the end of a pane
		c.seq--
		c.publish(closing{newest: last.Newest, counters: last.Counters, platforms: last.Platforms})
	}
	return nil
}
