package serve

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// logged is a line of the log of detections, as the file of detections has it.
type logged struct {
	TS         time.Time  `json:"ts"`
	Kind       string     `json:"kind"`
	Term       string     `json:"term"` // the key
	Display    string     `json:"display"`
	Platform   string     `json:"platform"`
	Phase      string     `json:"phase"`
	From       string     `json:"from"`
	Score      api.Number `json:"score"`
	Rate       api.Number `json:"rate_per_h"`
	Expected   api.Number `json:"expected_per_h"`
	Authors    uint64     `json:"authors"`
	Started    time.Time  `json:"started"`
	Confidence api.Number `json:"confidence"`
	HoursLeft  api.Range  `json:"hours_left"`
}

// detectionOf reads a line of the log.
func detectionOf(line []byte) (api.Detection, error) {
	var l logged
	if err := json.Unmarshal(line, &l); err != nil {
		return api.Detection{}, fmt.Errorf("cannot read a line of the log of detections: %w", err)
	}
	return api.Detection{
		TS: l.TS, Kind: l.Kind, Key: l.Term, Term: l.Display, Platform: l.Platform, Phase: l.Phase, From: cmp.Or(l.From, fromPost),
		Score: l.Score, RatePerH: l.Rate, ExpectedPerH: l.Expected, Authors24h: l.Authors, Started: l.Started,
		Confidence: l.Confidence, HoursLeft: l.HoursLeft,
	}, nil
}
