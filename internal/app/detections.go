package app

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/store"
)

// detectionLine is one line of a detections file: one change of phase of one
// trend, in event time.
type detectionLine struct {
	TS         string    `json:"ts"`
	Kind       string    `json:"kind"`
	Term       string    `json:"term"`    // the key
	Display    string    `json:"display"` // the spelling most people used
	Platform   string    `json:"platform"`
	Phase      string    `json:"phase"`
	Score      float64   `json:"score"`
	Rate       float64   `json:"rate_per_h"`
	Expected   float64   `json:"expected_per_h"`
	Authors    uint64    `json:"authors"`
	Started    string    `json:"started"`
	Confidence float64   `json:"confidence"`
	HoursLeft  hoursLeft `json:"hours_left"`
	From       string    `json:"from,omitempty"` // "gauge" where it was not found in posts
}

type hoursLeft struct {
	Low  float64 `json:"low"`
	Mid  float64 `json:"mid"`
	High float64 `json:"high"`
}

func encodeDetection(d *engine.Detection) ([]byte, error) {
	line := detectionLine{
		TS: rfc3339(d.TS), Kind: d.Term.Kind.String(), Term: d.Term.Key, Display: d.Term.Display,
		Platform: d.Platform, Phase: d.Phase.String(), Score: round(d.Score),
		Rate: round(d.Rate), Expected: round(d.Expected), Authors: d.Authors, Started: rfc3339(d.Started),
		Confidence: round(d.Confidence),
		HoursLeft:  hoursLeft{round(d.Left.Low), round(d.Left.Mid), round(d.Left.High)},
	}
	if d.Gauge {
		line.From = "gauge"
	}
	return json.Marshal(line)
}

func rfc3339(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.RFC3339) }

// round keeps three decimals: more is noise, and they look the same everywhere.
func round(x float64) float64 { return math.Round(x*1000) / 1000 }

// detectionsFile is the file that the user asked for. It is written anew by every
// run, resumed ones included: what was found before comes from the store.
type detectionsFile struct {
	name string
	f    io.WriteCloser
	w    *bufio.Writer
}

// createDetections opens the file and writes what the store's log holds. The path "-" is standard output; an empty path is no file at all.
func createDetections(path string, stdout io.Writer, st *store.Store) (*detectionsFile, error) {
	if path == "" {
		return nil, nil
	}
	d := &detectionsFile{name: path}
	if path == "-" {
		d.f = nopCloser{stdout}
	} else {
		f, err := os.Create(path)
		if err != nil {
			return nil, fmt.Errorf("cannot write detections: %w", err)
		}
		d.f = f
	}
	d.w = bufio.NewWriter(d.f)
	for line, err := range st.Detections(0) {
		if err == nil {
			err = d.add(line)
		} else {
			err = fmt.Errorf("cannot read the detections found before: %w", err)
		}
		if err != nil {
			return nil, errors.Join(err, d.close())
		}
	}
	return d, nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

func (d *detectionsFile) add(line []byte) error {
	if d == nil {
		return nil
	}
	if _, err := d.w.Write(line); err != nil {
		return d.wrap(err)
	}
	return d.wrap(d.w.WriteByte('\n'))
}

// flush makes the lines so far visible to whoever follows the file.
func (d *detectionsFile) flush() error {
	if d == nil {
		return nil
	}
	return d.wrap(d.w.Flush())
}

func (d *detectionsFile) close() error {
	if d == nil {
		return nil
	}
	if err := d.flush(); err != nil {
		d.f.Close()
		return err
	}
	return d.wrap(d.f.Close())
}

func (d *detectionsFile) wrap(err error) error {
	if err != nil {
		return fmt.Errorf("cannot write detections to %s: %w", d.name, err)
	}
	return nil
}
