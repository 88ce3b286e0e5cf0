package digest

import (
	"cmp"
	"slices"

	"github.com/swell-radar/swell/internal/api"
)

// topOfWeek is how many trends a week in review has.
const topOfWeek = 10

// week looks back at the last seven days.
func (in *Input) week() *api.DigestWeek {
	n := len(in.Days)
	begin := n - (daysOfWeek - 2)
	first, last := &in.Days[begin], &in.Days[n-1]
	out := &api.DigestWeek{Range: api.Span{From: first.From.UTC(), To: last.AsOf.UTC()}, Top: []api.DigestTrend{}, Days: []api.DigestDay{}}
	best := map[group]*row{}
	for i := begin; i < n; i++ {
		day, before := &in.Days[i], &in.Days[i-1]
		now := sift(before.End, day)
		row := api.DigestDay{Date: day.Date, Alerts: len(in.alerts(day))}
		from, to := in.hoursOf(day.From, day.AsOf)
		for j := range in.Platforms {
			row.Posts += sum(in.Platforms[j].Posts, from, to)
		}
		for _, r := range now.all() {
			if r.before == "" {
				row.Raised++
			}
			best[r.group] = merged(best[r.group], r)
		}
		out.Raised += row.Raised
		out.Days = append(out.Days, row)
		calls := in.judge(sift(in.Days[i-2].End, before).told(), before, day)
		out.Hits, out.Misses = out.Hits+calls.Hits, out.Misses+calls.Misses
	}
	whole := *last
	whole.From = first.From
	for _, r := range best {
		out.Top = append(out.Top, in.trend(r, &whole))
	}
	slices.SortFunc(out.Top, func(a, b api.DigestTrend) int {
		return cmp.Or(cmp.Compare(postsIn(&b), postsIn(&a)), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key))
	})
	out.Top = out.Top[:min(len(out.Top), topOfWeek)]
	from, to := in.hoursOf(first.From, last.AsOf)
	out.Watches = in.watches(sift(in.Days[n-2].End, last), &whole, from, to)
	return out
}

// merged is a trend of several days: as it was on the last of them, wherever it was on any.
func merged(earlier, later *row) *row {
	if earlier == nil {
		return later
	}
	out := *later
	out.places = slices.Clone(later.places)
	for _, p := range earlier.places {
		if !slices.Contains(out.on(), p.Platform) {
			out.places = append(out.places, p)
		}
	}
	out.before = earlier.before
	return &out
}

func postsIn(t *api.DigestTrend) uint64 {
	if t.Posts == nil {
		return 0
	}
	return *t.Posts
}
