package digest

import (
	"slices"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// trend writes a row out as of the end of a day.
func (in *Input) trend(r *row, day *Day) api.DigestTrend {
	lead := &r.places[0]
	out := api.DigestTrend{
		Kind: lead.Kind, Key: lead.Key, Term: lead.Term, Variants: r.variants(), Watches: orEmpty(r.watches),
		Phase: lead.Phase, Before: r.before, Platforms: r.on(), Places: []api.DigestPlace{},
		Confidence: lead.Confidence, HoursLeft: leftOf(r, lead), Started: lead.Started, Raised: lead.Raised,
		Hours: []uint32{}, Why: lead.Why.Sentence,
	}
	if r.gone {
		out.Phase = over
	}
	from, to := in.hoursOf(day.From, day.AsOf)
	total := make([]uint32, to)
	known := false
	var before uint64
	for i := range r.places {
		p := &r.places[i]
		if p.Started.Before(out.Started) {
			out.Started = p.Started
		}
		if p.Raised.Before(out.Raised) {
			out.Raised = p.Raised
		}
		row := in.place(r, p)
		if c, ok := in.Counts[p.ref()]; ok && p.From != "gauge" {
			known = true
			posts := sum(c.Posts, from, to)
			row.Posts = &posts
			before += sum(c.Posts, max(0, 2*from-to), from)
			for h := range min(to, len(c.Posts)) {
				total[h] += c.Posts[h]
			}
			out.AtLeast = out.AtLeast || c.Exact > in.FirstHour+int64(from)
		}
		if row.Authors24h != nil && (out.Authors24h == nil || row.Authors24h.Estimate > out.Authors24h.Estimate) {
			out.Authors24h = row.Authors24h
		}
		out.Places = append(out.Places, row)
	}
	if !known {
		return out
	}
	posts := sum(total, from, to)
	out.Posts = &posts
	if 2*from-to >= 0 {
		out.PostsBefore = &before
	}
	out.Hours = lastHours(total, to)
	if top := highest(out.Hours); out.Hours[top] > 0 {
		peak := in.hourAt(to - HoursShown + top)
		out.Peak = &peak
	}
	return out
}

// place writes out what is known of a trend on one platform.
func (in *Input) place(r *row, p *place) api.DigestPlace {
	out := api.DigestPlace{
		Platform: p.Platform, Key: p.Key, Term: p.Term, Phase: p.Phase, Score: p.Score, Confidence: p.Confidence, HoursLeft: leftOf(r, p),
		RatePerH: p.RatePerH, ExpectedPerH: p.ExpectedPerH, Authors24h: p.Authors24h, Flags: orEmpty(p.Flags),
	}
	if r.gone {
		out.Phase, out.RatePerH, out.ExpectedPerH, out.Authors24h = over, api.Unknown, api.Unknown, nil
	}
	return out
}

func leftOf(r *row, p *place) *api.Range {
	if r.gone || p.Phase == over {
		return nil
	}
	left := p.HoursLeft
	return &left
}

// variants are the other spellings of all places.
func (r *row) variants() []string {
	out := []string{}
	add := func(key, term string) {
		if key != r.places[0].Key && !slices.Contains(out, term) && term != r.places[0].Term {
			out = append(out, term)
		}
	}
	for i := range r.places {
		add(r.places[i].Key, r.places[i].Term)
		for _, v := range r.places[i].Variants {
			add(v.Key, v.Term)
		}
	}
	return out
}

// hourAt returns the start of an hour behind FirstHour.
func (in *Input) hourAt(i int) time.Time {
	return time.Unix((in.FirstHour+int64(i))*int64(hour/time.Second), 0).UTC()
}

// highest returns the first of the largest.
func highest(hours []uint32) int {
	top := 0
	for i, n := range hours {
		if n > hours[top] {
			top = i
		}
	}
	return top
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
