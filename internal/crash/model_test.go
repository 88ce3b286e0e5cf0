//go:build unix

package crash

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

// model counts the records of deliveries exactly: each delivery once, each post once.
type model struct {
	counters  api.Counters
	before    api.Counters                  // the last delivery
	hours     map[usedTerm]map[int64]uint64 // posts by hour since 1970
	posts     map[string]bool
	extractor term.Extractor
	newest    int64
}

// usedTerm is a term on a platform.
type usedTerm struct{ kind, key, platform string }

func newModel(all ...*delivery) *model {
	m := &model{hours: map[usedTerm]map[int64]uint64{}, posts: map[string]bool{}}
	for _, d := range all {
		m.add(d)
	}
	return m
}

func (m *model) add(d *delivery) {
	m.before = m.counters
	for i := range d.records {
		rec := &d.records[i]
		m.newest = max(m.newest, rec.TS)
		m.counters.Records++
		post := rec.Platform + "\x00" + rec.ID
		if rec.ID != "" && m.posts[post] {
			m.counters.Duplicates++
			continue
		}
		m.posts[post] = true
		terms, dropped := m.extractor.Terms(rec)
		m.counters.Occurrences++
		m.counters.Observations += uint64(len(terms))
		m.counters.TermsDropped += uint64(dropped)
		for _, t := range terms {
			u := usedTerm{t.Kind.String(), strings.Clone(t.Key), rec.Platform}
			if m.hours[u] == nil {
				m.hours[u] = map[int64]uint64{}
			}
			m.hours[u][rec.TS/time.Hour.Microseconds()]++
		}
	}
}

// terms returns the terms in a fixed order, the most used first. One that came up in the
// newest hour is left out: no pane of that is closed, so nobody has seen it.
func (m *model) terms() []usedTerm {
	total := map[usedTerm]uint64{}
	newest := m.newest / time.Hour.Microseconds()
	var all []usedTerm
	for u, hours := range m.hours {
		if len(hours) == 1 && hours[newest] > 0 {
			continue
		}
		all = append(all, u)
		for _, n := range hours {
			total[u] += n
		}
	}
	slices.SortFunc(all, func(a, b usedTerm) int {
		if total[a] != total[b] {
			return int(int64(total[b]) - int64(total[a]))
		}
		return strings.Compare(a.kind+a.key+a.platform, b.kind+b.key+b.platform)
	})
	return all
}

// agrees fails the test unless the program counted what the model did: the
// counters, and the most used terms by hour. The last delivery has to be one that
// closed the panes of all others: what is seen is from before it.
func (m *model) agrees(p *process, most int) {
	p.t.Helper()
	st := p.counted(m.newest)
	if st.Counters != m.before {
		p.t.Fatalf("counters %+v, exactly %+v", st.Counters, m.before)
	}
	all := m.terms()
	for _, u := range all[:min(most, len(all))] {
		p.eventually(func() error { return m.agree(p, u) }) // the drain may be behind the view
	}
}

// agree compares one term.
func (m *model) agree(p *process, u usedTerm) error {
	query := url.Values{
		"platform": {u.platform},
		"from":     {worldStart.Add(-24 * time.Hour).Format(time.RFC3339)},
		"to":       {time.UnixMicro(m.newest).UTC().Add(time.Hour).Format(time.RFC3339)},
	}
	got, err := p.client().Series(p.t.Context(), u.kind, u.key, query)
	if err != nil {
		return fmt.Errorf("%v: %w", u, err)
	}
	left := map[int64]uint64{}
	for hour, n := range m.hours[u] {
		left[hour] = n
	}
	sum := uint64(0)
	for _, s := range got.Platforms {
		for _, point := range s.Points {
			hour := point.Start.Unix() / 3600
			if want := m.hours[u][hour]; point.Posts != want && !(point.AtLeast && point.Posts < want) {
				return fmt.Errorf("%v at %v: %d posts, exactly %d", u, point.Start, point.Posts, want)
			}
			sum += point.Posts
			delete(left, hour)
		}
	}
	delete(left, m.newest/time.Hour.Microseconds()) // no pane of the newest hour is closed
	if len(left) > 0 {
		return fmt.Errorf("%v: nothing at hours %v", u, left)
	}
	from := hourOf(got.AsOf) - 71 // the window
	in := uint64(0)
	for hour, n := range m.hours[u] {
		if hour >= from && hour != m.newest/time.Hour.Microseconds() {
			in += n
		}
	}
	about, err := p.client().Term(p.t.Context(), u.kind, u.key, url.Values{"platform": {u.platform}})
	if err != nil {
		return fmt.Errorf("%v: %w", u, err)
	}
	for _, on := range about.Platforms {
		n := on.Posts
		if n.Exact && n.Count != in || !n.Exact && (n.Count < in && !n.AtLeast || n.Count-min(n.Over, n.Count) > in) {
			return fmt.Errorf("%v: %+v posts in the window, exactly %d", u, n, in)
		}
	}
	return nil
}

func hourOf(at *time.Time) int64 {
	if at == nil {
		return 0
	}
	return (at.Unix() - 1) / 3600
}
