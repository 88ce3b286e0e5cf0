package page

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/chart"
)

// lead is what the page says first: the strongest of the open trends of a term.
type lead struct {
	trendCard
	Clock  template.HTML
	Before *time.Time // to post by; nil: no advice
	Halved *time.Time // until when half of such trends have lost half of their posts; nil: not known
	Age    time.Duration
}

// trendCard is an open trend on one platform.
type trendCard struct {
	*api.Trend
	// Seen in the window that decided is told in words only where it is people that were counted.
	People bool
	// Counted is since when the platform is counted, where that is less than the window; nil: for all of it.
	Counted *time.Time
}

func cardOf(p *api.TermPlatform, t *api.Trend) trendCard {
	return trendCard{Trend: t, People: t.From == "post" && (p.Spread == "authors" || p.Spread == "groups")}
}

// countedSince returns when a platform was first met, where that is within the window; nil: before, or not known.
func countedSince(c *api.Coverage, window *api.Span, platform string) *time.Time {
	if c == nil || window == nil {
		return nil
	}
	for _, p := range c.Platforms {
		if p.Platform == platform && p.Since.After(window.From) {
			return &p.Since
		}
	}
	return nil
}

// Held reports whether the trend is not told as one before others join in.
func (c *trendCard) Held() bool { return c.Phase == "unconfirmed" }

// held reports whether a trend is no recommendation, or only another spelling of one.
func (c *trendCard) held() bool { return c.Held() || c.VariantOf != "" }

// Window is the time of the posts that decided.
func (c *trendCard) Window() time.Duration { return time.Duration(c.Why.WindowMinutes) * time.Minute }

// Floored reports whether more is taken as expected than is usual for the term: of what is used little, so much is asked for
// that chance raises nothing.
func (c *trendCard) Floored() bool {
	usual := float64(c.ExpectedPerH) * c.Window().Hours()
	return c.From == "post" && c.Why.Seen > c.Why.Expected && float64(c.Why.Expected) > 1.5*usual && usual >= 0
}

func leadOf(cards []trendCard) *lead {
	return &lead{trendCard: cards[0]}
}

func compareNumbers(a, b api.Number) int { return cmp.Compare(float64(a), float64(b)) }

// verdict says in some sentences what whoever opens the page has to know.
func (b *termBody) verdict(v *viewer, asOf time.Time) []string {
	if b.Lead == nil {
		return b.calm(v)
	}
	l := b.Lead
	l.Age, l.Clock = asOf.Sub(l.Started), clockOf(l.Trend, asOf)
	out := []string{b.course(v)}
	if s := b.pace(); s != "" {
		out = append(out, s)
	}
	return append(out, l.advice(v, asOf, b.Kind == "watch"))
}

// course says where it stands and since when.
func (b *termBody) course(v *viewer) string {
	l := b.Lead
	var same, others []string
	since, more := l.Since, map[string][]string{}
	for _, t := range b.Trends {
		switch {
		case t.VariantOf != "" && l.VariantOf == "", slices.Contains(same, platformName(t.Platform)):
		case t.Phase == l.Phase:
			same = append(same, platformName(t.Platform))
			if t.Since.Before(since) {
				since = t.Since
			}
		default:
			if len(more[t.Phase]) == 0 {
				others = append(others, t.Phase)
			}
			more[t.Phase] = append(more[t.Phase], platformName(t.Platform))
		}
	}
	on := listed(same)
	if len(same) > 3 {
		on = fmt.Sprintf("%d platforms", len(same))
	}
	s := fmt.Sprintf("%s on %s since %s", capital(phaseVerb(l.Phase)), on, v.When(since))
	for _, phase := range others {
		s += fmt.Sprintf(", %s on %s", phaseVerb(phase), listed(more[phase]))
	}
	return s + "."
}

func phaseVerb(phase string) string {
	switch phase {
	case "unconfirmed":
		return "held back"
	case "peaking":
		return "at its peak"
	case "emerging":
		return "just beginning to rise"
	}
	return phase
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// pace tells how much more there is than usual.
func (b *termBody) pace() string {
	var posts, usual float64
	found := false
	met := map[string]bool{}
	for _, t := range b.Trends {
		if t.From != "post" || met[t.Platform] {
			continue
		}
		met[t.Platform] = true
		if x := float64(t.RatePerH); !math.IsNaN(x) {
			posts, found = posts+x, true
			usual += float64(t.ExpectedPerH)
		}
	}
	if !found {
		return ""
	}
	what := "posts"
	if b.Kind == "watch" {
		what = "mentions"
	}
	n := math.Round(posts)
	if n == 1 {
		what = strings.TrimSuffix(what, "s")
	}
	s := fmt.Sprintf("%s %s in the last hour", rate(api.Number(n)), what)
	if n == 0 {
		s = fmt.Sprintf("No %s in the last hour", what)
	}
	switch {
	case math.IsNaN(usual):
		return s + "."
	case usual < 1:
		return s + "; usual is less than 1."
	}
	return s + fmt.Sprintf("; usual is %s.", rate(api.Number(math.Round(usual))))
}

// advice says how long it may go on and what follows from that.
func (l *lead) advice(v *viewer, asOf time.Time, mentions bool) string {
	low, high := float64(l.HoursLeft.Low), float64(l.HoursLeft.High)
	known := !math.IsNaN(low) && !math.IsNaN(high) && high >= 1
	switch {
	case l.Phase == "unconfirmed":
		return "It looks pushed, by few people or machines: do not act on it before others join in."
	case mentions && known:
		return fmt.Sprintf("Probably %s more of it.", left(l.HoursLeft))
	case mentions || !known && l.Phase != "fading":
		return "How long it will go on is not known."
	case l.Phase == "fading":
		return "What is posted now comes late."
	}
	s := fmt.Sprintf("Probably %s left until it is back to what is usual", left(l.HoursLeft))
	by := asOf.Add(time.Duration(low * float64(time.Hour))).Truncate(10 * time.Minute)
	before := fmt.Sprintf("before %s, the near end of that", v.When(by))
	switch {
	case l.Halved != nil && (low < 1 || !l.Halved.After(by)):
		by, before = *l.Halved, "before then"
		s += fmt.Sprintf(", but half of such trends have lost half of it by %s", v.When(by))
	case low < 1:
		return s + ": it may be over within the hour, so post what is ready now, or leave it."
	}
	l.Before = &by
	switch l.Phase {
	case "emerging":
		return s + fmt.Sprintf(": get ready, and post %s.", before)
	case "peaking":
		return s + fmt.Sprintf(": post what is ready %s, or leave it.", before)
	}
	return s + fmt.Sprintf(": post %s.", before)
}

// calm is the verdict on what is no trend now.
func (b *termBody) calm(v *viewer) []string {
	out := []string{"No trend now."}
	if b.Past != nil {
		out[0] = "It was no trend then."
	}
	var posts uint64
	known, atLeast := false, false
	for i := range b.TermAnswer.Platforms {
		if p := b.TermAnswer.Platforms[i].Posts; p != nil {
			posts, known, atLeast = posts+p.Count, true, atLeast || p.AtLeast
		}
	}
	if known {
		s := plural(posts, "post")
		switch {
		case posts == 0:
			s = "No posts"
		case atLeast:
			s = "At least " + s
		}
		out = append(out, s+" in the last three days.")
	}
	if first := b.TermAnswer.Origin; first != nil {
		out = append(out, fmt.Sprintf("First seen on %s, %s.", platformName(first.Platform), v.When(first.FirstSeen)))
	}
	return out
}

// clockOf draws how old a trend is and how long it may go on.
func clockOf(t *api.Trend, asOf time.Time) template.HTML {
	age := asOf.Sub(t.Started).Hours()
	c := chart.Left{
		Age: max(age, 0), Low: float64(t.HoursLeft.Low), Mid: float64(t.HoursLeft.Mid), High: float64(t.HoursLeft.High), Phase: t.Phase,
		Label: fmt.Sprintf("%s old, %s left", lasting(asOf.Sub(t.Started)), left(t.HoursLeft)),
	}
	return c.SVG()
}
