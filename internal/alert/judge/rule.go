package judge

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// The limits of rules.
const (
	MaxRules = 100 // that are kept
	MaxTitle = 256 // bytes
	// MaxNames is how many platforms, or watch lists, a rule may name.
	MaxNames = 64
)

// Any stands for all watch lists in the rules that ask for one.
const Any = "*"

// Rule is a rule that can be asked. It does not change.
type Rule struct {
	api.Rule

	kinds  []term.Kind
	phases []detect.Phase
	// mark stands for what it asks: one with another mark is a rule that was not there before.
	mark uint64
}

// severities in rising order.
func severities() []string {
	return []string{api.SeverityNotice, api.SeverityWarning, api.SeverityCrisis}
}

// phases that a rule may ask for, in the order of a life.
func phases() []detect.Phase {
	return []detect.Phase{detect.Emerging, detect.Rising, detect.Peaking, detect.Fading}
}

// Compile returns the rule as it is asked and kept: its lists sorted, each name once. The error is a [*FieldError].
func Compile(in api.Rule) (*Rule, error) {
	r := &Rule{Rule: in}
	if err := watch.CheckName(r.Name); err != nil {
		return nil, wrong("name", "is %.80q; use up to %d of a-z, 0-9, '-', '_' and '.', the first a letter or a digit", r.Name, watch.MaxName)
	}
	if r.Name == "test" {
		return nil, wrong("name", "is test, which is a path of its own; use another")
	}
	r.Title = strings.TrimSpace(r.Title)
	if len(r.Title) > MaxTitle || !utf8.ValidString(r.Title) {
		return nil, wrong("title", "has %d bytes; use at most %d, in UTF-8", len(r.Title), MaxTitle)
	}
	if r.Severity == "" {
		r.Severity = api.SeverityNotice
	}
	if !slices.Contains(severities(), r.Severity) {
		return nil, wrong("severity", "is %.80q; use one of %s", r.Severity, strings.Join(severities(), ", "))
	}
	for _, names := range []struct {
		field string
		list  *[]string
		check func(string) bool
		use   string
	}{
		{"platforms", &r.Platforms, validPlatform, "names of platforms: letters a-z, digits, '.', '_' and '-'"},
		{"kinds", &r.Kinds, func(s string) bool { return slices.Contains(kindNames(), s) }, strings.Join(kindNames(), ", ")},
		{"watches", &r.Watches, func(s string) bool { return s == Any || watch.CheckName(s) == nil }, "names of watch lists, or * for any"},
		{"purposes", &r.Purposes, func(s string) bool { return slices.Contains(watch.Purposes(), s) }, strings.Join(watch.Purposes(), ", ")},
		{"phases", &r.Phases, func(s string) bool { return slices.Contains(phaseNames(), s) }, strings.Join(phaseNames(), ", ")},
	} {
		sorted, err := normal(names.field, *names.list, names.check, names.use)
		if err != nil {
			return nil, err
		}
		*names.list = sorted
	}
	if err := r.checkNumbers(); err != nil {
		return nil, err
	}
	if err := r.checkWhole(); err != nil {
		return nil, err
	}
	for _, name := range r.Kinds {
		r.kinds = append(r.kinds, kindOf(name))
	}
	for _, p := range phases() {
		if slices.Contains(r.Phases, p.String()) {
			r.phases = append(r.phases, p)
		}
	}
	r.mark = r.sum()
	return r, nil
}

func wrong(field, format string, args ...any) *FieldError {
	return &FieldError{Field: field, Reason: fmt.Sprintf(format, args...)}
}

func normal(field string, names []string, valid func(string) bool, use string) ([]string, error) {
	out := []string{}
	if len(names) > MaxNames {
		return nil, wrong(field, "are %d; use at most %d, or none for all", len(names), MaxNames)
	}
	for _, name := range names {
		if field == "platforms" {
			name = strings.ToLower(name)
		}
		if !valid(name) {
			return nil, wrong(field, "has %.80q; use %s", name, use)
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func validPlatform(name string) bool {
	return name != "" && len(name) <= term.MaxPlatformBytes && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == ""
}

func kindNames() (names []string) {
	for _, k := range term.Kinds() {
		names = append(names, k.String())
	}
	return names
}

// kindOf returns the kind of a name that there is, else 0.
func kindOf(name string) term.Kind {
	k, err := term.ParseKind(name)
	if err != nil {
		return 0
	}
	return k
}

func phaseNames() (names []string) {
	for _, p := range phases() {
		names = append(names, p.String())
	}
	return names
}

// bound is a number of a rule, with what it may be.
type bound struct {
	field     string
	value     *api.Number
	low, high float64
	whole     bool
	// of says what the number is asked of: trends, mentions or, where both are false, either.
	trends, mentions bool
}

func bounds(r *api.Rule) []bound {
	const many = 1e12
	return []bound{
		{field: "min_score", value: &r.MinScore, low: 0, high: 1e6, trends: true},
		{field: "min_confidence", value: &r.MinConfidence, low: 0, high: 1, trends: true},
		{field: "min_rate_per_h", value: &r.MinRatePerH, low: 0, high: many},
		{field: "min_times_expected", value: &r.MinTimes, low: 0, high: 1e6},
		{field: "min_authors_24h", value: &r.MinAuthors, low: 0, high: many},
		{field: "min_platforms", value: &r.MinPlatforms, low: 1, high: MaxNames, whole: true},
		{field: "min_hours_left", value: &r.MinHoursLeft, low: 0, high: 72, trends: true},
		{field: "min_share", value: &r.MinShare, low: 0, high: 1, mentions: true},
		{field: "min_surprise", value: &r.MinSurprise, low: 0, high: 1e6, mentions: true},
		{field: "min_share_rise", value: &r.MinShareRise, low: 0, high: 1, mentions: true},
	}
}

// Kinds lists what a rule may ask for as kinds: those of terms, and watch.
func Kinds() []string { return kindNames() }

// Numbers returns the numbers of a rule, to be set, by their names in JSON.
func Numbers(in *api.Rule) map[string]*api.Number {
	out := map[string]*api.Number{}
	for _, b := range bounds(in) {
		out[b.field] = b.value
	}
	return out
}

// given reports whether a number asks for something.
func given(n api.Number) bool { return !math.IsNaN(float64(n)) }

func (r *Rule) checkNumbers() error {
	for _, b := range bounds(&r.Rule) {
		x := float64(*b.value)
		switch {
		case !given(*b.value):
		case x < b.low || x > b.high || b.whole && x != math.Trunc(x):
			what := "number"
			if b.whole {
				what = "whole number"
			}
			return wrong(b.field, "is %g; use a %s from %g to %g, or null for none", x, what, b.low, b.high)
		case b.trends && r.Mentions:
			return wrong(b.field, "is asked of trends alone; leave it out, or set mentions to false")
		case b.mentions && !r.Mentions:
			return wrong(b.field, "is asked of mentions alone; leave it out, or set mentions to true")
		}
	}
	return nil
}

// checkWhole refuses rules that would never hold, or always.
func (r *Rule) checkWhole() error {
	asks := false
	for _, b := range bounds(&r.Rule) {
		asks = asks || given(*b.value)
	}
	switch {
	case !r.Off && !r.Mentions && !asks && len(r.Phases) == 0 && !r.watched():
		return wrong("phases", "and all other conditions are missing, so that every trend would be an alert; give phases, watches, purposes or a number, as min_confidence 0.1")
	case r.Severity == api.SeverityCrisis && !r.Mentions && !r.watched():
		return wrong("severity", "is crisis, which is for mentions or for terms on watch lists; set mentions to true, name watches or purposes, or use %s", api.SeverityWarning)
	case r.Mentions && len(r.Kinds) > 0:
		return wrong("kinds", "is asked of trends alone; leave it out, or set mentions to false")
	case r.Mentions && r.Once:
		return wrong("once", "is asked of trends alone; leave it out, or set mentions to false")
	case r.Mentions && len(r.Phases) > 0:
		return wrong("phases", "is asked of trends alone; leave it out, or set mentions to false")
	case r.Mentions && !asks:
		return wrong("min_surprise", "and all other numbers are missing, so that every mention would be an alert; give one, as min_surprise 4")
	case r.Mentions && len(r.Watches) == 0 && len(r.Purposes) == 0:
		return wrong("watches", "is missing; name watch lists, or * for any, or purposes of them")
	}
	return nil
}

// lists reports whether a watch list is one that the rule looks at.
func (r *Rule) lists(l *List) bool {
	return (len(r.Watches) == 0 || slices.Contains(r.Watches, Any) || slices.Contains(r.Watches, l.Name)) &&
		(len(r.Purposes) == 0 || slices.Contains(r.Purposes, l.Purpose))
}

// watched reports whether the rule asks for terms on watch lists.
func (r *Rule) watched() bool { return len(r.Watches) > 0 || len(r.Purposes) > 0 }

// onShare reports whether the rule asks for shares of voice.
func (r *Rule) onShare() bool { return given(r.MinShare) || given(r.MinShareRise) }

func (r *Rule) onPlatform(name string) bool {
	return len(r.Platforms) == 0 || slices.Contains(r.Platforms, name)
}

// least reports whether x is at least what a number asks for; slack below 1 asks for less. What is not known is
// not enough.
func least(asked api.Number, x, slack float64) bool {
	return !given(asked) || x >= float64(asked)*slack
}
