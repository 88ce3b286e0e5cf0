package rivals

import (
	"fmt"
	"math"
	"time"

	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/engine/detect"
)

// Moments are an exponentially weighted mean and variance of a count per epoch.
type Moments struct{ Mean, Var float64 }

// After returns the moments after one more epoch that held x.
//
// Source: Schubert, Weiler, Kriegel, "SigniTrend: Scalable Detection of Emerging
// Topics in Textual Streams by Hashed Significance Thresholds", KDD 2014; as
// coded in linegroup/topicsketch, cython/fast_signi/fast_signi.pyx, observe.
func (m Moments) After(x, alpha float64) Moments {
	d := x - m.Mean
	return Moments{
		Mean: m.Mean + float64(alpha*d),
		Var:  (1 - alpha) * (m.Var + float64(alpha*d*d)),
	}
}

// Idle returns the moments after n epochs without anything: n times After(0) in
// closed form.
func (m Moments) Idle(n int64, alpha float64) Moments {
	if n <= 0 {
		return m
	}
	q := math.Pow(1-alpha, float64(n))
	return Moments{Mean: m.Mean * q, Var: q * (m.Var + float64(m.Mean*m.Mean*(1-q)))}
}

// Significance is how many standard deviations x lies above the mean. The bias
// is the count below which nothing is of interest: it stands in for a smaller
// mean and is added to the deviation. Source: as [Moments.After].
func Significance(x float64, m Moments, bias float64) float64 {
	return (x - max(m.Mean, bias)) / (math.Sqrt(m.Var) + bias)
}

// LearningRate returns the weight of the newest epoch that halves the weight of
// the past every halfLife.
func LearningRate(epoch, halfLife time.Duration) float64 {
	return 1 - math.Exp2(-float64(epoch)/float64(halfLife))
}

// SigniTrendSettings are the choices that the method leaves open.
type SigniTrendSettings struct {
	// Epoch is the length of a count, a multiple of ten minutes; HalfLife that of
	// the moments.
	Epoch, HalfLife time.Duration
	// Bias is in units per epoch.
	Bias float64
	// Unit is what is counted.
	Unit Unit
	// Running scores the unfinished epoch too, at every pane: its count so far
	// against the moments of whole epochs, which can only be too low. The paper
	// looks at the end of an epoch only, fast_signi.pyx at every observation.
	Running bool
}

// String tells settings apart.
func (s SigniTrendSettings) String() string {
	at := "epoch end"
	if s.Running {
		at = "running"
	}
	return fmt.Sprintf("%v, %g min, half-life %.3g h, bias %.3g, %s",
		s.Unit, s.Epoch.Minutes(), s.HalfLife.Hours(), s.Bias, at)
}

// PublishedSigniTrend is what linegroup/topicsketch ships for Twitter
// (parameters.cnf, section significance): windows of 15 minutes, a learning rate
// of window / day, a bias of 7 posts per window, a score at every observation.
// The window is 20 minutes here, to hold whole panes; rate and bias follow. The
// paper's authors have published no settings in code.
func PublishedSigniTrend() SigniTrendSettings {
	const epoch = 20 * time.Minute
	perDay := float64(epoch) / float64(24*time.Hour)
	return SigniTrendSettings{
		Epoch:    epoch,
		HalfLife: time.Duration(float64(epoch) * math.Ln2 / -math.Log1p(-perDay)).Round(time.Minute),
		Bias:     7.0 * 20 / 15, Unit: Posts, Running: true,
	}
}

// ShortSigniTrend is the best setting known among short epochs: three hours.
func ShortSigniTrend() SigniTrendSettings {
	return SigniTrendSettings{
		Epoch: 3 * time.Hour, HalfLife: 168 * time.Hour, Bias: 3, Unit: Authors, Running: true,
	}
}

// TunedSigniTrend is the best setting known for generated streams of a few
// thousand posts an hour: whole UTC days, which hold the daily rhythm, scored
// while they run. [TuneSigniTrend] finds that of another stream.
func TunedSigniTrend() SigniTrendSettings {
	return SigniTrendSettings{
		Epoch: 24 * time.Hour, HalfLife: 336 * time.Hour, Bias: 4, Unit: Authors, Running: true,
	}
}

// SigniTrend scores a term by the [Significance] of its count in an epoch, with
// exact counts instead of the paper's hash table, which only spares memory. The
// list is that of the last epoch, until the next has ended or, with Running, has
// passed it.
type SigniTrend struct {
	name  string
	set   SigniTrendSettings
	panes int64 // in an epoch
	alpha float64
	epoch int64 // running
	terms []signiTerm
	live  live
}

type signiTerm struct {
	moments Moments // before epoch
	epoch   int64   // that twice counts
	twice   uint32  // half units
	last    float64 // score of the epoch before
}

// NewSigniTrend returns the detector for terms below that number, under a name
// of its own or, if it is empty, under that of its settings. An epoch is at least
// one pane and is cut down to whole panes.
func NewSigniTrend(terms int, name string, set SigniTrendSettings) *SigniTrend {
	if name == "" {
		name = "SigniTrend (" + set.String() + ")"
	}
	panes := max(1, int64(set.Epoch/(detect.PaneSeconds*time.Second)))
	return &SigniTrend{
		name: name, set: set, panes: panes,
		alpha: LearningRate(time.Duration(panes)*detect.PaneSeconds*time.Second, set.HalfLife),
		epoch: math.MinInt64,
		terms: make([]signiTerm, terms), live: newLive(terms),
	}
}

// Name implements [Detector].
func (s *SigniTrend) Name() string { return s.name }

// Source implements [Detector].
func (s *SigniTrend) Source() string {
	return "Schubert, Weiler, Kriegel: SigniTrend, KDD 2014; linegroup/topicsketch, fast_signi.pyx"
}

// Step implements [Detector].
func (s *SigniTrend) Step(pane int64, cells []trace.Cell, emit func(term uint32, score, rank float64)) {
	epoch := floorDiv(pane, s.panes)
	ends := floorMod(pane, s.panes) == s.panes-1
	for i := range cells {
		n := s.set.Unit.twice(&cells[i])
		if n == 0 {
			continue
		}
		t := &s.terms[cells[i].Term]
		s.roll(t, epoch)
		t.twice += n
		s.live.add(cells[i].Term)
	}
	s.live.retain(func(term uint32) bool {
		t := &s.terms[term]
		s.roll(t, epoch)
		now, rank := s.score(t), t.last
		switch {
		case ends:
			rank = now
		case s.set.Running:
			rank = max(rank, now)
		default:
			now = 0
		}
		if rank > 0 {
			emit(term, now, rank)
		}
		return rank > 0 || t.twice > 0
	})
}

func (s *SigniTrend) score(t *signiTerm) float64 {
	return max(0, Significance(float64(t.twice)/2, t.moments, s.set.Bias))
}

// roll closes the epoch that t counts, and those without the term since.
func (s *SigniTrend) roll(t *signiTerm, epoch int64) {
	gone := epoch - t.epoch
	if gone == 0 {
		return
	}
	t.last = 0
	if gone == 1 {
		t.last = s.score(t)
	}
	t.moments = t.moments.After(float64(t.twice)/2, s.alpha).Idle(gone-1, s.alpha)
	t.epoch, t.twice = epoch, 0
}

func floorDiv(a, n int64) int64 {
	q := a / n
	if a%n < 0 {
		q--
	}
	return q
}

func floorMod(a, n int64) int64 { return a - n*floorDiv(a, n) }
