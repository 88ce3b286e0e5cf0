package app

import (
	"context"
	"math"
	"time"
)

// pacer holds records back so that event time passes at a given speed.
type pacer struct {
	speed float64 // event time per real time; 0 is no limit
	now   func() time.Time
	start time.Time
	first int64
}

// wait returns when it is time for a record of the event time ts (Unix
// microseconds), or when ctx ends.
func (p *pacer) wait(ctx context.Context, ts int64) {
	if p.speed == 0 || ctx.Err() != nil {
		return
	}
	if p.start.IsZero() {
		p.start, p.first = p.now(), ts
	}
	// In seconds and capped: a slow pace over a long archive outgrows a Duration.
	const longest = float64(math.MaxInt64/2) / float64(time.Second)
	after := min(float64(ts-p.first)/1e6/p.speed, longest)
	left := p.start.Add(time.Duration(after * float64(time.Second))).Sub(p.now())
	if left <= 0 {
		return
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
