package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/swell-radar/swell/bench/quality/measure"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// openInput opens a file, or standard input for -, and unpacks what is packed by
// its first bytes.
func openInput(path string, stdin io.Reader) (io.ReadCloser, error) {
	var f io.ReadCloser = io.NopCloser(stdin)
	if path != stdoutName {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		f = file
	}
	buffered := bufio.NewReaderSize(f, 1<<16)
	magic, err := buffered.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(err, f.Close())
	}
	in := input{Reader: buffered, file: f}
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		in.Reader, err = gzip.NewReader(buffered)
	case bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		var z *zstd.Decoder
		// One goroutine; a quarter of a GiB is the largest window that archives have.
		z, err = zstd.NewReader(buffered, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<28))
		in.Reader, in.zstd = z, z
	default:
		err = nil
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return in, nil
}

// input is a file that may be packed.
type input struct {
	io.Reader
	zstd *zstd.Decoder
	file io.Closer
}

func (in input) Close() error {
	if in.zstd != nil {
		in.zstd.Close()
	}
	return in.file.Close()
}

// detections are the lines of a detections file, by time.
type detections struct {
	lines []detectionLine
	bad   int
}

// detectionLine is a change of phase of one term.
type detectionLine struct {
	measure.Alarm
	phase detect.Phase
}

// raised reports whether the phase is one in which a term is recommended.
func (d *detectionLine) raised() bool {
	return d.phase == detect.Emerging || d.phase == detect.Rising || d.phase == detect.Peaking
}

// maxDetectionLine is the longest line that is read.
const maxDetectionLine = 1 << 20

// readDetections reads a detections file. Bad lines are told on standard error.
func readDetections(path string, s streams) (*detections, error) {
	in, err := openInput(path, s.in)
	if err != nil {
		return nil, fmt.Errorf("cannot read the detections: %w", err)
	}
	defer in.Close()
	name := filepath.Base(path)
	var d detections
	told := 0
	lines := bufio.NewReaderSize(in, maxDetectionLine)
	for n := 1; ; n++ {
		line, long, err := nextLine(lines)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("cannot read the detections: %s, line %d: %w", path, n, err)
		}
		if end := err != nil; end && len(line) == 0 {
			break
		}
		var parsed detectionLine
		bad := fmt.Errorf("longer than %d bytes", maxDetectionLine)
		if !long {
			if line = bytes.TrimSpace(line); len(line) == 0 {
				continue
			}
			parsed, bad = parseDetection(line)
		}
		if bad != nil {
			if d.bad++; told < maxTold {
				told++
				tellBad(s.err, fmt.Sprintf("%s:%d: %v", name, n, bad))
			}
			continue
		}
		d.lines = append(d.lines, parsed)
	}
	tellMore(s.err, name, d.bad, told)
	slices.SortStableFunc(d.lines, func(a, b detectionLine) int { return cmp.Compare(a.At, b.At) })
	return &d, nil
}

// nextLine returns the next line, valid until the next call; of one that is too
// long it returns the beginning and passes over the rest.
func nextLine(r *bufio.Reader) (line []byte, long bool, err error) {
	line, err = r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, false, err
	}
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = r.ReadSlice('\n')
	}
	return []byte("…"), true, err
}

// parseDetection reads one line. Only ts, term and phase are required: what other
// detectors write can be measured too. Without a confidence or hours left the
// alarm has NaN there.
func parseDetection(line []byte) (detectionLine, error) {
	var in struct {
		TS         *string          `json:"ts"`
		Kind       string           `json:"kind"`
		Term       string           `json:"term"`
		Platform   string           `json:"platform"`
		Phase      string           `json:"phase"`
		Score      float64          `json:"score"`
		Confidence *float64         `json:"confidence"`
		HoursLeft  *measureInterval `json:"hours_left"`
	}
	var d detectionLine
	if err := json.Unmarshal(line, &in); err != nil {
		var field *json.UnmarshalTypeError
		if errors.As(err, &field) && field.Field != "" {
			return d, fmt.Errorf("%s: a JSON %s does not belong there", field.Field, field.Value)
		}
		return d, fmt.Errorf("no JSON object: %w", err)
	}
	if in.TS == nil {
		return d, errors.New("ts is missing; write it as 2026-06-01T00:00:00Z")
	}
	at, err := time.Parse(time.RFC3339, *in.TS)
	if err != nil {
		return d, fmt.Errorf("ts %.60q is no time; write it as 2026-06-01T00:00:00Z", *in.TS)
	}
	d.At = at.Unix()
	d.Kind = term.Hashtag
	if in.Kind != "" {
		if d.Kind, err = term.ParseKind(in.Kind); err != nil {
			return d, fmt.Errorf("kind %.60q is not known; the kinds are %v", in.Kind, term.Kinds())
		}
	}
	if d.Key = term.KeyOf(d.Kind, in.Term); d.Key == "" {
		return d, fmt.Errorf("term %.60q: nothing in it can be counted", in.Term)
	}
	if d.phase, err = parsePhase(in.Phase); err != nil {
		return d, err
	}
	d.Platform, d.Phase = strings.ToLower(strings.TrimSpace(in.Platform)), in.Phase
	d.Score, d.Rank = in.Score, in.Score
	d.Confidence = math.NaN()
	if in.Confidence != nil {
		if d.Confidence = *in.Confidence; d.Confidence < 0 || d.Confidence > 1 {
			return d, fmt.Errorf("confidence %v is not within 0 to 1", d.Confidence)
		}
	}
	d.Left = measure.Interval{Low: math.NaN(), Mid: math.NaN(), High: math.NaN()}
	if x := in.HoursLeft; x != nil {
		if !(x.Low >= 0 && x.Low <= x.Mid && x.Mid <= x.High) {
			return d, fmt.Errorf("hours_left %v, %v, %v are not in order", x.Low, x.Mid, x.High)
		}
		d.Left = measure.Interval(*x)
	}
	return d, nil
}

// measureInterval is a measure.Interval by the names of its fields in a line.
type measureInterval struct {
	Low  float64 `json:"low"`
	Mid  float64 `json:"mid"`
	High float64 `json:"high"`
}

func parsePhase(name string) (detect.Phase, error) {
	for _, p := range []detect.Phase{detect.Emerging, detect.Rising, detect.Peaking, detect.Fading, detect.Over, detect.Unconfirmed} {
		if p.String() == name {
			return p, nil
		}
	}
	return 0, fmt.Errorf("phase %.60q is not known; write emerging, rising, peaking, fading, over or unconfirmed", name)
}
