package page

import (
	"fmt"
	"html/template"
	"math"
	"net/url"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// An alert tells of the moment at which it was found. What it tells of goes on, so that the page looks each one up in the
// ranking of now, and says what has become of it: nobody is sent to a trend that the ranking calls late.

// ranked are the open trends of now, by term.
type ranked struct {
	asOf   time.Time // zero: the ranking is not known
	whole  bool      // a term that is not among them has no open trend
	trends map[rankedTerm][]*api.Trend
}

type rankedTerm struct{ kind, key string }

// rankedNow asks for the ranking, once for all alerts of a page.
func (p *Page) rankedNow(v *viewer) *ranked {
	const most = "1000"
	out := &ranked{trends: map[rankedTerm][]*api.Trend{}}
	phases := strings.Join([]string{phaseEmerging, phaseRising, phasePeaking, phaseFading, phaseUnconfirmed}, ",")
	var answer api.TrendsAnswer
	if problem := p.opt.API.Get(v.Request, api.TrendsPath, url.Values{"limit": {most}, "phase": {phases}}, &answer); problem != nil || answer.AsOf == nil {
		return out
	}
	out.asOf, out.whole = *answer.AsOf, answer.Next == nil
	for i := range answer.Trends {
		t := &answer.Trends[i]
		out.add(t.Key, t)
		for n := range t.Variants {
			out.add(t.Variants[n].Key, t)
		}
	}
	return out
}

func (r *ranked) add(key string, t *api.Trend) {
	at := rankedTerm{t.Kind, key}
	r.trends[at] = append(r.trends[at], t)
}

// standing is how what an alert tells of stands now.
type standing struct {
	*api.Trend // null: it is not open, or not known
	Gone       bool
	asOf       time.Time
}

// of returns how an alert's trend stands: on the platform that it was strongest on, or else where it is strongest now.
func (r *ranked) of(a *api.Alert) standing {
	if r == nil || r.asOf.IsZero() || a.Kind == "watch" {
		return standing{}
	}
	trends := r.trends[rankedTerm{a.Kind, a.Key}]
	if len(trends) == 0 {
		return standing{Gone: r.whole, asOf: r.asOf}
	}
	best := trends[0]
	for _, t := range trends {
		if len(a.Platforms) > 0 && t.Platform == a.Platforms[0].Platform {
			best = t
		}
	}
	// Where it falls on one platform, it may still be worth something on another.
	for _, t := range trends {
		if best.Phase == phaseFading && t.Phase != phaseFading && t.Phase != phaseUnconfirmed {
			best = t
		}
	}
	return standing{Trend: best, asOf: r.asOf}
}

// Known reports whether anything is known of now.
func (s standing) Known() bool { return s.Trend != nil || s.Gone }

// Phase is that of now; over where the trend is not open any more, empty where nobody knows.
func (s standing) Phase() string {
	switch {
	case s.Trend != nil:
		return s.Trend.Phase
	case s.Gone:
		return "over"
	}
	return ""
}

// Changed reports whether it has another phase than when it was found.
func (r alertRow) Changed() bool { return r.Now.Known() && r.Now.Phase() != r.Phase }

// ActBy is when it will probably be too late: the moment that the ranking names, and that of the alert where the ranking is
// not known. Null: there is nothing to be in time for.
func (r alertRow) ActBy() *time.Time {
	switch {
	case r.Alert.ActBy == nil || r.Now.Gone:
		return nil
	case r.Now.Trend == nil:
		return r.Alert.ActBy
	}
	if by := postBy(r.Now.Trend, r.Now.asOf); !by.IsZero() {
		return &by
	}
	return nil
}

// Late reports whether it is probably too late to act.
func (r alertRow) Late(v *viewer) bool {
	if r.Mentioned() {
		return false
	}
	if r.Now.Known() {
		return r.Now.Gone || r.Now.Trend.Phase == phaseFading
	}
	return r.Alert.ActBy != nil && !v.now.IsZero() && v.now.After(*r.Alert.ActBy)
}

// Urgent reports whether there are only hours left to act in.
func (r alertRow) Urgent(v *viewer) bool {
	by := r.ActBy()
	return by != nil && !v.now.IsZero() && !r.Late(v) && by.Sub(v.now) < 12*time.Hour
}

// Lasts is for how long it may go on; null: nobody knows, or it does not.
func (r alertRow) Lasts() *api.Range {
	switch {
	case r.Now.Trend != nil:
		return &r.Now.HoursLeft
	case r.Now.Gone || len(r.Platforms) == 0:
		return nil
	}
	return r.Platforms[0].HoursLeft
}

// rival reports whether the alert tells to look before anybody posts: it was open, had hours left, and was given no deadline.
func (r alertRow) rival() bool {
	if r.Alert.ActBy != nil || r.Mentioned() || len(r.Platforms) == 0 || r.Platforms[0].Phase == phaseFading {
		return false
	}
	l := r.Platforms[0].HoursLeft
	return l != nil && l.High > 0
}

// Does says what to do as it stands now, with times of the viewer's zone. What an alert said when it was found is of then.
func (r alertRow) Does(v *viewer) template.HTML {
	if r.Mentioned() || !r.Now.Known() && r.Alert.ActBy == nil {
		return told(r.Advice, r.Alert)
	}
	switch r.Now.Phase() {
	case "over":
		return "It is no longer open: there is nothing to act on any more."
	case phaseFading:
		return "It is past its best by now: let it go, unless you are part of it already."
	case phaseUnconfirmed:
		return "It looks coordinated by now: wait until others join in."
	}
	left := r.leftWords()
	if r.rival() {
		return "Look at what is said with it before anybody posts" + template.HTML(left) + "."
	}
	out := template.HTML("If it suits you, post soon")
	if r.Now.Phase() == phasePeaking || !r.Now.Known() && r.Phase == phasePeaking {
		out = "It is at its best: post only what is ready"
	}
	if r.Late(v) {
		return "The time to act has probably passed."
	}
	if by := r.ActBy(); by != nil {
		out += ", by " + v.At(*by)
	}
	return out + template.HTML(left) + "."
}

// leftWords goes on with how long it may last. It is made of numbers and of words of this package alone.
func (r alertRow) leftWords() string {
	l := r.Lasts()
	if l == nil || !known(l.Low) || !known(l.High) {
		return ""
	}
	low, high := math.Floor(float64(l.Low)), math.Ceil(float64(l.High))
	if low < 1 {
		return fmt.Sprintf(": it may be over already, or last up to %.0f hours", high)
	}
	return fmt.Sprintf(": it probably has %.0f to %.0f hours left", low, high)
}

// told writes a sentence of an alert: platforms are called as people write them, but nothing that people wrote is changed.
func told(s string, a *api.Alert) template.HTML { return sentence(withNames(s, a)) }

// Titled is the title as a line of plain text.
func (r alertRow) Titled() string { return text(withNames(r.Title, r.Alert)) }

// Head is the title.
func (r alertRow) Head() template.HTML { return told(r.Title, r.Alert) }

// Because are the reasons.
func (r alertRow) Because() []template.HTML {
	out := make([]template.HTML, len(r.Reasons))
	for i, s := range r.Reasons {
		out[i] = told(s, r.Alert)
	}
	return out
}

// withNames calls the platforms of an alert by their names, but changes nothing in the term itself.
func withNames(s string, a *api.Alert) string {
	term := strings.TrimSpace(a.Term)
	if term == "" {
		return platformsIn(s, a)
	}
	parts := strings.Split(s, term)
	for i := range parts {
		parts[i] = platformsIn(parts[i], a)
	}
	return strings.Join(parts, term)
}

// platformsIn replaces the words of a text that are a platform of the alert.
func platformsIn(s string, a *api.Alert) string {
	words := strings.Split(s, " ")
	for i, word := range words {
		bare := strings.TrimRight(word, ".,:;")
		for n := range a.Platforms {
			if bare != "" && bare == a.Platforms[n].Platform {
				words[i] = platformName(bare) + word[len(bare):]
				break
			}
		}
	}
	return strings.Join(words, " ")
}
