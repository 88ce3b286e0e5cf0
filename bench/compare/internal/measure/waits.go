package measure

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Wait is what goroutines waited for at one place.
type Wait struct {
	Where  string // the function of this repository that waited
	How    string // what it called in order to
	Events int64
	Time   time.Duration // of all goroutines together
}

// recordWaits records every contended mutex and every wait while feed runs.
func recordWaits(feed func() error) (contended, blocked []Wait, err error) {
	mutexBefore, blockBefore := total(runtime.MutexProfile), total(runtime.BlockProfile)
	fraction := runtime.SetMutexProfileFraction(1)
	runtime.SetBlockProfileRate(1)
	err = feed()
	runtime.SetBlockProfileRate(0)
	runtime.SetMutexProfileFraction(fraction)
	if err != nil {
		return nil, nil, err
	}
	rate, err := cyclesPerSecond()
	if err != nil {
		return nil, nil, err
	}
	contended = difference(total(runtime.MutexProfile), mutexBefore, rate)
	blocked = difference(total(runtime.BlockProfile), blockBefore, rate)
	return contended, blocked, nil
}

type place struct{ where, how string }

type cost struct{ events, cycles int64 }

// total sums a profile by place.
func total(profile func([]runtime.BlockProfileRecord) (int, bool)) map[place]cost {
	var records []runtime.BlockProfileRecord
	for n, ok := profile(nil); !ok; {
		records = make([]runtime.BlockProfileRecord, n+64)
		n, ok = profile(records)
		records = records[:min(n, len(records))]
	}
	sums := map[place]cost{}
	for i := range records {
		p := placeOf(records[i].Stack())
		c := sums[p]
		sums[p] = cost{c.events + records[i].Count, c.cycles + records[i].Cycles}
	}
	return sums
}

const module = "github.com/swell-radar/swell/"

// placeOf names the innermost function of this repository on a stack, and the
// function that it had called. A stack without one belongs to the runtime.
func placeOf(stack []uintptr) place {
	frames := runtime.CallersFrames(stack)
	how := ""
	for {
		f, more := frames.Next()
		if name, ours := strings.CutPrefix(f.Function, module); ours {
			return place{name, how}
		}
		how = f.Function
		if !more {
			return place{"the Go runtime", how}
		}
	}
}

func difference(after, before map[place]cost, cyclesPerSecond float64) (waits []Wait) {
	for p, c := range after {
		c.events -= before[p].events
		c.cycles -= before[p].cycles
		if c.events > 0 {
			took := time.Duration(float64(c.cycles) / cyclesPerSecond * float64(time.Second))
			waits = append(waits, Wait{Where: p.where, How: p.how, Events: c.events, Time: took})
		}
	}
	slices.SortFunc(waits, func(a, b Wait) int {
		return cmp.Or(cmp.Compare(b.Time, a.Time), cmp.Compare(a.Where, b.Where), cmp.Compare(a.How, b.How))
	})
	return waits
}

// cyclesPerSecond returns the rate of the clock in which profiles of waits count. The
// runtime tells it in the text form of such a profile alone.
func cyclesPerSecond() (float64, error) {
	const name = "cycles/second="
	var text strings.Builder
	if err := pprof.Lookup("mutex").WriteTo(&text, 1); err != nil {
		return 0, fmt.Errorf("measure: cannot write a mutex profile: %w", err)
	}
	for line := range strings.Lines(text.String()) {
		if value, ok := strings.CutPrefix(line, name); ok {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, errors.New("measure: the mutex profile does not say " + name)
}
