package store

import (
	"bytes"
	"io"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/swell-radar/swell/internal/backup"
)

// BenchmarkKeep backs up, checks and restores a store of three days and a snapshot
// of 64 MiB. Bytes are those of keys and values.
func BenchmarkKeep(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "store")
	s, err := Open(dir, Options{})
	if err != nil {
		b.Fatal(err)
	}
	benchDays(b, s, 3)
	part := make([]byte, 64<<20)
	rng := rand.New(rand.NewPCG(3, 4))
	for i := 0; i < len(part); i += 4 {
		if rng.IntN(2) == 0 {
			part[i] = byte(rng.ExpFloat64() * 3)
		}
	}
	writeSnapshot(b, s, 1, Part{Name: "p", Data: part})
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	report, err := Fsck(b.Context(), dir, Options{})
	if err != nil || len(report.Findings) > 0 {
		b.Fatal(report.Findings, err)
	}
	if s, err = OpenUntouched(dir, Options{}); err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	data := backedUp(b, s)
	b.Run("backup", func(b *testing.B) {
		b.SetBytes(int64(report.Contents.Bytes))
		b.ReportMetric(float64(len(data))/float64(report.Contents.Bytes), "of-size")
		for b.Loop() {
			w, err := backup.NewWriter(io.Discard)
			if err == nil {
				err = s.Backup(b.Context(), w)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("container", func(b *testing.B) {
		b.SetBytes(int64(report.Contents.Bytes))
		for b.Loop() {
			r, err := backup.NewReader(bytes.NewReader(data))
			for err == nil {
				_, _, err = r.Next()
			}
		}
	})
	b.Run("check", func(b *testing.B) {
		b.SetBytes(int64(report.Contents.Bytes))
		for b.Loop() {
			if _, err := restoreFrom(data, ""); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("restore", func(b *testing.B) {
		b.SetBytes(int64(report.Contents.Bytes))
		for b.Loop() {
			if _, err := restoreFrom(data, filepath.Join(b.TempDir(), "restored")); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("fsck", func(b *testing.B) {
		b.SetBytes(int64(report.Contents.Bytes))
		for b.Loop() {
			if _, err := s.fsck(b.Context(), nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
