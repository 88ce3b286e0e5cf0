package store

import (
	"fmt"
	"time"
)

// Retention says for how long the kinds of history are kept, in event time. Zero
// is the default, less keeps all.
//
// The defaults are set by size. Of a stream of 140,000 posts a day with 18,000 new terms,
// a day takes about 0.3 MB of points, 1.8 MB of panes with the tracking of terms, 0.6 MB
// of rankings, 0.03 MB of detections and 0.6 MB of facets: some 300 MB by default.
type Retention struct {
	Points     time.Duration // points and readings by hour, and with them terms. Default 400 days: this time last year.
	Panes      time.Duration // points by pane and the tracking of terms. Default 30 days.
	Rankings   time.Duration // Default 90 days.
	Detections time.Duration // Default 400 days.
	Facets     time.Duration // Default 100 days: the windows of all rankings.
}

const day = 24 * time.Hour

// leastRetention is the shortest that anything may be kept: what a run goes on
// from, and what the window covers, has to be there.
const leastRetention = 4 * day

// WithDefaults returns the retention with the defaults filled in.
func (r Retention) WithDefaults() Retention {
	for _, d := range []struct {
		of        *time.Duration
		otherwise time.Duration
	}{{&r.Points, 400 * day}, {&r.Panes, 30 * day}, {&r.Rankings, 90 * day}, {&r.Detections, 400 * day}, {&r.Facets, 100 * day}} {
		if *d.of == 0 {
			*d.of = d.otherwise
		}
	}
	return r
}

// Validate returns an error that wraps [ErrInvalid] if something would be kept for
// less than four days, or points for less than four days longer than panes: what was
// known of a term at a pane goes back over the window, by hour.
func (r Retention) Validate() error {
	r = r.WithDefaults()
	for _, d := range []struct {
		what string
		for_ time.Duration
	}{{"points", r.Points}, {"panes", r.Panes}, {"rankings", r.Rankings}, {"detections", r.Detections}, {"facets", r.Facets}} {
		if d.for_ >= 0 && d.for_ < leastRetention {
			return fmt.Errorf("%w: %s kept for %v; give at least %v, or a negative time to keep all", ErrInvalid, d.what, d.for_, leastRetention)
		}
	}
	if r.Points >= 0 && (r.Panes < 0 || r.Points < r.Panes+leastRetention) {
		return fmt.Errorf("%w: points kept for %v, panes for %v; keep points for at least %v longer", ErrInvalid, r.Points, r.Panes, leastRetention)
	}
	return nil
}

// Floors returns from when on history is kept as of a moment in Unix seconds.
func (r Retention) Floors(asOf int64) Floors {
	r = r.WithDefaults()
	floor := func(d time.Duration) int64 {
		if d < 0 {
			return 0
		}
		return max(0, (asOf-int64(d/time.Second))/3600)
	}
	return Floors{Points: floor(r.Points), Panes: floor(r.Panes), Rankings: floor(r.Rankings), Detections: floor(r.Detections), Facets: floor(r.Facets)}
}
