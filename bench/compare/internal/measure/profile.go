package measure

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/swell-radar/swell/bench/compare/internal/peer"
	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

// Profile is what the profiler saw of a contender that two writers fed.
type Profile struct {
	Took      time.Duration // with all locks and waits recorded
	Contended []Wait        // mutexes that one goroutine held while another wanted them
	Blocked   []Wait        // every wait, be it for work, for room or for a lock
	Functions []Function    // by processor time, the most expensive first
}

// Profile feeds a contender twice: once with every lock and wait recorded, once with
// the processor's time sampled.
func (setup *Setup) Profile(k peer.Kind, s *stream.Stream) (*Profile, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(Cores[len(Cores)-1]))
	p := &Profile{}
	feed := func() (err error) {
		p.Took, err = setup.feedNew(k, s)
		return err
	}
	fmt.Fprintf(setup.Log, "%s: locks and waits of %s\n", s.Shape.Name, k.Name)
	var err error
	if p.Contended, p.Blocked, err = recordWaits(feed); err != nil {
		return nil, err
	}
	took := p.Took
	fmt.Fprintf(setup.Log, "%s: functions of %s\n", s.Shape.Name, k.Name)
	p.Functions, err = sampleFunctions(feed)
	p.Took = took
	return p, err
}

func (setup *Setup) feedNew(k peer.Kind, s *stream.Stream) (took time.Duration, err error) {
	c, err := k.New(peer.Config{Writers: Cores[len(Cores)-1], Memory: setup.Memory, Shards: setup.Shards})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	return Feed(c, s)
}
