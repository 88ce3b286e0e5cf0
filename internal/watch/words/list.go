package words

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/swell-radar/swell/internal/association"
)

const (
	// Hours is for how many hours words are kept, the running one included.
	Hours = 72
	// Now is how many of these are now; those before them are before.
	Now = 3

	// Most is how many words are told at once.
	Most = 10
	// Least is how many posts of now have to have a word for certain.
	Least = 3
	// Sure is the least log-likelihood ratio of a word: chance exceeds it for one of a thousand.
	Sure = 10.83

	hourMicros = 3600 * 1_000_000
	// recents is how many posts of a list are remembered, so that one that comes again is counted once.
	recents = 2048
)

// Word is a word that the posts of now have more often than those of before.
type Word struct {
	Word  string
	Posts uint64 // of now that have it, at most Over too many
	Over  uint64
	// LogLikelihood is that of [association.Table], of the least difference between now and before that
	// the bounds allow.
	LogLikelihood float64
}

// list is what is known of the words of one watch list.
type list struct {
	name string

	mu      sync.Mutex
	own     map[string]struct{} // words of the list itself
	newest  int64               // hour; 0: there is none
	hours   [Hours]hour         // by hour modulo Hours
	recent  []uint64            // hashes of posts, by themselves modulo recents
	changed bool                // since it was saved
}

// hour is one hour since 1970 of posts.
type hour struct {
	hour  int64
	posts uint32
	summary
}

// at returns the hour, nil if that was let go.
func (l *list) at(h int64) *hour {
	if h <= 0 || h <= l.newest-Hours {
		return nil
	}
	if h > l.newest {
		l.newest = h
		for i := range l.hours { // nothing is looked up in old hours
			if l.hours[i].hour < h-1 {
				l.hours[i].index = nil
			}
			if l.hours[i].hour <= h-Hours {
				l.hours[i] = hour{}
			}
		}
	}
	x := &l.hours[h%Hours]
	if x.hour != h {
		*x = hour{hour: h}
	}
	return x
}

// note counts the words of a post, which has the hash id; 0: it has no name of its own.
func (l *list) note(h int64, id uint64, s *splitter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	x := l.at(h)
	if x == nil {
		return
	}
	if id != 0 {
		if l.recent == nil {
			l.recent = make([]uint64, recents)
		}
		if l.recent[id%recents] == id {
			return
		}
		l.recent[id%recents] = id
	}
	x.posts++
	for i := range s.n() {
		x.add(s.word(i))
	}
	l.changed = true
}

// bounds are how many posts have a word: at least least, at most most.
type bounds struct{ least, most uint64 }

// words compares the hours now-Now+1 to now with those before. What is known exactly of neither is taken
// as it speaks least for a difference: a word that is told of came at least so much more often.
func (l *list) words(now int64) []Word {
	l.mu.Lock()
	defer l.mu.Unlock()
	var postsNow, postsBefore, restNow, restBefore uint64
	found := map[string]bounds{}
	each := func(from, to int64, do func(x *hour, rest uint64)) {
		for i := range l.hours {
			if x := &l.hours[i]; x.posts > 0 && x.hour >= from && x.hour < to {
				do(x, uint64(min(x.rest(), x.posts)))
			}
		}
	}
	each(now-Now+1, now+1, func(x *hour, rest uint64) {
		postsNow, restNow = postsNow+uint64(x.posts), restNow+rest
		for i := range x.counters {
			c := &x.counters[i]
			b := found[c.word]
			b.least += uint64(c.count - c.over)
			b.most += uint64(min(c.count, x.posts)) - rest
			found[c.word] = b
		}
	})
	before := map[string]uint64{}
	each(now-Hours+1, now-Now+1, func(x *hour, rest uint64) {
		postsBefore, restBefore = postsBefore+uint64(x.posts), restBefore+rest
		for i := range x.counters {
			c := &x.counters[i]
			if _, asked := found[c.word]; asked {
				before[c.word] += uint64(min(c.count, x.posts)) - rest
			}
		}
	})
	var out []Word
	for word, b := range found {
		if _, own := l.own[word]; own || b.least < Least {
			continue
		}
		g := association.Of(b.least, b.least+restBefore+before[word], postsNow, postsNow+postsBefore).LogLikelihood()
		if g >= Sure {
			most := restNow + b.most
			out = append(out, Word{Word: word, Posts: most, Over: most - b.least, LogLikelihood: g})
		}
	}
	slices.SortFunc(out, func(a, b Word) int {
		return cmp.Or(cmp.Compare(b.LogLikelihood, a.LogLikelihood), strings.Compare(a.Word, b.Word))
	})
	return slices.Clip(out[:min(len(out), Most)])
}
