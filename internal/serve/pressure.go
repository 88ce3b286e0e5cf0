package serve

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/window"
)

// The words of [Core.Pressure].
const (
	PressureNone       = "none"       // what came fits into the memory
	PressureFull       = "full"       // the table fills up, as it may
	PressureOverloaded = "overloaded" // answers are worse than they are meant to be
)

// fullThreshold is the least number of uses that a full table asks of a new term.
// It asks for more only where terms push each other out too fast.
const fullThreshold = 3

// freshHours is how long an author of a term is meant to be remembered.
const freshHours = 24

// pressure says in a word and in a sentence whether the memory of an engine
// suffices for its stream, what suffers if not, and what to do.
func pressure(v *engine.View) (word, why string) {
	c := &v.Core
	switch lacks := shortages(v); {
	case v.AsOf == 0:
		return PressureNone, "No pane has been closed yet."
	case len(lacks) > 0:
		return PressureOverloaded, fmt.Sprintf("The memory of %s is too small for this stream: %s; %s.", size(c.Memory), enumerate(lacks), remedy(v))
	case c.Threshold >= fullThreshold:
		return PressureFull, fmt.Sprintf("The table of terms fills up (%d of %d): a new term needs %d uses before it is tracked, and is an estimate until then; %s to track rarer terms.",
			c.Tracked, c.Capacity, c.Threshold, remedy(v))
	case c.Threshold == 2:
		return PressureNone, fmt.Sprintf("The memory of %s suffices: a new term is tracked from its second use.", size(c.Memory))
	}
	return PressureNone, fmt.Sprintf("The memory of %s suffices: a new term is tracked from its first use.", size(c.Memory))
}

// shortages lists what is worse than it is meant to be for want of memory.
func shortages(v *engine.View) (lacks []string) {
	add := func(format string, args ...any) { lacks = append(lacks, fmt.Sprintf(format, args...)) }
	c := &v.Core
	if c.Threshold > fullThreshold {
		add("a new term needs %d uses before it is tracked", c.Threshold)
	}
	if short(c.FreshHorizon, freshHours) {
		add("authors count as fresh again after %s hours instead of %d", hoursText(c.FreshHorizon), freshHours)
	}
	if short(v.Counters.RecentHorizon, window.Hours) {
		add("a post that comes again is known for %s hours instead of %d", hoursText(v.Counters.RecentHorizon), window.Hours)
	}
	if inWindow(v, c.AuthorsLostAt) || inWindow(v, c.BlurredAt) {
		add("of the authors of some terms only the least number is known")
	}
	return lacks
}

// short reports whether a horizon has been measured and does not reach as far as
// it is meant to.
func short(horizon, meant float64) bool { return horizon > 0 && horizon < meant }

// inWindow reports whether something that happened by then, in Unix seconds,
// still touches the window.
func inWindow(v *engine.View, at int64) bool {
	return at > 0 && v.AsOf-at < window.Hours*hourSeconds
}

// remedy says how much memory to give: as many times more as the largest
// shortage, at least twice and rounded up to a power of two. Horizons grow with
// the memory, and by Zipf's law the number of terms with so many uses falls with
// that number.
func remedy(v *engine.View) string {
	times := max(2, float64(v.Core.Threshold)/fullThreshold)
	if h := v.Core.FreshHorizon; short(h, freshHours) {
		times = max(times, freshHours/h)
	}
	if h := v.Counters.RecentHorizon; short(h, window.Hours) {
		times = max(times, window.Hours/h)
	}
	if v.Core.Memory >= window.MaxMemory {
		return "no engine takes more, so give each fewer platforms"
	}
	times = min(times, float64(window.MaxMemory/max(v.Core.Memory, 1)+1))
	more := v.Core.Memory << bits.Len(uint(math.Ceil(times))-1)
	return fmt.Sprintf("replay with --memory %dMiB", (min(more, window.MaxMemory)+1<<20-1)>>20)
}

// size writes a number of bytes in MiB, with a decimal where it needs one.
func size(bytes int64) string {
	return strconv.FormatFloat(math.Round(float64(bytes)/(1<<20)*10)/10, 'f', -1, 64) + " MiB"
}

// hoursText writes hours with a decimal where they need one, rounded down: less
// than a whole day must not read like one.
func hoursText(h float64) string {
	return strconv.FormatFloat(math.Floor(h*10)/10, 'f', -1, 64)
}

// enumerate joins the parts of a sentence: a, b and c.
func enumerate(parts []string) string {
	last := len(parts) - 1
	if last == 0 {
		return parts[0]
	}
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}
