package engine

import (
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// View is what the engine found up to the end of one pane. It is immutable:
// any goroutine may read one for as long as it likes.
type View struct {
	Seq       uint64  // rises by one with every view
	AsOf      int64   // Unix second up to which records are taken as complete; 0 before the first pane
	From      int64   // Unix second at which the 72-hour window begins
	Newest    int64   // event time of the newest record when the pane was closed, Unix microseconds
	Trends    []Trend // the ranking: open trends, highest rank first
	Held      []Trend // held back as unconfirmed, highest rank first: not to be recommended
	Variants  []Trend // further spellings of the trends in the ranking, highest rank first
	Platforms []Platform
	Counters  Counters
	Core      Core
}

// Trend is an open trend with what people want to know of it.
type Trend struct {
	detect.Trend
	Term     term.Term
	Platform string
	Spread   Spread
	Why      detect.Why
	// Variants are the other spellings that are open on the platform, highest rank
	// first; VariantOf is the key of the trend of which this one is another spelling,
	// empty if it stands for itself.
	Variants  []Variant
	VariantOf string

	// Posts of the 72 UTC hours that end with the running one, oldest first.
	// Nil for a trend found in gauges.
	Hours []uint32
	// Posts in these hours, exact if Over is zero, else at most Over too high.
	Posts uint64
	Over  uint64
	// Usual tells what is usual in these hours and those to come. Nil where Hours is, and in a
	// view that was decoded: it is not stored.
	Usual *detect.Usual
	// Distinct authors in the last 24 and 72 hours, with the relative standard
	// error; 0 is exact.
	Authors24, Authors72 uint64
	AuthorsError         float64
	// ThinShare is the share of the posts of two hours that were thin when it was
	// last told that most were, at most so high; 0 if that was never so.
	ThinShare float64
}

// Sentence says in plain English why the term was raised.
func (t *Trend) Sentence() string { return t.Why.Sentence(t.Term.Display) }

// Platform is what the engine knows of one platform.
type Platform struct {
	Name    string
	Spread  Spread
	Records uint64 // met so far, posts and readings
	// Since is the start of the pane in which it was first met, in Unix seconds; 0: a
	// snapshot of a format before did not tell. Missing are the parts of the window since
	// then of which not all was seen, up to AsOf: rising, none touches another.
	Since   int64
	Missing []Gap
	// Thresholds are the scores that an alarm needs as of the newest closed pane, by
	// volume tier: see [detect.TierOf].
	Thresholds [detect.Tiers]float64
}

// Gap is a half-open range of time, in Unix seconds: whole panes.
type Gap struct{ From, To int64 }

// Core describes the state of the counting core, summed over shards.
type Core struct {
	window.Stats
	// DoorkeeperBound is by how much the count of an untracked term is too high
	// at most, with a chance of 1-window.BoundDelta: the worst shard's.
	DoorkeeperBound uint32
	// FalseSeen is the share of fresh authors taken for known: the worst shard's.
	FalseSeen float64
	// FreshHorizon is for how many hours authors are remembered as known: 24, or
	// less where memory runs short; the worst shard's. It is measured once an
	// hour; 0 before the first time.
	FreshHorizon float64
	// BlurredAt and AuthorsLostAt are the ends of the last panes in which these
	// counts rose, in Unix seconds; 0 if they never did.
	BlurredAt, AuthorsLostAt int64
	// Memory is what the engine was given, in bytes.
	Memory int64
	Gauges int // terms with readings
	// GaugesRefused counts readings of terms for which there was no room.
	GaugesRefused uint64
}

// Tick is what closing one pane gave. Ticks come in order and none is left out.
// That of an alignment has its Pane alone.
type Tick struct {
	Pane       int64
	View       *View
	Detections []Detection
	// PanePoints are the counts of the pane, Trackings tell of which terms it
	// changed how they are counted. Neither is in any order.
	PanePoints []PanePoint
	Trackings  []Tracking
	// Facets are the languages and regions of the posts that terms were used in since
	// the pane before was closed, tracked terms or not; a pair may come twice.
	Facets []TermFacet
	// Hour is set when the pane was the last of an hour: that Unix hour, its points and
	// readings, and what happened in it on the platforms, in the order these were met.
	Hour     int64
	Points   []Point
	Readings []ReadingPoint
	Activity []Activity
	// Snapshot is set instead of the others when the tick is a cut.
	Snapshot *Snapshot
	// Err is set when a cut could not be made.
	Err error
}

// Point is one tracked term's counts in one hour.
type Point struct {
	ID        term.ID
	Kind      term.Kind
	Platform  string
	Key       string
	Display   string
	FirstSeen int64 // start of the pane of the first post counted, Unix seconds
	Posts     uint32
	Fresh     uint32 // fresh authors, in halves
}

// ReadingPoint is the last reading of one metric of a gauge in one hour.
type ReadingPoint struct {
	ID       term.ID
	Platform string
	Term     term.Term
	List     string
	Metric   string
	Unit     term.Unit
	Value    float64
}
