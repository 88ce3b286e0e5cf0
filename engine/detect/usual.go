package detect

import "math"

// Habit is what a term does by itself, as of one pane: of its [Baseline] no more than [Usual] takes. What is kept of the
// pane in which a trend was raised knows nothing of the trend, which the baseline learns from a day later. It is a plain value of
// about 150 bytes that can be written as JSON.
type Habit struct {
	Rate    float64 // voices for one author of the platform
	Share   float64 // posts for a voice
	Scatter float64
	Hours   [24]float32 // factor-1 by hour of the day
	Days    [7]float32  // factor-1 by weekday
}

// HabitAt returns the habit of the term as of f.Pane.
func (b *Baseline) HabitAt(f *Frame) Habit {
	return Habit{Rate: b.rate(f), Share: b.postShare(), Scatter: b.phi(0), Hours: b.hours, Days: b.days}
}

// In returns what is usual of the term in the hours around f.Pane.
func (h Habit) In(f *Frame) Usual { return Usual{frame: f, habit: h} }

// Usual tells what is usual of one term in each hour around one pane. It is a plain value, so that it can be kept for every
// open trend; it shares the frame, which never changes, and any goroutine may read it.
type Usual struct {
	frame *Frame
	habit Habit
}

// UsualOf returns what is usual of the term in the hours around f.Pane.
func (b *Baseline) UsualOf(f *Frame) Usual { return b.HabitAt(f).In(f) }

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
	factor := (1 + float64(u.habit.Hours[hourOfDay(hour)])) * (1 + float64(u.habit.Days[weekday(hour)]))
	return u.habit.Rate * authors * factor * u.habit.Share
}

// Scatter returns the overdispersion of the term's hours: see [Baseline.Scatter].
func (u *Usual) Scatter() float64 { return u.habit.Scatter }

// Hour returns the hour that was running.
func (u *Usual) Hour() int64 { return u.frame.Hour }
