package watch

import (
	"slices"
	"unsafe"

	"github.com/swell-radar/swell/term"
)

// Finder looks into posts, as its [Matcher] says. It keeps buffers: one goroutine at a time.
type Finder struct {
	m         *Matcher
	phrases   *term.Phrases
	extractor term.Extractor
	untagged  term.Extractor // finds what extractor finds, but for hashtags
	group     []byte

	post     uint32   // number of the post in hand
	hit      []uint32 // by list: the last post that has one of its terms or phrases
	barred   []uint32 // by list: the last post that has what it excludes
	void     []uint32 // by wanted phrase: the last post that has what it excludes
	met      []uint32 // by wanted phrase: the last post that has it
	told     []uint32 // by phrase: the last post that it was given to as a keyword
	lists    []int32  // with a hit in the post in hand
	meant    []int32  // wanted phrases found in it
	keywords []string // of the post in hand
	strings  []string // room for what records are given
	language string
}

// maxKeywords is how many keywords a post has at most where some of them were found: no more of its
// terms are counted.
const maxKeywords = term.MaxTerms

// roomAtOnce is how many strings are made room for at once.
const roomAtOnce = 256

// Finder returns a new one.
func (m *Matcher) Finder() *Finder {
	f := &Finder{
		m: m, phrases: m.phrases.Clone(), hit: make([]uint32, len(m.names)), barred: make([]uint32, len(m.names)),
		void: make([]uint32, len(m.wanted)), met: make([]uint32, len(m.wanted)), told: make([]uint32, len(m.uses)),
	}
	f.extractor.Only(m.kinds...)
	f.untagged.Only(slices.DeleteFunc(slices.Clone(m.kinds), func(k term.Kind) bool { return k == term.Hashtag })...)
	return f
}

// Of reports whether the Finder is one of the Matcher.
func (f *Finder) Of(m *Matcher) bool { return f.m == m }

// Note sets the watch lists that a post mentions, by name and at most [term.MaxWatches], and
// appends the phrases that were found in it to its keywords. What is no post has none.
//
// Phrases are looked for in the text, and in those of its hashtags that do not stand there. What was noted
// once stays as it is when it is noted again. Nothing is allocated for posts that have nothing of
// what is looked for.
func (f *Finder) Note(rec *term.Record) {
	rec.Watches = nil
	if rec.Gauge != nil || rec.Heartbeat != nil || f.m.Empty() {
		return
	}
	f.begin(rec)
	f.search(rec.Text)
	for _, tag := range rec.Tags {
		if !standsIn(rec.Text, tag) {
			f.searchTag(tag)
		}
	}
	f.take(rec)
	if len(f.m.kinds) > 0 {
		f.lookUp(rec)
	}
	f.name(rec)
}

// begin forgets the post before.
func (f *Finder) begin(rec *term.Record) {
	if f.post++; f.post == 0 { // after four billion posts
		for _, marks := range [...][]uint32{f.hit, f.barred, f.void, f.met, f.told} {
			clear(marks)
		}
		f.post = 1
	}
	f.lists, f.meant, f.language = f.lists[:0], f.meant[:0], rec.Lang
	if f.language != "" {
		f.language = Language(f.language)
	}
}

// search notes what is in a text.
func (f *Finder) search(text string) {
	for _, at := range f.phrases.Find(text) {
		for _, u := range f.m.uses[at] {
			switch u.role {
			case means:
				if f.met[u.of] != f.post {
					f.met[u.of] = f.post
					f.meant = append(f.meant, u.of)
				}
			case voids:
				f.void[u.of] = f.post
			case bars:
				f.barred[u.of] = f.post
			}
		}
	}
}

// searchTag notes what is in a hashtag, with or without its sign.
func (f *Finder) searchTag(tag string) {
	f.group = append(append(f.group[:0], '#'), tag...)
	f.search(unsafe.String(unsafe.SliceData(f.group), len(f.group))) // for the call alone
}

// take notes the lists of the phrases that are meant, and gives the post their keywords.
func (f *Finder) take(rec *term.Record) {
	f.keywords = f.keywords[:0]
	for _, n := range f.meant {
		w := &f.m.wanted[n]
		if f.void[n] == f.post || !speaks(w.languages, f.language) || !w.platforms.have(rec.Platform) || w.list >= 0 && !f.note(w.list) {
			continue
		}
		if f.told[w.place] != f.post && len(f.keywords)+len(rec.Keywords) < maxKeywords && !slices.Contains(rec.Keywords, w.keyword) {
			f.told[w.place] = f.post
			f.keywords = append(f.keywords, w.keyword)
		}
	}
	if len(f.keywords) > 0 {
		own := f.room(len(rec.Keywords) + len(f.keywords))
		copy(own[copy(own, rec.Keywords):], f.keywords)
		rec.Keywords = own
	}
}

// room returns so many strings for a record, which lasts longer than the Finder's buffers.
func (f *Finder) room(n int) []string {
	if len(f.strings) < n {
		f.strings = make([]string, max(n, roomAtOnce))
	}
	out := f.strings[:n:n]
	f.strings = f.strings[n:]
	return out
}

// note notes a hit of a list. It reports false if the list does not take the post.
func (f *Finder) note(list int32) bool {
	if f.barred[list] == f.post || !speaks(f.m.speaks[list], f.language) {
		return false
	}
	if f.hit[list] != f.post {
		f.hit[list] = f.post
		f.lists = append(f.lists, list)
	}
	return true
}

// lookUp notes the lists that the terms of a post are on.
func (f *Finder) lookUp(rec *term.Record) {
	x := &f.extractor
	if !f.m.terms.tags.may(rec) {
		x = &f.untagged
	}
	terms, _ := x.Terms(rec)
	for i := range terms {
		t := &terms[i]
		group := t.Key
		if Grouped(t.Kind) {
			f.group = term.AppendGroupKey(f.group[:0], t.Key)
			group = unsafe.String(unsafe.SliceData(f.group), len(f.group)) // until the next term
		}
		for _, l := range f.m.terms.find(t.Kind, group) {
			if l.on.have(rec.Platform) {
				f.note(l.list)
			}
		}
	}
}

// name gives the post the names of its lists.
func (f *Finder) name(rec *term.Record) {
	if len(f.lists) == 0 {
		return
	}
	slices.Sort(f.lists)
	lists := f.lists[:min(len(f.lists), term.MaxWatches)]
	rec.Watches = f.room(len(lists))
	for i, n := range lists {
		rec.Watches[i] = f.m.names[n]
	}
}
