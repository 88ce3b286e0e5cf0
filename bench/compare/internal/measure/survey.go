package measure

import (
	"errors"
	"fmt"
	"time"

	"github.com/swell-radar/swell/bench/compare/internal/peer"
	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

// ErrorRanks are the numbers of top terms over which errors are averaged, and
// RecallRanks those of which recall is taken.
var (
	ErrorRanks  = [...]int{100, 1_000, 10_000}
	RecallRanks = [...]int{100, 1_000}
)

// Survey is what a contender takes and answers after a stream.
type Survey struct {
	Memory   int64 // bytes
	Distinct int   // terms in the window
	Error    [len(ErrorRanks)]float64
	Recall   [len(RecallRanks)]float64
	TellsTop bool
	Top      time.Duration // the top 100 of 72 hours, median
	Term     Sample        // one term of 72 hours, in nanoseconds
}

// PerTerm returns the memory for a distinct term of the window, in bytes.
func (s *Survey) PerTerm() float64 { return float64(s.Memory) / float64(s.Distinct) }

// Surveys runs every contender that answers anything once over its stream, looks at
// its memory and compares its answers to the truth, which is that of p.Stream.
// Results are by ID.
func (setup *Setup) Surveys(p *Plan, truth *stream.Truth) (map[string]*Survey, error) {
	surveys := map[string]*Survey{}
	truths := map[*stream.Stream]*stream.Truth{p.Stream: truth}
	for _, k := range setup.Kinds {
		if k.Floor {
			continue
		}
		s, _ := p.of(k)
		if truths[s] == nil {
			truths[s] = stream.TruthOf(s)
		}
		fmt.Fprintf(setup.Log, "%s: memory and answers of %s\n", s.Shape.Name, k.Name)
		survey, err := setup.survey(k, s, truths[s])
		if errors.Is(err, peer.ErrNoRedis) {
			fmt.Fprintf(setup.Log, "SKIPPED: %s: %v\n", k.Name, err)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.Name, err)
		}
		surveys[k.ID] = survey
	}
	return surveys, nil
}

func (setup *Setup) survey(k peer.Kind, s *stream.Stream, truth *stream.Truth) (_ *Survey, err error) {
	before := takeFootprint()
	c, err := k.New(peer.Config{Writers: 1, Memory: setup.Memory, Shards: setup.Shards})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	base, err := serverMemory(c)
	if err != nil {
		return nil, err
	}
	if _, err := Feed(c, s); err != nil {
		return nil, err
	}
	out := &Survey{Distinct: truth.Distinct}
	if k.Remote {
		after, err := serverMemory(c)
		if err != nil {
			return nil, err
		}
		out.Memory = after - base
	} else {
		out.Memory = takeFootprint().growth(before)
	}
	if c.BorrowsKeys() {
		out.Memory += int64(truth.KeyBytes)
	}
	return out, errors.Join(out.askTerms(c, truth), out.askTop(c, truth))
}

func serverMemory(c peer.Contender) (int64, error) {
	r, ok := c.(peer.Remote)
	if !ok {
		return 0, nil
	}
	_, memory, err := r.Usage()
	return memory, err
}

// askTerms looks terms up: the top ones for the error, and some of all ranks that
// the truth lists for the time.
func (s *Survey) askTerms(c peer.Contender, truth *stream.Truth) error {
	var failed error
	count := func(key string) uint64 {
		n, err := c.Lookup(key)
		failed = errors.Join(failed, err)
		return n
	}
	for i, n := range ErrorRanks {
		s.Error[i] = truth.Error(n, count)
	}
	const questions = 1000
	step := max(len(truth.Top)/questions, 1)
	var times []float64
	for i := 0; i < len(truth.Top); i += step {
		began := time.Now()
		count(truth.Top[i].Key)
		times = append(times, float64(time.Since(began)))
	}
	s.Term = SampleOf(times)
	return failed
}

// askTop asks for the top. What takes long is timed less often.
func (s *Survey) askTop(c peer.Contender, truth *stream.Truth) error {
	for i, k := range RecallRanks {
		found, err := c.Top(k)
		if found == nil || err != nil {
			return err
		}
		s.Recall[i] = truth.Recall(found, k)
	}
	s.TellsTop = true
	const most, enough = 7, time.Second
	var times []float64
	for spent := time.Duration(0); len(times) < most && spent < enough; {
		began := time.Now()
		if _, err := c.Top(100); err != nil {
			return err
		}
		took := time.Since(began)
		times, spent = append(times, float64(took)), spent+took
	}
	s.Top = time.Duration(SampleOf(times).Median())
	return nil
}
