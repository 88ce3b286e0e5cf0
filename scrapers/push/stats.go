package push

import "sync/atomic"

// Stats is what a [Reader] has seen since it was opened. After a resume it
// counts from the place of the cursor on.
type Stats struct {
	Records int64          // records delivered
	Blank   int64          // empty lines, skipped without comment
	Bad     [Classes]int64 // lines set aside, by [Class]

	RawRead  int64 // bytes taken from the file or stream, ahead of what was delivered
	RawTotal int64 // size of the file in bytes; 0 when it is a stream
	Decoded  int64 // bytes after decompression, ahead of what was delivered

	// Damage is empty while the input is whole; else it says how and where the
	// stream broke. It is known once everything before it has been delivered.
	Damage string
}

// BadLines returns the sum over all classes, the report on a broken stream included.
func (s Stats) BadLines() int64 {
	var n int64
	for _, c := range s.Bad {
		n += c
	}
	return n
}

// Lines returns the number of lines passed: records, blank lines and bad ones.
func (s Stats) Lines() int64 {
	return s.Records + s.Blank + s.BadLines() - s.Bad[ClassTruncated] - s.Bad[ClassCorrupt]
}

// counters are the live form of [Stats].
//
// Concurrency: rawRead and decoded are written by the reading goroutine, the
// rest by the one that calls Next; anyone may load them.
type counters struct {
	rawRead, decoded atomic.Int64
	_                [48]byte // the two above change on another core than the rest

	records, blank atomic.Int64
	bad            [Classes]atomic.Int64
	damage         atomic.Pointer[string]
}

func (c *counters) snapshot(total int64) Stats {
	s := Stats{
		Records:  c.records.Load(),
		Blank:    c.blank.Load(),
		RawRead:  c.rawRead.Load(),
		RawTotal: total,
		Decoded:  c.decoded.Load(),
	}
	for i := range s.Bad {
		s.Bad[i] = c.bad[i].Load()
	}
	if p := c.damage.Load(); p != nil {
		s.Damage = *p
	}
	return s
}
