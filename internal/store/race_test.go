package store

import (
	"bytes"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/swell-radar/swell/term"
)

// TestReadersBesideTheWriter reads while hours are written, replaced, rolled
// and pruned and snapshots come and go. A reader must find every hour that was
// complete before it looked and not pruned since, with one of its values.
func TestReadersBesideTheWriter(t *testing.T) {
	t.Parallel()
	const (
		hours   = 100
		readers = 2
		terms   = 700 // three buckets
	)
	s := openTest(t, t.TempDir())
	var entries []Term
	for id := term.ID(1); id <= terms; id++ {
		entries = append(entries, Term{ID: id, Kind: term.Hashtag, FirstSeen: 1 << 60})
	}
	if err := s.RegisterTerms(entries); err != nil {
		t.Fatal(err)
	}
	var last, floor atomic.Int64 // last hour written, first hour kept
	last.Store(-1)
	done := make(chan struct{})
	var wg sync.WaitGroup
	for n := range readers {
		wg.Go(func() {
			for id := term.ID(1 + n*500); ; id = id%terms + 1 {
				select {
				case <-done:
					return
				default:
				}
				to := last.Load() + 1
				from := max(0, to-60)
				got, err := s.Series(id, from, to)
				if err != nil {
					t.Error(err)
					return
				}
				i := 0
				for hour := from; hour < to; hour++ {
					if i < len(got) && got[i].Hour == hour {
						if p := got[i]; p.Posts != uint32(hour)+uint32(id) || p.Fresh > 1 {
							t.Errorf("term %d: %+v", id, p)
							return
						}
						i++
					} else if hour >= floor.Load() {
						t.Errorf("term %d: hour %d of %d is missing in %v", id, hour, to, got)
						return
					}
				}
				snap, problems, err := s.LoadSnapshot()
				if err != nil {
					continue // none yet
				}
				if data, err := snap.Part("p"); len(problems) > 0 || err == nil && !bytes.Equal(data, incompressible(uint64(snap.Created), 100)) {
					t.Errorf("snapshot %d: %v", snap.Seq, problems)
					return
				}
			}
		})
	}
	write := func(hour int64, fresh uint32) {
		points := make([]Point, 0, terms)
		for id := range uint32(terms) {
			points = append(points, Point{term.ID(id + 1), uint32(hour) + id + 1, fresh})
		}
		if err := s.AppendHour(hour, points); err != nil {
			t.Error(err)
		}
	}
	for hour := range int64(hours) {
		write(hour, 0)
		last.Store(hour)
		if hour%5 == 4 {
			write(hour-4, 1)
		}
		if hour%50 == 49 {
			floor.Store((hour - 70) / 24 * 24)
			if _, err := s.Prune(Floors{Points: hour - 70, Rankings: hour - 70}); err != nil {
				t.Error(err)
			}
		}
		if hour%20 == 0 {
			writeSnapshot(t, s, hour, Part{"p", incompressible(uint64(hour), 100)})
		}
	}
	close(done)
	wg.Wait()
}
