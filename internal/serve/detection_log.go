package serve

import "fmt"

// detectionLog is the log as it was at one moment: the lines first ≤ n < end, whose times
// rise or stay.
type detectionLog struct {
	history    History
	first, end uint64
}

func (l *detectionLog) read(at uint64) (*detection, error) {
	return l.readIf(at, func([]byte) bool { return true })
}

// readIf returns a line, or nil where it is not wanted.
func (l *detectionLog) readIf(at uint64, wanted func(line []byte) bool) (*detection, error) {
	line, err := l.history.Detection(at)
	if err != nil {
		return nil, fmt.Errorf("detection %d: %w", at, err)
	}
	if !wanted(line) {
		return nil, nil
	}
	d, err := decodeDetection(line)
	if err != nil {
		return nil, fmt.Errorf("number %d: %w", at, err)
	}
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
