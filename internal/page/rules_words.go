package page

import (
	"fmt"
	"strings"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

// ruleSays puts a rule into a sentence.
func ruleSays(r *api.Rule) string {
	if r.Mentions {
		return mentionsSay(r)
	}
	var b strings.Builder
	b.WriteString("Tell me when ")
	what := "a trend"
	if len(r.Kinds) > 0 {
		what = "a " + either(mapped(r.Kinds, kindName))
	}
	b.WriteString(what)
	if of := listsOf(r); of != "" {
		b.WriteString(" on " + of)
	}
	switch {
	case len(r.Phases) > 0:
		b.WriteString(" is " + either(inOrder(r.Phases)))
	default:
		b.WriteString(" is open")
	}
	b.WriteString(where(r))
	if with := conditions(r); with != "" {
		b.WriteString(", with " + with)
	}
	b.WriteString(".")
	switch {
	case known(r.MinPlatforms):
		b.WriteString(" Each further platform is told.")
	case r.Once:
		b.WriteString(" Once for each rise.")
	case len(r.Phases) > 1:
		b.WriteString(" Once for each of these phases.")
	}
	return b.String()
}

func mentionsSay(r *api.Rule) string {
	var b strings.Builder
	b.WriteString("Tell me when the mentions of " + listsOf(r))
	b.WriteString(where(r))
	if known(r.MinSurprise) {
		fmt.Fprintf(&b, " are at least %s standard deviations above their own past", plainNumber(r.MinSurprise, 1))
	} else {
		b.WriteString(" are")
	}
	if with := conditions(r); with != "" {
		if known(r.MinSurprise) {
			b.WriteString(",")
		}
		b.WriteString(" with " + with)
	}
	return strings.Replace(b.String(), " are with ", " come with ", 1) + "."
}

// listsOf names the watch lists that a rule asks for; empty: none.
func listsOf(r *api.Rule) string {
	var names []string
	anyList := false
	for _, w := range r.Watches {
		if w == "*" {
			anyList = true
			continue
		}
		names = append(names, text(w))
	}
	of := ""
	switch {
	case anyList || len(r.Watches) == 0 && len(r.Purposes) > 0:
		of = "any watch list"
	case len(names) == 1:
		of = "the watch list " + names[0]
	case len(names) > 1:
		of = "one of the watch lists " + listed(names)
	}
	if len(r.Purposes) > 0 {
		of += " of a " + either(r.Purposes)
	}
	return of
}

// where says on which platforms.
func where(r *api.Rule) string {
	out := ""
	if known(r.MinPlatforms) {
		out = fmt.Sprintf(" on at least %s", howMany(r.MinPlatforms, "platform"))
		if len(r.Platforms) > 0 {
			return out + " of " + listed(mapped(r.Platforms, platformName))
		}
		return out
	}
	if len(r.Platforms) > 0 {
		out = " on " + either(mapped(r.Platforms, platformName))
	}
	return out
}

// conditions lists the numbers that a rule asks for.
func conditions(r *api.Rule) string {
	var out []string
	add := func(n api.Number, format string, args ...any) {
		if known(n) {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	add(r.MinAuthors, "at least %s in 24 hours", howMany(r.MinAuthors, "person"))
	add(r.MinRatePerH, "at least %s an hour", howMany(r.MinRatePerH, "post"))
	add(r.MinTimes, "at least %s times what is usual", plainNumber(r.MinTimes, 1))
	add(r.MinConfidence, "a chance of at least %s that it is real", inPercent(r.MinConfidence))
	add(r.MinScore, "a score of at least %s", plainNumber(r.MinScore, 1))
	add(r.MinHoursLeft, "at least %s left", howMany(r.MinHoursLeft, "hour"))
	add(r.MinShare, "at least %s of the share of voice", inPercent(r.MinShare))
	add(r.MinShareRise, "a share of voice at least %s above that of the week before", inPoints(r.MinShareRise))
	return listed(out)
}

func howMany(n api.Number, of string) string {
	switch {
	case n == 1:
	case of == "person":
		of = "people"
	default:
		of += "s"
	}
	return plainNumber(n, 1) + " " + of
}

// plainNumber writes a number without decimals that say nothing.
func plainNumber(n api.Number, decimals int) string {
	s := console.Decimal(float64(n), decimals)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

func inPercent(n api.Number) string { return plainNumber(100*n, 1) + " %" }

func inPoints(n api.Number) string {
	if 100*n == 1 {
		return "1 percentage point"
	}
	return plainNumber(100*n, 1) + " percentage points"
}

// either joins words with or.
func either(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return strings.Join(words, "")
}

func mapped(in []string, word func(string) string) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = word(s)
	}
	return out
}

// lifePhases are the phases that a rule may ask for, in the order of a life.
func lifePhases() []string { return []string{"emerging", "rising", "peaking", "fading"} }

// inOrder puts phases in the order of a life.
func inOrder(phases []string) []string {
	var out []string
	for _, p := range lifePhases() {
		for _, given := range phases {
			if given == p {
				out = append(out, p)
			}
		}
	}
	return out
}
