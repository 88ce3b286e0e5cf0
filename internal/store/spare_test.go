package store

import (
	"errors"
	"math"
	"testing"
)

func TestSpare(t *testing.T) {
	free, fail := int64(100<<20), error(nil)
	space := func(string) (int64, int64, error) { return free, 1 << 40, fail }
	for floor, want := range map[int64]int64{30 << 20: 70 << 20, -1: math.MaxInt64} {
		s, err := Open(t.TempDir(), Options{MinFree: floor, Space: space})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Spare(); got != want {
			t.Errorf("floor %d: %d bytes, want %d", floor, got, want)
		}
		fail = errors.New("no answer")
		if got := s.Spare(); got != math.MaxInt64 {
			t.Errorf("without an answer: %d bytes", got)
		}
		fail = nil
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
