package page

import (
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// phaseSign is the path of the little curve beside the name of a phase: the piece of the wave that it is.
func phaseSign(phase string) string {
	switch phase {
	case "emerging":
		return "M1 8.5h5c3 0 4-1.5 6-4"
	case "rising":
		return "M2 9C6 8 8 5 11 1M7 1h4v4"
	case "peaking":
		return "M1 9C4 8 5 2 7 2s3 6 6 7"
	case "fading":
		return "M2 1c3 1 5 5 9 7M7 9h4V5"
	case "unconfirmed":
		return "M1 5h2m3 0h2m3 0h2"
	}
	return "M1 8h12"
}

// Bounds of what is called sure and likely.
const (
	sureFrom   = 0.9
	likelyFrom = 0.7
)

// sureWord puts a confidence into a word.
func sureWord(confidence api.Number) string {
	switch {
	case !known(confidence):
		return "–"
	case confidence >= sureFrom:
		return "sure"
	case confidence >= likelyFrom:
		return "likely"
	}
	return "maybe"
}

// along is how far a share reaches on a scale of that many units.
func along(share api.Number, units float64) float64 {
	if !known(share) {
		return 0
	}
	return float64(int(10*units*min(max(float64(share), 0), 1)+0.5)) / 10
}

// named writes a term as people do: a hashtag and a mention with their sign.
func named(kind, key, spelling string) string {
	name := text(spelling)
	if strings.TrimSpace(name) == "" {
		name = text(key)
	}
	switch {
	case kind == "hashtag" && !strings.HasPrefix(name, "#"):
		return "#" + name
	case kind == "mention" && !strings.HasPrefix(name, "@"):
		return "@" + name
	}
	return name
}

func seconds(n *float64) string { return lasting(time.Duration(*n) * time.Second) }

func themeWord(theme string) string {
	if theme == themes[0] {
		return "as the system"
	}
	return theme
}

// flagWord is what qualifies the evidence for a trend, in a word or two.
func flagWord(flag string) string {
	if e, ok := lookUp("flag-" + flag); ok {
		return e.Word
	}
	return text(flag)
}

func flagHelp(flag string) string { return help("flag-" + flag) }

// flagWarns reports whether a flag is a reason to look twice.
func flagWarns(flag string) bool {
	return slices.Contains([]string{"few", "burst", "thin", "blind"}, flag)
}
