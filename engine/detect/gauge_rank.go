package detect

import "math"

// rank scores the climb within the list's horizon. A term that came into a list
// already known counts as coming from below its end as it was then; one that stood in
// the first poll did not come into it, and one at a place that the list did not show
// before may have been there.
func (g *Gauge) rank(l *List) Evidence {
	n := len(g.Readings)
	last := g.Readings[n-1]
	horizon := int64(l.horizon() * 3600)
	here := place(last)
	from, best, prev, long := here, here, here, here
	entered, i := true, n-1
	for ; i >= 0; i-- {
		r := g.Readings[i]
		ago := last.At - r.At
		if ago > longest*3600 || !l.covers(r.At) {
			break
		}
		p := place(r)
		long = max(long, p)
		if ago > horizon {
			entered = false
			continue
		}
		from, best = max(from, p), min(best, p)
		if ago <= horizon/3 {
			prev = p
		}
	}
	// All readings that there are lie behind the first poll: it came into the list.
	if first := g.Readings[i+1]; i < 0 && l.behindFirst(first.At) {
		if depth := l.depthBefore(first.At); place(first) <= depth {
			long = max(long, depth+1)
			if entered {
				from = max(from, depth+1)
				if n == 1 {
					prev = depth + 1
				}
			}
		}
	}
	score := 2 * math.Log(from/here)
	return Evidence{
		Flags: FlagRank, Score: score, Z: math.Sqrt(score), Seen: here, Expected: from,
		Growth: 2 * math.Log(prev/here), Fall: 2 * math.Log(here/best), Share: best / here,
		Lasting: 2 * math.Log(long/here),
	}
}

// place is a rank as a list can show it.
func place(r Reading) float64 { return max(1, r.Value) }
