package detect

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestDefaultOptionsAreValid(t *testing.T) {
	opt := DefaultOptions()
	if err := opt.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, w := range opt.Windows {
		n := float64(PanesPerDay) / float64(w.Panes)
		if want := max(0, math.Sqrt(2*math.Log(n))-1); math.Abs(w.Offset-want) > 0.011 {
			t.Errorf("window of %d panes: offset %.2f, the documented formula gives %.2f", w.Panes, w.Offset, want)
		}
	}
}

func TestValidateNamesTheSetting(t *testing.T) {
	f := func(name string, spoil func(*Options)) {
		t.Helper()
		opt := DefaultOptions()
		spoil(&opt)
		err := opt.Validate()
		if !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %q does not name it", name, err)
		}
		if _, err := NewJudge(opt); !errors.Is(err, ErrOptions) {
			t.Errorf("%s: NewJudge accepted it", name)
		}
	}
	f("Budget", func(o *Options) { o.Budget = 0 })
	f("MinScore", func(o *Options) { o.MinScore = math.NaN() })
	f("MinAuthors", func(o *Options) { o.MinAuthors = 0 })
	f("VolumeClip", func(o *Options) { o.VolumeClip = 0.5 })
	f("RepeatWeight", func(o *Options) { o.RepeatWeight = 2 })
	f("KnownScore", func(o *Options) { o.KnownScore = -1 })
	f("GaugeScore", func(o *Options) { o.GaugeScore = 101 })
	f("NullHalfLife", func(o *Options) { o.NullHalfLife = 0.5 })
	f("RearmHours", func(o *Options) { o.RearmHours = math.Inf(1) })
	f("0 windows", func(o *Options) { o.Windows = nil })
	f("window of 3", func(o *Options) { o.Windows = []Window{{6, 1}, {3, 1}} })
	f("window of 50", func(o *Options) { o.Windows = []Window{{50, 1}} })
	f("window of 600", func(o *Options) { o.Windows = []Window{{600, 1}} })
	f("offset", func(o *Options) { o.Windows = []Window{{6, math.NaN()}} })
}

func TestClock(t *testing.T) {
	// 2023-11-20 was a Monday.
	if d := weekday(planStart); d != 0 {
		t.Errorf("weekday of a Monday is %d; want 0", d)
	}
	if h := hourOfDay(planStart + 49); h != 1 {
		t.Errorf("hour of day is %d; want 1", h)
	}
	if HourOf(-1) != -1 || DayOf(-1) != -1 || HourOf(-7) != -2 {
		t.Error("panes before the epoch do not round down")
	}
	if weekday(-1) != 2 || hourOfDay(-1) != 23 {
		t.Error("the hour before the epoch is not Wednesday 23:00")
	}
}
