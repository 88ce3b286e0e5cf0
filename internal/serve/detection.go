package serve

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

// detection is a line of the log, in the form of a detections file.
type detection struct {
	TS         string    `json:"ts"`
	Kind       term.Kind `json:"kind"`
	Key        string    `json:"term"`
	Display    string    `json:"display"`
	Platform   string    `json:"platform"`
	Phase      string    `json:"phase"`
	Score      float64   `json:"score"`
	Rate       float64   `json:"rate_per_h"`
	Expected   float64   `json:"expected_per_h"`
	Authors    uint64    `json:"authors"`
	Started    time.Time `json:"started"`
	Confidence float64   `json:"confidence"`
	Left       api.Range `json:"hours_left"`
	From       string    `json:"from"` // gauge, or empty

	ts int64 // Unix seconds
}

// errLine is wrapped by errors about lines that were stored and cannot be understood.
var errLine = errors.New("a stored detection cannot be understood")

// detectionPhases lists the phases that a detection may tell of.
func detectionPhases() []string { return append(phaseNames(), detect.Over.String()) }

func (d *detection) answer() api.Detection {
	return api.Detection{
		TS: unix(d.ts), Kind: d.Kind.String(), Key: d.Key, Term: d.Display, Platform: d.Platform, Phase: d.Phase, From: cmp.Or(d.From, fromPost),
		Score: api.Number(d.Score), RatePerH: api.Number(d.Rate), ExpectedPerH: api.Number(d.Expected), Authors24h: d.Authors,
		Started: d.Started.UTC(), Confidence: api.Number(d.Confidence), HoursLeft: d.Left,
	}
}

// decodeDetection reads a line of the log. Errors wrap errLine.
func decodeDetection(line []byte) (*detection, error) {
	d := &detection{}
	if err := json.Unmarshal(line, d); err != nil {
		return nil, fmt.Errorf("%w: %w", errLine, err)
	}
	ts, err := time.Parse(time.RFC3339, d.TS)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errLine, err)
	}
	d.ts = ts.Unix()
	return d, nil
}
