package page

import (
	"html/template"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// Ago writes how long ago a moment was, or how far ahead it is, with the moment itself to point at. Scripts keep it up to
// date.
func (v *viewer) Ago(t time.Time) template.HTML {
	return v.element(t, ` class="ago"`, v.ago(t), v.When(t))
}

// At writes a moment, with how long ago it was to point at.
func (v *viewer) At(t time.Time) template.HTML {
	return v.element(t, "", v.When(t), v.ago(t))
}

// element is built of a formatted time and words of this package alone: there is nothing to escape.
func (v *viewer) element(t time.Time, attribute, shown, title string) template.HTML {
	return template.HTML(`<time` + attribute + ` datetime="` + t.UTC().Format(time.RFC3339) + `" title="` + title + `">` + shown + `</time>`)
}

func (v *viewer) ago(t time.Time) string {
	switch d := v.now.Sub(t); {
	case v.now.IsZero():
		return v.When(t)
	case d < -30*time.Second:
		return "in " + lasting(-d)
	case d < time.Minute:
		return "just now"
	default:
		return lasting(d) + " ago"
	}
}

// When writes a moment as people of the viewer's zone do: the day of the week and the hour, and the date where that is not
// of the days around.
func (v *viewer) When(t time.Time) string {
	t = t.In(v.zone)
	if d := v.now.Sub(t); v.now.IsZero() || d > 6*24*time.Hour || d < -6*24*time.Hour {
		return t.Format("2 Jan 2006 15:04")
	}
	return t.Format("Mon 15:04")
}

// Date writes a moment with its date.
func (v *viewer) Date(t time.Time) template.HTML {
	return v.element(t, "", t.In(v.zone).Format("Mon 2 Jan 15:04"), t.In(v.zone).Format("2 January 2006 15:04"))
}

// Clock writes the hour and minute of a moment.
func (v *viewer) Clock(t time.Time) string { return t.In(v.zone).Format("15:04") }

// Zone is the viewer's, as the page names it behind times.
func (v *viewer) Zone() string { return v.zone.String() }

// Now is the moment that times are told by, as scripts read it; empty: it is not known. It is told to the minute: a page that
// is asked for again within it is the same.
func (v *viewer) Now() string {
	if v.now.IsZero() {
		return ""
	}
	return v.now.UTC().Truncate(time.Minute).Format(time.RFC3339)
}

// Minute is Now to the minute, for parts of a page that are as they were where nothing but the second is another.
func (v *viewer) Minute() string {
	if v.now.IsZero() {
		return ""
	}
	return v.now.UTC().Truncate(time.Minute).Format(time.RFC3339)
}

// Still reports whether Now stands: it is the end of what was counted, not the time of the clock.
func (v *viewer) Still() bool { return v.still }

// Stretch writes from when to when something goes.
func (v *viewer) Stretch(s api.Span) string {
	const day = "Mon 2 Jan 2006 15:04"
	from, to := s.From.In(v.zone), s.To.In(v.zone)
	return from.Format(day) + " to " + to.Format(day)
}

// Day writes a moment with its date, for what is told of a day that may be long past.
func (v *viewer) Day(t time.Time) string { return t.In(v.zone).Format("Mon 2 Jan 15:04") }

// Near reports whether a moment is so near that it helps to know how far it is.
func (v *viewer) Near(t time.Time) bool {
	d := t.Sub(v.now)
	return !v.now.IsZero() && d > -24*time.Hour && d < 7*24*time.Hour
}

// Today is the date of the viewer's day.
func (v *viewer) Today() string { return v.now.In(v.zone).Format(time.DateOnly) }

// fieldTime is how browsers write a moment in a field, in no zone.
const fieldTime = "2006-01-02T15:04"

// moment reads what a browser writes in a field, as a moment of the viewer's zone. One that is left out when clocks are put
// forward is as much later as they are.
func (v *viewer) moment(s string) (time.Time, error) {
	wanted, err := time.Parse(fieldTime, s)
	if err != nil {
		return time.Time{}, err
	}
	t := time.Date(wanted.Year(), wanted.Month(), wanted.Day(), wanted.Hour(), wanted.Minute(), 0, 0, v.zone)
	_, offset := t.Zone()
	if missing := wanted.Sub(t.Add(time.Duration(offset) * time.Second)); missing > 0 {
		t = t.Add(missing)
	}
	return t, nil
}

// Past reports whether a moment is over; where it is not known what time it is, none is.
func (v *viewer) Past(t time.Time) bool { return !v.now.IsZero() && t.Before(v.now) }
