package digest

import (
	"cmp"
	"slices"

	"github.com/swell-radar/swell/internal/api"
)

// The phases of trends.
const (
	emerging = "emerging"
	rising   = "rising"
	peaking  = "peaking"
	fading   = "fading"
	over     = "over"
	held     = "unconfirmed"
)

func grows(phase string) bool { return phase == emerging || phase == rising }

// group names all spellings of a term.
type group struct{ kind, name string }

// sifted are the trends of a day by what became of them, the strongest first.
type sifted struct {
	news, rising, peaking, fading, gone []*row
}

func (s *sifted) open() []*row { return slices.Concat(s.news, s.rising, s.peaking, s.fading) }
func (s *sifted) all() []*row  { return append(s.open(), s.gone...) }

// told are those that a digest tells as calls.
func (s *sifted) told() []*row { return append(first(s.news), first(s.rising)...) }

// first returns what of a list stands in a digest.
func first(rows []*row) []*row { return rows[:min(len(rows), api.MaxDigestTrends)] }

// row is a trend of a day with all its spellings and platforms.
type row struct {
	group
	places  []place // where it is open, or else was, the strongest first
	before  string  // phase at the end of the day before; empty: it was not open
	wasOn   []string
	watches []string
	rivals  []string
	gone    bool
}

// place is a trend on one platform. Of one that is gone there is what was found last.
type place struct {
	api.Trend
	authors uint64 // of one that is gone
}

func (p *place) ref() Ref { return Ref{p.Platform, p.Kind, p.Key} }

// sift sorts the trends of a day by what became of them since the state before.
func sift(before []Trend, day *Day) *sifted {
	was, rows := groups(before), groups(day.End)
	for g, r := range rows {
		if b := was[g]; b != nil {
			r.before, r.wasOn = b.places[0].Phase, b.on()
		}
	}
	out := &sifted{}
	for _, r := range sorted(rows) {
		switch phase := r.places[0].Phase; {
		case grows(phase) && r.before == "":
			out.news = append(out.news, r)
		case grows(phase):
			out.rising = append(out.rising, r)
		case phase == peaking:
			out.peaking = append(out.peaking, r)
		default:
			out.fading = append(out.fading, r)
		}
	}
	gone := raised(day.Log)
	for g, b := range was {
		r := gone[g]
		if r == nil {
			r = &row{group: g}
			gone[g] = r
		}
		r.before, r.wasOn, r.watches = b.places[0].Phase, b.on(), b.watches
		for _, p := range b.places { // that of the log is newer
			if !slices.Contains(r.on(), p.Platform) {
				r.places = append(r.places, p)
			}
		}
	}
	for g, r := range gone {
		if r.gone = true; rows[g] != nil || len(r.places) == 0 {
			delete(gone, g)
		}
	}
	out.gone = sorted(gone)
	return out
}

// groups joins the open trends of each group.
func groups(open []Trend) map[group]*row {
	out := map[group]*row{}
	for i := range open {
		t := &open[i]
		g := group{t.Kind, t.Group}
		r := out[g]
		if r == nil {
			r = &row{group: g}
			out[g] = r
		}
		r.places = append(r.places, place{Trend: t.Trend})
		r.watches = append(r.watches, t.Watches...)
		r.rivals = append(r.rivals, t.Rivals...)
	}
	for _, r := range out {
		r.settle()
	}
	return out
}

// raised joins what the log tells of each group: of trends that were raised on the day or before. Those of which it
// tells that they were held back alone were never news.
func raised(log []Change) map[group]*row {
	out := map[group]*row{}
	was := map[Ref]bool{}
	for i := range log {
		c := &log[i]
		at := Ref{c.Platform, c.Kind, c.Key}
		switch {
		case c.Phase == held, c.Phase == over && !was[at]:
			continue // what was open before is known from the state before
		}
		was[at] = true
		g := group{c.Kind, c.Group}
		r := out[g]
		if r == nil {
			r = &row{group: g}
			out[g] = r
		}
		p := placeOf(&c.Detection)
		if at := slices.IndexFunc(r.places, func(q place) bool { return q.ref() == p.ref() }); at < 0 {
			r.places = append(r.places, p)
		} else {
			if p.Phase == over { // its numbers are those of nothing
				p.Score, p.Confidence = r.places[at].Score, r.places[at].Confidence
			}
			p.Raised, p.Rank = r.places[at].Raised, max(p.Rank, r.places[at].Rank)
			r.places[at] = p
		}
		r.watches = append(r.watches, c.Watches...)
		r.rivals = append(r.rivals, c.Rivals...)
	}
	for _, r := range out {
		r.settle()
	}
	return out
}

func placeOf(d *api.Detection) place {
	return place{Trend: api.Trend{
		Kind: d.Kind, Key: d.Key, Term: d.Term, Platform: d.Platform, Phase: d.Phase, From: d.From, Score: d.Score, Rank: d.Score,
		Confidence: d.Confidence, HoursLeft: d.HoursLeft, RatePerH: d.RatePerH, ExpectedPerH: d.ExpectedPerH,
		Started: d.Started, Raised: d.TS,
	}, authors: d.Authors24h}
}

// settle puts the strongest place first, and leaves one of each platform: a trend may be there by posts and
// by gauges, and in two spellings.
func (r *row) settle() {
	slices.SortStableFunc(r.places, func(a, b place) int {
		return cmp.Or(cmp.Compare(b.Rank, a.Rank), cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Key, b.Key), cmp.Compare(b.From, a.From))
	})
	var kept []place
	for _, p := range r.places {
		at := slices.IndexFunc(kept, func(q place) bool { return q.Platform == p.Platform })
		if at < 0 {
			kept = append(kept, p)
			continue
		}
		if p.Key != kept[at].Key {
			kept[at].Variants = append(slices.Clip(kept[at].Variants), api.Variant{Key: p.Key, Term: p.Term})
		}
	}
	r.places = kept
	slices.Sort(r.watches)
	r.watches = slices.Compact(r.watches)
}

func (r *row) on() []string {
	out := make([]string, 0, len(r.places))
	for i := range r.places {
		out = append(out, r.places[i].Platform)
	}
	return out
}

// sorted returns the rows, the strongest first.
func sorted(rows map[group]*row) []*row {
	out := make([]*row, 0, len(rows))
	for _, r := range rows {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *row) int {
		return cmp.Or(cmp.Compare(b.places[0].Rank, a.places[0].Rank), cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name))
	})
	return out
}
