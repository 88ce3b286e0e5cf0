package week

import (
	"errors"
	"fmt"
	"math"
	"time"
	_ "time/tzdata" // so that every zone is known where the system has none
)

// ErrZone is wrapped by the errors of [Zone].
var ErrZone = errors.New("week: unknown time zone")

// Zone returns a time zone by its IANA name, as in Europe/Berlin or UTC. Those of the
// system go first, for it is updated more often than this program.
func Zone(name string) (*time.Location, error) {
	// The library takes these for UTC and for the zone of this machine.
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("%w: %q", ErrZone, name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %.80q", ErrZone, name)
	}
	return loc, nil
}

// Cells is the number of hours in a week. Cell 0 is Monday, 0:00 to 1:00.
const Cells = 7 * 24

const hourSeconds = 3600

// clock turns moments into local hours. Offsets hold for months: it remembers one.
type clock struct {
	loc         *time.Location
	offset      int64 // seconds east of UTC
	since, till int64 // the Unix seconds in which it holds
}

func (c *clock) offsetAt(t int64) int64 {
	if t < c.since || t >= c.till {
		at := time.Unix(t, 0).In(c.loc)
		_, offset := at.Zone()
		begin, end := at.ZoneBounds()
		c.offset, c.since, c.till = int64(offset), math.MinInt64, math.MaxInt64
		if !begin.IsZero() {
			c.since = begin.Unix()
		}
		if !end.IsZero() {
			c.till = end.Unix()
		}
	}
	return c.offset
}

// split yields the local hours, counted since 1970 by the wall clock, that an hour of UTC
// falls into, and for how many seconds each: two where the zone is off by half an hour.
func (c *clock) split(hour int64, yield func(local, seconds int64)) {
	end := (hour + 1) * hourSeconds
	for t := hour * hourSeconds; t < end; {
		wall := t + c.offsetAt(t)
		local := floorDiv(wall, hourSeconds)
		next := min(end, c.till, t+(local+1)*hourSeconds-wall)
		yield(local, next-t)
		t = next
	}
}

// cellOf returns the cell of a local hour. 1970 began on a Thursday.
func cellOf(local int64) int {
	const thursday = 3
	return int(((local+thursday*24)%Cells + Cells) % Cells)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
