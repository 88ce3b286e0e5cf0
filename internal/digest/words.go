package digest

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"

	"github.com/clipperhouse/uax29/v2/graphemes"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

const (
	// longestTerm is how many columns of a term are shown.
	longestTerm = 48
	// mostMarks is how many marks may stand on a letter: Vietnamese, Hebrew and Tibetan need fewer.
	mostMarks = 4

	isolate = '\u2068' // first strong isolate
	pop     = '\u2069'
)

// harmless is what people wrote as it may be shown: without what acts on a terminal or turns the writing around,
// in one line, without towers of marks, and not too long.
func harmless(s string, columns int) string {
	s = console.Printable(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")))
	var b strings.Builder
	for g := graphemes.FromString(s); g.Next(); {
		marks := 0
		for _, r := range g.Value() {
			if unicode.In(r, unicode.Mn, unicode.Me) {
				if marks++; marks > mostMarks {
					continue
				}
			}
			b.WriteRune(r)
		}
	}
	return console.Cut(strings.Join(strings.Fields(b.String()), " "), columns)
}

// named returns a term as it stands in a sentence, with its sign. Its direction does not reach beyond it.
func named(kind, term string) string {
	s := harmless(term, longestTerm)
	switch kind {
	case "hashtag":
		s = "#" + s
	case "mention":
		s = "@" + s
	case "sound":
		return "the sound " + console.Isolated(s)
	}
	return console.Isolated(s)
}

// plain is a text that may hold what people wrote; isolates in pairs stay.
func plain(s string) string {
	const longestText = 400
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, string(isolate))
		b.WriteString(spaced(before))
		if !ok {
			return console.Cut(b.String(), longestText)
		}
		inner, after, ok := strings.Cut(rest, string(pop))
		if !ok {
			inner, after = rest, ""
		}
		b.WriteString(string(isolate) + spaced(strings.ReplaceAll(inner, string(isolate), "")) + string(pop))
		s = after
	}
}

// spaced is harmless with the spaces at both ends.
func spaced(s string) string {
	out := harmless(s, math.MaxInt)
	if out == "" {
		if s != "" {
			return " "
		}
		return ""
	}
	if first := []rune(s)[0]; unicode.IsSpace(first) {
		out = " " + out
	}
	if r := []rune(s); unicode.IsSpace(r[len(r)-1]) {
		out += " "
	}
	return out
}

// unseen says in sentences what of a day was not seen.
func (in *Input) unseen(day *Day) []string {
	out := append([]string{}, in.Unseen...)
	switch {
	case !day.Over:
		out = append(out, fmt.Sprintf("The day is not over: all of this is as of %s, and hours are told once they are over.", in.clock(day.AsOf)))
	case day.AsOf.Before(day.To):
		out = append(out, fmt.Sprintf("Nothing was counted after %s.", in.clock(day.AsOf)))
	}
	if day.Coverage == nil {
		return append(out, "How much of the day was seen is not known any more.")
	}
	for i := range day.Coverage.Platforms {
		p := &day.Coverage.Platforms[i]
		name := harmless(p.Platform, longestTerm)
		if p.Since.After(day.From) {
			out = append(out, fmt.Sprintf("%s was first met at %s.", name, in.clock(p.Since)))
		}
		if math.IsNaN(float64(p.Share)) {
			out = append(out, fmt.Sprintf("How much of %s was seen is not known.", name))
			continue
		}
		if len(p.Missing) == 0 {
			continue
		}
		var missing time.Duration
		for _, gap := range p.Missing {
			missing += gap.To.Sub(gap.From)
		}
		const listed = 3
		if len(p.Missing) > listed {
			out = append(out, fmt.Sprintf("%s was not seen, or not all of it, for %s in %d pieces.", name, lasting(missing), len(p.Missing)))
			continue
		}
		var pieces []string
		for _, gap := range p.Missing {
			pieces = append(pieces, in.clock(gap.From)+" to "+in.clock(gap.To))
		}
		out = append(out, fmt.Sprintf("%s was not seen, or not all of it, from %s (%s).", name, listedOf(pieces), lasting(missing)))
	}
	return out
}

func (in *Input) clock(t time.Time) string { return t.In(in.Zone).Format("15:04") }

// moment writes a time as people of a zone say it: the day of the week and the hour.
func moment(t time.Time, zone *time.Location) string { return t.In(zone).Format("Mon 15:04") }

// lasting writes a duration in hours and minutes.
func lasting(d time.Duration) string {
	minutes := int(d.Round(time.Minute) / time.Minute)
	switch h, m := minutes/60, minutes%60; {
	case h == 0:
		return fmt.Sprintf("%d min", m)
	case m == 0:
		return fmt.Sprintf("%d h", h)
	default:
		return fmt.Sprintf("%d h %d min", h, m)
	}
}

// hours writes how long something may last.
func hours(r *api.Range) string {
	low, high := math.Round(float64(r.Low)), math.Round(float64(r.High))
	switch {
	case math.IsNaN(low) || math.IsNaN(high):
		return "few hours"
	case high <= 1:
		return "hour"
	case low == high:
		return fmt.Sprintf("%.0f hours", low)
	}
	return fmt.Sprintf("%.0f to %.0f hours", low, high)
}

func posts(n uint64) string { return counted(n, "post") }

func counted(n uint64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return console.Count(n) + " " + what + "s"
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return console.Count(uint64(max(n, 0))) + " " + many
}

func share(n api.Number) string { return console.Share(float64(n)) }

// shortly writes a factor without false precision.
func shortly(x float64) string {
	if x < 9.95 {
		return strings.TrimSuffix(console.Decimal(x, 1), ".0")
	}
	return console.Decimal(x, 0)
}

// change writes how a number compares to the one before: in per cent where that says something.
func change(now, before uint64) string {
	const few = 20
	x := float64(now)/float64(before) - 1
	switch {
	case before == now:
		return "as before"
	case before < few:
		return "after " + console.Count(before)
	case math.Abs(x) < 0.005:
		return "as before"
	case x >= 2:
		return "× " + shortly(x+1)
	case x > 0:
		return "+" + console.Decimal(100*x, 0) + "%"
	}
	return "−" + console.Decimal(-100*x, 0) + "%"
}

// listedOf joins words as a sentence does.
func listedOf(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}
