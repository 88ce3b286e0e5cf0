package judge

import (
	"fmt"
	"math"

	"github.com/swell-radar/swell/internal/api"
)

// people are those who wrote the mentions of a list on a platform in the last 24 hours.
type people struct {
	n      float64
	stderr float64 // relative
	// bound: there are at least n, and nobody knows how many more.
	bound bool
}

// people returns who mentions a list. Those who do so every day are among them where somebody counted them; else
// those alone are known who had not for a day.
func (s *scene) people(list string, p *PlatformMentions) people {
	at := listPlace{list, p.Platform}
	if known, ok := s.asked[at]; ok {
		return known
	}
	found := people{n: p.Authors, bound: true}
	if n, stderr, ok := s.distinct(at); ok {
		found = people{n: float64(n), stderr: stderr}
	}
	found.n = min(found.n, float64(p.Day))
	s.asked[at] = found
	return found
}

// distinct returns how many people there are where somebody counted them: the engine, or the view of the mentions that
// are a trend.
func (s *scene) distinct(at listPlace) (n uint64, stderr float64, ok bool) {
	if s.Authors != nil {
		if n, stderr, ok := s.Authors(at.list, at.platform); ok {
			return n, stderr, true
		}
	}
	if t := s.raised[at]; t != nil && t.Authors24 > 0 {
		return t.Authors24, t.AuthorsError, true
	}
	if t := s.held[at]; t != nil && t.Authors24 > 0 {
		return t.Authors24, t.AuthorsError, true
	}
	return 0, 0, false
}

// enough reports whether a list has as many authors as are asked for. Where nobody counted them there may be as many as
// posts: rather an alert too many than none of a crisis.
func (s *scene) enough(asked api.Number, list string, p *PlatformMentions, slack float64) bool {
	if !given(asked) {
		return true
	}
	who := s.people(list, p)
	if who.bound && who.n >= 0 {
		return least(asked, float64(p.Day), slack)
	}
	return least(asked, who.n, slack)
}

// String says by how many authors, behind a number of posts.
func (p people) String() string {
	switch n := math.Round(p.n); {
	case n < 1:
		return ""
	case p.bound:
		return fmt.Sprintf(", by at least %s", count(n, "author"))
	default:
		return fmt.Sprintf(", by about %s", count(n, "author"))
	}
}

// told returns the same for the fields of an alert; nil where nobody knows.
func (p people) told(posts uint64) *api.Authors {
	if p.bound {
		return nil
	}
	return api.AuthorsOf(uint64(math.Round(p.n)), p.stderr, posts)
}
