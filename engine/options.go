package engine

import (
	"fmt"
	"time"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
)

// Options are the settings of an engine.
type Options struct {
	// Window sizes the counting core. Its pane length must be 10 minutes: the
	// detector's scales are made of such panes.
	Window window.Config
	// Detect are the detector's settings.
	Detect detect.Options
	// AuthorKey keys the hash that stands for an author. The same key gives the
	// same results; who does not have it cannot turn hashes back into names. It
	// is a secret: it is in no snapshot.
	AuthorKey [16]byte `json:"-"`
}

// DefaultOptions returns the settings that are used when nobody asks for others.
func DefaultOptions() Options {
	return Options{Window: window.Config{}.WithDefaults(), Detect: detect.DefaultOptions()}
}

const paneLength = detect.PaneSeconds * time.Second

func (o *Options) validate() error {
	o.Window = o.Window.WithDefaults()
	if err := o.Window.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	if o.Window.Pane != paneLength {
		return fmt.Errorf("%w: pane length %v; the detector needs %v", ErrOptions, o.Window.Pane, paneLength)
	}
	if err := o.Detect.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return nil
}
