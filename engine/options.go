package engine

import (
	"errors"
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
	// same results; without it hashes cannot be turned back into names.
	AuthorKey [16]byte
}

// DefaultOptions returns the settings that are used when nobody asks for others.
func DefaultOptions() Options {
	return Options{Window: window.Config{}.WithDefaults(), Detect: detect.DefaultOptions()}
}

var (
	// ErrOptions is wrapped by errors about settings that cannot be used.
	ErrOptions = errors.New("engine: invalid options")
	// ErrClosed is returned by calls on a closed engine.
	ErrClosed = errors.New("engine: closed")
	// ErrRestore is wrapped by errors about a snapshot that this engine cannot
	// go on from.
	ErrRestore = errors.New("engine: cannot restore")
)

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
