package app

import (
	"log/slog"

	"github.com/swell-radar/swell/internal/alert"
)

// openDesk returns what keeps the alerts of the directory. What was damaged there is told to the log.
func (d *dataDir) openDesk(log *slog.Logger) (*alert.Desk, error) {
	desk, damaged, err := alert.Open(d.store)
	if err != nil {
		return nil, err
	}
	for _, err := range damaged {
		log.Error("a part of what is known of alerts was damaged on the disk and is lost", "err", err)
	}
	return desk, nil
}
