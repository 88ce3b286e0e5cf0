package serve

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/syndicate"
)

// bestHours are the hours of the week to post in, by platform, in words. They are those of the four whole weeks
// that ended last, Monday 0:00 UTC: what is told of them changes once a week. Any goroutine may ask.
type bestHours struct {
	mu    sync.Mutex
	end   int64             // hour that the weeks ended with
	notes map[string]string // nil: never asked for; empty: too little is known
}

var weekdays = [...]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// lastMonday returns the hour with which the last whole week before a moment (Unix seconds) ended.
func lastMonday(at int64) int64 {
	const fromThursday = 3 * dayHours // the first hour of 1970 was on one
	return (closedHours(at)+fromThursday)/weekHours*weekHours - fromThursday
}

// notes tells of the platforms of the trends that are open when it is best to post there.
func (s *Server) notes(ctx context.Context, v *engine.View, rises []syndicate.Rise) (map[string]string, *api.Problem) {
	b, end := &s.best, lastMonday(v.AsOf)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.notes == nil || b.end != end {
		b.end, b.notes = end, map[string]string{}
	}
	out := map[string]string{}
	for i := range rises {
		name := rises[i].Last.Platform
		if _, told := out[name]; told || rises[i].Over() || metAt(v, name) == 0 {
			continue
		}
		note, known := b.notes[name]
		if !known {
			hours, fault := s.hoursOf(ctx, v, name, end)
			if fault != nil {
				return nil, fault
			}
			note = inWords(hours)
			b.notes[name] = note
		}
		out[name] = note
	}
	return out, nil
}

// hoursOf returns the best hours on a platform by the four weeks that end with an hour.
func (s *Server) hoursOf(ctx context.Context, v *engine.View, platform string, end int64) (*api.TimingAnswer, *api.Problem) {
	q := &timingQuery{platform: platform, zone: time.UTC, from: max(0, end-defaultTimingHours), to: end}
	out := &api.TimingAnswer{}
	rhythms, fault := s.rhythms(ctx, q, v, out)
	if fault != nil {
		return nil, fault
	}
	tell(out, longest(rhythms))
	return out, nil
}

// inWords tells the best hours in a line; empty where there are none.
func inWords(t *api.TimingAnswer) string {
	var hours []string
	for _, h := range t.Best {
		hours = append(hours, fmt.Sprintf("%s %d:00", weekdays[h.Weekday], h.Hour))
	}
	if len(hours) == 0 {
		return ""
	}
	return fmt.Sprintf("Best hours to post there, by %s of the last weeks (UTC): %s.", t.By, strings.Join(hours, ", "))
}
