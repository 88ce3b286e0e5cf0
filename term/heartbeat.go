package term

import (
	"slices"
	"strings"
)

// Heartbeat says, at the TS of its record, that whoever sends it delivered all that
// there was up to then, but for the platforms it names. So event time moves on where
// nothing is posted, and a platform that could not be seen is told from a silent one.
type Heartbeat struct {
	// Missing are the platforms of which some or all was not seen since the heartbeat
	// before: their sources were down, throttled or blocked. Decoded, they are in
	// order, each once, in lower case; at most [MaxMissing].
	Missing []string
}

// missing reads the names of platforms.
func (d *Decoder) missing() *DecodeError {
	const field = "missing"
	if null, err := d.open(field, jsonArray); null || err != nil {
		return err
	}
	at := d.r.pos
	for more := d.r.open(']'); more; {
		name, err := d.platform(field)
		if err != nil {
			return err
		}
		if name != "" {
			if len(d.beat) == MaxMissing {
				return wrong(field, at, "has more than %d platforms", MaxMissing)
			}
			d.beat = append(d.beat, name)
		}
		if more, err = d.r.more(']'); err != nil {
			return err
		}
	}
	return nil
}

// finishHeartbeat makes rec the heartbeat that was read: whatever else the line has is
// no part of it.
func (d *Decoder) finishHeartbeat(rec *Record) {
	ts := rec.TS
	d.sounds.put(rec.Sound)
	clearRecord(rec)
	rec.TS, rec.Heartbeat = ts, d.beats.take()
	slices.SortFunc(d.beat, strings.Compare)
	rec.Heartbeat.Missing = append(rec.Heartbeat.Missing[:0], slices.Compact(d.beat)...)
}
