package page

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/chart"
	"github.com/swell-radar/swell/internal/console"
)

const (
	phaseEmerging    = "emerging"
	phaseRising      = "rising"
	phasePeaking     = "peaking"
	phaseFading      = "fading"
	phaseUnconfirmed = "unconfirmed"
)

// rankingRow is a term of the ranking, with all the platforms of the page that it trends on: whoever posts thinks of a
// term, not of a row for each platform.
type rankingRow struct {
	*api.Trend
	Others []*api.Trend // on other platforms, the strongest first
	v      *viewer
	asOf   time.Time
	since  time.Time // when its platform was first counted; zero: before all that is shown, or not known
}

// fold makes a row of each term, where its strongest trend stands.
func fold(a *api.TrendsAnswer, v *viewer) []*rankingRow {
	trends, since := a.Trends, firstCounted(a)
	type name struct{ kind, key string }
	rows, of := make([]*rankingRow, 0, len(trends)), map[name]*rankingRow{}
	for i := range trends {
		t := &trends[i]
		if row := of[name{t.Kind, t.Key}]; row != nil {
			row.Others = append(row.Others, t)
			continue
		}
		row := &rankingRow{Trend: t, v: v, since: since[t.Platform]}
		if a.AsOf != nil {
			row.asOf = *a.AsOf
		}
		of[name{t.Kind, t.Key}] = row
		rows = append(rows, row)
	}
	return rows
}

// Beside are the other platforms that the row names; Elsewhere is on how many more it trends.
func (r *rankingRow) Beside() []*api.Trend { return r.Others[:min(len(r.Others), 2)] }

// Elsewhere see Beside.
func (r *rankingRow) Elsewhere() int {
	return max(0, max(r.Platforms-1, len(r.Others))-len(r.Beside()))
}

// Spark draws the last 72 hours.
func (r *rankingRow) Spark() template.HTML {
	if len(r.Hours) == 0 {
		return ""
	}
	c := &chart.Spark{Posts: r.Hours, Label: r.hoursInWords(), Unseen: unseenHours(len(r.Hours), r.asOf, r.since)}
	if c.Unseen > 0 {
		c.Label += "; nothing was counted before " + r.v.When(r.since)
	}
	if r.Usual != nil {
		c.Low, c.High = floats(r.Usual.Low), floats(r.Usual.High)
	}
	return c.SVG()
}

// firstCounted are the moments since when platforms are counted, those left out that were before the window began.
func firstCounted(a *api.TrendsAnswer) map[string]time.Time {
	if a.Coverage == nil || a.Window == nil {
		return nil
	}
	out := map[string]time.Time{}
	for _, c := range a.Coverage.Platforms {
		if c.Since.After(a.Window.From) {
			out[c.Platform] = c.Since
		}
	}
	return out
}

// unseenHours is how many of the last hours, of which the newest one is running, were over before anything was counted.
func unseenHours(hours int, asOf, since time.Time) int {
	if since.IsZero() || asOf.IsZero() || hours == 0 {
		return 0
	}
	first := asOf.Add(-time.Second).Truncate(time.Hour).Add(-time.Duration(hours-1) * time.Hour)
	return max(0, min(hours-1, int(since.Sub(first)/time.Hour)))
}

// hoursInWords says what the line of the hours shows.
func (r *rankingRow) hoursInWords() string {
	most, at := uint32(0), 0
	for i, n := range r.Hours {
		if n >= most {
			most, at = n, i
		}
	}
	ago := "the running hour"
	if h := len(r.Hours) - 1 - at; h > 0 {
		ago = fmt.Sprintf("%d h ago", h)
	}
	return fmt.Sprintf("Posts by hour, last 72 h; most: %s, %s", console.Count(uint64(most)), ago)
}

func floats(numbers []api.Number) []float64 {
	out := make([]float64, len(numbers))
	for i, n := range numbers {
		out[i] = float64(n)
	}
	return out
}

// Clock draws the hours that are left on the clock of 72.
func (r *rankingRow) Clock() template.HTML {
	l := r.HoursLeft
	if !known(l.High) {
		return ""
	}
	return (&chart.Left{
		Age: r.asOf.Sub(r.Started).Hours(), Low: float64(l.Low), Mid: float64(l.Mid), High: float64(l.High), Phase: r.Phase,
		Label: fmt.Sprintf("Began %s, %s left", r.v.ago(r.Started), left(l)),
	}).SVG()
}

// PostBy is when it will probably be too late: the same moment that alerts name. Zero: there is nothing to be in time for, or
// it may be too late at any time.
func (r *rankingRow) PostBy() time.Time { return postBy(r.Trend, r.asOf) }

func postBy(t *api.Trend, asOf time.Time) time.Time {
	if !pressing(t) || asOf.IsZero() || t.HoursLeft.Low < 1 {
		return time.Time{}
	}
	return asOf.Add(time.Duration(float64(t.HoursLeft.Low) * float64(time.Hour))).Truncate(10 * time.Minute)
}

// mayEnd reports whether a trend may be over within the hour: a deadline would move on with every count, and never come.
func mayEnd(t *api.Trend) bool { return pressing(t) && t.HoursLeft.Low < 1 }

// pressing reports whether there is something to be in time for, and known for how long.
func pressing(t *api.Trend) bool {
	return t.Phase != phaseFading && t.Phase != phaseUnconfirmed && known(t.HoursLeft.Low) && t.HoursLeft.High > 0
}

// Advice says what to do.
func (r *rankingRow) Advice() template.HTML {
	switch by := r.PostBy(); {
	case r.Phase == phaseUnconfirmed:
		return "wait: not confirmed"
	case r.Phase == phaseFading:
		return "late: let it go"
	case mayEnd(r.Trend):
		return "may end any hour"
	case by.IsZero():
		return ""
	default:
		return "post by " + r.v.At(by)
	}
}

// Times writes growth as people say it.
func (r *rankingRow) Times() string {
	if r.fresh() {
		return "new"
	}
	return growth(r.Growth)
}

// TimesHelp says why there is no growth; empty: there is.
func (r *rankingRow) TimesHelp() string {
	switch {
	case known(r.Growth):
		return ""
	case r.fresh():
		return "No post of it was counted in as much time before: there is nothing to compare with."
	}
	return "There was nothing before, or too little was seen, to compare with."
}

// fresh reports whether a term has no growth since it was never met before.
func (r *rankingRow) fresh() bool { return !known(r.Growth) && slices.Contains(r.Flags, "new") }

func growth(n api.Number) string {
	switch x := float64(n); {
	case math.IsNaN(x):
		return "–"
	case x >= 999.5:
		return "> 999×"
	case x >= 9.95:
		return console.Decimal(x, 0) + "×"
	default:
		return console.Decimal(x, 1) + "×"
	}
}

// Against says what the posts of the last hour are measured against.
func (r *rankingRow) Against() string {
	if !known(r.ExpectedPerH) {
		return "what is usual is not known"
	}
	if r.ExpectedPerH < 1 {
		return "usual\u00a0<\u00a01"
	}
	return "usual\u00a0" + rate(r.ExpectedPerH)
}

// People says how sure the number of people is.
func (r *rankingRow) People() string { return people(r.Authors24h, r.Spread) }

func people(a *api.Authors, spread string) string {
	switch {
	case a == nil:
		return "How many people is not known: it comes from lists."
	case spread == "posts":
		return "Authors are not told on this platform: every post counts as somebody new."
	case spread == "groups":
		return "Authors are not told on this platform: these are communities."
	case a.Low == a.High || a.Stderr == 0:
		return "Counted exactly, in the last 24 hours."
	}
	return fmt.Sprintf("An estimate for the last 24 hours: between %s and %s in 19 of 20 cases.", console.Count(a.Low), console.Count(a.High))
}

// doubtful reports whether a trend is one that nobody should be sent to: few accounts are behind it, or odd ones.
func (r *rankingRow) doubtful() bool {
	for _, f := range r.Flags {
		if f == "few" || f == "thin" || f == "burst" {
			return true
		}
	}
	return !(r.Confidence >= 0.5)
}

// SinceWords says when the phase began.
func (r *rankingRow) SinceWords() template.HTML { return r.v.At(r.Since) }

// BeganWords says how long ago the rise began.
func (r *rankingRow) BeganWords() template.HTML { return r.v.Ago(r.Started) }

// RaisedWords says when it was recognised.
func (r *rankingRow) RaisedWords() template.HTML { return r.v.At(r.Raised) }

// Within is the time in which the evidence was seen.
func (r *rankingRow) Within() string {
	return lasting(time.Duration(r.Why.WindowMinutes) * time.Minute)
}

// Listed reports whether it is known from totals and ranks of lists alone.
func (r *rankingRow) Listed() bool { return r.From == "gauge" }

// Who is what is counted as people on the platform.
func (r *rankingRow) Who() string {
	switch r.Spread {
	case "groups":
		return "communities"
	case "posts":
		return "posts"
	}
	return "people"
}
