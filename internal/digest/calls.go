package digest

import (
	"fmt"
	"math"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

// The outcomes of calls.
const (
	hit    = "hit"
	miss   = "miss"
	openly = "open"
)

// enough is the share of the time after a call that has to be seen, on every platform that the call was about, before
// it counts as a miss.
const enough = 0.9

// judge says how what one day told as new or rising turned out on the day after it.
//
// A call is a hit if an hour after it had more posts than every hour of the three days before it, n at most, by more than
// a standard deviation of chance: more than n + √n. It is a miss if none had and that day was seen, and open otherwise.
func (in *Input) judge(told []*row, of, after *Day) api.DigestCalls {
	out := api.DigestCalls{Of: of.Date, Calls: []api.DigestCall{}}
	for _, r := range told {
		c := in.call(r, of, after)
		switch c.Outcome {
		case hit:
			out.Hits++
		case miss:
			out.Misses++
		default:
			out.Open++
		}
		out.Calls = append(out.Calls, c)
	}
	out.Total = len(out.Calls)
	return out
}

func (in *Input) call(r *row, of, after *Day) api.DigestCall {
	lead := &r.places[0]
	out := api.DigestCall{Kind: lead.Kind, Key: lead.Key, Term: lead.Term, Phase: lead.Phase, Outcome: openly, Called: api.Unknown, Reached: api.Unknown}
	before, end := in.hoursOf(of.AsOf, after.AsOf)
	called, reached, known := in.most(r, before-HoursShown, before), in.most(r, before, end), false
	for i := range r.places {
		_, ok := in.Counts[r.places[i].ref()]
		known = known || ok && r.places[i].From != "gauge"
	}
	name := named(lead.Kind, lead.Term)
	switch {
	case !known:
		out.Text = fmt.Sprintf("Open: %s is known from charts alone, whose posts nobody counted.", name)
		return out
	case end > before:
		out.Reached = api.Number(reached)
	}
	out.Called = api.Number(called)
	switch {
	case end > before && float64(reached) > float64(called)+math.Sqrt(float64(called)):
		out.Outcome = hit
		out.Text = fmt.Sprintf("Right: %s went on from %s to %s an hour.", name, console.Count(called), posts(reached))
	case !after.Over || seen(r, after) < enough:
		out.Text = fmt.Sprintf("Open: too little was seen of %s since.", name)
		if !after.Over {
			out.Text = fmt.Sprintf("Open: %s may still grow today.", name)
		}
	default:
		out.Outcome = miss
		out.Text = fmt.Sprintf("Wrong: %s had %s in its best hour, after %s before.", name, posts(reached), posts(called))
	}
	return out
}

// most returns the posts of the best hour of a range, all places together.
func (in *Input) most(r *row, from, to int) (n uint64) {
	for h := max(0, from); h < to; h++ {
		var all uint64
		for i := range r.places {
			if c, ok := in.Counts[r.places[i].ref()]; ok && r.places[i].From != "gauge" && h < len(c.Posts) {
				all += uint64(c.Posts[h])
			}
		}
		n = max(n, all)
	}
	return n
}

// seen returns how much of a day was seen of the platforms of a row: of the one that was seen least.
func seen(r *row, day *Day) float64 {
	whole := day.To.Sub(day.From)
	share := float64(day.AsOf.Sub(day.From)) / float64(whole)
	if day.Coverage == nil {
		return 0
	}
	for i := range r.places {
		known := false
		for j := range day.Coverage.Platforms {
			p := &day.Coverage.Platforms[j]
			if p.Platform != r.places[i].Platform {
				continue
			}
			known = true
			var missing time.Duration
			for _, gap := range p.Missing {
				missing += gap.To.Sub(gap.From)
			}
			if math.IsNaN(float64(p.Share)) {
				return 0
			}
			share = min(share, float64(day.AsOf.Sub(day.From)-missing)/float64(whole))
		}
		if !known {
			return 0
		}
	}
	return share
}
