package serve

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"slices"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/week"
)

// Places of what happens in an hour among [week.Values].
const (
	inPosts = iota
	inReposts
	inMeasured
	inReactions
)

func postsPerHour(hours float64, v week.Values) (x, exposure float64)   { return v[inPosts], hours }
func repostsPerHour(hours float64, v week.Values) (x, exposure float64) { return v[inReposts], hours }
func repostsPerPost(_ float64, v week.Values) (x, exposure float64) {
	return v[inReposts], v[inPosts]
}
func reactionsPerPost(_ float64, v week.Values) (x, exposure float64) {
	return v[inReactions], v[inMeasured]
}

const (
	// enoughPosts is how many posts a lift needs to be told: ten for each hour of the week.
	enoughPosts = 10 * week.Cells
	// enoughHours are two weeks.
	enoughHours = 2 * weekHours
	maxBest     = 5
)

// rhythm is what one platform contributes to a timing.
type rhythm struct {
	platform string
	activity *week.Table // all posts of the platform, reposts, reactions
	posts    *week.Table // those that are asked for: of the platform or of the term
	hours    float64     // counted of posts
}

// timing answers GET /api/v1/timing.
func (s *Server) timing(r *http.Request) (*reply, *api.Problem) {
	v := s.opt.Source.View()
	q, fault := s.readTimingQuery(r, v)
	if fault != nil {
		return nil, fault
	}
	if s.opt.History == nil {
		return nil, api.NewProblem(api.ProblemNotKept, "nothing of the past is kept here, and with it no hours of the week")
	}
	out := &api.TimingAnswer{Demo: s.opt.Demo, Zone: q.zone.String(), Platform: q.platform, Best: []api.BestHour{}}
	rhythms, fault := s.rhythms(r.Context(), q, v, out)
	if fault != nil {
		return nil, fault
	}
	from, to := q.from*hourSeconds, q.to*hourSeconds
	out.AsOf, out.Range = unixOrNil(v.AsOf), api.Span{From: unix(from), To: unix(to)}
	tell(out, longest(rhythms))
	names := []string{}
	for _, p := range out.Platforms {
		names = append(names, p.Platform)
	}
	out.Coverage = s.coverage(v, from, to, false, names...)
	return &reply{value: out, rows: out.Cells}, nil
}

// rhythms reads what happened on the platforms that are asked for, or with the term.
func (s *Server) rhythms(ctx context.Context, q *timingQuery, v *engine.View, out *api.TimingAnswer) ([]rhythm, *api.Problem) {
	a := &asked{kind: q.kind, key: q.key, platform: q.platform, view: v, asOf: v.AsOf}
	if q.key != "" {
		if fault := s.find(ctx, a, moment{view: v}); fault != nil {
			return nil, fault
		}
		out.Kind, out.Key, out.Term = a.kind.String(), a.key, a.name()
	} else if fault := a.anyTerm(); fault != nil {
		return nil, fault
	}
	h := &history{store: s.opt.History, from: q.from, to: q.to, asOf: a.asOf}
	if err := h.load(); err != nil {
		return nil, s.failed(a, err)
	}
	var all []rhythm
	for i := range a.found {
		one, err := h.rhythm(&a.found[i], q, metAt(v, a.found[i].name)/hourSeconds)
		if err != nil {
			return nil, s.failed(a, err)
		}
		all = append(all, one)
	}
	return all, nil
}

// metAt returns when a platform was first met, in Unix seconds; 0: not known.
func metAt(v *engine.View, platform string) int64 {
	for i := range v.Platforms {
		if v.Platforms[i].Name == platform {
			return v.Platforms[i].Since
		}
	}
	return 0
}

// anyTerm finds the platforms that are asked for, without a term.
func (a *asked) anyTerm() *api.Problem {
	var names []string
	for _, p := range a.view.Platforms {
		names = append(names, p.Name)
		if a.platform == "" || a.platform == p.Name {
			a.found = append(a.found, found{name: p.Name})
		}
	}
	if len(a.found) == 0 && a.platform != "" {
		return api.NewProblem(api.ProblemInvalidParameter, "platform is %.80q, of which no post was ever seen; use one of %s", a.platform, listed(names)).At("platform")
	}
	return nil
}

// rhythm reads what happened on one platform, which was met in the given hour; 0: that is
// not known, and taken to be the first in which something happened.
func (h *history) rhythm(f *found, q *timingQuery, met int64) (rhythm, error) {
	out := rhythm{platform: f.name, activity: week.NewTable(q.zone)}
	rows, err := h.store.Activity(f.name, q.from, q.to)
	if err != nil {
		return out, err
	}
	first := int64(math.MaxInt64) // before, the platform was not known
	if met > 0 {
		first = met
	}
	if len(rows) > 0 {
		first = min(first, rows[0].Hour)
	}
	for _, hour := range h.hours {
		if hour < first {
			continue
		}
		var v week.Values
		for len(rows) > 0 && rows[0].Hour < hour {
			rows = rows[1:]
		}
		if len(rows) > 0 && rows[0].Hour == hour {
			r := &rows[0]
			v = week.Values{inPosts: float64(r.Posts), inReposts: float64(r.Reposts), inMeasured: float64(r.Measured), inReactions: float64(r.Reactions)}
		}
		out.activity.Add(hour, v)
	}
	out.activity.DropSilent(inPosts)
	out.posts = out.activity
	if q.key != "" {
		if out.posts, err = h.postsOf(f, q); err != nil {
			return out, err
		}
	}
	for c := range week.Cells {
		out.hours += out.posts.Hours(c)
	}
	return out, nil
}

// postsOf reads the posts of a term, from the hour on in which it was first seen.
func (h *history) postsOf(f *found, q *timingQuery) (*week.Table, error) {
	counts, err := h.counts(f)
	if err != nil {
		return nil, err
	}
	table, first := week.NewTable(q.zone), f.firstSeen()/hourSeconds
	for _, c := range counts {
		if c.hour >= first && !c.running {
			table.Add(c.hour, week.Values{inPosts: float64(c.posts)})
		}
	}
	return table, nil
}

// longest leaves those out that were counted for less than a week while others were for
// longer: they have some hours of the week and not others.
func longest(all []rhythm) []rhythm {
	most := 0.0
	for i := range all {
		most = max(most, all[i].hours)
	}
	return slices.DeleteFunc(all, func(r rhythm) bool { return r.hours < min(most, weekHours) || r.hours == 0 })
}

// tell fills in what the tables have.
func tell(out *api.TimingAnswer, all []rhythm) {
	out.Platforms, out.Cells = []api.TimingPlatform{}, make([]api.TimingCell, week.Cells)
	var activity, posts []*week.Table
	for _, r := range all {
		row := api.TimingPlatform{Platform: r.platform, CountedH: api.Rounded(r.hours)}
		var sum, measured float64
		for c := range week.Cells {
			sum += r.posts.Sum(c, inPosts)
			measured += r.activity.Sum(c, inMeasured)
		}
		row.Posts, row.MeasuredPosts = uint64(math.Round(sum)), uint64(math.Round(measured))
		out.Platforms = append(out.Platforms, row)
		activity, posts = append(activity, r.activity), append(posts, r.posts)
	}
	var lifts [week.Cells]week.Lift
	out.By, lifts = lift(activity, posts)
	for c := range out.Cells {
		cell := &out.Cells[c]
		*cell = cellOf(c, activity, posts)
		if cell.Lift = api.Unknown; out.By != "" {
			cell.Lift = api.Rounded(lifts[c].Value)
		}
	}
	if out.By != "" {
		out.Best = best(out.Cells, &lifts)
	}
}

// cellOf tells of one hour of the week.
func cellOf(c int, activity, posts []*week.Table) api.TimingCell {
	out := api.TimingCell{Weekday: c / dayHours, Hour: c % dayHours}
	hours, measured := math.Inf(1), 0.0
	for i := range posts {
		hours = min(hours, posts[i].Hours(c))
		measured += activity[i].Sum(c, inMeasured)
	}
	if len(posts) > 0 {
		out.CountedH = api.Rounded(hours)
	}
	out.MeasuredPosts = uint64(math.Round(measured))
	out.PostsPerH, out.PostsPerHStderr = rounded(week.SumOf(posts, c, postsPerHour))
	out.RepostsPerH, out.RepostsPerHStderr = rounded(week.SumOf(activity, c, repostsPerHour))
	out.ReactionsPerPost, out.ReactionsPerPostStderr = rounded(week.MeanOf(activity, c, reactionsPerPost))
	return out
}

func rounded(mean, stderr float64) (m, e api.Number) { return api.Rounded(mean), api.Rounded(stderr) }

// lift returns the lifts of the first measure of which there is enough.
func lift(activity, posts []*week.Table) (by string, lifts [week.Cells]week.Lift) {
	for _, m := range []struct {
		by      string
		tables  []*week.Table
		measure week.Measure
		of, in  int // what is measured, and in which posts
	}{
		{"reactions", activity, reactionsPerPost, inReactions, inMeasured},
		{"reposts", activity, repostsPerPost, inReposts, inPosts},
		{"posts", posts, postsPerHour, inPosts, inPosts},
	} {
		var of, in, hours float64
		for _, t := range m.tables {
			counted := 0.0
			for c := range week.Cells {
				of, in, counted = of+t.Sum(c, m.of), in+t.Sum(c, m.in), counted+t.Hours(c)
			}
			hours = max(hours, counted)
		}
		if of == 0 || in < enoughPosts || hours < enoughHours {
			continue
		}
		if lifts, ok := week.LiftsOf(m.tables, m.measure); ok {
			return m.by, lifts
		}
	}
	return "", lifts
}

// best returns the hours with the highest lifts that are above the mean for sure.
func best(cells []api.TimingCell, lifts *[week.Cells]week.Lift) []api.BestHour {
	const twice = 2
	out := []api.BestHour{}
	for c, l := range lifts {
		if l.Low > 1 && cells[c].CountedH >= twice {
			out = append(out, api.BestHour{Weekday: c / dayHours, Hour: c % dayHours, Lift: api.Rounded(l.Value), Low: api.Rounded(l.Low), High: api.Rounded(l.High)})
		}
	}
	slices.SortStableFunc(out, func(a, b api.BestHour) int { return cmp.Compare(b.Lift, a.Lift) })
	return out[:min(maxBest, len(out))]
}
