package judge

import (
	"github.com/swell-radar/swell/internal/api"
)

// None is a rule that asks nothing: numbers are filled in where they are needed.
func None(name string) api.Rule {
	return api.Rule{
		Name: name, Severity: api.SeverityNotice, Platforms: []string{}, Kinds: []string{}, Watches: []string{}, Purposes: []string{}, Phases: []string{},
		MinScore: api.Unknown, MinConfidence: api.Unknown, MinRatePerH: api.Unknown, MinTimes: api.Unknown, MinAuthors: api.Unknown,
		MinPlatforms: api.Unknown, MinHoursLeft: api.Unknown, MinShare: api.Unknown, MinSurprise: api.Unknown, MinShareRise: api.Unknown,
	}
}

// The rules that are there from the start.
const (
	RuleEmerging = "emerging"
	RuleSpread   = "spread"
	RuleWatched  = "watched"
	RuleCrisis   = "crisis"
	RuleShare    = "share"
)

// Builtin returns the rules that are there from the start, by name. Their thresholds were measured on archives
// so that one person gets a handful of alerts a day: see docs/alerts.md.
func Builtin() []api.Rule {
	crisis := None(RuleCrisis)
	crisis.Title, crisis.Severity, crisis.Mentions = "Mentions of a brand far above their own past", api.SeverityCrisis, true
	crisis.Purposes = []string{Brand}
	crisis.MinSurprise, crisis.MinRatePerH, crisis.MinAuthors, crisis.MinTimes = 6, 20, 15, 3

	emerging := None(RuleEmerging)
	emerging.Title, emerging.Phases, emerging.Once = "A new trend that can still be acted on", []string{"emerging", "rising"}, true
	emerging.MinConfidence, emerging.MinAuthors, emerging.MinHoursLeft = 0.1, 20, 6

	share := None(RuleShare)
	share.Title, share.Off, share.Mentions = "A rival takes share of voice", true, true
	share.Purposes = []string{Competitor}
	share.MinShareRise, share.MinShare, share.MinAuthors = 0.2, 0.3, 50

	spread := None(RuleSpread)
	spread.Title, spread.Phases = "A trend has reached a further platform", []string{"emerging", "rising", "peaking"}
	spread.MinPlatforms, spread.MinConfidence, spread.MinAuthors, spread.MinHoursLeft = 2, 0.1, 20, 6

	watched := None(RuleWatched)
	watched.Title, watched.Severity = "A trend on a watch list", api.SeverityWarning
	watched.Watches, watched.Phases = []string{Any}, []string{"emerging", "rising"}
	watched.MinAuthors, watched.Once = 8, true

	rules := []api.Rule{crisis, emerging, share, spread, watched}
	for i := range rules {
		rules[i].Builtin = true
	}
	return rules
}
