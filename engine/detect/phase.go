package detect

import "fmt"

// Phase is where a trend stands in its life. The zero value is no trend.
type Phase uint8

// The phases. Their numbers are part of the stored format.
const (
	// Emerging: raised, the slope is not sure yet.
	Emerging Phase = 1 + iota
	// Rising: clearly more people in the last two hours than in the two before.
	Rising
	// Peaking: at its best level, no longer growing.
	Peaking
	// Fading: clearly below its best hour of the last 24, season considered.
	Fading
	// Over: no evidence left. The trend is closed.
	Over
	// Unconfirmed: held back, because the posts look coordinated. A second wave,
	// of people that do not, makes it emerging; otherwise it is over.
	Unconfirmed
)

var phaseNames = [...]string{Emerging: "emerging", Rising: "rising", Peaking: "peaking", Fading: "fading", Over: "over", Unconfirmed: "unconfirmed"}

// String returns the phase's name as it stands in the API.
func (p Phase) String() string {
	if p == 0 || int(p) >= len(phaseNames) {
		return fmt.Sprintf("phase(%d)", uint8(p))
	}
	return phaseNames[p]
}

// Limits between phases. They are on scales with known noise (growth and fall
// are in standard deviations, share is a ratio), and are set so that one
// ordinary fluctuation does not change the phase.
const (
	growing    = 1.0 // growth z that makes a trend rising; it stays so above 0
	secondWave = 2.0 // growth z that lets a peaking or fading trend rise again
	fallen     = 2.0 // sd under the best hour
	fallenTo   = 0.7 // share of the best hour
	aliveShare = 0.3 // share of the best day's excess below which a trend dies out
	settlePane = 3   // panes a phase lasts at least: half an hour
	youngPanes = 3 * PanesPerHour
)

// next returns the phase that follows from the evidence; it never returns Over or
// Unconfirmed.
func (p Phase) next(e *Evidence, sinceRaise int64) Phase {
	down := e.Fall > fallen && e.Share < fallenTo
	again := e.Growth > secondWave && e.Share > fallenTo
	switch {
	case p == Fading && !again:
		return Fading
	case down && e.Growth < growing:
		return Fading
	case p == Peaking && !again:
		return Peaking
	case e.Growth > growing || p == Rising && e.Growth > 0:
		return Rising
	case p == Emerging && sinceRaise < youngPanes:
		return Emerging
	}
	return Peaking
}
