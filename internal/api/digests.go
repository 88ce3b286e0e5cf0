package api

import "time"

// The audiences of digests.
const (
	AudienceManager     = "manager"     // what to do, by when
	AudienceStakeholder = "stakeholder" // the numbers, and one chart
	AudienceResearcher  = "researcher"  // all of it
)

// The formats of digests, as the parameter format has them.
const (
	DigestJSON     = "json" // a [Digest], the same for every audience
	DigestHTML     = "html"
	DigestMarkdown = "md"
	DigestText     = "txt"
)

// DigestLatest stands for the date of the last day that is over.
const DigestLatest = "latest"

// Digest is what happened in a day, for whoever did not watch: what GET /api/v1/digests/{date} gives as JSON.
type Digest struct {
	Demo bool   `json:"demo,omitzero"`
	Date string `json:"date"` // the day in Zone that it is about, as in 2026-11-21
	Zone string `json:"zone"` // as in Europe/Berlin
	// Range is that day, as far as it was counted; AsOf the end of the range. All else is as of then.
	Range    Span       `json:"range"`
	AsOf     *time.Time `json:"as_of"`
	Coverage *Coverage  `json:"coverage"` // of the range; null where it is not known any more
	// Open says that the day is not over, so that more will come; Unseen says in sentences what of it was not
	// seen, or not counted.
	Open   bool     `json:"open"`
	Unseen []string `json:"unseen"`
	// Headline says in one line what is in it; Quiet that there is nothing to act on.
	Headline string `json:"headline"`
	Quiet    bool   `json:"quiet"`
	// Todo is what to do, the most urgent first.
	Todo []DigestTodo `json:"todo"`
	// Counts is how many trends there were in the range, by what became of them. The lists hold the strongest,
	// at most [MaxDigestTrends] each; a trend comes once, with its other spellings and platforms in one row.
	Counts  DigestCounts  `json:"counts"`
	New     []DigestTrend `json:"new"`     // emerging or rising, and not open at the digest before
	Rising  []DigestTrend `json:"rising"`  // emerging or rising, and open before
	Peaking []DigestTrend `json:"peaking"` // at their peak, or about to be; open before or not, as the next
	Fading  []DigestTrend `json:"fading"`
	Gone    []DigestTrend `json:"gone"` // open at the digest before, or raised since, and not any more
	// HoursFrom is the start of the first of the Hours of trends, platforms and watch lists.
	HoursFrom time.Time `json:"hours_from"`
	// Platforms are the numbers of each.
	Platforms []DigestPlatform `json:"platforms"`
	Watches   []DigestWatch    `json:"watches"`
	// Alerts were found in the range, whether anybody was told or not.
	Alerts []Alert `json:"alerts"`
	// Calls is how what the digest before called new or rising turned out.
	Calls DigestCalls `json:"calls"`
	// Week is set on the day of the week that was asked for: the seven days that end with Range.
	Week *DigestWeek `json:"week"`
}

// MaxDigestTrends is how many trends each list of a digest has at most.
const MaxDigestTrends = 50

// DigestCounts is how many trends there were.
type DigestCounts struct {
	New     int `json:"new"`
	Rising  int `json:"rising"`
	Peaking int `json:"peaking"`
	Fading  int `json:"fading"`
	Gone    int `json:"gone"`
}

// DigestTodo is a piece of advice.
type DigestTodo struct {
	Text string     `json:"text"`
	By   *time.Time `json:"by"` // null: there is no haste
	Kind string     `json:"kind"`
	Key  string     `json:"key"`
	Term string     `json:"term"`
}

// DigestTrend is a trend with all its platforms and spellings.
type DigestTrend struct {
	Kind     string   `json:"kind"`
	Key      string   `json:"key"`
	Term     string   `json:"term"`
	Variants []string `json:"variants"` // other spellings, as most people write them
	Watches  []string `json:"watches"`  // lists that it is on
	// Phase is that on the first of Platforms; over for what is gone. Before is that at the digest before;
	// empty where it was not open.
	Phase  string `json:"phase"`
	Before string `json:"before"`
	// Platforms are where it is, or was, the strongest first, and Places what is known of each.
	Platforms  []string      `json:"platforms"`
	Places     []DigestPlace `json:"places"`
	Confidence Number        `json:"confidence"` // on the first of them, as the next
	HoursLeft  *Range        `json:"hours_left"` // null where it is over
	Started    time.Time     `json:"started"`    // an estimate
	Raised     time.Time     `json:"raised"`
	Peak       *time.Time    `json:"peak"` // hour with the most posts in Hours; null where they are not known
	// Posts are those of the range and PostsBefore those of as much time before, in the UTC hours that end in them, of all
	// Places together; null where they are not known. AtLeast says that there were some more: it was not counted by
	// itself from the start. Authors is the estimate for the place with the most.
	Posts       *uint64  `json:"posts"`
	PostsBefore *uint64  `json:"posts_before"`
	AtLeast     bool     `json:"at_least"`
	Authors24h  *Authors `json:"authors_24h"`
	// Hours are the posts of the last 72 UTC hours that ended in the range or before, oldest first, of all Places
	// together; empty where they are not known.
	Hours []uint32 `json:"hours"`
	Why   string   `json:"why"` // in a sentence
}

// DigestPlace is a trend on one platform, in the spelling that leads there.
type DigestPlace struct {
	Platform     string   `json:"platform"`
	Key          string   `json:"key"`
	Term         string   `json:"term"`
	Phase        string   `json:"phase"`
	Score        Number   `json:"score"`      // as in [Trend]; of what is gone as it was last found, as the next
	Confidence   Number   `json:"confidence"` //
	HoursLeft    *Range   `json:"hours_left"` // null where it is over
	RatePerH     Number   `json:"rate_per_h"` // posts in the last 60 minutes; null where it is over, as the next
	ExpectedPerH Number   `json:"expected_per_h"`
	Posts        *uint64  `json:"posts"` // in the range; null where they are not known, as the next
	Authors24h   *Authors `json:"authors_24h"`
	Flags        []string `json:"flags"`
}

// DigestPlatform is a platform in numbers.
type DigestPlatform struct {
	Platform    string `json:"platform"`
	Posts       uint64 `json:"posts"`        // in the range without reposts, in the UTC hours that end in it, as the next
	PostsBefore uint64 `json:"posts_before"` // in as much time before
	Seen        Number `json:"seen"`         // share of the range that was seen (0..1); null where it is not known
	New         int    `json:"new"`          // trends that were raised
	Open        int    `json:"open"`         // at the end
	Gone        int    `json:"gone"`
	// Hours are as of a trend.
	Hours []uint64 `json:"hours"`
}

// DigestWatch is a watch list in numbers.
type DigestWatch struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	Purpose  string `json:"purpose"`
	Mentions uint64 `json:"mentions"` // posts in the range, in the UTC hours that end in it, as the next
	// Before are those in as much time before; null where the list had no mention yet.
	Before *uint64 `json:"before"`
	// Share is that of all mentions of watch lists that are brands or competitors; null for others, and where
	// there was none.
	Share  Number   `json:"share"`
	Hours  []uint32 `json:"hours"`  // as of a trend
	Trends []string `json:"trends"` // open trends that are on it, by spelling
	Alerts int      `json:"alerts"`
}

// DigestCalls is how the calls of one digest turned out by the next.
type DigestCalls struct {
	Of     string       `json:"of"` // date of the digest that made them; empty: there was none
	Total  int          `json:"total"`
	Hits   int          `json:"hits"`   // grew further: a later hour had more posts than any before the call, by more than chance
	Misses int          `json:"misses"` // did not
	Open   int          `json:"open"`   // nobody can tell: too little was seen since
	Calls  []DigestCall `json:"calls"`
}

// DigestCall is one of them.
type DigestCall struct {
	Kind    string `json:"kind"`
	Key     string `json:"key"`
	Term    string `json:"term"`
	Phase   string `json:"phase"`   // that it was called by
	Outcome string `json:"outcome"` // hit, miss or open
	// Called are the most posts an hour before the call, Reached those after it.
	Called  Number `json:"called_per_h"`
	Reached Number `json:"reached_per_h"`
	Text    string `json:"text"` // the same in a sentence
}

// DigestWeek is a week in review.
type DigestWeek struct {
	Range  Span          `json:"range"`
	Raised int           `json:"raised"` // trends
	Hits   int           `json:"hits"`   // of the calls of the week
	Misses int           `json:"misses"`
	Top    []DigestTrend `json:"top"` // the largest of the week
	// Days are the posts by day of the week, and the alerts found.
	Days    []DigestDay   `json:"days"`
	Watches []DigestWatch `json:"watches"`
}

// DigestDay is a day of a week in review.
type DigestDay struct {
	Date   string `json:"date"`
	Posts  uint64 `json:"posts"`
	Raised int    `json:"raised"`
	Alerts int    `json:"alerts"`
}
