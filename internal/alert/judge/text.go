package judge

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
	"github.com/swell-radar/swell/term"
)

// alert returns what a finding is told as.
func (s *scene) alert(f *finding, t *thread) api.Alert {
	a := api.Alert{
		Rule: f.rule.Name, Severity: f.rule.Severity, TS: time.Unix(s.At, 0).UTC(), Thread: t.ID, Kind: f.key.kind.String(),
		Watches: []string{}, Reasons: []string{}, Platforms: []api.AlertPlatform{}, Words: []api.AlertWord{}, Company: []api.Related{},
		State: api.AlertOpen, Told: []api.AlertTold{},
	}
	if p := cmp.Or(f.phase, furthest(f.trends)); p != 0 {
		a.Phase = p.String()
	}
	if f.list != nil {
		s.tellMentions(&a, f)
	} else {
		s.tellTrend(&a, f)
	}
	a.ID = alertID(&a, f.places)
	return a
}

func (s *scene) tellTrend(a *api.Alert, f *finding) {
	on := f.on
	name := shown(&on.Term)
	a.Key, a.Term, a.Watches = on.Term.Key, on.Term.Display, s.watches(f.trends)
	for _, t := range f.trends {
		a.Platforms = append(a.Platforms, trendPlatform(t))
	}
	where := make([]string, 0, len(f.trends))
	phases := make([]string, 0, len(f.trends))
	for _, t := range f.trends {
		where = append(where, t.Platform)
		phases = append(phases, fmt.Sprintf("%s (%s)", t.Platform, t.Phase))
	}
	gauge := on.Flags.Has(detect.FlagGauge)
	a.Title = fmt.Sprintf("%s is %s on %s", name, on.Phase, on.Platform)
	if len(f.places) > 0 {
		a.Title = fmt.Sprintf("%s is now on %s", name, and(where))
	}
	if gauge {
		a.Title += ", in the charts"
	} else {
		a.Title += fmt.Sprintf(": %s an hour, %s expected", count(on.PostsPerHour, "post"), few(on.ExpectedPerHour))
		a.Reasons = append(a.Reasons, fmt.Sprintf("%s in the last 60 minutes on %s, where %s were expected%s.",
			count(on.PostsPerHour, "post"), on.Platform, few(on.ExpectedPerHour), times(on.PostsPerHour, on.ExpectedPerHour)))
	}
	a.Reasons = append(a.Reasons, sentence(on, name))
	if floor := floored(on); floor != "" {
		a.Reasons = append(a.Reasons, floor)
	}
	if on.Authors24 > 0 {
		a.Reasons = append(a.Reasons, fmt.Sprintf("About %s used it there in the last 24 hours.", count(float64(on.Authors24), spreadWord(on.Spread))))
	}
	if len(f.trends) > 1 {
		a.Reasons = append(a.Reasons, fmt.Sprintf("It is open on %d platforms: %s.", len(f.trends), strings.Join(phases, ", ")))
	}
	if len(a.Watches) > 0 {
		a.Reasons = append(a.Reasons, fmt.Sprintf("It is on the watch %s %s.", plural(len(a.Watches), "list"), and(a.Watches)))
	}
	a.Reasons = append(a.Reasons, fmt.Sprintf("The chance that the rise is real is %s.", console.Share(on.Confidence)))
	s.advise(a, on)
}

// advise says what to do about a trend, and by when.
func (s *scene) advise(a *api.Alert, t *engine.Trend) {
	left := ""
	if low, high := t.Left.Low, t.Left.High; !math.IsNaN(low+high) && high > 0 {
		left = fmt.Sprintf("it probably has %s to %s hours left", number(math.Floor(low)), number(math.Ceil(high)))
	}
	if t.Phase == detect.Fading {
		a.Advice = "It is past its best: let it go, unless you are part of it already."
		return
	}
	if slices.ContainsFunc(s.Lists, func(l List) bool {
		return rival(l.Purpose) && l.Has(t.Term.Kind, t.Term.Key, t.Platform)
	}) {
		// People may be angry: nobody is told to post, and there is nothing to be in time for.
		a.Advice = "Look at what is said with it before anybody posts"
		if left != "" {
			a.Advice += ": " + left
		}
		a.Advice += "."
		return
	}
	switch t.Phase {
	case detect.Peaking:
		a.Advice = "It is at its best: post only what is ready"
	default:
		a.Advice = "If it suits you, post soon"
	}
	if left == "" {
		a.Advice += "."
		return
	}
	hours := max(1, t.Left.Low)
	by := time.Unix(s.At, 0).UTC().Add(time.Duration(hours * float64(time.Hour))).Truncate(10 * time.Minute)
	a.ActBy = &by
	a.Advice += fmt.Sprintf(", by %s: %s.", by.Format("15:04 UTC on January 2"), left)
}

func trendPlatform(t *engine.Trend) api.AlertPlatform {
	p := api.AlertPlatform{
		Platform: t.Platform, Phase: t.Phase.String(), Confidence: api.Rounded(t.Confidence),
		HoursLeft: &api.Range{Low: api.Rounded(t.Left.Low), Mid: api.Rounded(t.Left.Mid), High: api.Rounded(t.Left.High)},
		RatePerH:  api.Unknown, ExpectedPerH: api.Unknown, Hours: []uint32{},
	}
	if !t.Flags.Has(detect.FlagGauge) {
		p.RatePerH, p.ExpectedPerH = api.Rounded(t.PostsPerHour), api.Rounded(t.ExpectedPerHour)
		p.Authors24h = api.AuthorsOf(t.Authors24, t.AuthorsError, t.Posts)
		p.Hours = append(p.Hours, t.Hours...)
	}
	return p
}

func (s *scene) tellMentions(a *api.Alert, f *finding) {
	p := f.at
	name := console.Isolated(cut(console.Printable(cmp.Or(f.list.Title, f.list.Name))))
	a.Key, a.Term, a.Watches = f.list.Name, cmp.Or(f.list.Title, f.list.Name), []string{f.list.Name}
	sorted := slices.Clone(f.figs.Platforms)
	slices.SortStableFunc(sorted, func(x, y PlatformMentions) int { return cmp.Or(cmp.Compare(y.Hour, x.Hour), cmp.Compare(y.Day, x.Day)) })
	for i := range sorted {
		if sorted[i].Day > 0 {
			a.Platforms = append(a.Platforms, s.mentionPlatform(f.list.Name, &sorted[i]))
		}
	}
	at := listPlace{f.list.Name, p.Platform}
	usual, held := p.Usual.Mean, s.held[at]
	if t := cmp.Or(s.raised[at], held); t != nil && math.IsNaN(usual) {
		usual = t.ExpectedPerHour
	}
	x := s.shares[at]
	if f.rule.onShare() {
		a.Title = fmt.Sprintf("%s has %s of the mentions on %s", name, console.Share(x.day), p.Platform)
		if !math.IsNaN(x.week) {
			a.Title += fmt.Sprintf(", %s the week before", console.Share(x.week))
		}
		a.Advice = "Look at what it is talked about for, and whether you have an answer."
	} else {
		a.Title = fmt.Sprintf("%s is mentioned %s an hour on %s", name, count(p.Hour, "time"), p.Platform)
		if !math.IsNaN(usual) {
			a.Title += fmt.Sprintf(", %s is usual", few(usual))
		}
		a.Advice = "Look at the newest mentions now, say who answers, and stop what is scheduled until you know what it is about."
		if held != nil {
			a.Advice = "Look at the newest mentions and at who writes them before anybody answers, and stop what is scheduled until you know what it is about."
		}
	}
	if z := p.Usual.Surprise(p.Hour); !math.IsNaN(z) {
		a.Reasons = append(a.Reasons, fmt.Sprintf("%s in the last 60 minutes on %s, where %s ± %s is usual at this hour%s: %.1f standard deviations.",
			count(p.Hour, "post"), p.Platform, number(usual), number(math.Sqrt(p.Usual.Scatter*usual)), times(p.Hour, usual), z))
	} else {
		a.Reasons = append(a.Reasons, fmt.Sprintf("%s in the last 60 minutes on %s.", count(p.Hour, "post"), p.Platform))
	}
	a.Reasons = append(a.Reasons, fmt.Sprintf("%s in the last 24 hours%s%s.", count(float64(p.Day), "post"), s.people(f.list.Name, p), before(p)))
	if held != nil {
		reason := "Most of the posts come from accounts that were never seen before or repeat each other"
		if held.ThinShare > 0 {
			reason += fmt.Sprintf(" (up to %s of those of two hours)", console.Share(held.ThinShare))
		}
		a.Reasons = append(a.Reasons, reason+": somebody may coordinate them.")
	}
	for _, t := range f.trends {
		if t.Phase != detect.Fading {
			a.Reasons = append(a.Reasons, fmt.Sprintf("The mentions themselves are a trend on %s: %s", t.Platform, sentence(t, name)))
		}
	}
}

// around adds what the posts that mention a list have besides. It is asked for only where somebody is told.
func (s *scene) around(a *api.Alert, f *finding) {
	if f.list == nil {
		return
	}
	if s.Words != nil {
		a.Words = append(a.Words, s.Words(f.list.Name)...)
	}
	if s.Company != nil {
		for _, c := range s.Company(f.list.Name) {
			k := kindOf(c.Kind)
			if len(a.Company) < maxCompany && (k == term.Link || k == term.Hashtag || k == term.Mention) && !f.list.Has(k, c.Key, f.at.Platform) {
				a.Company = append(a.Company, c)
			}
		}
	}
	if len(a.Words) > 0 {
		var words []string
		for _, w := range a.Words[:min(5, len(a.Words))] {
			words = append(words, fmt.Sprintf("%s (%s)", console.Isolated(cut(console.Printable(w.Word))), count(float64(w.Posts), "post")))
		}
		a.Reasons = append(a.Reasons, "Words that the posts have more often than before: "+strings.Join(words, ", ")+".")
	}
	if len(a.Company) > 0 {
		var company []string
		for _, c := range a.Company[:min(5, len(a.Company))] {
			company = append(company, shown(&term.Term{Kind: kindOf(c.Kind), Key: c.Key, Display: c.Term}))
		}
		a.Reasons = append(a.Reasons, "Comes with: "+strings.Join(company, ", ")+".")
	}
}

// before says how many posts a day the week before had, as far as anybody knows; nothing of less than a day.
func before(p *PlatformMentions) string {
	known := weekHours - p.Unknown
	if known < dayHours {
		return ""
	}
	aDay := number(float64(p.Week) * dayHours / float64(known))
	if p.Unknown > 0 {
		return fmt.Sprintf("; the %d hours of the week before that are known had %s a day", known, aDay)
	}
	return fmt.Sprintf("; the week before had %s a day", aDay)
}

func (s *scene) mentionPlatform(list string, m *PlatformMentions) api.AlertPlatform {
	p := api.AlertPlatform{
		Platform: m.Platform, Confidence: api.Unknown, RatePerH: api.Rounded(m.Hour), ExpectedPerH: api.Rounded(m.Usual.Mean), Hours: append([]uint32{}, m.Hours...),
	}
	if t := s.raised[listPlace{list, m.Platform}]; t != nil {
		p = trendPlatform(t)
		p.RatePerH = api.Rounded(m.Hour)
	}
	p.Authors24h = s.people(list, m).told(m.Day)
	return p
}

// shown is a term as people write it, harmless and short.
func shown(t *term.Term) string {
	name := cut(console.Printable(cmp.Or(strings.TrimSpace(t.Display), t.Key)))
	sign := map[term.Kind]string{term.Hashtag: "#", term.Mention: "@"}[t.Kind]
	if !strings.HasPrefix(name, sign) {
		name = sign + name
	}
	return console.Isolated(name)
}

// maxCompany is how many terms that come with a list an alert shows.
const maxCompany = 10

// longName is how many letters of a name stand in a text.
const longName = 60

func cut(s string) string {
	if letters := []rune(s); len(letters) > longName {
		return string(letters[:longName-1]) + "…"
	}
	return s
}

// floored says why more is taken as expected than is usual for the term; empty: it is not.
func floored(t *engine.Trend) string {
	usual := t.ExpectedPerHour * float64(t.Why.WindowMinutes) / 60
	if t.Flags.Has(detect.FlagGauge) || !(t.Why.Seen > t.Why.Expected) || !(t.Why.Expected > 1.5*usual) {
		return ""
	}
	return fmt.Sprintf("Of a new or little used term %s people are taken as expected in that time, more than is usual for it, so that chance raises nothing.", number(t.Why.Expected))
}

func sentence(t *engine.Trend, name string) string { return t.Why.Sentence(name) }

func spreadWord(s engine.Spread) string {
	switch s {
	case engine.SpreadGroups:
		return "group"
	case engine.SpreadAuthors:
		return "author"
	}
	return "post"
}

// times says how many times as many, where that says something.
func times(seen, expected float64) string {
	if expected < 0.1 || seen < 1.5*expected {
		return ""
	}
	return fmt.Sprintf(" (%s times as many)", number(seen/expected))
}

// few writes what was expected: next to nothing is no number to compare with.
func few(x float64) string {
	if x < 0.1 {
		return "hardly any"
	}
	return number(x)
}

// number writes a count without false precision.
func number(x float64) string {
	if x < 10 && x != math.Trunc(x) {
		return console.Decimal(x, 1)
	}
	return console.Count(uint64(max(0, math.Round(x))))
}

func count(x float64, what string) string {
	n := number(x)
	if n == "1" {
		return n + " " + what
	}
	return n + " " + what + "s"
}

func plural(n int, what string) string {
	if n == 1 {
		return what
	}
	return what + "s"
}

func and(names []string) string {
	switch n := len(names); {
	case n <= 1:
		return strings.Join(names, "")
	case n > 4:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), n-3)
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}
