package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dgraph-io/badger/v4"
)

// Report is what a check of a store or of a backup found.
type Report struct {
	Contents Contents  `json:"contents"`
	Findings []Finding `json:"findings"` // none: all is well
}

// Worst returns the highest severity of the findings, or 0 if there are none.
func (r *Report) Worst() (worst Severity) {
	for _, f := range r.Findings {
		worst = max(worst, f.Severity)
	}
	return worst
}

// Fsck checks the store in dir and changes not a byte of it: every block of every
// table, every value's checksum and what it decodes to, and that what refers to
// something finds it. It opens the store by [OpenUntouched], and so takes it as the
// next start would find it once it has repaired what it can.
//
// What is damaged is a finding. Errors: [ErrLocked], [ErrNoStore], [ErrForeign],
// [ErrNewerFormat], those of reading, and the cause of ctx's end. Cost: reading the store once, and a pass
// over what snapshots hold, decompressed.
func Fsck(ctx context.Context, dir string, opts Options) (Report, error) {
	s, found, err := openUntouched(dir, opts)
	if err != nil {
		if !errors.Is(err, ErrDamaged) {
			return Report{}, err
		}
		what, out := err.Error(), wayOut
		if at := strings.LastIndex(what, "; "); at >= 0 { // where these errors say it
			what, out = what[:at], what[at+2:]
		}
		return Report{Findings: append(found, Finding{Severity: Unreadable, Where: "store", What: what, Means: "swell cannot open it", Out: out})}, nil
	}
	report, err := s.fsck(ctx, found)
	return report, errors.Join(err, s.Close())
}

func (s *Store) fsck(ctx context.Context, found []Finding) (Report, error) {
	c, err := newChecker()
	if err != nil {
		return Report{}, fmt.Errorf("cannot check store %s: %w", s.dir, err)
	}
	defer c.close()
	c.all = found
	err = s.view(func(tx *badger.Txn) error {
		it := tx.NewIterator(badger.IteratorOptions{PrefetchValues: true, PrefetchSize: 16})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			item := it.Item()
			if err := item.Value(func(value []byte) error { return c.entry(item.Key(), value) }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Report{}, fmt.Errorf("cannot check store %s: %w", s.dir, err)
	}
	c.finish()
	return Report{Contents: c.contents, Findings: c.all}, nil
}
