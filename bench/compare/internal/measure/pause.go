package measure

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/swell-radar/swell/bench/compare/internal/peer"
	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

// Pause is how long single calls of a writer take around the ends of panes, in
// nanoseconds, the clock's own time included.
type Pause struct {
	Full  Sample // at full speed, where waiting for room is part of it
	Paced Sample // at PacedRate
}

// PacedRate is a load that leaves every contender idle time, in observations a
// second. What still takes long then is what the end of a pane itself costs.
const PacedRate = 1_000_000

// How many calls are timed before a pane ends and after the next begins. The call
// that ends the pane is timed as well.
const (
	timedBefore = 8
	timedAfter  = 64
)

// Pauses times the calls around the ends of a stream's panes for all contenders of
// this process: one writer, two processors. Results are by ID.
func (setup *Setup) Pauses(s *stream.Stream) (map[string]*Pause, error) {
	pauses := map[string]*Pause{}
	for _, k := range setup.Kinds {
		if k.Remote {
			continue
		}
		fmt.Fprintf(setup.Log, "%s: pauses of %s\n", s.Shape.Name, k.Name)
		p := &Pause{}
		var err error
		if p.Full, err = setup.pause(k, s, 0); err == nil {
			p.Paced, err = setup.pause(k, s, PacedRate)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.Name, err)
		}
		pauses[k.ID] = p
	}
	return pauses, nil
}

// pause returns the times of calls at a rate; 0 is as fast as it goes.
func (setup *Setup) pause(k peer.Kind, s *stream.Stream, rate float64) (_ Sample, err error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(Cores[len(Cores)-1]))
	c, err := k.New(peer.Config{Writers: 1, Memory: setup.Memory, Shards: setup.Shards})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	runtime.GC()
	t := timer{w: c.Writers()[0], rate: rate, began: time.Now()}
	t.times = make([]float64, 0, s.Panes()*(timedBefore+timedAfter+1))
	for i := range s.Panes() {
		if err := t.pane(s.Pane(i)); err != nil {
			return nil, err
		}
	}
	return SampleOf(t.times), c.Drain()
}

// timer delivers panes, some calls one by one.
type timer struct {
	w     peer.Writer
	rate  float64
	began time.Time
	done  int
	times []float64
}

func (t *timer) pane(run stream.Run) error {
	first := min(timedAfter, run.Len())
	last := max(run.Len()-timedBefore, first)
	if err := t.single(run.Slice(0, first)); err != nil {
		return err
	}
	const chunk = 64
	for at := first; at < last; at += chunk {
		t.keepPace()
		part := run.Slice(at, min(at+chunk, last))
		if err := t.w.Count(part); err != nil {
			return err
		}
		t.done += part.Len()
	}
	if err := t.single(run.Slice(last, run.Len())); err != nil {
		return err
	}
	began := time.Now()
	err := t.w.Seal(run.Pane)
	t.times = append(t.times, float64(time.Since(began)))
	return err
}

// single times the observations one by one.
func (t *timer) single(run stream.Run) error {
	t.keepPace()
	for i := range run.Len() {
		one := run.Slice(i, i+1)
		began := time.Now()
		if err := t.w.Count(one); err != nil {
			return err
		}
		t.times = append(t.times, float64(time.Since(began)))
	}
	t.done += run.Len()
	return nil
}

// keepPace waits until the next observation is due. It spins: a sleep would come
// back too late, and the processor is the writer's own.
func (t *timer) keepPace() {
	if t.rate == 0 {
		return
	}
	due := time.Duration(float64(t.done) / t.rate * float64(time.Second))
	for time.Since(t.began) < due {
	}
}
