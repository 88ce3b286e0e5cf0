package store

import (
	"bytes"
	"errors"
	"flag"
	"iter"
	"os"
	"runtime"
	"testing"

	"github.com/dgraph-io/badger/v4"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestMain runs fewer rapid checks than the default of 100, unless told how
// many: each opens and closes databases.
func TestMain(m *testing.M) {
	if flag.Parse(); !flagGiven("rapid.checks") {
		if err := flag.Set("rapid.checks", "8"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func flagGiven(name string) (given bool) {
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	return given
}

// openTest opens a store in dir that is closed at the end of the test.
func openTest(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// reopen closes the store and opens it again.
func reopen(t testing.TB, s *Store) *Store {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// A test beside this one that starts a process lends it the lock for a moment.
	for {
		again, err := Open(s.dir, Options{})
		if !errors.Is(err, ErrLocked) {
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { again.Close() })
			return again
		}
		runtime.Gosched()
	}
}

func partsOf(parts ...Part) iter.Seq2[Part, error] {
	return func(yield func(Part, error) bool) {
		for _, p := range parts {
			if !yield(p, nil) {
				return
			}
		}
	}
}

// rawSet stores bytes under key as they are, past the store's own checks.
func rawSet(t testing.TB, s *Store, key, value []byte) {
	t.Helper()
	if err := s.db.Update(func(tx *badger.Txn) error { return tx.Set(key, value) }); err != nil {
		t.Fatal(err)
	}
}

// rawGet returns a copy of the stored bytes of key.
func rawGet(t testing.TB, s *Store, key []byte) []byte {
	t.Helper()
	var value []byte
	err := s.view(func(tx *badger.Txn) (err error) {
		value, err = getSealed(tx, key)
		return err
	})
	if err != nil || value == nil {
		t.Fatalf("%s: %v", keyString(key), err)
	}
	return value
}

// rawKeys returns the keys that start with prefix.
func rawKeys(t testing.TB, s *Store, prefix ...byte) [][]byte {
	t.Helper()
	var keys [][]byte
	err := s.view(func(tx *badger.Txn) error {
		return scan(tx, prefix, func(key []byte) error {
			keys = append(keys, bytes.Clone(key))
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// flipBit damages one bit of a stored value.
func flipBit(t testing.TB, s *Store, key []byte, bit int) {
	t.Helper()
	value := rawGet(t, s, key)
	value[bit/8%len(value)] ^= 1 << (bit % 8)
	rawSet(t, s, key, value)
}

func wantErr(t testing.TB, err, want error, about string) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%s: error %v, want one that wraps %q", about, err, want)
	}
}

func TestEveryMethodFailsAfterClose(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	if err := s.RegisterTerms([]Term{{ID: 1}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatalf("second Close: %v", err)
	}
	second := func(_ any, err error) error { return err }
	first := func(seq iter.Seq2[[]byte, error]) error {
		for _, err := range seq {
			return err
		}
		return nil
	}
	_, _, loadErr := s.LoadSnapshot()
	_, _, beforeErr := s.LoadSnapshotBefore(2)
	_, _, searchErr := s.Search(Search{Key: "x"})
	_, _, dayErr := s.DayPoints(1)
	_, _, rankErr := s.RankingAt(1)
	var termsErr error
	for _, termsErr = range s.Terms() {
	}
	for name, err := range map[string]error{
		"RegisterTerms":      s.RegisterTerms(nil),
		"Term":               second(s.Term(1)),
		"Terms":              termsErr,
		"AppendHour":         s.AppendHour(1, nil),
		"Series":             second(s.Series(1, 0, 9)),
		"Hours":              second(s.Hours(0, 9)),
		"AppendGauges":       s.AppendGauges(1, nil),
		"GaugeSeries":        second(s.GaugeSeries(GaugeKey{}, 0, 9)),
		"Gauges":             second(s.Gauges(1)),
		"WriteSnapshot":      second(s.WriteSnapshot(SnapshotMeta{}, partsOf())),
		"LoadSnapshot":       loadErr,
		"LoadSnapshotBefore": beforeErr,
		"Reset":              s.Reset(),
		"AppendDetections":   s.AppendDetections(0, nil),
		"Detections":         first(s.Detections(0)),
		"TruncateDetections": s.TruncateDetections(0),
		"PutRanking":         s.PutRanking(1, nil),
		"RankingAt":          rankErr,
		"Prune":              second(s.Prune(Floors{Points: 1, Rankings: 1})),
		"Sync":               s.Sync(),
		"Compact":            s.Compact(),
		"AppendActivity":     s.AppendActivity(1, nil),
		"Activity":           second(s.Activity("x", 0, 9)),
		"ActivityHours":      second(s.ActivityHours(0, 9)),
		"Search":             searchErr,
		"ClosedDays":         second(s.ClosedDays()),
		"DayPoints":          dayErr,
		"Detection":          second(s.Detection(0)),
	} {
		wantErr(t, err, ErrClosed, name)
	}
}

func TestCloseInsideAnIteratorIsRefusedToInnerCalls(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	if err := s.AppendDetections(0, [][]byte{[]byte("a"), []byte("b")}); err != nil {
		t.Fatal(err)
	}
	closed := make(chan error)
	n := 0
	for _, err := range s.Detections(0) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 1 {
			go func() { closed <- s.Close() }()
		}
		for {
			// Close waits for this loop, and inner calls do not wait for Close.
			if _, err := s.Hours(0, 1); errors.Is(err, ErrClosed) {
				break
			}
		}
	}
	if n != 2 {
		t.Errorf("%d lines read, want 2", n)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}
