package stream

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Generate makes a stream. It takes about half a microsecond an observation.
func Generate(shape Shape) (*Stream, error) {
	if shape.Observations < 1 || shape.Panes < 1 || shape.Ranks < 1 || shape.Authors < 1 || shape.Skew == 1 {
		return nil, fmt.Errorf("stream: cannot make %+v: there must be observations, panes, ranks and authors, and the skew must not be 1", shape)
	}
	s := &Stream{Shape: shape, first: firstPane}
	if err := s.allocate(shape.Observations, int64(shape.Observations)*maxKey); err != nil {
		return nil, err
	}
	g := newGenerator(shape)
	for pane := range shape.Panes {
		s.panes = append(s.panes, len(s.author))
		for range g.volume(pane) {
			s.add(g.term(pane), uint64(g.authors.draw(g.rng)))
		}
	}
	s.end()
	return s, nil
}

type generator struct {
	shape   Shape
	rng     *rand.Rand
	terms   *zipf
	authors *zipf
	bursts  []burst
	owed    float64 // observations due, less those made
	done    int
}

// burst is a term that rises linearly to its peak and falls to nothing.
type burst struct {
	number              uint64
	begin, peak, length float64 // in panes
	size                float64 // in observations
}

// firstBurst is the number of the first burst, beyond every rank and generation.
const firstBurst = 1 << 40

func newGenerator(shape Shape) *generator {
	g := &generator{
		shape: shape, rng: rand.New(rand.NewPCG(shape.Seed, 0)),
		terms: newZipf(shape.Ranks, shape.Skew, shape.Offset), authors: newZipf(shape.Authors, authorSkew, 0),
	}
	total := 0.0
	for i := range shape.Bursts {
		b := burst{
			number: firstBurst + uint64(i),
			begin:  g.rng.Float64() * float64(shape.Panes),
			length: PanesPerHour * (2 + 22*g.rng.Float64()),
			size:   math.Pow(1-g.rng.Float64(), -1/1.2), // Pareto
		}
		b.peak = b.begin + b.length*(0.1+0.4*g.rng.Float64())
		total += b.size
		g.bursts = append(g.bursts, b)
	}
	for i := range g.bursts {
		g.bursts[i].size *= burstShare * float64(shape.Observations) / total
	}
	return g
}

// volume returns how many observations the pane gets: a day has its rhythm, and
// the last pane makes the sum come out.
func (g *generator) volume(pane int) int {
	left := g.shape.Observations - g.done
	if pane == g.shape.Panes-1 {
		return left
	}
	phase := 2 * math.Pi * float64(pane%PanesPerDay) / PanesPerDay
	g.owed += float64(g.shape.Observations) / float64(g.shape.Panes) * (1 + dayAmplitude*math.Cos(phase))
	n := min(int(g.owed)-g.done, left)
	g.done += n
	return n
}

// term draws the term of one observation.
func (g *generator) term(pane int) uint64 {
	if g.rng.Float64() < burstShare && len(g.bursts) > 0 {
		if number, ok := g.burst(pane); ok {
			return number
		}
	}
	rank := g.terms.draw(g.rng)
	if g.shape.Drift == 0 || rank < evergreens {
		return uint64(rank)
	}
	// Every rank changes hands at a moment of its own.
	generation := (uint64(pane) + mix(uint64(rank))%uint64(g.shape.Drift)) / uint64(g.shape.Drift)
	return uint64(rank) + generation*uint64(g.shape.Ranks)
}

// burst draws one of the bursts that are on, by their intensity in the pane.
func (g *generator) burst(pane int) (number uint64, ok bool) {
	total, t := 0.0, float64(pane)
	for i := range g.bursts {
		w := g.bursts[i].intensity(t)
		if w == 0 {
			continue
		}
		if total += w; g.rng.Float64()*total < w {
			number, ok = g.bursts[i].number, true
		}
	}
	return number, ok
}

// intensity is in observations a pane.
func (b *burst) intensity(t float64) float64 {
	end := b.begin + b.length
	switch {
	case t < b.begin || t >= end:
		return 0
	case t < b.peak:
		return 2 * b.size / b.length * (t - b.begin) / (b.peak - b.begin)
	default:
		return 2 * b.size / b.length * (end - t) / (end - b.peak)
	}
}

// Roll makes a stream in which every pane has each of a number of terms once, by
// one author.
func Roll(terms, panes int) (*Stream, error) {
	s := &Stream{Shape: Shape{Name: "roll", Observations: terms * panes, Panes: panes, Ranks: terms}, first: firstPane}
	if err := s.allocate(terms*panes, int64(terms*panes)*maxKey); err != nil {
		return nil, err
	}
	for range panes {
		s.panes = append(s.panes, len(s.author))
		for term := range terms {
			s.add(uint64(term), 1)
		}
	}
	s.end()
	return s, nil
}

func (s *Stream) add(term, author uint64) {
	s.starts = append(s.starts, uint32(len(s.text)))
	s.text = appendWord(s.text, term)
	s.author = append(s.author, mix(author)|1)
}

func (s *Stream) end() {
	s.panes = append(s.panes, len(s.author))
	s.starts = append(s.starts, uint32(len(s.text)))
}
