package detect

// Series are the counts of one term on one platform up to the closed pane. All
// slices are oldest first and end with the closed pane or the running hour. The
// caller keeps them; nothing is retained.
//
// A fresh author is one who was not seen with this term in the 24 hours before.
// Fresh counts are in half units: the author of an original post adds 2, that
// of a repost 1.
type Series struct {
	PanePosts, PaneFresh []uint32 // the last 10-minute panes, at least 48, at best 60
	HourPosts, HourFresh []uint32 // the last 72 UTC hours; the last one is still running

	FirstSeen int64 // Unix second of the term's first observation on the platform

	// Open says that the term is an open trend: where it stands on its curve is
	// wanted even if nothing stands out any more.
	Open bool

	// Thin is at most how many of the observations of the running UTC hour and the
	// one before were thin: made by accounts that are new to the platform, or saying
	// what another account said lately. It may be too high, never too low, and is
	// to be compared with HourPosts and with the platform's own share ([Volume]).
	Thin uint32
}

// Evidence is what one term showed at one tick. Numbers of people are fresh
// authors (a repost counts half); rates are per hour.
type Evidence struct {
	Pane    int64 // the closed pane
	Started int64 // pane at which the present rise began, an estimate

	Score    float64 // the surprise that alarms are decided by: max over windows of z - offset
	Base     float64 // Score before the empirical null is asked: by the windows' own offsets
	Now      float64 // Score of the windows of at most an hour
	Z        float64 // deviance z of the deciding window, concentration included
	Window   int     // deciding window, in panes; 0: nothing stood out
	Seen     float64 // authors in that window
	Expected float64 // authors expected there, the floor for new terms included
	Posts    float64 // posts in that window

	Rank   float64 // the surprise that lists are sorted by: damped once the peak is past
	Growth float64 // z of the last two hours against the two before, season removed
	Fall   float64 // sd by which the last hour is under the best of 24, season removed; 0 at the top
	Share  float64 // last hour as a share of the best of 24, season removed; 1 at the top

	LastHour float64 // authors in the last 60 minutes
	BestHour float64 // authors in the best full hour of the last 24
	Day      float64 // authors in the last 24 hours
	Excess   float64 // Day less what was expected of it
	Lasting  float64 // authors of the last 6 full hours, less what was expected of them; 0 unless twice that. Of a gauge: what Score would be over the last two days

	PostsPerHour    float64 // posts in the last 60 minutes
	ExpectedPerHour float64 // posts expected in them

	Age   float64 // hours of history of the platform's stream
	Marks Marks   // z by window and score, for the empirical null
	Tier  uint8   // volume tier, 0..Tiers-1: see [TierOf]
	Flags Flags
}

// Flags qualify evidence.
type Flags uint8

const (
	// FlagGauge marks evidence from totals or ranks: there are no authors, and
	// the floors on people and posts do not apply.
	FlagGauge Flags = 1 << iota
	// FlagRegular marks a term that only does what it does every day or week.
	FlagRegular
	// FlagFew marks evidence that was cut because few authors wrote many posts.
	FlagFew
	// FlagNew marks a term first seen within the last 72 hours.
	FlagNew
	// FlagBurst marks evidence that stems from one narrow burst: most authors of
	// the last 24 hours came within 30 minutes. Coordinated accounts look so; a
	// second wave clears it.
	FlagBurst
	// FlagBlind marks evidence from an hour in which the source was mostly down:
	// the last hour says nothing about the phase.
	FlagBlind
	// FlagRank goes with FlagGauge when a climb in a list decided: Seen is then
	// the place reached and Expected the place it came from. Without it Seen is
	// the log growth an hour of a total and Expected the median of its list.
	FlagRank
	// FlagThin marks a term whose posts of the last hour or two are mostly thin,
	// far more than is usual on the platform: accounts that nobody has seen before,
	// or that say the same. So do coordinated accounts look.
	FlagThin
)

// Has reports whether all the given flags are set.
func (f Flags) Has(g Flags) bool { return f&g == g }

// Tiers is the number of volume tiers. The empirical null is kept per tier,
// because large terms scatter differently from tiny ones. GaugeTier is that of what
// has no authors and therefore scores on another scale; its null is kept by list.
const (
	Tiers     = 5
	GaugeTier = Tiers - 1
)

// TierOf returns the tier of a term with that many usual authors a day: below
// 10, below 100, below 1,000, above.
func TierOf(authorsPerDay float64) uint8 {
	switch {
	case authorsPerDay < 10:
		return 0
	case authorsPerDay < 100:
		return 1
	case authorsPerDay < 1000:
		return 2
	}
	return 3
}

// Candidate is evidence with a name on it, on its way to the [Judge].
type Candidate struct {
	ID       uint64 // the term on its platform
	Group    uint64 // shared by variants of the term and by the term on other platforms; 0: none
	Platform uint16
	Kind     uint8
	List     uint32 // the number of the list that gauges are judged by; 0: none
	Evidence
}
