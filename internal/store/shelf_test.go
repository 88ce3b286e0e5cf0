package store

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The shelf behaves as a map that survives closing, and a reset of all else.
func TestShelf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "swell-store-")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		open := func() *Store {
			s, err := Open(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		s, model := open(), map[string][]byte{}
		defer func() { s.Close() }()
		names := rapid.SampledFrom([]string{"", "budget/a", "budget/b", strings.Repeat("n", MaxShelfName)})
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			name := names.Draw(t, "name")
			switch rapid.IntRange(0, 5).Draw(t, "do") {
			case 0:
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				s = open()
			case 1:
				if err := s.Reset(); err != nil {
					t.Fatal(err)
				}
			case 2, 3:
				value := rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "value")
				if err := s.Save(name, value); err != nil {
					t.Fatal(err)
				}
				model[name] = slices.Clone(value)
			}
		}
		for _, name := range append(slices.Collect(maps.Keys(model)), "never saved") {
			got, err := s.Load(name)
			want, there := model[name]
			if err != nil || there != (got != nil) || !bytes.Equal(got, want) {
				t.Fatalf("%.20q holds %x (%v), want %x: %s", name, got, err, want, cmp.Diff(got, want))
			}
		}
	})
}

func TestShelfLimits(t *testing.T) {
	s, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Save("a", make([]byte, MaxShelfValue+1)); !errors.Is(err, ErrInvalid) {
		t.Errorf("too large a value: %v", err)
	}
	if err := s.Save(strings.Repeat("n", MaxShelfName+1), nil); !errors.Is(err, ErrInvalid) {
		t.Errorf("too long a name: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Save("a", nil); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed store: %v", err)
	}
}
