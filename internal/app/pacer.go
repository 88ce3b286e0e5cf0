package app

import (
	"context"
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
// microseconds), or with ctx's error.
func (p *pacer) wait(ctx context.Context, ts int64) error {
	if p.speed == 0 {
		return nil
	}
	if p.start.IsZero() {
		p.start, p.first = p.now(), ts
	}
	due := p.start.Add(time.Duration(float64(ts-p.first) * 1e3 / p.speed))
	left := due.Sub(p.now())
	if left <= 0 {
		return nil
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
