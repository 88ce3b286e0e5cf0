package workload

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/swell-radar/swell/term"
)

// Type says what something planted is.
type Type uint8

// The types. Only a [Trend] should be raised.
const (
	// Trend is what a detector should find: 48 to 72 hours, many people.
	Trend Type = 1 + iota
	// Regular returns every day or every week.
	Regular
	// Burst is a few people (up to 25) for some hours.
	Burst
	// Bot is one to five accounts that post much.
	Bot
	// Flood is hundreds of new accounts in lockstep.
	Flood
)

var typeNames = [...]string{Trend: "trend", Regular: "regular", Burst: "burst", Bot: "bot", Flood: "flood"}

// String returns the type's name as it stands in the truth file.
func (t Type) String() string {
	if t == 0 || int(t) >= len(typeNames) {
		return fmt.Sprintf("type(%d)", uint8(t))
	}
	return typeNames[t]
}

// Planted is the truth about one thing planted on one platform. A trend that
// crosses platforms has a row for each, with the onset there.
type Planted struct {
	// Term is counted under this kind and key; Display is its usual spelling.
	Term     term.Term
	Platform string
	Type     Type
	Shape    Shape
	// Onset, Peak and End are when the first posts are due, when their expected
	// rate (course times daily rhythm, in slices of five minutes) is highest,
	// and when it is over: for a trend when its course, without the daily rhythm,
	// has fallen below 5 % of its peak, 48 to 72 hours after the onset; for the
	// rest when its posts stop. Peak and End may lie after the end of the archive: the
	// thing is still alive then.
	Onset, Peak, End time.Time
	// Posts is how many records of the platform in [Onset, End) carry the term
	// in any spelling of the same group key, among them those that are not due
	// to the plant where the term was in use before. It grows while records are
	// generated and is final after the last.
	Posts int64
}

// row is a Planted with what it takes to count its posts.
type row struct {
	Planted
	platform   int
	onset, end int64 // µs
}

// count adds a post that carries the row's term.
func (r *row) count(platform int, ts int64) {
	if r.platform == platform && r.onset <= ts && ts < r.end {
		r.Posts++
	}
}

// Truth returns what was planted, by onset and then in a fixed order. Posts are
// as of the records generated so far.
func (g *Generator) Truth() []Planted {
	truth := make([]Planted, len(g.rows))
	for i, r := range g.rows {
		truth[i] = r.Planted
	}
	return truth
}

// WriteTruth writes [Generator.Truth] as CSV with a header: term (the key), kind,
// platform, type, shape, onset, peak, end (RFC 3339, UTC), posts. An error is w's own.
func (g *Generator) WriteTruth(w io.Writer) error {
	out := csv.NewWriter(w)
	// Errors are sticky in a csv.Writer: the one after Flush covers them all.
	out.Write([]string{"term", "kind", "platform", "type", "shape", "onset", "peak", "end", "posts"})
	for _, r := range g.rows {
		out.Write([]string{
			r.Term.Key, r.Term.Kind.String(), r.Platform, r.Type.String(), r.Shape.String(),
			r.Onset.Format(time.RFC3339), r.Peak.Format(time.RFC3339), r.End.Format(time.RFC3339),
			strconv.FormatInt(r.Posts, 10),
		})
	}
	out.Flush()
	return out.Error()
}
