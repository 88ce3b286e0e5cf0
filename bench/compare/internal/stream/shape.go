package stream

// Shape says what a stream is like.
type Shape struct {
	Name         string // of the stream, in tables
	Observations int
	Panes        int
	Skew         float64 // s of the Zipf–Mandelbrot law 1/(rank+Offset)^s; not 1
	Offset       float64 // the larger, the flatter the head of the law
	Ranks        int     // size of the vocabulary at any moment
	Drift        int     // panes after which a rank is taken by another term; 0: never
	Bursts       int     // terms that come from nowhere, peak and go
	Authors      int
	Seed         uint64
}

// The shares and laws that all streams have in common.
const (
	burstShare   = 0.05 // of all observations
	evergreens   = 50   // ranks that no drift touches
	authorSkew   = 0.7
	dayAmplitude = 0.5 // busiest hour over the mean, less one
	// firstPane is noon UTC of some day, so that streams of 108 hours end with a
	// day: whoever counts by day then has exactly the last 72 hours, too.
	firstPane = 2_840_184
)

// Drifting is the stream that most figures are about: 108 hours of ten-minute
// panes, a vocabulary that follows Zipf's law with exponent 1.1 and drifts, 300
// bursts. Its hottest term has about an eighth of all observations. scale
// multiplies the observations, the vocabulary and the authors.
func Drifting(scale float64) Shape {
	return Shape{
		Name: "drifting", Observations: scaled(10_700_000, scale), Panes: 648,
		Skew: 1.1, Ranks: scaled(2_000_000, scale), Drift: 216, Bursts: 300,
		Authors: scaled(2_000_000, scale), Seed: 1,
	}
}

// Level is Drifting with a flattened head: no term has one percent.
func Level(scale float64) Shape {
	s := Drifting(scale)
	s.Name, s.Offset, s.Seed = "level", 20, 2
	return s
}

// HeavyTail is a stream whose terms are mostly rare: Zipf's law with exponent 0.8
// over twenty million terms, of which some nine million come up.
func HeavyTail(scale float64) Shape {
	s := Drifting(scale)
	s.Name, s.Skew, s.Drift, s.Seed = "heavy-tail", 0.8, 0, 3
	s.Observations, s.Ranks = scaled(25_700_000, scale), scaled(20_000_000, scale)
	return s
}

// Dense is Drifting with ten million observations a day: 45 million in all.
func Dense(scale float64) Shape {
	s := Drifting(4.2 * scale)
	s.Name, s.Seed = "dense", 4
	return s
}

func scaled(n int, scale float64) int { return max(int(float64(n)*scale), 1000) }
