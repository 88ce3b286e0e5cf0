package engine

import (
	"sync/atomic"

	"github.com/swell-radar/swell/engine/gauges"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/internal/offheap"
	"github.com/swell-radar/swell/sketch"
	"github.com/swell-radar/swell/term"
)

// Outcome says what became of a record.
type Outcome uint8

const (
	// Counted: its terms were counted, its readings noted, or it was a heartbeat.
	Counted Outcome = iota
	// Duplicate: a record with its platform and ID came within the last 72
	// hours, or as far back as the memory for such reaches.
	Duplicate
	// Late: its pane was closed already.
	Late
)

// Counters count records since the engine was first made, restarts included.
type Counters struct {
	Records      uint64 `json:"records"`       // taken in, whatever became of them
	Occurrences  uint64 `json:"occurrences"`   // posts counted
	Gauges       uint64 `json:"gauges"`        // readings of terms noted
	Observations uint64 `json:"observations"`  // terms of posts counted
	Duplicates   uint64 `json:"duplicates"`    // not counted: seen before
	Late         uint64 `json:"late"`          // not counted: too late for their pane
	TermsDropped uint64 `json:"terms_dropped"` // terms beyond what one record may have
	// RecentHorizon is for about how many hours a post is known again when it
	// comes once more, as of the newest closed pane: 72, or less where memory runs
	// short.
	RecentHorizon float64 `json:"recent_horizon_h"`
	// Newcomers and Echoes count posts that are thin, by why: see
	// [window.NewcomerHours]. One that is both counts twice.
	Newcomers uint64 `json:"newcomers"`
	Echoes    uint64 `json:"echoes"`
	// AccountHorizon and EchoHorizon are for about how many hours accounts and texts
	// are remembered, as of the newest closed pane: [window.NewcomerHours] and
	// [window.EchoHours], or less where memory runs short.
	AccountHorizon float64 `json:"account_horizon_h"`
	EchoHorizon    float64 `json:"echo_horizon_h"`
	// FacetsDropped counts the pairs of a term and a language or region that there
	// was no room for in their pane.
	FacetsDropped uint64 `json:"facets_dropped"`
	// Unpaired counts the posts with several terms that there was no room for in their
	// pane, as of the newest closed one: what they tell of which terms come together is lost.
	Unpaired uint64 `json:"unpaired"`
	// Heartbeats are no part of Records.
	Heartbeats uint64 `json:"heartbeats"`
}

// feeder is the state of the goroutine that calls Observe.
type feeder struct {
	cfg       window.Config
	producer  *window.Producer
	extractor term.Extractor
	platforms *platforms
	seen      *sketch.Recent
	thin      thinness
	hasher
	facets   *facets
	joint    joint
	followed atomic.Pointer[Followed]

	started  bool
	newest   int64 // newest event time, Unix microseconds
	closed   int64 // newest closed pane
	due      int64 // no event time before it closes another pane; Unix microseconds
	beat     int64 // pane of the newest heartbeat; 0: there was none
	last     span  // of the last record
	readings []paned
	counters Counters
	// whole is the first hour of which all posts are in the tallies, where a snapshot of a
	// format before did not tell those of open panes.
	whole int64
	apart bool // see [Options]
	marks uint64

	spare  chan []byte // empty pieces of cuts
	tables [feederUnits]table
	cut    *cut   // the last one
	saving int    // the table that it is at; all: nothing is left to do
	cuts   uint64 // number of the last one
}

// paned is a gauge reading waiting for its pane to close.
type paned struct {
	pane int64
	gauges.Reading
}

// span is a pane, its Unix hour and its bounds in Unix microseconds: until is the
// first moment after it. Records come by time, so that nearly all are in the pane
// of the one before.
type span struct{ pane, hour, from, until int64 }

func (f *feeder) span(ts int64) (pane, hour int64) {
	if ts < f.last.from || ts >= f.last.until {
		pane, length := f.cfg.PaneOf(ts), f.cfg.Pane.Microseconds()
		f.last = span{pane, f.cfg.HourOf(pane), pane * length, (pane + 1) * length}
	}
	return f.last.pane, f.last.hour
}

func newFeeder(o Options, p *window.Producer, mem *offheap.Region) *feeder {
	f := &feeder{
		cfg: o.Window, producer: p,
		platforms: newPlatforms(nil), facets: newFacets(),
		seen:     sketch.NewRecent(mem, o.tableBytes(recentShare), window.Hours),
		counters: Counters{RecentHorizon: window.Hours, AccountHorizon: window.NewcomerHours, EchoHorizon: window.EchoHours},
		hasher:   newHasher(o.AuthorKey), joint: newJoint(o.Window.Memory), apart: o.apart,
	}
	f.thin = newThinness(&o, f.k0, mem)
	f.tabled()
	return f
}

// advance closes the panes that end before the time, less the lateness, and
// returns how many.
func (f *feeder) advance(ts int64) int {
	if !f.started {
		f.started = true
		f.newest = ts
		f.closed = f.cfg.PaneOf(ts-f.cfg.Allowed().Microseconds()) - 1
		return 0
	}
	if ts <= f.newest {
		return 0
	}
	f.newest = ts
	if ts < f.due {
		return 0
	}
	allowed := f.cfg.Allowed().Microseconds()
	n := f.closeThrough(f.cfg.PaneOf(ts-allowed) - 1)
	// The next to close does so when the watermark comes to its end.
	f.due = (f.closed+2)*f.cfg.Pane.Microseconds() + allowed
	return n
}

// A leap in time longer than this is taken as an outage: trends have ended by
// then, and what was not watched is missing rather than zero.
const maxQuietHours = 96

func (f *feeder) closeThrough(last int64) int {
	n := 0
	quiet := f.closed + maxQuietHours*f.cfg.PanesPerHour()
	for f.closed < last {
		if f.closed >= quiet {
			f.closed = last - 1
		}
		f.closed++
		f.seal(f.closing())
		n++
	}
	return n
}

func (f *feeder) seal(note any) {
	f.saveBefore()
	f.marks++
	f.producer.Seal(&window.Mark{Pane: f.closed, Note: note})
}

func (f *feeder) closing() closing {
	f.counters.RecentHorizon = f.seen.Horizon()
	f.counters.AccountHorizon, f.counters.EchoHorizon = f.thin.accounts.Horizon(), f.thin.texts.Horizon()
	joint, unpaired := f.joint.take(f.closed)
	f.counters.Unpaired += uint64(unpaired)
	return closing{
		joint: joint, unpaired: unpaired,
		readings: f.take(), facets: f.facets.take(), counters: f.counters, newest: f.newest,
		platforms: f.platforms.list(), missing: f.platforms.missing(f.closed),
		tallies: f.platforms.tallies(f.closed),
	}
}

// take returns the readings of the panes that are closed now.
func (f *feeder) take() []gauges.Reading {
	var out []gauges.Reading
	kept := f.readings[:0]
	for _, r := range f.readings {
		if r.pane <= f.closed {
			out = append(out, r.Reading)
		} else {
			kept = append(kept, r)
		}
	}
	f.readings = kept
	return out
}

func (f *feeder) observe(rec *term.Record) Outcome {
	if rec.Heartbeat != nil {
		f.heartbeat(rec)
		return Counted
	}
	f.advance(rec.TS)
	f.counters.Records++
	if f.saving < len(f.tables) {
		f.saveAlong()
	}
	pane, hour := f.span(rec.TS)
	if pane <= f.closed {
		f.counters.Late++
		return Late
	}
	pf := f.platforms.get(rec.Platform)
	pf.meet(pane)
	if rec.Gauge != nil {
		f.gauge(rec, pf, pane)
		return Counted
	}
	var post uint64
	if rec.ID != "" {
		post = f.hash('i', rec.Platform, rec.ID)
		if !f.seen.Add(post, hour) {
			f.counters.Duplicates++
			return Duplicate
		}
	}
	f.occurrence(rec, pf, pane, hour, post)
	return Counted
}

func (f *feeder) occurrence(rec *term.Record, pf *platform, pane, hour int64, post uint64) {
	terms, dropped := f.extractor.Terms(rec)
	f.counters.Occurrences++
	f.counters.Observations += uint64(len(terms))
	f.counters.TermsDropped += uint64(dropped)
	o := window.Observation{
		Pane: pane, Author: f.author(rec, pf, post), Repost: rec.Repost, Platform: pf.number,
	}
	o.Thin = f.isThin(rec, pf, o.Author, hour, len(terms) > 0)
	pf.tally(pane).note(rec, len(terms))
	var lang, region uint16
	if rec.Lang != "" {
		lang = f.facets.lang.number(rec.Lang)
	}
	if rec.Region != "" {
		region = f.facets.region.number(rec.Region)
	}
	joint, followed := f.joint.room(pane, len(terms)), f.followed.Load()
	for i := range terms {
		t := &terms[i]
		o.ID, o.Kind, o.Key, o.Display = pf.scopes[t.Kind].ID(t.Key), t.Kind, t.Key, t.Display
		if i < len(joint) {
			joint[i] = uint64(o.ID)
		}
		f.producer.Observe(&o)
		f.counters.FacetsDropped += f.facets.note(o.ID, lang, region)
		if followed != nil && followed.has(o.ID) {
			followed.told(rec, o.ID)
		}
	}
}

// isThin reports whether a post is thin, and counts why.
func (f *feeder) isThin(rec *term.Record, pf *platform, author uint64, hour int64, hasTerms bool) (thin bool) {
	if named(rec) && f.thin.newcomer(pf, author, hour) {
		thin = true
		f.counters.Newcomers++
	}
	if hasTerms && !rec.Repost && f.thin.echo(pf, rec.Text, author, hour) {
		thin = true
		f.counters.Echoes++
	}
	return thin
}

// author returns the hash of whoever stands behind the record: its author, else
// its community, else the post itself, whose hash is given; zero when it names
// none of them.
func (f *feeder) author(rec *term.Record, pf *platform, post uint64) uint64 {
	switch {
	case named(rec):
		pf.who[0]++
		return f.hasher.author(rec)
	case rec.Group != "":
		pf.who[1]++
		return f.hash('g', rec.Platform, rec.Group)
	case rec.ID != "":
		pf.who[2]++
		return post
	}
	return 0
}

// listName sets the lists of regions apart: the same term has a rank in each.
func listName(rec *term.Record) string {
	if rec.Region == "" {
		return rec.Gauge.List
	}
	return rec.Gauge.List + "@" + rec.Region
}

// gauge keeps a reading until its pane is closed. The record's strings do not
// last that long.
func (f *feeder) gauge(rec *term.Record, pf *platform, pane int64) {
	f.counters.Gauges++
	rec.Own()
	t := rec.Gauge.Term
	f.readings = append(f.readings, paned{pane, gauges.Reading{
		ID: pf.scopes[t.Kind].ID(t.Key), At: rec.TS / 1e6, Platform: pf.number,
		List: listName(rec), Term: t, Values: append([]term.Reading(nil), rec.Gauge.Values...),
	}})
}
