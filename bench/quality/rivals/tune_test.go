package rivals

import (
	"testing"
	"time"
)

func TestTuneSigniTrend(t *testing.T) {
	grid := DefaultSigniTrendGrid()
	tried := TuneSigniTrend(grid, func(s SigniTrendSettings) float64 {
		if s.Unit == Posts {
			return 0
		}
		return s.Bias - s.Epoch.Hours()
	})
	if len(tried) != 192 || len(grid.All()) != 192 {
		t.Fatalf("%d tried of %d, want 192", len(tried), len(grid.All()))
	}
	want := SigniTrendSettings{Epoch: time.Hour, HalfLife: 72 * time.Hour, Bias: 8, Unit: Authors}
	if tried[0].Settings != want || tried[0].Merit != 7 {
		t.Errorf("best is %+v, want %+v", tried[0], want)
	}
}

func TestPublishedSigniTrend(t *testing.T) {
	s := PublishedSigniTrend()
	rate := LearningRate(s.Epoch, s.HalfLife)
	if want := 20.0 / 1440; rate < want*0.999 || rate > want*1.001 {
		t.Errorf("learning rate %v, want %v", rate, want)
	}
	near(t, "bias for a minute", s.Bias/s.Epoch.Minutes(), 7.0/15)
}
