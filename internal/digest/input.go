package digest

import (
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// HoursShown is how many hours the lines of a digest have.
const HoursShown = 72

const hour = time.Hour

// Input is what a digest is made of. It is only read.
type Input struct {
	Demo bool
	Zone *time.Location
	// Days are days of the zone that follow each other, the one that the digest is about at the end. Three tell
	// how the calls of the day before turned out, and nine do so for a week. Of the first its End alone is used.
	Days []Day
	// FirstHour is the UTC hour, since 1970, that all Hours begin with, and EndHour the one after the last that was counted.
	// They hold the three days before the third of Days, where so much is kept.
	FirstHour, EndHour int64
	// Counts are the posts by hour of all terms in Days; those of which none are kept are left out.
	Counts    map[Ref]Counts
	Platforms []Platform // in the order that they are told in, as the next
	Watches   []Watch
	// Alerts are those of the days, oldest first.
	Alerts []api.Alert
	// Unseen are sentences on what was asked for and is not there.
	Unseen []string
	// Week asks for the week in review, for which there are nine days.
	Week bool
}

// Day is one day.
type Day struct {
	Date     string
	From, To time.Time // its borders in the zone
	// AsOf is up to when it was counted: To, or earlier where it is not over or no more came. The state was then
	// as in End, and Log are the changes of phase since From, in the order of time.
	AsOf     time.Time
	Over     bool // nothing of it will be counted any more
	End      []Trend
	Log      []Change
	Coverage *api.Coverage // of it; nil: nobody knows any more
}

// Trend is an open trend in the ranking with what it belongs to.
type Trend struct {
	api.Trend
	Group   string // the same for all spellings of a kind
	Watches []string
	// Rivals are the lists of brands and competitors that it is on, or a phrase of: nobody is told to post with it.
	Rivals []string
}

// Change is a change of phase likewise.
type Change struct {
	api.Detection
	Group   string
	Watches []string
	Rivals  []string
}

// Ref names a term on a platform.
type Ref struct{ Platform, Kind, Key string }

// Counts are the posts of a term by hour, from FirstHour on.
type Counts struct {
	Posts []uint32
	// Exact is the first hour that misses nothing: it was not counted by itself before.
	Exact int64
}

// Platform is what happened on one.
type Platform struct {
	Name  string
	Posts []uint64 // by hour, from FirstHour on, reposts left out
}

// Watch is a watch list with its mentions.
type Watch struct {
	Name, Title, Purpose string
	Mentions             []uint32 // by hour, from FirstHour on
	// Since is the hour of the first mention there ever was; 0: there was none.
	Since int64
}

// hoursOf returns the hours that end in a range of time, as places behind FirstHour: from ≤ i < to. Where a zone is
// off by half an hour, a day so begins and ends half an hour early.
func (in *Input) hoursOf(from, to time.Time) (first, end int) {
	at := func(t time.Time) int {
		return int(min(max(t.Unix()/int64(hour/time.Second), in.FirstHour), in.EndHour) - in.FirstHour)
	}
	first, end = at(from), at(to)
	return first, max(first, end)
}

func sum[T uint32 | uint64](counts []T, from, to int) (n uint64) {
	for _, c := range counts[min(from, len(counts)):min(to, len(counts))] {
		n += uint64(c)
	}
	return n
}

// lastHours returns HoursShown hours up to one, filled up with zeros in front.
func lastHours[T uint32 | uint64](counts []T, end int) []T {
	out := make([]T, HoursShown)
	for i := range out {
		if at := end - HoursShown + i; at >= 0 && at < len(counts) {
			out[i] = counts[at]
		}
	}
	return out
}
