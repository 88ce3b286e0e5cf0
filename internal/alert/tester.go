package alert

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/alert/judge"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
)

// History is what was counted and published: a [store.Store].
type History interface {
	judge.History
	// RankingAt returns the newest view that was published at or before t (µs), or [store.ErrNotFound].
	RankingAt(t int64) (at int64, data []byte, err error)
	// RankingFrom returns the time (µs) of the oldest one at or after t, or [store.ErrNotFound].
	RankingFrom(t int64) (at int64, err error)
}

// MaxTest is the longest range of a test.
const MaxTest = 31 * 24 * time.Hour

const (
	day   = 24 * 3600 // seconds
	micro = 1_000_000
)

// Test returns what the rule, off or on, would have told in from ≤ time < to (Unix seconds): it goes through the
// rankings that are kept of the range. What holds at the first one came to hold before. At most limit alerts
// are returned, the newest. An error wraps [ErrRange], [store.ErrDamaged], [engine.ErrView] or that of the
// context. Cost: some milliseconds for each pane of the range.
func Test(ctx context.Context, h History, lists []judge.List, r *judge.Rule, from, to int64, limit int) (*api.RuleTest, error) {
	asked := r.Rule
	asked.Off = false
	on, err := judge.Compile(asked)
	if err != nil {
		return nil, err
	}
	out := &api.RuleTest{Rule: r.Rule, PerDay: api.Unknown, Days: []api.RuleDay{}, Alerts: []api.Alert{}}
	t := tester{history: h, lists: lists, rules: []*judge.Rule{on}}
	first, last := int64(0), int64(0)
	for at := from * micro; ; at++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		at, err = h.RankingFrom(at)
		if errors.Is(err, store.ErrNotFound) || err == nil && at >= to*micro {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("cannot find the next ranking: %w", err)
		}
		found, err := t.step(at)
		if err != nil {
			return nil, fmt.Errorf("cannot go through the ranking of %s: %w", time.UnixMicro(at).UTC().Format(time.RFC3339), err)
		}
		if last = at / micro; first == 0 {
			first = last
		}
		addTo(out, last, found, limit)
	}
	if first == 0 {
		return nil, ErrRange
	}
	// The first ranking says what held before, and each tells of the pane before it.
	out.Range = &api.Span{From: time.Unix(first, 0).UTC(), To: time.Unix(last, 0).UTC()}
	if last > first {
		out.PerDay = api.Rounded(float64(out.Total) * day / math.Max(day, float64(last-first)))
	}
	return out, nil
}

// addTo takes the alerts of a moment into account. Each day of the range has a row.
func addTo(out *api.RuleTest, at int64, found []api.Alert, limit int) {
	date := time.Unix(at, 0).UTC().Format(time.DateOnly)
	if n := len(out.Days); n == 0 || out.Days[n-1].Day != date {
		out.Days = append(out.Days, api.RuleDay{Day: date})
	}
	out.Days[len(out.Days)-1].Alerts += len(found)
	out.Total += len(found)
	for _, a := range found {
		if out.Alerts = append([]api.Alert{a}, out.Alerts...); len(out.Alerts) > limit {
			out.Alerts = out.Alerts[:limit]
		}
	}
}

// tester goes through stored moments.
type tester struct {
	history History
	lists   []judge.List
	rules   []*judge.Rule
	judge   judge.Judge

	past      *judge.Past // of the mentions; nil: not read yet
	until     int64       // up to when past holds
	platforms int         // how many there were when it was read
}

// step returns the alerts of the ranking of a time in µs.
func (t *tester) step(at int64) ([]api.Alert, error) {
	_, data, err := t.history.RankingAt(at)
	if err != nil {
		return nil, err
	}
	view, err := engine.DecodeView(data)
	if err != nil {
		return nil, err
	}
	m := &judge.Moment{At: at / micro, View: view, Lists: t.lists}
	if t.rules[0].Mentions {
		if t.past == nil || m.At > t.until || len(view.Platforms) != t.platforms {
			// A day at a time: that bounds what is held at once.
			t.until, t.platforms = m.At+day, len(view.Platforms)
			if t.past, err = judge.Gather(t.history, t.lists, view.Platforms, m.At, t.until); err != nil {
				return nil, err
			}
		}
		m.Mentions = t.past.At(m.At, view.Platforms)
	}
	return t.judge.See(m, t.rules).New, nil
}
