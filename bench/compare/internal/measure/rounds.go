package measure

import (
	"errors"
	"fmt"
	"io"
	"runtime"

	"github.com/swell-radar/swell/bench/compare/internal/peer"
	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

// Setup is what a run is made with.
type Setup struct {
	Kinds  []peer.Kind
	Memory int64     // of contenders whose memory is a setting, in bytes
	Shards int       // of Swell's core; 0 is its default
	Log    io.Writer // what is being done
}

// Cores are the numbers of cores that are measured: so many writers, and so many
// processors for all goroutines of the process together.
var Cores = [...]int{1, 2}

// Speed is the time per observation in nanoseconds.
//
// On one core that is processor time: of this process, or of the server alone where
// the counting is done by one. It is what wall time would be if nothing else ran on
// the machine. On two cores it is wall time, since waiting for each other counts.
type Speed struct {
	Observations int // a round
	Cost         [len(Cores)]Sample
	Wall         [len(Cores)]Sample
}

// Plan says how often a stream is run.
type Plan struct {
	Stream *stream.Stream
	Tail   *stream.Stream // what contenders in another process get
	Rounds int
	Slow   int // rounds of slow contenders
}

// of returns what a contender gets.
func (p *Plan) of(k peer.Kind) (s *stream.Stream, rounds int) {
	s, rounds = p.Stream, p.Rounds
	if k.Slow {
		rounds = min(p.Slow, p.Rounds)
	}
	if k.Remote {
		s = p.Tail
	}
	return s, rounds
}

// Speeds times all contenders over a stream and returns their speeds by ID. One that
// cannot be had on this machine is left out, and the log says so.
func (setup *Setup) Speeds(p *Plan) (map[string]*Speed, error) {
	speeds := map[string]*Speed{}
	missing := map[string]bool{}
	for round := range p.Rounds {
		fmt.Fprintf(setup.Log, "%s: round %d of %d\n", p.Stream.Shape.Name, round+1, p.Rounds)
		for i := range setup.Kinds {
			k := setup.Kinds[(i+round)%len(setup.Kinds)]
			s, rounds := p.of(k)
			if round >= rounds || missing[k.ID] {
				continue
			}
			if speeds[k.ID] == nil {
				speeds[k.ID] = &Speed{Observations: s.Len()}
			}
			err := setup.round(k, s, speeds[k.ID])
			if errors.Is(err, peer.ErrNoRedis) {
				fmt.Fprintf(setup.Log, "SKIPPED: %s: %v\n", k.Name, err)
				missing[k.ID] = true
				delete(speeds, k.ID)
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", k.Name, err)
			}
		}
	}
	for _, speed := range speeds {
		for i := range Cores {
			SampleOf(speed.Cost[i])
			SampleOf(speed.Wall[i])
		}
	}
	return speeds, nil
}

// round runs a contender once with each number of cores.
func (setup *Setup) round(k peer.Kind, s *stream.Stream, speed *Speed) error {
	for i, cores := range Cores {
		wall, used, err := setup.time(k, s, cores)
		if err != nil {
			return err
		}
		cost := wall
		if cores == 1 {
			cost = used
		}
		speed.Wall[i] = append(speed.Wall[i], wall)
		speed.Cost[i] = append(speed.Cost[i], cost)
	}
	return nil
}

// time feeds a new contender and returns the wall time and the processor time of
// whatever counts, in nanoseconds an observation.
func (setup *Setup) time(k peer.Kind, s *stream.Stream, cores int) (wall, used float64, err error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	c, err := k.New(peer.Config{Writers: cores, Memory: setup.Memory, Shards: setup.Shards})
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	runtime.GC() // what others left is not this one's to collect
	before, err := usedTime(c)
	if err != nil {
		return 0, 0, err
	}
	took, err := Feed(c, s)
	if err != nil {
		return 0, 0, err
	}
	after, err := usedTime(c)
	if err != nil {
		return 0, 0, err
	}
	n := float64(s.Len())
	return float64(took.Nanoseconds()) / n, (after - before) * 1e9 / n, nil
}

// usedTime returns the processor time used so far, in seconds, by the process that
// counts.
func usedTime(c peer.Contender) (float64, error) {
	r, ok := c.(peer.Remote)
	if !ok {
		return processTime(), nil
	}
	cpu, _, err := r.Usage()
	return cpu, err
}
