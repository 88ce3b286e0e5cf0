package term

// Record is what a source delivers: an occurrence (one post: who, when, which
// terms) or, where Gauge is not nil, a reading of one term's totals and ranks. Where
// Heartbeat is not nil it is neither, but says how far time has come and what was not
// seen; it has a TS and nothing else.
//
// The strings of a record from a [Decoder] share memory with the line that it was
// decoded from and are valid only as long as that; see [Record.Own].
type Record struct {
	// TS is the event time in microseconds since the Unix epoch, UTC: the
	// server's or the arrival time, never what a client claims.
	TS int64

	Platform string // where it was seen: "x", "tiktok", …; lower case
	ID       string // the post's own ID on the platform; empty if unknown
	Author   string // as delivered; the engine keeps only a keyed hash of it
	// AuthorHash stands for Author where the name was left behind at the door; 0:
	// it was not. No line of NDJSON holds one.
	AuthorHash uint64
	Group      string // community that stands in for a missing author
	Lang       string // BCP 47 as delivered, or empty
	Region     string // ISO 3166 code as delivered, or empty
	Text       string // scanned for terms and compared as a keyed hash, then forgotten
	Repost     bool   // counts for reach, at half weight for evidence

	Tags     []string // hashtags as the platform lists them, without '#'
	Keywords []string
	Mentions []string
	Links    []string
	// Watches are the names of the watch lists that the post mentions, as they were when it came; at
	// most [MaxWatches]. No line of NDJSON holds any.
	Watches []string
	Sound   *SoundRef // nil when there is none

	Metrics []Metric // numbers the source attached to the post: likes, views, …

	Gauge     *Gauge     // nil for an occurrence
	Heartbeat *Heartbeat // nil unless the record is one
}

// SoundRef is a sound as a record names it; any field may be empty.
type SoundRef struct {
	ID     string // the platform's own ID
	ISRC   string
	MBID   string
	Title  string
	Artist string
}

// Metric is one named number.
type Metric struct {
	Name  string
	Value float64
}

// Unit says how the values of a gauge may be compared over time.
type Unit uint8

// The units of a gauge. Their numbers are part of the stored format.
const (
	// UnitTotal is a running count: its growth counts, a fall is a reset.
	UnitTotal Unit = 1 + iota
	// UnitRank is a place in a list, 1 is the top.
	UnitRank
	// UnitBucket is the lower bound of a range ("10K+").
	UnitBucket
	// UnitPercent is a share in percent.
	UnitPercent
	// UnitIndex is a number with no fixed meaning beyond order.
	UnitIndex
)

// Gauge is a reading of one term at one time: how often it was used so far, its
// rank in a list. A gauge never enters the occurrence counters.
type Gauge struct {
	List     string // the list it was read from: "hot-search", …; may be empty
	Category string // the list's own category, or empty
	Term     Term   // Kind and Key normalised, Display as delivered
	Values   []Reading
}

// Reading is one value of a gauge.
type Reading struct {
	Name  string // "rank", "views", "uses", …
	Unit  Unit
	Value float64
}
