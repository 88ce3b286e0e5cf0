package detect

import "math"

// ForecastHours is how many hours a forecast tells of, the running one included.
const ForecastHours = 48

// aheadHours is how many hours behind the running one a frame looks ahead.
const aheadHours = ForecastHours

// Outlook is how many posts an hour to come may have, those that have come already included:
// in eight of ten cases between Low and High, half of them above Mid.
type Outlook struct {
	Hour           int64
	Low, Mid, High float64
}

// Forecast returns what becomes of an open trend if it goes as with those before: the hours
// from the running one on. In each, posts beyond the usual change from those of the last 60
// minutes by a factor of which [Ahead.Change] is the logarithm; its quantiles were learned for
// trends in the same phase and of the same size, and for each distance in time: see courses.
// They hold the scatter of counts, since they were learned from counts. posts are those of the
// running hour so far. It returns nil for what is over or held back, and where the last hour or
// its posts are not known.
func (u *Usual) Forecast(t *Trend, posts float64) []Outlook {
	if t.Phase < Emerging || t.Phase > Fading {
		return nil
	}
	ahead := u.Ahead(&t.Evidence)
	out := make([]Outlook, len(ahead))
	for i := range ahead {
		a := &ahead[i]
		change := courseOf(t.Phase, &t.Evidence).at(a.Distance)
		o := Outlook{a.Hour, a.Posts(change[0]), a.Posts(change[1]), a.Posts(change[2])}
		if a.Hour == u.frame.Hour {
			o = o.rest(1-float64(u.frame.Elapsed)/PanesPerHour, posts)
		}
		out[i] = Outlook{o.Hour, math.Round(o.Low), o.Mid, math.Round(o.High)}
		out[i].Mid = max(out[i].Low, min(o.Mid, out[i].High))
	}
	return out
}

// rest returns the outlook of an hour of which only a share is to come. Scatter falls with the
// root of the share.
func (o Outlook) rest(share, posts float64) Outlook {
	mid := share * o.Mid
	root := math.Sqrt(share)
	return Outlook{
		o.Hour, posts + max(0, mid-root*(o.Mid-o.Low)), posts + mid, posts + mid + root*(o.High-o.Mid),
	}
}

// course holds quantiles of changes, at 0.1, 0.5 and 0.9, by distance.
type course [len(Distances)][3]float64

// Distances are those for which changes were learned, in hours.
var Distances = [...]float64{1, 2, 4, 8, 16, 24, 48}

// Sizes is the number of sizes that are told apart: fewer than 5 posts an hour beyond the
// usual, fewer than 25, more.
const Sizes = 3

// SizeOf returns the size of a trend, from 0 on.
func SizeOf(e *Evidence) int {
	switch excess := e.PostsPerHour - e.ExpectedPerHour; {
	case excess >= 25:
		return 2
	case excess >= 5:
		return 1
	}
	return 0
}

func courseOf(p Phase, e *Evidence) *course { return &courses[p-Emerging][SizeOf(e)] }

// at returns the quantiles at a distance: between two that were learned they change evenly
// with its logarithm.
func (c *course) at(distance float64) [3]float64 {
	i := 0
	for i < len(Distances)-2 && distance > Distances[i+1] {
		i++
	}
	low, high := Distances[i], Distances[i+1]
	w := math.Log(max(low, min(distance, high))/low) / math.Log(high/low)
	var out [3]float64
	for q := range out {
		out[q] = c[i][q]*(1-w) + c[i+1][q]*w
	}
	return out
}

// Ahead is one hour to come of a trend, from which on what is told of it is a matter of how
// trends change.
type Ahead struct {
	Hour int64
	// Distance is how many hours its middle is from that of the last 60 minutes.
	Distance float64
	// Usual are the posts that are usual in it; Excess those beyond them if people went on as in
	// the last 60 minutes, the time of day considered; Pad stands for the scatter of Usual.
	Usual, Excess, Pad float64
}

// Change returns by how much posts in the hour differ from what would go on, as the
// logarithm of a ratio.
func (a *Ahead) Change(posts float64) float64 {
	return math.Log(max(a.Pad/10, posts-a.Usual+a.Pad) / (a.Excess + a.Pad))
}

// Posts returns the posts after a change: the inverse of [Ahead.Change].
func (a *Ahead) Posts(change float64) float64 {
	return max(0, a.Usual-a.Pad+(a.Excess+a.Pad)*math.Exp(change))
}

// Ahead returns the hours to come, the first of which is the one that runs: none where the
// last 60 minutes tell nothing. Those that are over by f.Pane are not to come.
func (u *Usual) Ahead(e *Evidence) []Ahead {
	if e.Flags.Has(FlagBlind) || e.Flags.Has(FlagGauge) {
		return nil
	}
	f := u.frame
	elapsed := float64(f.Elapsed) / PanesPerHour
	var before float64
	if f.expected[1] > 0 {
		before = float64(f.expected[1])
	} else {
		before = float64(f.expected[0])
	}
	pad := 0.05*f.Level + 1
	now := float64(f.expected[0])*elapsed + before*(1-elapsed) + pad
	excess := max(0, e.PostsPerHour-e.ExpectedPerHour)
	first := int64(0)
	if f.Elapsed == PanesPerHour {
		first = 1
	}
	out := make([]Ahead, ForecastHours)
	for i := range out {
		k := first + int64(i)
		authors := float64(f.expected[0])
		if k > 0 {
			authors = float64(f.ahead[k-1])
		}
		usual := u.in(f.Hour+k, authors)
		out[i] = Ahead{
			Hour: f.Hour + k, Distance: max(1, float64(k)+1-elapsed),
			Usual: usual, Excess: excess * (authors + pad) / now, Pad: leastPad + math.Sqrt(usual+u.habit.Scatter*usual*usual),
		}
	}
	return out
}

// leastPad keeps a post more or less from being a great change where there are few.
const leastPad = 2
