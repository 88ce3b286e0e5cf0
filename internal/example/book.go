package example

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
	"sync"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/term"
)

// Post is a post that used a term.
type Post struct {
	Platform, ID, Lang string
	TS                 int64 // µs since 1970
	Repost             bool

	author uint64 // tells one from the next; 0: not known
}

// Book keeps posts. Make it with [New]. Any goroutine may call it.
type Book struct {
	seed maphash.Seed

	mu    sync.Mutex
	terms map[term.ID]*kept
}

// kept are the posts of a term on its platform, in the order in which they came.
type kept struct {
	platform    string
	first, late []Post
}

// New returns an empty book.
func New() *Book { return &Book{seed: maphash.MakeSeed(), terms: map[term.ID]*kept{}} }

// Follow has posts noted of the trends that are open in the view, and forgets those of others. What it returns is for
// [engine.Engine.Follow].
func (b *Book) Follow(v *engine.View) *engine.Followed {
	b.mu.Lock()
	defer b.mu.Unlock()
	next := make(map[term.ID]*kept, len(b.terms))
	ids := make([]term.ID, 0, len(b.terms))
	for t := range v.Open() {
		if len(ids) == MaxTerms {
			break
		}
		id := term.ScopeOf(t.Term.Kind, t.Platform).ID(t.Term.Key)
		if next[id] != nil {
			continue // a trend of posts and one of gauges
		}
		if next[id] = b.terms[id]; next[id] == nil {
			next[id] = &kept{platform: t.Platform}
		}
		ids = append(ids, id)
	}
	b.terms = next
	return engine.NewFollowed(ids, b.note)
}

// note takes in a post that was counted. It keeps nothing of the record but copies.
func (b *Book) note(rec *term.Record, id term.ID) {
	if rec.ID == "" || len(rec.ID) > maxID {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	k := b.terms[id]
	if k == nil {
		return // closed meanwhile
	}
	author := rec.AuthorHash
	if rec.Author != "" {
		author = maphash.String(b.seed, rec.Author)
	}
	if !k.wants(rec, author) {
		return
	}
	p := Post{Platform: k.platform, ID: strings.Clone(rec.ID), TS: rec.TS, Repost: rec.Repost, author: author}
	if len(rec.Lang) <= maxLang {
		p.Lang = strings.Clone(rec.Lang)
	}
	switch {
	case len(k.first) < firstPosts:
		k.first = append(k.first, p)
	case len(k.late) < latePosts:
		k.late = append(k.late, p)
	default:
		copy(k.late, k.late[1:])
		k.late[latePosts-1] = p
	}
}

// wants reports whether a post is worth a place: not of the same author as the one before, and where it would take that of
// another, no repost and not one of many in a minute.
func (k *kept) wants(rec *term.Record, author uint64) bool {
	if len(k.first) == 0 {
		return true
	}
	last := &k.first[len(k.first)-1]
	if len(k.late) > 0 {
		last = &k.late[len(k.late)-1]
	}
	if author != 0 && author == last.author {
		return false
	}
	return len(k.late) < latePosts || !rec.Repost && rec.TS >= last.TS+spacing
}

// Of returns the posts of terms, newest first.
func (b *Book) Of(ids []term.ID) []Post {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []Post
	for _, id := range ids {
		if k := b.terms[id]; k != nil {
			out = append(append(out, k.first...), k.late...)
		}
	}
	slices.SortFunc(out, func(a, b Post) int {
		return cmp.Or(cmp.Compare(b.TS, a.TS), strings.Compare(a.Platform, b.Platform), strings.Compare(a.ID, b.ID))
	})
	return out
}
