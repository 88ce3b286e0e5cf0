package store

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The drawer behaves as an ordered map whose changes come together, and which survives closing and a reset of
// all else.
func TestDrawer(t *testing.T) {
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
		keys := rapid.SampledFrom([]string{"a", "a/", "a/1", "a/2", "a/\xff", "b", "a/" + strings.Repeat("\xff", MaxItemKey-2), "\xff"})
		for range rapid.IntRange(1, 10).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "do") {
			case 0:
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				s = open()
			case 1:
				if err := s.Reset(); err != nil {
					t.Fatal(err)
				}
			default:
				var items []Item
				for range rapid.IntRange(0, 4).Draw(t, "items") {
					item := Item{Key: keys.Draw(t, "key")}
					if rapid.Bool().Draw(t, "put") {
						item.Value = rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "value")
					}
					items = append(items, item)
				}
				if err := s.PutItems(items...); err != nil {
					t.Fatal(err)
				}
				for _, item := range items {
					if model[item.Key] = item.Value; item.Value == nil {
						delete(model, item.Key)
					}
				}
			}
		}
		prefix := rapid.SampledFrom([]string{"", "a", "a/", "b", "c"}).Draw(t, "prefix")
		at := rapid.SampledFrom([]string{"", "a", "a/2", "a/\xff", "b", "zz", "0"}).Draw(t, "at")
		var rising, falling []string
		for _, key := range slices.Sorted(maps.Keys(model)) {
			if got, err := s.Item(key); err != nil || !bytes.Equal(got, model[key]) || got == nil {
				t.Fatalf("%q holds %x (%v), want %x", key, got, err, model[key])
			}
			if strings.HasPrefix(key, prefix) && key >= at {
				rising = append(rising, key)
			}
			if strings.HasPrefix(key, prefix) && (at == "" || key < at) {
				falling = append(falling, key)
			}
		}
		slices.Reverse(falling)
		if got := keysOf(t, s.Items(prefix, at), model); !slices.Equal(got, rising) {
			t.Fatalf("%q from %q: %q, want %q", prefix, at, got, rising)
		}
		if got := keysOf(t, s.ItemsBefore(prefix, at), model); !slices.Equal(got, falling) {
			t.Fatalf("%q before %q: %q, want %q", prefix, at, got, falling)
		}
		if got, err := s.Item("never put"); got != nil || err != nil {
			t.Fatalf("an item that is not there: %x (%v)", got, err)
		}
	})
}

func keysOf(t *rapid.T, items func(func(Item, error) bool), model map[string][]byte) (keys []string) {
	for item, err := range items {
		if err != nil || !bytes.Equal(item.Value, model[item.Key]) {
			t.Fatalf("%q holds %x (%v), want %x", item.Key, item.Value, err, model[item.Key])
		}
		keys = append(keys, item.Key)
	}
	return keys
}

func TestDrawerLimits(t *testing.T) {
	s, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	many := make([]Item, MaxItems+1)
	for i := range many {
		many[i].Key = fmt.Sprint(i)
	}
	large := Item{Key: "a", Value: make([]byte, MaxItemValue)}
	for name, items := range map[string][]Item{
		"too large a value": {{Key: "a", Value: make([]byte, MaxItemValue+1)}},
		"too long a key":    {{Key: strings.Repeat("n", MaxItemKey+1), Value: []byte{}}},
		"no key":            {{Value: []byte{}}},
		"too many":          many,
		"too much together": {large, large, large},
	} {
		if err := s.PutItems(append([]Item{{Key: "first", Value: []byte{1}}}, items...)...); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := s.Item("first"); got != nil || err != nil {
		t.Errorf("a part of what was refused is there: %x (%v)", got, err)
	}
	for i := range many[:MaxItems] {
		many[i].Value = make([]byte, (MaxItemBytes-MaxItems*3)/MaxItems)
	}
	if err := s.PutItems(many[:MaxItems]...); err != nil {
		t.Errorf("as much as is possible: %v", err)
	}
	if err := s.PutItems(large, Item{Key: "b", Value: make([]byte, MaxItemValue-2)}); err != nil {
		t.Errorf("two as large as is possible: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.PutItems(large); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed store: %v", err)
	}
}

// A damaged item costs itself.
func TestDrawerDamage(t *testing.T) {
	s, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.PutItems(Item{"a", []byte("1")}, Item{"b", []byte("2")}, Item{"c", []byte("3")}); err != nil {
		t.Fatal(err)
	}
	bad := seal(drawerKey("b"), []byte{drawerFormat, '2'})
	bad[1] ^= 1
	rawSet(t, s, drawerKey("b"), bad)
	rawSet(t, s, drawerKey("c"), seal(drawerKey("c"), []byte{drawerFormat + 1, '3'}))
	if _, err := s.Item("b"); !errors.Is(err, ErrDamaged) {
		t.Errorf("a damaged item: %v", err)
	}
	var got []string
	for item, err := range s.Items("", "") {
		if (err != nil) != (item.Key != "a") || err != nil && item.Value != nil {
			t.Errorf("%q: %v", item.Key, err)
		}
		got = append(got, item.Key)
	}
	if !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("keys %q", got)
	}
}
