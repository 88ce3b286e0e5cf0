package trace

import (
	"github.com/zeebo/xxh3"

	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// thinness tells thin posts, as [window.NewcomerHours] defines them, with all that
// was ever said and all who ever posted at hand.
type thinness struct {
	arrivals map[uint16]*window.Arrivals // by platform
	posted   map[uint32]int64            // by author: Unix second of the last post
	said     map[saying]spoken           // who said it last
	plain    []byte
}

type saying struct {
	platform uint16
	text     xxh3.Uint128
}

type spoken struct {
	author uint32
	at     int64 // Unix second
}

func newThinness() *thinness {
	return &thinness{arrivals: map[uint16]*window.Arrivals{}, posted: map[uint32]int64{}, said: map[saying]spoken{}}
}

// of reports whether a post is thin. It is to be told of every post, in order, once.
func (t *thinness) of(rec *term.Record, platform uint16, author uint32, at int64, terms bool) bool {
	newcomer := t.newcomer(rec, platform, author, at)
	return terms && t.echo(rec, platform, author, at) || newcomer
}

func (t *thinness) newcomer(rec *term.Record, platform uint16, author uint32, at int64) bool {
	if rec.Author == "" {
		return false
	}
	arrivals := t.arrivals[platform]
	if arrivals == nil {
		arrivals = new(window.Arrivals)
		t.arrivals[platform] = arrivals
	}
	before, known := t.posted[author]
	t.posted[author] = at
	return arrivals.Note(floorDiv(at, 3600), !known || at-before >= window.NewcomerHours*3600)
}

func (t *thinness) echo(rec *term.Record, platform uint16, author uint32, at int64) bool {
	if rec.Repost {
		return false
	}
	t.plain = term.AppendPlain(t.plain[:0], rec.Text)
	if !term.Comparable(t.plain) {
		return false
	}
	text := saying{platform, xxh3.Hash128(t.plain)}
	before, known := t.said[text]
	t.said[text] = spoken{author, at}
	return known && before.author != author && at-before.at < window.EchoHours*3600
}
