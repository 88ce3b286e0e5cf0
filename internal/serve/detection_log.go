package serve

import (
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
	from := d.From
	if from == "" {
		from = fromPost
	}
	return api.Detection{
		TS: unix(d.ts), Kind: d.Kind.String(), Key: d.Key, Term: d.Display, Platform: d.Platform, Phase: d.Phase, From: from,
		Score: api.Number(d.Score), RatePerH: api.Number(d.Rate), ExpectedPerH: api.Number(d.Expected), Authors24h: d.Authors,
		Started: d.Started.UTC(), Confidence: api.Number(d.Confidence), HoursLeft: d.Left,
	}
}

// detectionLog is the log as it was at one moment: the lines first ≤ n < end, whose times
// rise or stay.
type detectionLog struct {
	history    History
	first, end uint64
}

func (l *detectionLog) read(at uint64) (*detection, error) {
	line, err := l.history.Detection(at)
	if err != nil {
		return nil, fmt.Errorf("detection %d: %w", at, err)
	}
	d := &detection{}
	if err := json.Unmarshal(line, d); err != nil {
		return nil, fmt.Errorf("%w: number %d: %w", errLine, at, err)
	}
	ts, err := time.Parse(time.RFC3339, d.TS)
	if err != nil {
		return nil, fmt.Errorf("%w: number %d: %w", errLine, at, err)
	}
	d.ts = ts.Unix()
	return d, nil
}

// within returns which lines are of the times from ≤ t < to: it reads some twenty for each.
func (l *detectionLog) within(from, to int64) (first, end uint64, err error) {
	first, end = l.first, l.end
	if from > 0 {
		if first, err = l.since(from); err != nil {
			return 0, 0, err
		}
	}
	if to < endOfTime {
		end, err = l.since(to)
	}
	return first, end, err
}

// since returns the first line at or after a time.
func (l *detectionLog) since(at int64) (uint64, error) {
	low, high := l.first, l.end
	for low < high {
		middle := low + (high-low)/2
		d, err := l.read(middle)
		if err != nil {
			return 0, err
		}
		if d.ts < at {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, nil
}
