package demo

import (
	"hash/fnv"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/term"
)

const (
	// slack is how much longer than the past posts are kept: a source asks for a little more than it lacks.
	slack = 15 * time.Minute
	// lately is how long they are kept where only the newest are asked for.
	lately = 6 * time.Hour
)

// life is what happens everywhere, made up as far as somebody has asked. What comes out does not depend
// on who asks for what when. Safe for concurrent use, once its places and charts are there.
type life struct {
	now   func() time.Time
	past  time.Duration
	ahead time.Duration // by how much our clock is ahead of the life's
	begun time.Time     // when the life did

	mu     sync.Mutex
	made   time.Time // what is before it is made up
	gen    *workload.Generator
	next   term.Record // the first that is not
	more   bool        // whether there is one
	find   term.Extractor
	places []*place
	charts []*chart
	step   time.Time // when the charts are drawn next
}

func newLife(o *Options, cfg workload.Config) (*life, error) {
	gen, err := workload.New(cfg)
	if err != nil {
		return nil, err
	}
	// By whole stretches: those of the charts and of whoever counts then begin at the same times of the life.
	l := &life{now: o.Now, past: o.Past, gen: gen, ahead: o.Now().UTC().Truncate(chartEvery).Sub(opening)}
	l.begun = cfg.Start.Add(l.ahead)
	l.step = l.begun
	l.read()
	return l, nil
}

// posts returns the posts of one of so many parts of a platform's people.
func (l *life) posts(platform string, part, parts uint64) scrapetest.Posts {
	p := &place{platform: platform, part: part, parts: parts, kept: lately}
	if platform == bluesky {
		p.kept = l.past + slack
	}
	l.places = append(l.places, p)
	return func(from, to time.Time) []scrapetest.Post {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.until(to)
		return p.between(from, to)
	}
}

// chart returns what a list says, by its rules. It is called before the first of them is read.
func (l *life) chart(r rules) scrapetest.Chart {
	c := newChart(r, l.begun)
	l.charts = append(l.charts, c)
	first := l.begun.Add(long) // before, too little has happened
	return func(at time.Time) []scrapetest.Row {
		l.mu.Lock()
		defer l.mu.Unlock()
		if at.Before(first) {
			at = first
		}
		l.until(at)
		return c.at(at)
	}
}

// until makes up what happens before a time, or now where that is earlier: nobody knows the future.
func (l *life) until(to time.Time) {
	now := l.now()
	if to.After(now) {
		to = now
	}
	if !to.After(l.made) {
		return
	}
	for {
		at := to
		if l.more {
			at = time.UnixMicro(l.next.TS).UTC().Add(l.ahead)
		}
		for !l.step.After(at) && !l.step.After(to) {
			for _, c := range l.charts {
				c.draw(l.step, now)
			}
			l.step = l.step.Add(chartEvery)
		}
		if !at.Before(to) {
			break
		}
		l.take(at, now)
		l.read()
	}
	l.made = to
	for _, p := range l.places {
		p.forget(now)
	}
}

// read makes up the next record.
func (l *life) read() { l.more = l.gen.Next(&l.next) }

// take notes the next record.
func (l *life) take(at, now time.Time) {
	rec := &l.next
	terms, _ := l.find.Terms(rec)
	for _, c := range l.charts {
		c.count(at, rec, terms)
	}
	for _, p := range l.places {
		if p.platform == rec.Platform && hashOf(rec.Author)%p.parts == p.part && now.Sub(at) <= p.kept {
			p.posts = append(p.posts, scrapetest.Post{
				At: at, ID: rec.ID, Author: rec.Author, Lang: rec.Lang, Text: spaced(rec.Text), Link: linkOf(rec.ID, terms), Repost: rec.Repost,
			})
		}
	}
}

// place is where posts of one platform are read: those of a part of its people.
type place struct {
	platform    string
	part, parts uint64
	kept        time.Duration
	posts       []scrapetest.Post // by time; what was given out is never changed
}

func byTime(p scrapetest.Post, t time.Time) int { return p.At.Compare(t) }

// between returns the posts of a time that is made up.
func (p *place) between(from, to time.Time) []scrapetest.Post {
	i, _ := slices.BinarySearchFunc(p.posts, from, byTime)
	j, _ := slices.BinarySearchFunc(p.posts, to, byTime)
	j = max(i, j)
	return p.posts[i:j:j]
}

// forget drops posts that are too old for anybody, once they are a fifth of all.
func (p *place) forget(now time.Time) {
	if n, _ := slices.BinarySearchFunc(p.posts, now.Add(-p.kept), byTime); 5*n > len(p.posts) {
		p.posts = slices.Clone(p.posts[n:])
	}
}

// linkOf returns the page that a post points to: a third of the hashtags have one that is about them, and a third of
// their posts name it.
func linkOf(id string, terms []term.Term) string {
	if len(terms) == 0 || terms[0].Kind != term.Hashtag || hashOf(id)%3 != 0 {
		return ""
	}
	h := hashOf(terms[0].Key)
	if h%3 != 0 {
		return ""
	}
	papers := [...]string{"daily", "herald", "notebook", "magazine", "tribune"}
	return "https://" + papers[h>>8%uint64(len(papers))] + ".example/" + slug(h)
}

func hashOf(s string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, s) // never fails
	return h.Sum64()
}
