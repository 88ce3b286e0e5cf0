package detect

import "math"

// Volume is what a platform delivered in one pane, over all terms.
type Volume struct {
	Posts uint64 // observations: a post with three terms counts three times
	Fresh uint64 // fresh authors over all terms, in half units (see [Series])
	Thin  uint64 // observations that were thin (see [Series])
}

// Rhythm learns one platform's usual volume by hour of the week, how the volume
// of the last hours compares with it, and from that when its source was down. It
// is about 6 KiB, holds no pointer and never grows.
//
// The usual volume is level × hour of day × weekday × cell of the week, each
// factor shrunk towards the one before it by a few visits' worth of prior, so
// it is useful from the first day and reaches the full 168 cells in a few
// weeks. Sums decay per visit, so old habits are forgotten.
//
// Missing is not zero: panes of which somebody tells that not all was seen are
// missing, whatever came in them; and panes without any observation are taken back
// as missing once so long a silence is incredible (see Close).
//
// A Rhythm belongs to one goroutine. The zero value is ready to use.
type Rhythm struct {
	started bool
	first   int64 // first closed pane
	last    int64 // last closed pane
	learned int64 // newest hour that has been learned or passed over

	level   ratio          // authors per hour over the last weeks
	hours   [24]ratio      // authors and visits by hour of day
	days    [7]ratio       // authors and expected authors by weekday
	cells   [7 * 24]ratio  // authors and expected authors by hour of week
	posts   ratio          // fresh authors per post
	thin    ratio          // thin observations per fresh author
	recent  [Span]hourRoom // ring by hour % Span
	missing uint64         // bit i: pane last-i had no working source
	told    uint64         // bit i: of these, pane last-i was told to be missing
	newest  float64        // authors of the last pane

	silence silence
	scatter [scales]ratio // squared shortfall by scale: see phi
	blocks  [2]block      // running sums of the two longest scales
}

// ratio is a decayed sum over a decayed weight.
type ratio struct{ sum, weight float64 }

func (r *ratio) add(sum, weight, keep float64) {
	r.sum = r.sum*keep + sum
	r.weight = r.weight*keep + weight
}

// hourRoom is one hour of the recent past.
type hourRoom struct {
	posts, authors float64
	thin           float64
	usual          float64 // usual authors, as known when the hour began
	short          float64 // sum over panes of their squared shortfall
	panes          uint8   // closed panes in which the source worked
	silent         uint8   // of these, panes of the running silence
	leaky          uint8   // closed panes that were told to be missing and had posts
}

// Shrinkage and forgetting of the platform's rhythm. A prior of half a visit
// lets one day show the day's shape; weekday and cell need more, because one
// odd day would otherwise become a pattern.
const (
	hourPrior  = 0.5 // visits
	dayPrior   = 24  // hours: one day
	cellPrior  = 2   // visits
	hourKeep   = 0.9 // per visit, i.e. per day: half-life 6.6 days
	weekKeep   = 0.8 // per week: half-life 3.1 weeks
	volumeHrs  = 3   // hours over which momentary volume is taken
	volumePad  = 4   // authors an hour that momentary volume is shrunk by
	winsorHour = 5   // an hour teaches at most this multiple of its expectation
	winsorMore = 12  // authors beyond that multiple that it may teach
)

// levelKeep is the hourly decay of the level: half-life 7 days, the same as a
// term's rate, so that shares stay comparable while a platform grows.
var levelKeep = math.Exp2(-1.0 / (7 * 24))

// Close adds the pane. Panes must come in increasing order; panes left out
// are taken as missing (the source was down), never as empty. With missing set
// the volume is a part of unknown size: nothing is learned from it, nor from the
// counts of terms in its hour. Panes that are not newer than the last are ignored.
//
// An empty pane is taken as silence at first. When a silence has become
// incredible, with a chance below one in a million by what the platform has
// shown of itself (see silence), all of its panes are turned into missing ones,
// and so is every empty pane up to the next observation. No hour of a silence
// is learned before it is decided which of the two it was.
func (r *Rhythm) Close(pane int64, v Volume, missing bool) {
	if !r.started {
		r.started, r.first, r.last, r.learned = true, pane, pane-1, HourOf(pane)-1
	}
	if pane <= r.last {
		return
	}
	r.advance(pane)
	r.newest = 0
	empty := v == Volume{}
	if missing {
		r.missing, r.told = r.missing|1, r.told|1
		if !empty {
			r.recent[slot(HourOf(pane))].leaky++
		}
		return
	}
	if empty && r.silence.outage {
		r.missing |= 1
		r.silence.lost += 1.0 / PanesPerHour
		return
	}
	if !empty {
		r.endSilence()
	}
	room := &r.recent[slot(HourOf(pane))]
	x := float64(v.Fresh) / 2
	room.posts += float64(v.Posts)
	room.thin += float64(v.Thin)
	room.authors += x
	room.short += sq(max(0, room.usual/PanesPerHour-x))
	room.panes++
	r.newest = x
	if empty {
		r.hush(room)
	}
}

// First returns the first pane that was closed.
func (r *Rhythm) First() int64 { return r.first }

// advance moves to the pane, learning from the hours that have ended.
func (r *Rhythm) advance(pane int64) {
	if gap := pane - r.last; gap > 64 {
		r.missing, r.told = ^uint64(0), 0
	} else {
		r.missing <<= uint(gap)
		r.missing |= 1<<uint(gap) - 1
		r.told <<= uint(gap)
	}
	r.missing &^= 1
	from, to := HourOf(r.last), HourOf(pane)
	if from != to {
		r.settle(from, to-Span)
		r.silence.lost *= math.Pow(levelKeep, float64(to-from))
	}
	for h := max(from+1, to-Span+1); h <= to; h++ {
		r.recent[slot(h)] = hourRoom{usual: r.usual(h)}
	}
	r.last = pane
}

// settle learns the ended hours up to the newest, those of a running silence
// only when their room is needed: up to the oldest.
func (r *Rhythm) settle(newest, oldest int64) {
	if r.silence.panes > 0 && !r.silence.outage {
		newest = min(newest, max(HourOf(r.silence.since)-1, oldest))
	}
	for r.learned < newest {
		r.learned++
		r.learn(r.learned)
	}
	r.learned = max(r.learned, oldest)
}

// learn takes a finished hour into the long-term sums.
func (r *Rhythm) learn(hour int64) {
	room := &r.recent[slot(hour)]
	if room.panes < PanesPerHour/2 {
		return
	}
	r.learnScatter(hour, room)
	share := float64(room.panes) / PanesPerHour
	x := room.authors / share
	if r.level.weight >= 7*24 {
		x = min(x, winsorHour*r.usual(hour)+winsorMore)
	}
	r.level.add(x, 1, levelKeep)
	r.posts.add(room.authors, room.posts, levelKeep)
	r.thin.add(room.thin, room.authors, levelKeep)
	r.hours[hourOfDay(hour)].add(x, 1, hourKeep)
	if r.level.sum == 0 {
		return
	}
	byHour := r.levelRate() * r.hourFactor(hour)
	r.days[weekday(hour)].add(x, byHour, math.Pow(weekKeep, 1.0/24))
	r.cells[cellOf(hour)].add(x, byHour*r.dayFactor(hour), weekKeep)
}

func (r *Rhythm) levelRate() float64 {
	if r.level.weight == 0 {
		return 0
	}
	return r.level.sum / r.level.weight
}

func (r *Rhythm) hourFactor(hour int64) float64 {
	lv := r.levelRate()
	return shrunk(r.hours[hourOfDay(hour)], hourPrior*lv, hourPrior) / lv
}

func (r *Rhythm) dayFactor(hour int64) float64 {
	p := dayPrior * r.levelRate()
	return shrunk(r.days[weekday(hour)], p, p)
}

func (r *Rhythm) cellFactor(hour int64) float64 {
	p := cellPrior * r.levelRate()
	return shrunk(r.cells[cellOf(hour)], p, p)
}

// usual returns the authors of an ordinary hour at that place in the week.
func (r *Rhythm) usual(hour int64) float64 {
	lv := r.levelRate()
	if lv == 0 {
		return 0
	}
	return lv * r.hourFactor(hour) * r.dayFactor(hour) * r.cellFactor(hour)
}

func shrunk(r ratio, sum, weight float64) float64 { return (r.sum + sum) / (r.weight + weight) }

func slot(hour int64) int   { return int(mod(hour, Span)) }
func cellOf(hour int64) int { return weekday(hour)*24 + hourOfDay(hour) }
