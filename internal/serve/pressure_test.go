package serve

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

func TestPressure(t *testing.T) {
	const asOf = 1_780_000_200
	for name, tt := range map[string]struct {
		change func(*engine.View)
		word   string
		why    string
	}{
		"roomy": {
			func(*engine.View) {}, PressureNone,
			"The memory of 64 MiB suffices: a new term is tracked from its first use.",
		},
		"half full": {
			func(v *engine.View) { v.Core.Threshold = 2 }, PressureNone,
			"The memory of 64 MiB suffices: a new term is tracked from its second use.",
		},
		"full": {
			func(v *engine.View) { v.Core.Threshold = 3 }, PressureFull,
			"The table of terms fills up (900 of 1000): a new term needs 3 uses before it is tracked, and is an estimate until then; replay with --memory 128MiB to track rarer terms.",
		},
		"threshold": {
			func(v *engine.View) { v.Core.Threshold = 9 }, PressureOverloaded,
			"The memory of 64 MiB is too small for this stream: a new term needs 9 uses before it is tracked; replay with --memory 256MiB.",
		},
		"threshold just above": {
			func(v *engine.View) { v.Core.Threshold = 4 }, PressureOverloaded,
			"The memory of 64 MiB is too small for this stream: a new term needs 4 uses before it is tracked; replay with --memory 128MiB.",
		},
		"authors": {
			func(v *engine.View) { v.Core.FreshHorizon = 23.97 }, PressureOverloaded,
			"The memory of 64 MiB is too small for this stream: authors count as fresh again after 23.9 hours instead of 24; replay with --memory 128MiB.",
		},
		"authors not measured yet": {
			func(v *engine.View) { v.Core.FreshHorizon = 0 }, PressureNone,
			"The memory of 64 MiB suffices: a new term is tracked from its first use.",
		},
		"posts": {
			func(v *engine.View) { v.Counters.RecentHorizon = 15 }, PressureOverloaded,
			"The memory of 64 MiB is too small for this stream: a post that comes again is known for 15 hours instead of 72; replay with --memory 512MiB.",
		},
		"authors lost": {
			func(v *engine.View) { v.Core.AuthorsLost, v.Core.AuthorsLostAt = 1, asOf }, PressureOverloaded,
			"The memory of 64 MiB is too small for this stream: of the authors of some terms only the least number is known; replay with --memory 128MiB.",
		},
		"blurred within the window": {
			func(v *engine.View) { v.Core.Blurred, v.Core.BlurredAt = 1, asOf-72*3600+1 }, PressureOverloaded,
			"The memory of 64 MiB is too small for this stream: of the authors of some terms only the least number is known; replay with --memory 128MiB.",
		},
		"blurred and lost before the window": {
			func(v *engine.View) {
				v.Core.Blurred, v.Core.BlurredAt, v.Core.AuthorsLost, v.Core.AuthorsLostAt = 7, asOf-72*3600, 7, asOf-72*3600
			}, PressureNone,
			"The memory of 64 MiB suffices: a new term is tracked from its first use.",
		},
		"everything at once": {
			func(v *engine.View) {
				v.Core.Threshold, v.Core.FreshHorizon, v.Counters.RecentHorizon, v.Core.BlurredAt = 13, 11.25, 60, asOf
			}, PressureOverloaded,
			"The memory of 64 MiB is too small for this stream: a new term needs 13 uses before it is tracked, authors count as fresh again after 11.2 hours instead of 24, " +
				"a post that comes again is known for 60 hours instead of 72 and of the authors of some terms only the least number is known; replay with --memory 512MiB.",
		},
		"no round number": {
			func(v *engine.View) { v.Core.Threshold, v.Core.Memory = 4, 5_000_000 }, PressureOverloaded,
			"The memory of 4.8 MiB is too small for this stream: a new term needs 4 uses before it is tracked; replay with --memory 10MiB.",
		},
		"next to the most": {
			func(v *engine.View) { v.Core.FreshHorizon, v.Core.Memory = 0.001, window.MaxMemory-1 }, PressureOverloaded,
			"The memory of 65536 MiB is too small for this stream: authors count as fresh again after 0 hours instead of 24; replay with --memory 65536MiB.",
		},
		"the most": {
			func(v *engine.View) { v.Core.Threshold, v.Core.Memory = 20, window.MaxMemory }, PressureOverloaded,
			"The memory of 65536 MiB is too small for this stream: a new term needs 20 uses before it is tracked; no engine takes more, so give each fewer platforms.",
		},
		"nothing yet": {
			func(v *engine.View) { *v = engine.View{} }, PressureNone, "No pane has been closed yet.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := &engine.View{AsOf: asOf, Counters: engine.Counters{RecentHorizon: 72}, Core: engine.Core{
				Stats: window.Stats{Threshold: 1, Tracked: 900, Capacity: 1000}, FreshHorizon: 24, Memory: 64 << 20,
			}}
			tt.change(v)
			word, why := pressure(v)
			if word != tt.word || why != tt.why {
				t.Errorf("%s: %s\nwant %s: %s", word, why, tt.word, tt.why)
			}
		})
	}
}

// crowd feeds the hours of a stream that is far too much for the least memory: 2,500
// posts an hour with tags out of 60,000.
func crowd(e *engine.Engine, hours int) {
	const perPane = 2500 / detect.PanesPerHour
	rng := rand.New(rand.NewPCG(1, 2))
	for n := range hours * detect.PanesPerHour * perPane {
		ts := start.Unix() + int64(n/perPane)*detect.PaneSeconds
		rec := term.Record{TS: ts * 1e6, Platform: "x", ID: fmt.Sprint(n), Author: fmt.Sprint("u", rng.IntN(50_000))}
		for range 6 {
			rec.Tags = append(rec.Tags, fmt.Sprint("tag", rng.IntN(60_000)))
		}
		e.Observe(&rec)
	}
}

// An engine that is given far too little says so, and what would help.
func TestStatusTellsOfAnOverload(t *testing.T) {
	opt := engine.DefaultOptions()
	opt.Window.Memory = window.MinMemory
	e, err := engine.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s := newServer(t, Options{Source: e, Nonce: "full"})
	if got := ask[api.StatusAnswer](t, s, "/api/v1/status").Core; got.Pressure != PressureNone {
		t.Errorf("before the first pane: %s: %s", got.Pressure, got.PressureWhy)
	}
	last := make(chan int64, 1)
	go func() {
		crowd(e, 48)
		last <- e.Flush()
	}()
	for seen, end := int64(-1), int64(-2); seen != end; {
		select {
		case end = <-last:
		case tick := <-e.Ticks():
			seen = tick.Pane
		}
	}
	got := ask[api.StatusAnswer](t, s, "/api/v1/status").Core
	t.Logf("%+v", got)
	if got.Pressure != PressureOverloaded || got.Threshold <= fullThreshold || got.MemoryBytes != window.MinMemory {
		t.Errorf("%+v", got)
	}
	if !(got.RecentHorizonH > 0 && got.RecentHorizonH < window.Hours) {
		t.Errorf("posts are known for %v hours; the memory holds fewer than 72", got.RecentHorizonH)
	}
	for _, want := range []string{
		"The memory of 4 MiB is too small", fmt.Sprintf("a new term needs %d uses", got.Threshold), "instead of 72", "; replay with --memory ",
	} {
		if !strings.Contains(got.PressureWhy, want) {
			t.Errorf("%q lacks %q", got.PressureWhy, want)
		}
	}
}
