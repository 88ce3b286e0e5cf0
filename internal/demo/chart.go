package demo

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/term"
)

// rules say what a chart is of, and how it is drawn.
type rules struct {
	site      string   // whose it is: it has IDs of its own
	platforms []string // whose posts are counted; nil: everybody's
	lang      string   // of the posts; empty: any
	sounds    bool     // else hashtags
	published bool     // of the sounds, those alone that somebody publishes
	rising    bool     // the first is what rose most, not what is used most
	total     span     // of what time [scrapetest.Row.Total] tells
	slow      bool     // drawn by the hour and kept for a week, else every ten minutes and kept for two hours
	keys      bool     // titles are keys, not hashtags as people write them
	words     bool     // titles are words
	uuid      bool     // IDs are UUIDs, not numbers
	places    int      // how many; 0: [chartRows]
	each      int64    // how many views or plays a use stands for; 0: one
}

// span is a time within which uses are told.
type span uint8

const (
	everSince span = iota
	ofDay          // that runs, UTC
	ofWeek         // that runs, UTC, from Monday
	ofHour         // before; [scrapetest.Row.Recent] tells of its parts and more
)

const (
	chartEvery = 10 * time.Minute // also of a stretch of Recent
	chartKept  = 2 * time.Hour
	slowEvery  = time.Hour
	slowKept   = 8 * 24 * time.Hour

	chartRows = 100
	stretches = 20
)

// The memories that charts are drawn by: a use weighs less by a factor of e after each.
const (
	brief = 3 * time.Hour
	long  = 24 * time.Hour
)

// chart counts, and keeps how it stood. It is guarded by the life's lock.
type chart struct {
	rules
	every, kept time.Duration
	origin      time.Time
	entries     map[string]*entry
	drawn       []drawing // by time
}

// entry is what can have a place in a chart.
type entry struct {
	key         string
	row         scrapetest.Row
	brief, long float64 // uses, each weighed more than the ones before by what these lose until then (forward decay)
	total       int64
	number      int64 // of the day or week of the newest use
	recent      *recent
}

// recent are the uses in the newest stretches.
type recent struct {
	uses   [stretches]int
	newest int64
}

type drawing struct {
	at   time.Time
	rows []scrapetest.Row
}

func newChart(r rules, origin time.Time) *chart {
	c := &chart{rules: r, every: chartEvery, kept: chartKept, origin: origin, entries: map[string]*entry{}}
	if r.slow {
		c.every, c.kept = slowEvery, slowKept
	}
	if c.each = max(1, r.each); r.places == 0 {
		c.places = chartRows
	}
	return c
}

// count takes a post and its terms into account.
func (c *chart) count(at time.Time, rec *term.Record, terms []term.Term) {
	if c.platforms != nil && !slices.Contains(c.platforms, rec.Platform) || c.lang != "" && rec.Lang != c.lang {
		return
	}
	if s := rec.Sound; c.sounds && s != nil && !(c.published && strings.HasPrefix(s.Title, "original sound")) {
		c.use(at, s.ID, s.Title, s.Artist)
	}
	for i := range terms {
		if t := &terms[i]; !c.sounds && t.Kind == term.Hashtag {
			c.use(at, t.Key, t.Display, "")
		}
	}
}

func (c *chart) use(at time.Time, key, title, artist string) {
	e := c.entries[key]
	if e == nil {
		e = c.enter(strings.Clone(key))
		e.row.Title, e.row.Artist = strings.Clone(title), strings.Clone(artist)
		switch {
		case c.keys:
			e.row.Title = e.key
		case c.words:
			e.row.Title = wordsOf(title)
		}
	}
	// Within the longest life the weights stay far below what a float64 can hold.
	age := at.Sub(c.origin)
	e.brief += math.Exp(age.Hours() / brief.Hours())
	e.long += math.Exp(age.Hours() / long.Hours())
	if n := c.total.number(at); n != e.number {
		e.number, e.total = n, 0
	}
	e.total++
	if e.recent != nil {
		e.recent.turn(at)
		e.recent.uses[e.recent.newest%stretches]++
	}
}

// enter makes an entry.
func (c *chart) enter(key string) *entry {
	e := &entry{key: key}
	if id := hashOf(c.site + "/" + key); c.uuid {
		e.row.ID = fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", id>>32, id>>16&0xffff, id>>4&0xfff, id>>20&0xfff, hashOf(key)>>16)
	} else {
		e.row.ID = strconv.FormatUint(1e9+id%1e9, 10)
	}
	if c.total == ofHour {
		e.recent = &recent{}
	}
	c.entries[key] = e
	return e
}

// number tells the day or week of a time from others.
func (s span) number(at time.Time) int64 {
	day := at.Unix() / (24 * 60 * 60)
	switch s {
	case ofDay:
		return day
	case ofWeek:
		return (day + 3) / 7 // the first of January 1970 was a Thursday
	}
	return 0
}

// turn makes the stretch of a time the newest.
func (r *recent) turn(at time.Time) {
	to := at.Unix() / int64(chartEvery.Seconds())
	r.newest = max(r.newest, to-stretches)
	for r.newest < to {
		r.newest++
		r.uses[r.newest%stretches] = 0
	}
}

// What an entry weighs that nobody will hear of again, and that may have a place.
const forgotten, notable = 0.2, 2

// ranked is an entry with what its place follows from.
type ranked struct {
	*entry
	weight float64
}

// draw keeps how the chart stands at a time, if anybody is going to ask for it.
func (c *chart) draw(at, now time.Time) {
	if at.Truncate(24 * time.Hour).Equal(at) { // whether it is drawn or not: what a chart says must not depend on who looks
		c.forget(at)
	}
	oldest := now.Add(-c.kept)
	if at.Before(oldest) || !at.Truncate(c.every).Equal(at) {
		return
	}
	d := drawing{at: at}
	for _, e := range c.best(at) {
		d.rows = append(d.rows, c.row(e.entry, at))
	}
	c.drawn = append(c.drawn, d)
	if n := c.before(oldest); n > 1 {
		c.drawn = slices.Delete(c.drawn, 0, n-1) // the last before is still the one for then
	}
}

// forget drops the entries that nobody will hear of again.
func (c *chart) forget(at time.Time) {
	lately := math.Exp(-at.Sub(c.origin).Hours() / long.Hours())
	maps.DeleteFunc(c.entries, func(_ string, e *entry) bool { return e.long*lately < forgotten })
}

// best returns the entries that have a place at a time.
func (c *chart) best(at time.Time) []ranked {
	var best []ranked
	age := at.Sub(c.origin).Hours()
	briefly, lately := math.Exp(-age/brief.Hours()), math.Exp(-age/long.Hours())
	for _, e := range c.entries {
		weight := e.long * lately
		if weight < notable {
			continue
		}
		if c.rising { // by how much it is used lately beyond what it was before
			weight = e.brief*briefly - weight*(brief.Hours()/long.Hours())
		}
		best = append(best, ranked{e, weight})
	}
	slices.SortFunc(best, func(a, b ranked) int { return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.key, b.key)) })
	return best[:min(len(best), c.places)]
}

// row returns what the chart says of an entry at a time.
func (c *chart) row(e *entry, at time.Time) scrapetest.Row {
	row := e.row
	// At midnight it is the day that ends which is told of.
	if e.number == c.total.number(at.Add(-time.Nanosecond)) {
		row.Total = e.total * c.each
	}
	if e.recent == nil {
		return row
	}
	e.recent.turn(at)
	row.Recent, row.Total = make([]int, stretches), 0
	for i := range row.Recent {
		row.Recent[i] = e.recent.uses[(e.recent.newest-int64(i))%stretches]
		if i > 0 && i <= int(time.Hour/chartEvery) { // the newest has only begun
			row.Total += int64(row.Recent[i]) * c.each
		}
	}
	return row
}

// before returns how many drawings were made at a time or before.
func (c *chart) before(at time.Time) int {
	n, _ := slices.BinarySearchFunc(c.drawn, at.Add(time.Nanosecond), func(d drawing, t time.Time) int { return d.at.Compare(t) })
	return n
}

// at returns how the chart stood at a time, or when it was drawn first.
func (c *chart) at(at time.Time) []scrapetest.Row {
	if len(c.drawn) == 0 {
		return nil
	}
	return c.drawn[max(0, c.before(at)-1)].rows
}
