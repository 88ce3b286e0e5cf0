package detect

import (
	"fmt"
	"math"
	"strings"
)

// Why holds the numbers behind a trend, for the API and for one plain sentence.
type Why struct {
	WindowMinutes int     // the deciding window
	Seen          float64 // authors seen in it; for gauges see [FlagRank]
	Expected      float64 // authors expected in it; for gauges see [FlagRank]
	Posts         float64 // posts in it
	Z             float64 // how surprising, in standard deviations
	Score         float64 // Z less the window's offset
	Threshold     float64 // score that was needed
	StartedUnix   int64   // Unix second at which the rise began
	Platforms     int     // platforms on which it is open
	Held          bool    // as unconfirmed
	Flags         Flags
}

// Why returns the numbers behind the trend's strongest evidence.
func (t *Trend) Why() Why {
	e := &t.Best
	return Why{
		WindowMinutes: e.Window * PaneSeconds / 60, Seen: e.Seen, Expected: e.Expected, Posts: e.Posts,
		Z: e.Z, Score: e.Score, Threshold: t.Threshold, StartedUnix: PaneStart(t.Began),
		Platforms: t.Platforms, Held: t.Phase == Unconfirmed, Flags: e.Flags,
	}
}

// Sentence says in plain English why the term of that name was raised.
func (w Why) Sentence(name string) string {
	if w.Flags.Has(FlagGauge) {
		return w.gaugeSentence(name)
	}
	var b strings.Builder
	if w.Seen <= w.Expected {
		fmt.Fprintf(&b, "%s is back to about its usual level.", name)
		return b.String()
	}
	fmt.Fprintf(&b, "%s people used %s within %s where about %s were expected", number(w.Seen), name, span(w.WindowMinutes), number(w.Expected))
	if w.Posts > w.Seen {
		fmt.Fprintf(&b, " (%s posts)", number(w.Posts))
	}
	b.WriteByte('.')
	if w.Platforms > 1 {
		fmt.Fprintf(&b, " It rises on %d platforms.", w.Platforms)
	}
	if w.Held {
		b.WriteString(" Most posts come from accounts that were never seen before or repeat each other; held back until others join in.")
		w.Flags &^= FlagThin
	}
	for _, n := range [...]struct {
		flag Flags
		text string
	}{
		{FlagThin, " Many of the posts come from accounts that were never seen before or repeat each other."},
		{FlagNew, " It was not seen before the last three days."},
		{FlagFew, " Few people wrote many of the posts."},
		{FlagBurst, " Nearly all came within half an hour; a second wave would confirm it."},
		{FlagBlind, " The source was down in the last hour."},
	} {
		if w.Flags.Has(n.flag) {
			b.WriteString(n.text)
		}
	}
	return b.String()
}

// gaugeSentence is Sentence where nobody knows how many people are behind it.
func (w Why) gaugeSentence(name string) string {
	const unknown = "How many people are behind it is not known."
	switch {
	case w.Flags.Has(FlagRank) && w.Seen < w.Expected:
		return fmt.Sprintf("%s climbed from place %.0f to %.0f of its list within %s. %s", name, w.Expected, w.Seen, span(w.WindowMinutes), unknown)
	case !w.Flags.Has(FlagRank) && w.Seen > w.Expected:
		return fmt.Sprintf("%s grew by %s an hour over %s where its list grew by %s. %s",
			name, percent(w.Seen), span(w.WindowMinutes), percent(w.Expected), unknown)
	}
	return name + " no longer moves in its list. " + unknown
}

// percent writes a log growth as a percentage.
func percent(log float64) string { return number(100*math.Expm1(log)) + " %" }

// number writes a count without false precision.
func number(x float64) string {
	if x < 10 && x != float64(int(x)) {
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.0f", x)
}

func span(minutes int) string {
	switch {
	case minutes < 60:
		return fmt.Sprintf("%d minutes", minutes)
	case minutes == 60:
		return "1 hour"
	}
	return fmt.Sprintf("%d hours", minutes/60)
}
