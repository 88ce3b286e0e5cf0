package engine

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/gauges"
	"github.com/swell-radar/swell/engine/window"
)

// Snapshot is the whole state of an engine at one cut: what [Restore] goes on
// from. It is made of named parts so that a store can write one after the other.
type Snapshot struct {
	Pane  int64  // newest closed pane
	AsOf  int64  // its end, Unix seconds
	Note  []byte // what the caller gave to [Engine.Cut]
	Parts []Part
}

// Part is one named piece of a snapshot.
type Part struct {
	Name string
	Data []byte
}

// cutting is the note on the mark of a cut.
type cutting struct {
	feeder []byte
	tables []Part
	note   []byte
}

const (
	snapshotVersion = 2 // 1 had the tier of the best scores of gauges
	feederVersion   = 3 // 1 had every post's hash of four days, 2 nothing of accounts and texts
)

// The parts. Those of shards and rhythms end in a number.
const (
	partFeeder    = "feeder"
	partSeen      = "seen"
	partKnown     = "known"
	partSaid      = "said"
	partConductor = "conductor"
	partJudge     = "judge"
	partGauges    = "gauges"
	partRhythm    = "rhythm/"
	partShard     = "shard/"
	partMemory    = "memory/"
)

type feederState struct {
	Version   int
	Started   bool
	Newest    int64
	Closed    int64
	Counters  Counters
	Platforms []platformState
	Readings  []readingState
}

type platformState struct {
	Name     string
	Records  uint64
	Who      [3]uint64
	Arrivals window.Arrivals
}

type readingState struct {
	Pane    int64
	Reading gauges.Reading
}

func (f *feeder) encode() ([]byte, error) {
	st := feederState{
		Version: feederVersion, Started: f.started, Newest: f.newest, Closed: f.closed, Counters: f.counters,
	}
	for _, name := range *f.platforms.names.Load() {
		pf := f.platforms.byName[name]
		st.Platforms = append(st.Platforms, platformState{name, pf.records, pf.who, pf.arrivals})
	}
	for _, r := range f.readings {
		st.Readings = append(st.Readings, readingState{r.pane, r.Reading})
	}
	return json.Marshal(st)
}

// table is one of the feeder's tables of fixed size, a part of its own.
type table struct {
	part    string
	bytes   int
	encode  func(dst []byte) []byte
	restore func(data []byte) (rest []byte, err error)
}

func (f *feeder) tables() [3]table {
	accounts, texts := f.thin.accounts, f.thin.texts
	return [...]table{
		{partSeen, f.seen.Bytes(), f.seen.AppendBinary, f.seen.Restore},
		{partKnown, accounts.Bytes(), accounts.AppendBinary, accounts.Restore},
		{partSaid, texts.Bytes(), texts.AppendBinary, texts.Restore},
	}
}

// encodeTables encodes the tables, each into room for the longest it can be.
func (f *feeder) encodeTables() (parts []Part) {
	for _, t := range f.tables() {
		parts = append(parts, Part{t.part, t.encode(make([]byte, 0, t.bytes/8*9+64))})
	}
	return parts
}

func (f *feeder) restore(parts map[string][]byte) error {
	var st feederState
	if err := json.Unmarshal(parts[partFeeder], &st); err != nil {
		return fmt.Errorf("%s: %w", partFeeder, err)
	}
	if st.Version != feederVersion {
		return fmt.Errorf("%s: version %d, this program reads %d", partFeeder, st.Version, feederVersion)
	}
	if len(st.Platforms) > maxPlatforms {
		return fmt.Errorf("%s: %d platforms, at most %d are possible", partFeeder, len(st.Platforms), maxPlatforms)
	}
	f.started, f.newest, f.closed, f.counters = st.Started, st.Newest, st.Closed, st.Counters
	for _, p := range st.Platforms {
		pf := f.platforms.add(p.Name)
		pf.records, pf.who, pf.arrivals = p.Records, p.Who, p.Arrivals
	}
	for _, r := range st.Readings {
		f.readings = append(f.readings, paned{r.Pane, r.Reading})
	}
	for _, table := range f.tables() {
		rest, err := table.restore(parts[table.part])
		if err != nil {
			return fmt.Errorf("%s: %w", table.part, err)
		}
		if len(rest) > 0 {
			return fmt.Errorf("%s: %d bytes too many", table.part, len(rest))
		}
	}
	return nil
}

type conductorState struct {
	Version int
	Shards  int
	Learned int64
	Day     int64
	Pane    int64
	Seq     uint64
	Core    Core
	Open    []openState
	Bests   map[uint64]best
	Rhythms []int // platforms that have one
	Last    *lastState
}

type openState struct {
	Candidate uint64
	Label     label
}

// lastState is what the last view showed beyond what can be read again.
type lastState struct {
	Newest    int64
	Counters  Counters
	Platforms []Platform
}

func (c *conductor) cut(pane int64, note cutting) Tick {
	snap := &Snapshot{Pane: pane, AsOf: c.cfg.EndOf(pane), Note: note.note}
	add := func(name string, data []byte) {
		snap.Parts = append(snap.Parts, Part{Name: name, Data: data})
	}
	st := conductorState{
		Version: snapshotVersion, Shards: len(c.owners), Learned: c.learned, Day: c.day, Pane: c.pane, Seq: c.seq, Core: c.cstats, Bests: c.bests,
	}
	for _, id := range slices.Sorted(maps.Keys(c.open)) {
		st.Open = append(st.Open, openState{id, *c.open[id]})
	}
	for p, r := range c.rhythms {
		if r != nil {
			enc, err := r.AppendBinary(nil)
			if err != nil {
				return Tick{Err: fmt.Errorf("engine: cannot encode a rhythm: %w", err)}
			}
			st.Rhythms = append(st.Rhythms, p)
			add(fmt.Sprint(partRhythm, p), enc)
		}
	}
	if v := c.view.Load(); v != nil {
		st.Last = &lastState{v.Newest, v.Counters, v.Platforms}
	}
	enc, err := json.Marshal(st)
	if err != nil {
		return Tick{Err: fmt.Errorf("engine: cannot encode the conductor: %w", err)}
	}
	add(partConductor, enc)
	add(partFeeder, note.feeder)
	for _, p := range note.tables {
		add(p.Name, p.Data)
	}
	if enc, err = c.judge.AppendBinary(nil); err != nil {
		return Tick{Err: fmt.Errorf("engine: cannot encode the judge: %w", err)}
	}
	add(partJudge, enc)
	if enc, err = c.book.AppendBinary(nil); err != nil {
		return Tick{Err: err}
	}
	add(partGauges, enc)
	c.each(func(o *owner) { o.encoded = o.shard.AppendBinary(nil) })
	for i, o := range c.owners {
		add(fmt.Sprint(partShard, i), o.encoded)
		o.encoded = nil
		if enc, err = o.appendMemory(make([]byte, 0, o.shard.Stats().Tracked*memoryBytes)); err != nil {
			return Tick{Err: fmt.Errorf("engine: cannot encode a baseline: %w", err)}
		}
		add(fmt.Sprint(partMemory, i), enc)
	}
	return Tick{Pane: pane, Snapshot: snap}
}

func (c *conductor) restore(parts map[string][]byte) error {
	var st conductorState
	if err := json.Unmarshal(parts[partConductor], &st); err != nil {
		return fmt.Errorf("%s: %w", partConductor, err)
	}
	if st.Version != snapshotVersion {
		return fmt.Errorf("%s: version %d, this program reads %d", partConductor, st.Version, snapshotVersion)
	}
	if st.Shards != len(c.owners) {
		return fmt.Errorf("%s: made with %d shards, this configuration has %d", partConductor, st.Shards, len(c.owners))
	}
	c.learned, c.day, c.pane, c.seq, c.cstats = st.Learned, st.Day, st.Pane, st.Seq, st.Core
	if st.Bests != nil {
		c.bests = st.Bests
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
		if err := c.rhythms[p].UnmarshalBinary(parts[fmt.Sprint(partRhythm, p)]); err != nil {
			return fmt.Errorf("%s%d: %w", partRhythm, p, err)
		}
	}
	var err error
	if c.judge, err = detect.DecodeJudge(parts[partJudge], c.opt); err != nil {
		return fmt.Errorf("%s: %w", partJudge, err)
	}
	if c.book, err = gauges.Decode(parts[partGauges]); err != nil {
		return err
	}
	for i, o := range c.owners {
		if err := o.shard.Restore(parts[fmt.Sprint(partShard, i)]); err != nil {
			return fmt.Errorf("%s%d: %w", partShard, i, err)
		}
		if err := o.restoreMemory(parts[fmt.Sprint(partMemory, i)]); err != nil {
			return fmt.Errorf("%s%d: %w", partMemory, i, err)
		}
	}
	// Questions about a term need what was expected at the newest closed pane.
	frames := make([]*detect.Frame, maxPlatforms)
	for p, r := range c.rhythms {
		if r != nil {
			frames[p] = c.frame(uint16(p))
		}
	}
	for _, o := range c.owners {
		o.frames = frames
	}
	if st.Last != nil && st.Pane != 0 {
		c.seq--
		c.publish(closing{newest: st.Last.Newest, counters: st.Last.Counters, platforms: st.Last.Platforms})
	}
	return nil
}

// appendMemory encodes what the detector remembers of the terms in use: per slot
// its number, the day's marks, their tier and the baseline.
func (o *owner) appendMemory(dst []byte) ([]byte, error) {
	var err error
	for slot := range o.shard.Slots() {
		m := o.remember(slot)
		dst = binary.LittleEndian.AppendUint32(dst, uint32(slot))
		dst = append(dst, m.marks[:]...)
		dst = append(dst, m.tier)
		if dst, err = m.baseline.AppendBinary(dst); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// memoryBytes is what appendMemory writes for a term.
const memoryBytes = baselineAt + detect.BaselineBytes

// Where the parts of it begin; the slot is at the front.
const (
	marksAt    = 4
	tierAt     = marksAt + detect.MarksBytes
	baselineAt = tierAt + 1
)

func (o *owner) restoreMemory(data []byte) error {
	const size = memoryBytes
	if want := size * o.shard.Stats().Tracked; len(data) != want {
		return fmt.Errorf("%d bytes, %d belong to the terms of the shard", len(data), want)
	}
	for ; len(data) > 0; data = data[size:] {
		slot := binary.LittleEndian.Uint32(data)
		tier := data[tierAt]
		if slot >= uint32(len(o.memory)) || tier >= detect.Tiers {
			return fmt.Errorf("slot %d of %d, tier %d of %d", slot, len(o.memory), tier, detect.Tiers)
		}
		m := &o.memory[slot]
		m.generation = o.shard.Generation(int(slot))
		m.tier = tier
		if err := m.marks.UnmarshalBinary(data[marksAt:tierAt]); err != nil {
			return err
		}
		if err := m.baseline.UnmarshalBinary(data[baselineAt:size]); err != nil {
			return err
		}
	}
	return nil
}
