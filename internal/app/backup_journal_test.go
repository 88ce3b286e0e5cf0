package app

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/internal/backup"
	"github.com/swell-radar/swell/internal/journal"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

func journalOptions(dir string) journal.Options {
	return journal.Options{Dir: journalDir(dir), Now: time.Now, Log: slog.New(slog.DiscardHandler), MinFree: -1}
}

// journalOf returns the entries of the journal in a data directory by number.
func journalOf(t *testing.T, dir string) map[uint64]string {
	t.Helper()
	all := map[uint64]string{}
	_, err := journal.Entries(t.Context(), journalDir(dir), "", func(n uint64, raw []byte) error {
		all[n] = string(raw)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The journal goes into a backup and comes back with its numbers, of a directory at
// rest and of one in use.
func backupOfAJournal(t *testing.T, data string) {
	j, err := journal.Open(t.Context(), journalOptions(data))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	for n := range 5 {
		_, err := j.Append(t.Context(), &journal.Batch{Records: []term.Record{{TS: int64(n), Platform: "x", Text: fmt.Sprint("#tag", n)}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	restored := func(name string, data []byte) string {
		t.Helper()
		to := filepath.Join(t.TempDir(), name)
		o := restoreOptions("-", to)
		o.Stdin = bytes.NewReader(data)
		kept, err := Restore(t.Context(), o)
		if err != nil || kept.Entries != 5 {
			t.Fatalf("%s: %d entries (%v)", name, kept.Entries, err)
		}
		return to
	}

	d, err := openDataDir(data, store.Options{MinFree: -1}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	d.journal = func() *journal.Journal { return j }
	var inUse bytes.Buffer
	if err := errors.Join(d.backup(t.Context(), &inUse, "test", time.Now()), d.close(), j.Close()); err != nil {
		t.Fatal(err)
	}
	want := journalOf(t, data)
	if len(want) != 5 {
		t.Fatalf("%d entries", len(want))
	}
	var atRest bytes.Buffer
	o := backupOptions(data, "-")
	o.Stdout = &atRest
	if sum, err := Backup(t.Context(), o); err != nil || sum.Entries != 5 {
		t.Fatalf("%d entries (%v)", sum.Entries, err)
	}
	for name, data := range map[string][]byte{"in use": inUse.Bytes(), "at rest": atRest.Bytes()} {
		to := restored(name, data)
		if diff := cmp.Diff(want, journalOf(t, to)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		kept, err := Fsck(t.Context(), to, slog.New(slog.DiscardHandler))
		if err != nil || len(kept.Findings) > 0 || kept.Entries != 5 {
			t.Errorf("%s: %+v (%v)", name, kept, err)
		}
		again, err := journal.Open(t.Context(), journalOptions(to))
		if err != nil {
			t.Fatal(err)
		}
		place, err := again.Append(t.Context(), &journal.Batch{Records: []term.Record{{TS: 9, Platform: "x", Text: "#more"}}})
		if err != nil || place.Entry != 6 {
			t.Errorf("%s: goes on at %+v (%v)", name, place, err)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	}
}

// FuzzJournalMember reads any bytes as the member of a backup.
func FuzzJournalMember(f *testing.F) {
	f.Add([]byte("\x01\x00\x00\x00\x00\x00\x00\x00\x03abc\x00"))
	f.Add([]byte("\x01\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\x7fabc"))
	f.Add([]byte("\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := readJournal(t.Context(), bytes.NewReader(data), "", slog.New(slog.DiscardHandler))
		if err != nil && !errors.Is(err, backup.ErrDamaged) && !strings.Contains(err.Error(), "overflow") || n > uint64(len(data)) {
			t.Fatalf("%d entries (%v)", n, err)
		}
	})
}
