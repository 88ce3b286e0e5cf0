package page

import (
	"fmt"
	"html/template"
	"math"
	"net/url"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

// funcs are what templates call. What needs to know who looks is a method of [viewer] instead.
func funcs() template.FuncMap {
	return template.FuncMap{
		"webLink": webLink, "posts": postsWord, "languageName": languageName, "hours": hoursWord,
		"count":   func(n uint64) string { return console.Count(n) },
		"whole":   func(n int) string { return console.Count(uint64(max(n, 0))) },
		"decimal": func(n api.Number, decimals int) string { return unknown(console.Decimal(float64(n), decimals)) },
		"share":   func(n api.Number) string { return unknown(console.Share(float64(n))) },
		"rate":    rate, "known": known, "left": left, "span": lasting, "text": text, "printable": console.Printable,
		"phase": phaseWord, "phaseSign": phaseSign, "sure": sureWord, "along": along, "named": named, "seconds": seconds, "themeWord": themeWord,
		"facetWord": facetWord, "flagWord": flagWord, "flagHelp": flagHelp, "flagWarns": flagWarns, "phaseHelp": phaseHelp, "platform": platformName, "kind": kindName, "termPath": termPath, "list": listed,
		"help": help, "wordAs": wordAs, "wordOf": wordOf, "sentence": sentence, "ordinal": ordinal,
	}
}

// unknown is how the page shows what is not known.
func unknown(s string) string {
	if s == console.Unknown {
		return "–"
	}
	return s
}

func known(n api.Number) bool { return !math.IsNaN(float64(n)) }

// text returns what somebody wrote without what would turn the writing around or break the line, in [longest] characters
// at most: the page cuts it to its place, but nothing needs more.
func text(s string) string {
	const longest = 300
	return console.Cut(console.Printable(s), longest)
}

// rate writes posts in an hour without false precision.
func rate(n api.Number) string {
	switch x := float64(n); {
	case math.IsNaN(x):
		return "–"
	case x > 0 && x < 0.1:
		return "< 0.1"
	case x < 10:
		return strings.TrimSuffix(console.Decimal(x, 1), ".0")
	default:
		return console.Decimal(x, 0)
	}
}

// left writes for how many hours something may go on.
func left(r api.Range) string {
	low, high := math.Round(float64(r.Low)), math.Round(float64(r.High))
	switch {
	case math.IsNaN(low) || math.IsNaN(high):
		return "not known"
	case high < 1:
		return "over"
	case low == high:
		return fmt.Sprintf("%.0f h", high)
	}
	return fmt.Sprintf("%.0f–%.0f h", low, high)
}

// lasting writes a duration in its two largest units.
func lasting(d time.Duration) string {
	minutes := int(max(d, 0).Round(time.Minute) / time.Minute)
	switch days, h, m := minutes/1440, minutes/60%24, minutes%60; {
	case minutes < 1:
		return "less than a minute"
	case days > 0 && h > 0:
		return fmt.Sprintf("%d d %d h", days, h)
	case days > 0:
		return fmt.Sprintf("%d d", days)
	case h > 0 && m > 0:
		return fmt.Sprintf("%d h %d min", h, m)
	case h > 0:
		return fmt.Sprintf("%d h", h)
	default:
		return fmt.Sprintf("%d min", m)
	}
}

func phaseWord(phase string) string { return phase }

// phaseHelp says in a sentence what a phase means for whoever wants to post.
func phaseHelp(phase string) string {
	switch phase {
	case "emerging":
		return "It has just begun to rise: early, and less sure than later."
	case "rising":
		return "It grows from hour to hour: the time to act."
	case "peaking":
		return "It is as large as it gets: act now or leave it."
	case "fading":
		return "It falls: what is posted now comes late."
	case "over":
		return "It is back to what is usual."
	case "unconfirmed":
		return "It looks as if few people or machines pushed it: held back until others join in."
	}
	return ""
}

// platformName is how people write the name of a platform.
func platformName(name string) string {
	switch name {
	case "x", "web":
		return map[string]string{"x": "X", "web": "Web"}[name]
	case "tiktok":
		return "TikTok"
	case "youtube":
		return "YouTube"
	case "linkedin":
		return "LinkedIn"
	case "listenbrainz":
		return "ListenBrainz"
	}
	name = text(name)
	if name == "" {
		return name
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// kindName is what a kind of term is called.
func kindName(kind string) string {
	if kind == "watch" {
		return "watch list"
	}
	return kind
}

// termPath is the address of a term's page.
func termPath(kind, key string) string {
	return "/terms/" + url.PathEscape(kind) + "/" + url.PathEscape(key)
}

// listed joins words as a sentence does.
func listed(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}

// ordinal tells things of a list apart that would read the same.
func ordinal(i, of int) string { return fmt.Sprintf("%d of %d", i+1, of) }
