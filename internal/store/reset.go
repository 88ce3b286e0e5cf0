package store

import (
	"errors"
	"fmt"

	"github.com/swell-radar/swell/term"
)

// resetOrder lists the tables that Reset empties after the manifests: what
// refers to something before what it refers to, so that a crash or a reader in
// between finds less, never something that misses a piece.
var resetOrder = []byte{
	tabRanking,
	tabFacet, tabFacetNews,
	tabActivity,
	tabHour, tabDay, tabPage, tabBlock, tabPresence, tabFloor, tabTracking,
	tabIndex, tabGauge, tabTerm,
	tabChunk,
}

// Reset empties the store: snapshots, detections, rankings, history with its
// retention floor, gauges and dictionary. It is for a run that begins anew
// where there is no snapshot that it can go on from. Once it returns that is on
// the disk. A [Snapshot] that was loaded before can no longer be read.
//
// The snapshots go first. After a crash or an error half way the store has
// none, holds some of the rest, and Reset can be called again. Cost: a pass
// over the keys; [Store.Compact] gives the space back. It works on a full disk.
func (s *Store) Reset() error {
	if err := s.beginWrite(); err != nil {
		return err
	}
	defer s.endWrite()
	if err := s.reset(); err != nil {
		return fmt.Errorf("cannot reset store %s: %w", s.dir, err)
	}
	return nil
}

func (s *Store) reset() error {
	s.snapshots.all = nil
	s.closedBefore.Store(0)
	if err := s.deleteTable(tabManifest); err != nil {
		return err
	}
	// Without this a power cut could take the rest away and leave a snapshot.
	if err := s.sync(); err != nil {
		return err
	}
	if err := errors.Join(s.truncateDetections(0), s.dropBase()); err != nil {
		return err
	}
	for _, table := range resetOrder {
		if err := s.deleteTable(table); err != nil {
			return err
		}
	}
	if err := s.dropLosses(); err != nil {
		return err
	}
	if err := s.loadFacets(); err != nil {
		return err
	}
	s.forgetNames()
	s.terms.reset()
	s.gauges.reset()
	s.detections.Store(0)
	s.detectionsFrom.Store(0)
	s.counts.reset()
	s.panes.reset()
	s.values.reset()
	return s.sync()
}

func (s *Store) deleteTable(table byte) error {
	return s.deleteWhere([]byte{table}, func([]byte) bool { return true })
}

// reset forgets all terms. Ordinals go on: a reader may still hold one.
func (d *dictionary) reset() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ords = make(map[term.ID]uint32)
}

// reset forgets all gauges. Ordinals go on: a reader may still hold one.
func (g *gaugeIndex) reset() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refs = make(map[GaugeKey]gaugeRef)
}

// reset forgets all hours and days.
func (t *series[V]) reset() {
	clear(t.stuck)
	t.index.Store(&historyIndex{})
}
