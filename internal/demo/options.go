package demo

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Options say what world is opened. The zero value of each field but Now stands for the default named there.
type Options struct {
	// Now is the clock by which things happen. Required.
	Now func() time.Time
	// Seed chooses the life. Default: one in which, when it is opened, trends begin, rise, peak and fade.
	Seed uint64
	// Past is how much of the life lies behind when the world is opened: what a source can replay.
	// Default [MostPast], which is the most.
	Past time.Duration
	// Scale multiplies the volume of posts. Default 1, at which some three thousand an hour reach Swell;
	// allowed 0.05 to 100.
	Scale float64
	// Log gets a line for each site at its debug level. Nil: none.
	Log *slog.Logger
}

// MostPast is as much as Bluesky's servers replay.
const MostPast = 36 * time.Hour

const defaultSeed = 5

// complete fills in what is left open.
func (o *Options) complete() error {
	if o.Now == nil {
		return errors.New("demo: there is no clock: set Now")
	}
	if o.Seed == 0 {
		o.Seed = defaultSeed
	}
	if o.Past == 0 {
		o.Past = MostPast
	}
	if o.Scale == 0 {
		o.Scale = 1
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	switch {
	case o.Past < time.Minute || o.Past > MostPast:
		return fmt.Errorf("demo: Past is %v: give a minute to %v", o.Past, MostPast)
	case !(o.Scale >= 0.05 && o.Scale <= 100):
		return fmt.Errorf("demo: Scale is %v: give 0.05 to 100", o.Scale)
	}
	return nil
}
