package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/fault"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// pane keeps what a pane brought, term by term. A term is registered when it comes
// to be tracked: its points do not say its name.
func (d *drain) pane(t *engine.Tick) error {
	var terms []store.Term
	trackings := make([]store.Tracking, 0, len(t.Trackings))
	for i := range t.Trackings {
		in := &t.Trackings[i]
		out := store.Tracking{
			ID: in.ID, Tracked: in.Tracked, First: in.First, Since: in.Since, Before: in.Before,
			Full: in.Full, Stopped: in.Stopped, Display: in.Term.Display,
		}
		switch known := d.store.HasTerm(in.ID); {
		case in.Tracked && !known:
			terms = append(terms, store.Term{
				ID: in.ID, Kind: in.Term.Kind, Platform: in.Platform, Key: in.Term.Key, Display: in.Term.Display,
				FirstSeen: detect.PaneStart(in.First) * 1e6,
			})
		case !in.Tracked && !known:
			continue // nothing is kept of it
		}
		trackings = append(trackings, out)
	}
	if err := d.register(terms); err != nil {
		return err
	}
	points := make([]store.Point, 0, len(t.PanePoints))
	for _, p := range t.PanePoints {
		// A run that goes on from before the floors may track a term that retention has
		// taken out of the dictionary. It comes back there with the points of the hour.
		if d.store.HasTerm(p.ID) {
			points = append(points, store.Point(p))
		}
	}
	if err := d.store.AppendPane(t.Pane, points, trackings); err != nil {
		return fmt.Errorf("cannot keep the pane's points: %w", err)
	}
	fault.Point("app.pane")
	return nil
}

// facets keeps which languages, regions and phases terms came to have.
func (d *drain) facets(t *engine.Tick) error {
	pairs := make([]store.TermFacet, 0, len(t.Facets))
	for _, f := range t.Facets {
		pairs = append(pairs, store.TermFacet{ID: f.ID, Facet: store.Facet(f.Facet), Value: f.Value})
	}
	for tr := range t.View.Open() {
		id := term.ScopeOf(tr.Term.Kind, tr.Platform).ID(tr.Term.Key)
		pairs = append(pairs, store.TermFacet{ID: id, Facet: store.FacetPhase, Value: tr.Phase.String()})
	}
	if err := d.store.AppendFacets(t.Pane, pairs); err != nil {
		return fmt.Errorf("cannot keep the pane's facets: %w", err)
	}
	return nil
}

// register adds terms to the dictionary of the history.
func (d *drain) register(terms []store.Term) error {
	err := d.store.RegisterTerms(dedupe(terms))
	if errors.Is(err, store.ErrCollision) {
		d.log.Warn("two terms share an ID; the history of one is not kept", "reason", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot keep the names of terms: %w", err)
	}
	return nil
}

// ranking keeps the view, once all else is kept that belongs to it: what is asked
// as of a moment is asked of the view that is there.
func (d *drain) ranking(v *engine.View) error {
	err := d.store.PutRanking(v.AsOf*1e6, v.AppendBinary(nil))
	if errors.Is(err, store.ErrInvalid) {
		d.log.Error("a ranking is too large to be kept; questions as of its time will have no answer", "as_of", rfc3339(v.AsOf), "reason", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot keep the ranking: %w", err)
	}
	fault.Point("app.ranking")
	return nil
}

// retain lets go of what is older than it is to be kept, when a day is closed. By
// event time, so that the same records leave the same store; but the store keeps what a
// run needs that goes on from a snapshot.
func (d *drain) retain(asOf int64) error {
	floors := d.retention.Floors(asOf)
	if floors.Points <= d.store.HoursFrom() {
		floors.Points = 0 // a pass over the dictionary for nothing
	}
	stats, err := d.store.Prune(floors)
	switch {
	case errors.Is(err, store.ErrDamaged):
		d.log.Error("what is older than it is to be kept stays for now: part of the store is damaged", "reason", err)
		return nil
	case err != nil:
		return fmt.Errorf("cannot let go of old history: %w", err)
	}
	switch err := d.trim(floors.Detections * 3600); {
	case errors.Is(err, store.ErrDamaged):
		d.log.Error("old detections stay for now: part of the store is damaged", "reason", err)
	case err != nil:
		return err
	}
	if stats == (store.PruneStats{}) {
		return nil
	}
	d.log.Debug("let go of old history", "stats", fmt.Sprintf("%+v", stats))
	d.compact()
	return nil
}

// trim drops the detections of before a time in Unix seconds. Lines are in the order of
// their times. Where the log begins behind what is counted, none is there to be dropped.
func (d *drain) trim(before int64) error {
	low, high := d.store.DetectionsFrom(), d.count
	for low < high {
		middle := low + (high-low)/2
		ts, err := d.timeOf(middle)
		if err != nil {
			return err
		}
		if ts < before {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if err := d.store.TrimDetections(low); err != nil {
		return fmt.Errorf("cannot let go of old detections: %w", err)
	}
	return nil
}

// timeOf returns the time of a detection in the log, in Unix seconds.
func (d *drain) timeOf(position uint64) (int64, error) {
	for line, err := range d.store.Detections(position) {
		if err != nil {
			return 0, fmt.Errorf("cannot read detection %d: %w", position, err)
		}
		var head struct {
			TS time.Time `json:"ts"`
		}
		if err := json.Unmarshal(line, &head); err != nil {
			return 0, fmt.Errorf("cannot read detection %d: %w", position, err)
		}
		return head.TS.Unix(), nil
	}
	return 0, fmt.Errorf("cannot read detection %d: it is missing", position)
}

// compactEvery is how much real time lies between two passes that give space back: a
// replay closes many days in an hour.
const compactEvery = time.Hour

// compact gives back the space of what was let go of, beside all else, unless that
// is under way. Closing the store waits for it.
func (d *drain) compact() {
	now := d.now()
	if now.Sub(d.compacted) < compactEvery || !d.compacting.CompareAndSwap(false, true) {
		return
	}
	d.compacted = now
	go func() {
		defer d.compacting.Store(false)
		if err := d.store.Compact(); err != nil && !errors.Is(err, store.ErrClosed) {
			d.log.Error("the space of old history is not given back", "reason", err)
		}
	}()
}

// forget drops what was published after a moment, in Unix seconds: the run that
// goes on from there is going to publish it again, or something else.
func forget(st *store.Store, asOf int64) error {
	last := asOf/detect.PaneSeconds - 1
	return errors.Join(st.TruncateRankings(asOf*1e6), st.TruncatePanes(last), st.TruncateFacets(last))
}
