package page

import (
	"fmt"
	"html/template"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/chart"
)

// alertRow is an alert as the page shows it.
type alertRow struct {
	*api.Alert
	Earlier []earlierAlert // of the same rise, newest first
	Now     standing
}

// earlierAlert is one that another one of the same rise has followed.
type earlierAlert struct{ *api.Alert }

// Head is the title.
func (e earlierAlert) Head() template.HTML { return told(e.Title, e.Alert) }

// alertRows folds the alerts about one rise under the newest of them: they share what is decided about them.
func alertRows(alerts []api.Alert, now *ranked) []alertRow {
	rows, at := make([]alertRow, 0, len(alerts)), map[string]int{}
	for i := range alerts {
		a := &alerts[i]
		key := a.Thread + " " + a.Severity
		if n, there := at[key]; there {
			rows[n].Earlier = append(rows[n].Earlier, earlierAlert{a})
			continue
		}
		at[key] = len(rows)
		rows = append(rows, alertRow{Alert: a, Now: now.of(a)})
	}
	return rows
}

// Path is the address of the alert alone.
func (r alertRow) Path() string { return alertPath(r.ID) }

func alertPath(id string) string { return "/alerts/" + id }

// Alive reports whether anything can still be decided about it.
func (r alertRow) Alive() bool { return r.State != api.AlertOver }

// Mentioned reports whether it is about the mentions of a watch list and not about a trend.
func (r alertRow) Mentioned() bool { return r.Kind == "watch" }

// On are the platforms with their hours.
func (r alertRow) On() []alertOn {
	out := make([]alertOn, 0, len(r.Platforms))
	for i := range r.Platforms {
		out = append(out, alertOn{&r.Platforms[i]})
	}
	return out
}

// alertOn is what is known of one platform.
type alertOn struct{ *api.AlertPlatform }

// Spark draws the hours; empty: they are not known.
func (o alertOn) Spark() template.HTML {
	if len(o.Hours) == 0 {
		return ""
	}
	var sum uint64
	for _, n := range o.Hours {
		sum += uint64(n)
	}
	spark := chart.Spark{Posts: o.Hours, Label: fmt.Sprintf("Posts of the last %d hours on %s: %d in all, %d in the last one", len(o.Hours), platformName(o.Platform), sum, o.Hours[len(o.Hours)-1])}
	return spark.SVG()
}

// Times says how many times as many posts as expected there are; empty where that says nothing.
func (o alertOn) Times() string {
	rate, expected := float64(o.RatePerH), float64(o.ExpectedPerH)
	if !known(o.RatePerH) || !known(o.ExpectedPerH) || expected < 0.5 || rate < expected {
		return ""
	}
	return fmt.Sprintf("%.1f×", rate/expected)
}

// toldWords says how somebody was told.
func toldWords(t *api.AlertTold) string {
	switch {
	case t.How == "sent":
		return "sent to"
	case t.Why != "":
		return "in the next digest (" + t.Why + ") of"
	}
	return "in the next digest of"
}

// ToldTo says who was told, and how.
func (r alertRow) ToldTo() []toldTo {
	out := make([]toldTo, 0, len(r.Told))
	for i := range r.Told {
		out = append(out, toldTo{&r.Told[i], toldWords(&r.Told[i])})
	}
	return out
}

// toldTo is one recipient of an alert.
type toldTo struct {
	*api.AlertTold
	Words string
}
