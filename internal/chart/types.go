package chart

import (
	"time"
)

// Spark is a line of hours in little room, as of a row of the ranking: posts over the band of what is usual.
type Spark struct {
	Posts []uint32 // by hour, oldest first; the last one is running
	// Low and High bound what is usual in these hours; nil, or NaN in an hour: not known.
	Low, High []float64
	Unseen    int    // hours at the beginning before anything was counted: no line is drawn of them
	Label     string // what it says, for whoever does not see it
}

// Left is the clock of a trend: how old it is and how long it may go on, on the 72 hours that trends live at most.
type Left struct {
	Age            float64 // hours since it began
	Low, Mid, High float64 // hours that are left; NaN: not known
	Phase          string
	Label          string
}

// Wave places trends on the course that all of them take: emerging, rising, peaking, fading.
type Wave struct {
	Spots []Spot // the most important first: these get their names
	Label string
}

// Spot is a trend on the wave.
type Spot struct {
	Phase  string
	Within float64 // how far it is in its phase, 0 to 1
	Size   float64 // 0 to 1
	Name   string  // as people wrote it
	Link   string  // of its page: a path
	Label  string
}

// Course is how a term went on one platform, and where it may go.
type Course struct {
	Hours []Hour        // rising; one that is missing was not counted
	Step  time.Duration // from one to the next; 0: an hour, or a day if no two are closer
	Fan   []Ahead
	Marks []Mark // of phases, notes and alerts
	Gaps  []Gap  // times that were not seen
	Now   time.Time
	Zone  *time.Location
	// From and To are the part that is drawn; zero: all of it.
	From, To time.Time
	// Authors draws fresh authors beside the posts.
	Authors bool
	Small   bool // one of several side by side
	// Top is the number of posts at the upper end, that of a course beside it; 0: its own.
	Top   float64
	Label string
	ID    string // of the element: letters, digits and '-'
}

// Hour is what was counted in an hour. NaN: not known.
type Hour struct {
	Start               time.Time
	Posts, Authors      float64
	Low, Expected, High float64 // what was usual
	Partial             bool    // it is still running
}

// Ahead is how many posts an hour to come may have: in eight of ten cases between Low and High.
type Ahead struct {
	Start          time.Time
	Low, Mid, High float64
}

// Mark is something that happened.
type Mark struct {
	At   time.Time
	Kind string // phase, note or alert
	Text string
}

// Gap is a half-open range of time.
type Gap struct{ From, To time.Time }

// Lines are several courses in one drawing, as of terms that are compared.
type Lines struct {
	Names  []string
	Series [][]Hour      // of the same hours; only Posts counts
	Step   time.Duration // as in [Course]
	Share  bool          // of all in each hour, instead of posts
	Zone   *time.Location
	Label  string
	ID     string
}

// Week is the heat map of the 168 hours of a week, Monday 0:00 first.
type Week struct {
	Lift  [168]float64 // 1 is the mean; NaN: not known
	Notes [168]string  // what is said of an hour to whoever points at it
	Best  []int        // hours that are marked
	Label string
	ID    string
}

// Part is a piece of a bar of shares.
type Part struct {
	Name  string
	Share float64 // 0 to 1
}

// Bar shows shares of a whole, side by side.
type Bar struct {
	Parts []Part
	Label string
}
