package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/feed"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// frame is an event as it is sent, and what filters look at.
type frame struct {
	bytes     []byte
	detection *api.Detection // nil: of a view
	place     feed.ID        // that the bytes begin with
}

// watched reports whether the trend of the event is on a list.
func (f *frame) watched(w *watched) bool {
	kind, err := term.ParseKind(f.detection.Kind)
	return err == nil && w.Has(kind, f.detection.Key, f.detection.Platform)
}

// at returns the event as it is sent to who is at a place then. That is the place of the
// event, but for those who came from one that no event had.
func (f *frame) at(place feed.ID) []byte {
	if place == f.place {
		return f.bytes
	}
	_, rest, _ := bytes.Cut(f.bytes, []byte{'\n'})
	return append(fmt.Appendf(nil, "id: %s\n", place), rest...)
}

// newFrame returns an event in the form of a stream (WHATWG HTML, 9.2.5). JSON on one
// line has no line ends of its own. Without a place the reader stays where it is.
func newFrame(name string, id feed.ID, data any) ([]byte, error) {
	var b bytes.Buffer
	if id != (feed.ID{}) {
		fmt.Fprintf(&b, "id: %s\n", id)
	}
	fmt.Fprintf(&b, "event: %s\ndata: ", name)
	if err := json.NewEncoder(&b).Encode(data); err != nil { // ends with a line end
		return nil, fmt.Errorf("cannot encode the event %s: %w", id, err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// frameOf returns the frame of an event, nil if it cannot be told.
func (s *Server) frameOf(e *feed.Event) *frame {
	f, _ := e.Once(func(e *feed.Event) any {
		f, err := s.makeFrame(e)
		if err != nil {
			s.opt.Logger.Error("an event is left out", "id", e.ID.String(), "err", err)
			return nil
		}
		return f
	}).(*frame)
	return f
}

func (s *Server) makeFrame(e *feed.Event) (*frame, error) {
	if e.IsView() {
		data, err := newFrame(api.EventView, e.ID, &api.StreamView{
			Demo: s.opt.Demo, AsOf: unix(e.AsOf), Window: api.Span{From: unix(e.From), To: unix(e.AsOf)}, Seq: e.Seq, Trends: e.Trends, Unconfirmed: e.Held,
		})
		return &frame{bytes: data, place: e.ID}, err
	}
	line, err := decodeDetection(e.Line)
	if err != nil {
		return nil, err
	}
	d := line.answer()
	out := &api.StreamTrend{Demo: s.opt.Demo, AsOf: d.TS, Change: changeOf(d.Phase), Detection: d}
	if e.Trend != nil {
		row := trendOf(e.Trend)
		out.Trend = &row
	}
	data, err := newFrame(api.EventTrend, e.ID, out)
	return &frame{bytes: data, detection: &d, place: e.ID}, err
}

// changeOf tells what coming into a phase means. A trend is emerging once: when it is
// raised.
func changeOf(phase string) string {
	switch phase {
	case detect.Emerging.String():
		return api.ChangeRaised
	case detect.Unconfirmed.String():
		return api.ChangeHeld
	case detect.Over.String():
		return api.ChangeOver
	}
	return api.ChangePhase
}

// loggedEvent returns the event of the detection at a position of the log, the same that
// was told when it was made; its row is missing where the ranking is not kept any more.
// at is the place before it.
func (s *Server) loggedEvent(at feed.ID) (*feed.Event, error) {
	line, err := s.opt.History.Detection(at.Pos)
	if err != nil {
		return nil, err
	}
	e := &feed.Event{ID: at, Line: line, Pos: at.Pos}
	e.ID.Pos++
	d, err := decodeDetection(line)
	if err != nil {
		return e, nil // left out, with the reason in the log, when its frame is made
	}
	if v := s.publishedAt(d.ts); v != nil {
		e.ID.Seq = max(e.ID.Seq, v.Seq-1)
		e.Trend = feed.Row(v, d.Kind, d.Key, d.Platform, d.From == fromGauge)
	}
	return e, nil
}

// publishedAt returns the view that was published at a time in Unix seconds, nil if it
// is not kept.
func (s *Server) publishedAt(at int64) *engine.View {
	k := s.streams.views.get(at)
	if k == nil {
		asOf, data, err := s.opt.History.RankingAt(at * 1e6)
		var v *engine.View
		if err == nil && asOf == at*1e6 {
			v, err = engine.DecodeView(data)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			s.opt.Logger.Error("an event is told without its row", "at", rfc3339(at), "err", err)
		}
		if v == nil || err != nil {
			return nil
		}
		k = newRanking(v)
		s.streams.views.put(k)
	}
	if k.view.AsOf != at {
		return nil
	}
	return k.view
}
