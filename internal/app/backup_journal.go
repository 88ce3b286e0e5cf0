package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"time"

	"github.com/swell-radar/swell/internal/backup"
	"github.com/swell-radar/swell/internal/journal"
	"github.com/swell-radar/swell/internal/store"
)

// journalMember holds the journal that lies in the directory: the number of the first
// entry, then the entries as they are stored.
//
//	u64le number | for each entry: uvarint length | entry
const journalMember = "journal"

// maxJournalEntry is the most bytes that an entry may have.
const maxJournalEntry = 8 << 20

// saveJournal takes the entries of the journal along, if there is one here.
func (d *dataDir) saveJournal(ctx context.Context, w *backup.Writer) error {
	if _, err := os.Stat(journalDir(d.path)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	to, err := w.Member(journalMember)
	if err != nil {
		return err
	}
	s := journalSaver{to: to}
	if d.journal != nil {
		err = s.running(ctx, d.journal())
	} else if !d.read {
		return nil // the journal of this run lies elsewhere
	} else {
		var report journal.Report
		if report, err = journal.Entries(ctx, journalDir(d.path), "", s.entry); err == nil && !s.begun {
			err = s.begin(report.Next)
		}
	}
	if err != nil {
		return fmt.Errorf("cannot back up the journal: %w", err)
	}
	return nil
}

type journalSaver struct {
	to    io.Writer
	begun bool
	buf   []byte
}

func (s *journalSaver) begin(first uint64) error {
	s.begun = true
	_, err := s.to.Write(binary.LittleEndian.AppendUint64(nil, first))
	return err
}

func (s *journalSaver) entry(number uint64, raw []byte) error {
	if !s.begun {
		if err := s.begin(number); err != nil {
			return err
		}
	}
	s.buf = append(binary.AppendUvarint(s.buf[:0], uint64(len(raw))), raw...)
	_, err := s.to.Write(s.buf)
	return err
}

// running reads the journal that this process has open, up to where it ends now.
func (s *journalSaver) running(ctx context.Context, j *journal.Journal) error {
	if j == nil {
		return s.begin(1)
	}
	first, next, err := j.Bounds(ctx)
	if err != nil {
		return err
	}
	if err := s.begin(first); err != nil {
		return err
	}
	r, err := j.Read(ctx, first)
	if err != nil {
		return err
	}
	for range next - first {
		e, err := r.Next(ctx)
		if err != nil {
			return err
		}
		if err := s.entry(e.Number, e.Raw()); err != nil {
			return err
		}
	}
	return nil
}

// readJournal makes a journal of a member, or only reads it if dir is empty, and
// returns how many entries it has.
func readJournal(ctx context.Context, content io.Reader, dir string, log *slog.Logger) (n uint64, err error) {
	var first [8]byte
	if _, err := io.ReadFull(content, first[:]); err != nil {
		return 0, short(err)
	}
	entries := journalEntries(bufio.NewReader(content), &n)
	if dir != "" {
		o := journal.Options{Dir: journalDir(dir), Now: time.Now, Log: log}
		return n, journal.Import(ctx, o, binary.LittleEndian.Uint64(first[:]), entries)
	}
	for _, err := range entries {
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// journalEntries yields the entries of a member and counts them. The first error ends it.
func journalEntries(r *bufio.Reader, n *uint64) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var buf bytes.Buffer
		for {
			length, err := binary.ReadUvarint(r)
			if errors.Is(err, io.EOF) {
				return
			}
			if err == nil && length > maxJournalEntry {
				err = fmt.Errorf("%w: an entry of the journal with %d bytes, the limit is %d", backup.ErrDamaged, length, maxJournalEntry)
			}
			buf.Reset()
			if err == nil {
				_, err = io.CopyN(&buf, r, int64(length))
			}
			if err != nil {
				yield(nil, short(err))
				return
			}
			*n++
			if !yield(buf.Bytes(), nil) {
				return
			}
		}
	}
}

// short says that a member ends within an entry; other errors come as they are.
func short(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: the journal ends within an entry", backup.ErrDamaged)
	}
	return err
}

// checkJournal verifies the journal in a data directory, if there is one.
func (k *Kept) checkJournal(ctx context.Context, dir string) error {
	if _, err := os.Stat(journalDir(dir)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	report, err := journal.Verify(ctx, journalDir(dir), "")
	if report.Next > report.First && report.First > 0 {
		k.Entries = report.Next - report.First
	}
	found := store.Finding{Severity: store.Lost, Where: "journal"}
	switch {
	case errors.Is(err, journal.ErrDamaged), errors.Is(err, journal.ErrGap):
		found.What, found.Means = err.Error(), "records that were accepted from there on cannot be counted, unless a snapshot has them"
		found.Out = "restore a backup, or go on without them with swell serve --accept-loss"
	case err != nil:
		return fmt.Errorf("cannot check the journal: %w", err)
	case report.Torn > 0:
		found.Severity, found.What = store.Repairable, fmt.Sprintf("%d bytes at its end are of an entry that was not finished", report.Torn)
		found.Means, found.Out = "nobody was told that it was accepted", "nothing: the next start cuts it off"
	default:
		return nil
	}
	k.Findings = append(k.Findings, found)
	return nil
}
