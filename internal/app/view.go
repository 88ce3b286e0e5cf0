package app

import (
	"log/slog"

	"github.com/swell-radar/swell/engine"
)

// View returns the last view that a data directory holds, without serving it.
func View(path string, log *slog.Logger) (*engine.View, error) {
	data, err := openToRead(path, log)
	if err != nil {
		return nil, err
	}
	defer data.close()
	state, err := restore(data, asStored(data), log)
	if err != nil {
		return nil, err
	}
	defer state.engine.Close()
	return state.engine.View(), nil
}
