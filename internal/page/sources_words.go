package page

import (
	"fmt"
	"math"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/chart"
	"github.com/swell-radar/swell/internal/console"
	"html/template"
	"time"
)

// sourceTitle is how people write the name of a source.
func sourceTitle(name string) string {
	switch name {
	case "googletrends":
		return "Google Trends"
	case "apple":
		return "Apple Music"
	case "feed":
		return "Feeds"
	case "push":
		return "Posts that are sent in"
	}
	return platformName(name)
}

// stateWord is the state of a source as people say it, with its explanation.
func stateWord(state string) shownWord {
	if w := wordAs("state-"+state, ""); w.ID != "" {
		return w
	}
	return shownWord{Label: text(state)}
}

// stateAdvice says what a state means for whoever relies on the source, and what to do.
func stateAdvice(state, title string) string {
	switch state {
	case "starting":
		return "Nothing has come yet. Give it a minute or two."
	case "unreachable":
		return title + " does not answer, or the network is down. It is tried again by itself; look at the network if all sources are like this."
	case "throttled":
		return title + " asks us to wait. It goes on by itself; to keep it from coming back, let it ask for less, or less often."
	case "blocked":
		return title + " refuses to answer programs here. Respect it: it is tried again after an hour at the soonest. Its page in the manual says what can be set."
	case "login_wall":
		return title + " shows this only to those who log in, which Swell does not. Leave that part out."
	case "schema_changed":
		return title + " answers in a form that Swell does not know. Look for a newer version of Swell."
	case "budget_spent":
		return "The requests of the day are used up; it goes on after midnight UTC. Raise requests_per_day, or let it ask for less."
	case "paused":
		return "What came before is counted first; nothing is lost. If it lasts, the machine is too slow or the disk is full."
	case "ended":
		return "All there is was read; nothing more comes from it."
	}
	return ""
}

// meter is a share as a bar.
type meter struct {
	Width int // of 100
	Level string
}

// newMeter returns the bar of what is left of something.
func newMeter(share float64) *meter {
	m := &meter{Width: int(math.Round(100 * max(0, min(1, share)))), Level: levelGood}
	switch {
	case share <= 0.02:
		m.Level = levelBad
	case share < 0.15:
		m.Level = levelWait
	}
	return m
}

// platformCard is what is known of a platform.
type platformCard struct {
	api.PlatformStatus
	Share    api.Number
	Since    *time.Time
	Counted  string // what stands for people
	Timeline template.HTML
	Tiers    []tier
}

// tier is the threshold of terms of one size.
type tier struct {
	Name  string
	Score api.Number
}

// tierNames are the sizes that thresholds are kept for, by how many people usually use a term a day.
var tierNames = []string{"fewer than 10 people a day", "10 to 99", "100 to 999", "1,000 or more", "totals and charts"}

func (v *viewer) platformCards(status *api.StatusAnswer, trends *api.TrendsAnswer) (out []*platformCard) {
	for _, s := range status.Platforms {
		c := &platformCard{PlatformStatus: s, Share: api.Unknown, Counted: spreadWord(s.Spread)}
		for i, score := range s.Threshold {
			if i < len(tierNames) {
				c.Tiers = append(c.Tiers, tier{tierNames[i], score})
			}
		}
		if trends.Coverage != nil && trends.Window != nil {
			for i := range trends.Coverage.Platforms {
				if known := &trends.Coverage.Platforms[i]; known.Platform == s.Platform {
					v.seen(c, known, trends.Window)
				}
			}
		}
		out = append(out, c)
	}
	return out
}

// seen fills in when a platform was seen.
func (v *viewer) seen(c *platformCard, known *api.PlatformCoverage, window *api.Span) {
	c.Share, c.Since = known.Share, &known.Since
	line := &chart.Timeline{From: window.To.Add(-remembered), To: window.To, Zone: v.zone}
	add := func(from, to time.Time, level, word string) {
		if from.Before(to) {
			line.Pieces = append(line.Pieces, chart.TimePiece{From: from, To: to, Level: level, Text: fmt.Sprintf("%s from %s, %s", word, v.When(from), lasting(to.Sub(from)))})
		}
	}
	at := known.Since
	for _, gap := range known.Missing {
		add(at, gap.From, levelGood, "seen")
		add(gap.From, gap.To, levelBad, "not seen")
		at = gap.To
	}
	add(at, window.To, levelGood, "seen")
	line.Label = fmt.Sprintf("%s: %s of the time since %s was seen", platformName(c.Platform), unknown(console.Share(float64(known.Share))), v.When(known.Since))
	c.Timeline = line.SVG()
}

// spreadWord says what stands for the people who post on a platform.
func spreadWord(spread string) string {
	switch spread {
	case "authors":
		return "authors"
	case "groups":
		return "communities, as authors are not told"
	case "posts":
		return "every post, as if each had its own author"
	}
	return "nothing: it does not tell who posts"
}

// pressureWord says whether the memory suffices.
func pressureWord(pressure string) (word, level string) {
	switch pressure {
	case "none":
		return "Enough memory", levelGood
	case "full":
		return "Memory well used", levelGood
	case "overloaded":
		return "Too little memory", levelBad
	}
	return text(pressure), levelWait
}

// Pressure puts the state of the core into words.
func (b *sourcesBody) Pressure() stateLine {
	word, level := pressureWord(b.Status.Core.Pressure)
	return stateLine{word, level}
}

type stateLine struct{ Word, Level string }

// Memory is what the engine was given.
func (b *sourcesBody) Memory() string {
	return console.Count(uint64(max(b.Status.Core.MemoryBytes, 0))>>20) + " MiB"
}

// Room is how full the table of terms is.
func (b *sourcesBody) Room() *meter {
	if b.Status.Core.Capacity <= 0 {
		return nil
	}
	return &meter{Width: int(math.Round(100 * min(1, float64(b.Status.Core.Tracked)/float64(b.Status.Core.Capacity)))), Level: levelGood}
}

// Waiting is how many records wait to be counted.
func (b *sourcesBody) Waiting() string { return console.Count(uint64(max(b.Status.Intake.Waiting, 0))) }
