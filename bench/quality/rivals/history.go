package rivals

import (
	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/engine/detect"
)

// The past that hourly rules look at, in hours: a week, of which the spike test
// leaves out the newest six for its largest hour.
const (
	week     = 168
	sixHours = 6
)

// history holds the posts of every term in the UTC hours of the last week.
type history struct {
	begun bool
	first int64 // hour in which the stream began
	terms []past
}

type past struct {
	hour           int64 // running
	posts, authors uint32
	hours          []hourPosts // closed ones with posts, oldest first
	week           pastWeek
}

type hourPosts struct {
	hour  int64
	posts uint32
}

// pastWeek is what a term had in the hours before one hour.
type pastWeek struct {
	before  int64 // that hour; 0: not looked at yet
	mean    float64
	mean2   float64 // of squares
	largest float64 // of the hours before-168 .. before-7
}

func newHistory(terms int) history { return history{terms: make([]past, terms)} }

// step counts a pane in.
func (h *history) step(pane int64, cells []trace.Cell) {
	hour := detect.HourOf(pane)
	if !h.begun {
		h.begun, h.first = true, hour
	}
	for i := range cells {
		p := &h.terms[cells[i].Term]
		p.roll(hour)
		p.posts += cells[i].Posts
		p.authors += cells[i].Hour
	}
}

func (p *past) roll(hour int64) {
	if p.hour == hour {
		return
	}
	if p.posts > 0 {
		p.hours = append(p.hours, hourPosts{p.hour, p.posts})
	}
	p.hour, p.posts, p.authors = hour, 0, 0
	gone := 0 // not looked at any more
	for gone < len(p.hours) && p.hours[gone].hour < hour-week-1 {
		gone++
	}
	if gone > len(p.hours)/2 {
		p.hours = append(p.hours[:0], p.hours[gone:]...)
	}
}

// weekBefore returns the week before an hour, or what there is of it since the
// stream began. The hour is the running one or the one before it.
func (h *history) weekBefore(term uint32, hour int64) *pastWeek {
	p := &h.terms[term]
	w := &p.week
	if w.before == hour {
		return w
	}
	*w = pastWeek{before: hour}
	n := float64(min(week, hour-h.first))
	if n <= 0 {
		return w
	}
	add := func(at int64, posts uint32) {
		if at >= hour || at < hour-week {
			return
		}
		x := float64(posts)
		w.mean += x / n
		w.mean2 += x * x / n
		if at < hour-sixHours {
			w.largest = max(w.largest, x)
		}
	}
	for _, x := range p.hours {
		add(x.hour, x.posts)
	}
	if p.posts > 0 {
		add(p.hour, p.posts)
	}
	return w
}
