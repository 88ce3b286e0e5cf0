// Package truth reads what is known to have happened in a stream: what was
// planted into a generated one, or what a definition with hindsight finds in a
// real one.
package truth

import "github.com/swell-radar/swell/term"

// Type says what a row is.
type Type string

// The types. Only a Trend should be raised.
const (
	Trend   Type = "trend"   // many people, for hours to days
	Regular Type = "regular" // returns every day or every week
	Burst   Type = "burst"   // a few people for some hours
	Bot     Type = "bot"     // few accounts, many posts
	Flood   Type = "flood"   // many accounts in lockstep
)

// Row is one thing that happened to one term.
type Row struct {
	Kind     term.Kind // 0: any
	Key      string    // as the term is counted
	Platform string    // empty: any platform
	Type     Type
	Shape    string // the truth's own word for its course; may be empty

	// Onset, Peak and End are Unix seconds: when it began, when its rate was
	// highest, when it was over. A file that knows no peak has Peak = 0, one that
	// knows no end has End = 0.
	Onset, Peak, End int64

	// Event joins the rows that stand for one thing under several terms; rows of
	// a file without such a column have one each.
	Event int
	// Near marks rows that are neither right nor wrong to raise.
	Near bool
}

// Set is the content of one truth file.
type Set struct {
	Rows []Row // by onset
	// Oracle says that the rows come from a definition and not from planting:
	// what no row names may still be a trend.
	Oracle bool
}
