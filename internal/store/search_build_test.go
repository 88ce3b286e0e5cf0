package store

import (
	"errors"
	"fmt"
	"testing"

	"github.com/swell-radar/swell/term"
)

// checkIndex fails if the index of terms is not what the dictionary needs.
func checkIndex(t *testing.T, s *Store) {
	t.Helper()
	report, err := s.fsck(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		if f.Where == "index of terms" {
			t.Errorf("%+v", f)
		}
	}
}

var errStopped = errors.New("stopped")

// stopAt has the store stop before its nth write. What is in the batch by then is on the
// disk if half is set.
func stopAt(s *Store, n int, half bool) {
	s.beforeWrite = func(b *batch) error {
		if n--; n >= 0 {
			return nil
		}
		if half {
			return errors.Join(errStopped, b.commit())
		}
		return errStopped
	}
}

// An upgrade that is cut off anywhere leaves a store of the old format, of which the next
// writer makes one of this.
func TestUpgradeCutOff(t *testing.T) {
	t.Parallel()
	for n := 0; ; n++ {
		s := openTest(t, storeOf(t, 2, []string{"", "-killed"}[n%2]))
		_, _, err := s.Search(Search{Key: "booktok"})
		wantErr(t, err, ErrNotFound, "before the first write")
		stopAt(s, n, true)
		err = s.Sync()
		s.beforeWrite = nil
		if err == nil {
			if n < 6 {
				t.Errorf("the upgrade made %d writes", n)
			}
			return
		}
		wantErr(t, err, errStopped, "Sync")
		s = reopen(t, s)
		if n < 6 && !s.older {
			t.Fatalf("of the new format after %d writes", n)
		}
		// Meanwhile the program that wrote it may take a term away.
		if err := s.deleteWhere(dictKey(tabTerm, 3, 2), func([]byte) bool { return true }); err != nil {
			t.Fatal(err)
		}
		s = reopen(t, s)
		if err := s.Sync(); err != nil {
			t.Fatal(err)
		}
		checkIndex(t, s)
		if found, all, err := s.Search(Search{Key: "unread"}); err != nil || !all || len(found) > 0 {
			t.Errorf("%v, all %v (%v)", found, all, err)
		}
		s.Close()
	}
}

// Terms that are registered or deleted come and go with what they are found by, wherever
// that is cut off, and can be registered again.
func TestIndexKeepsStep(t *testing.T) {
	t.Parallel()
	const terms = 9000 // several transactions
	all := make([]Term, terms)
	for i := range all {
		all[i] = Term{ID: testID(i), Kind: term.Hashtag, Platform: "x", Key: fmt.Sprintf("tag%05d", i)}
	}
	for _, n := range []int{2, 10_001, 3*terms - 1} {
		s := openTest(t, t.TempDir())
		check := func(what string, want int) {
			t.Helper()
			s = reopen(t, s)
			checkIndex(t, s)
			if got := len(s.terms.ords); want >= 0 && got != want {
				t.Errorf("%s: %d terms, want %d", what, got, want)
			}
		}
		stopAt(s, n, false)
		err := s.RegisterTerms(all)
		wantErr(t, err, errStopped, "RegisterTerms")
		s.beforeWrite = nil
		before := len(s.terms.ords)
		check("registering cut off", before)
		if n < groupsKeys != (before == 0) {
			t.Errorf("%d terms are registered after %d writes", before, n)
		}
		if err := s.RegisterTerms(all); err != nil {
			t.Fatal(err)
		}
		check("registered again", terms)
		stopAt(s, n, false)
		_, err = s.Prune(Floors{Points: 24})
		s.beforeWrite = nil
		wantErr(t, err, errStopped, "Prune")
		check("deleting cut off", -1)
		if _, err := s.Prune(Floors{Points: 48}); err != nil {
			t.Fatal(err)
		}
		check("deleted", 0)
		if keys := rawKeys(t, s, tabIndex); len(keys) > 0 {
			t.Errorf("%d entries are left", len(keys))
		}
		s.Close()
	}
}
