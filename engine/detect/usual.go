package detect

import "math"

// Usual tells what is usual of one term in each hour around one pane: of its [Baseline] no
// more than that takes, so that it can be kept for every open trend. It is a plain value of
// about 160 bytes; it shares the frame, which never changes, and any goroutine may read it.
type Usual struct {
	frame   *Frame
	rate    float64 // voices for one author of the platform
	share   float64 // posts for a voice
	scatter float64
	hours   [24]float32
	days    [7]float32
}

// UsualOf returns what is usual of the term in the hours around f.Pane.
func (b *Baseline) UsualOf(f *Frame) Usual {
	return Usual{frame: f, rate: b.rate(f), share: b.postShare(), scatter: b.phi(0), hours: b.hours, days: b.days}
}

// At returns how many posts would have been usual in an hour: see [Baseline.Usual].
func (u *Usual) At(hour int64) float64 {
	f := u.frame
	back := f.Hour - hour
	if back < 0 || back >= Span || f.Age < young || f.covered[back] == 0 || f.expected[back] == 0 {
		return math.NaN()
	}
	usual := u.in(hour, float64(f.expected[back])*float64(f.covered[back]))
	if back == 0 {
		usual *= float64(f.Elapsed) / PanesPerHour
	}
	return usual
}

// in returns the posts that are usual while the platform brings so many authors.
func (u *Usual) in(hour int64, authors float64) float64 {
	factor := (1 + float64(u.hours[hourOfDay(hour)])) * (1 + float64(u.days[weekday(hour)]))
	return u.rate * authors * factor * u.share
}

// Scatter returns the overdispersion of the term's hours: see [Baseline.Scatter].
func (u *Usual) Scatter() float64 { return u.scatter }

// Hour returns the hour that was running.
func (u *Usual) Hour() int64 { return u.frame.Hour }
