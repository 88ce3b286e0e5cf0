package main

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/swell-radar/swell/bench/quality/rivals"
	"github.com/swell-radar/swell/bench/quality/subject"
	"github.com/swell-radar/swell/bench/quality/truth"
	"github.com/swell-radar/swell/engine/detect"
)

// result is all that was measured on one stream.
type result struct {
	Source    source
	Days      float64 // that count
	Platforms int
	Terms     int
	Uses      uint64 // of terms, a day
	Oracle    bool
	Planted   map[truth.Type]int   // that begin in the days that count; all regulars that go on there
	Outcomes  map[string]*outcome  // by contestant
	Raised    []*raised            // by budget; nil where Swell was not asked for
	Hits      map[string]*measured // by contestant; of an oracle
}

// measureAll measures every stream, some at once, and returns the results in the order of
// the sources.
func measureAll(o *options, log io.Writer) ([]*result, error) {
	results, errs := make([]*result, len(o.sources)), make([]error, len(o.sources))
	todo := make(chan int)
	var workers sync.WaitGroup
	said := &progress{out: log, of: len(o.sources)}
	for range o.jobs {
		workers.Go(func() {
			for i := range todo {
				if results[i], errs[i] = measureOne(o.sources[i], o, said); errs[i] != nil {
					errs[i] = fmt.Errorf("%v: %w", o.sources[i], errs[i])
				}
			}
		})
	}
	for i := range o.sources {
		todo <- i
	}
	close(todo)
	workers.Wait()
	return results, errors.Join(errs...)
}

// progress tells on standard error how far it is.
type progress struct {
	mu       sync.Mutex
	out      io.Writer
	done, of int
}

func (p *progress) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.out, format+"\n", args...)
}

func (p *progress) finish(s source) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	fmt.Fprintf(p.out, "%v: done, %d of %d streams\n", s, p.done, p.of)
}

func measureOne(src source, o *options, said *progress) (*result, error) {
	if r, err := o.kept(src); r != nil || err != nil {
		return r, err
	}
	said.say("%v: counting", src)
	s, err := src.open(o)
	if err != nil {
		return nil, err
	}
	r := &result{
		Source: src, Days: float64(s.to-s.from) / 86400, Oracle: s.set.Oracle, Platforms: len(s.trace.Platforms), Terms: len(s.trace.Terms),
		Planted: map[truth.Type]int{}, Outcomes: map[string]*outcome{}, Hits: map[string]*measured{},
	}
	for _, cells := range s.trace.Panes {
		for i := range cells {
			r.Uses += uint64(cells[i].Posts)
		}
	}
	r.Uses = uint64(float64(r.Uses) / s.trace.Days())
	for i := range s.set.Rows {
		if row := &s.set.Rows[i]; row.Onset < s.to && (row.Onset >= s.from || row.Type == truth.Regular && row.End > s.from) {
			r.Planted[row.Type]++
		}
	}
	if err := r.play(s, o, said); err != nil {
		return nil, err
	}
	said.finish(src)
	return r, o.keepIt(r)
}

// play sets all contestants to work.
func (r *result) play(s *stream, o *options, said *progress) error {
	for i := range o.contestants {
		c := &o.contestants[i]
		if c.role == ablation && !(r.Source.Deep && r.Source.World == base) {
			continue
		}
		said.say("%v: %s", r.Source, c.Name)
		var err error
		switch {
		case c.role == own:
			err = r.playOwn(c, s)
		case s.set.Oracle:
			err = r.match(c, s)
		default:
			var p player
			if p, err = c.start(s); err == nil {
				out := play(c, s, p)
				r.Outcomes[c.Key] = &out
			}
		}
		// A detector that has to be taught stays away where there is nothing to learn from.
		if err != nil && !errors.Is(err, rivals.ErrTrain) {
			return err
		}
	}
	return nil
}

// playOwn sets Swell to work with each of its budgets, and moves the threshold on its score
// at the usual one.
func (r *result) playOwn(c *contestant, s *stream) error {
	for _, budget := range asked {
		if budget != usual && !r.Source.Deep {
			continue
		}
		opt := detect.DefaultOptions()
		opt.Budget = budget
		x, err := subject.New(c.Name, s.trace, opt)
		if err != nil {
			return err
		}
		w := newWatch(s, x)
		out := play(c, s, x)
		if budget == usual {
			r.Outcomes[c.Key] = &out
		}
		own := w.result(budget)
		r.Raised = append(r.Raised, &own)
	}
	return nil
}
