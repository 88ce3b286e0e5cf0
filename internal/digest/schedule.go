package digest

import "time"

// Schedule says when a digest is due: every day at an hour of a zone.
type Schedule struct {
	Minute int // of the day, 0..1439
	Zone   *time.Location
}

// Due returns the day whose digest is the newest that should have been made by now, as in 2026-11-21: the day
// before the last time that the hour came. Where clocks go forward over it, it comes with the first moment
// after; where they go back over it, the first time counts. A day that a zone left out has no digest.
func (s Schedule) Due(now time.Time) string {
	day := s.dateOf(now).AddDate(0, 0, margin)
	for !s.exists(day) || s.moment(day).After(now) {
		day = day.AddDate(0, 0, -1)
	}
	return s.before(day).Format(time.DateOnly)
}

// Next returns the next moment after now at which Due changes.
func (s Schedule) Next(now time.Time) time.Time {
	day := s.dateOf(now).AddDate(0, 0, -margin)
	for !s.exists(day) || !s.moment(day).After(now) {
		day = day.AddDate(0, 0, 1)
	}
	return s.moment(day)
}

// DayOf returns a day of a zone, from its first moment to that of the next day: 23 or 25 hours where clocks
// change. ok is false where the text is no day, as 2026-02-30, or one that the zone left out.
func DayOf(date string, zone *time.Location) (from, to time.Time, ok bool) {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return from, to, false
	}
	s := Schedule{Zone: zone}
	return s.moment(day), s.moment(day.AddDate(0, 0, 1)), s.exists(day)
}

// DateBefore returns the day before one, in a zone that may have left days out. ok is as of [DayOf].
func DateBefore(date string, zone *time.Location) (before string, ok bool) {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return "", false
	}
	return Schedule{Zone: zone}.before(day).Format(time.DateOnly), true
}

// margin is by how many days the date of a moment may differ from that of a schedule around it: clocks go back
// over midnight, and zones leave out a day.
const margin = 2

// dateOf returns the date of a moment in the zone, as midnight in UTC: dates are counted there.
func (s Schedule) dateOf(t time.Time) time.Time {
	y, m, d := t.In(s.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// exists reports whether clocks show the date at any time.
func (s Schedule) exists(day time.Time) bool {
	return s.dateOf(Schedule{Zone: s.Zone}.moment(day)).Equal(day)
}

// before returns the last date before one that clocks showed.
func (s Schedule) before(day time.Time) time.Time {
	for {
		if day = day.AddDate(0, 0, -1); s.exists(day) {
			return day
		}
	}
}

// moment returns the first moment at which clocks show the hour of that date, or a later time. Between two
// changes of the clocks that is a subtraction, so it looks at each such time.
func (s Schedule) moment(day time.Time) time.Time {
	wall := day.Add(time.Duration(s.Minute) * time.Minute) // as if it were UTC
	for at := wall.Add(-margin * 24 * time.Hour); ; {
		local := at.In(s.Zone)
		_, offset := local.Zone()
		begin, end := local.ZoneBounds()
		t := wall.Add(-time.Duration(offset) * time.Second)
		if !begin.IsZero() && t.Before(begin) {
			t = begin
		}
		if end.IsZero() || t.Before(end) {
			return t.In(s.Zone)
		}
		at = end
	}
}
