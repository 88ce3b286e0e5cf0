package engine

import (
	"github.com/zeebo/xxh3"

	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/internal/offheap"
	"github.com/swell-radar/swell/sketch"
	"github.com/swell-radar/swell/term"
)

// thinness tells the posts that are thin: see [window.NewcomerHours]. It belongs to
// the feeder.
type thinness struct {
	accounts *sketch.Recent
	texts    *sketch.Echoes
	seed     uint64
	plain    []byte
}

func newThinness(o *Options, seed uint64, mem *offheap.Region) thinness {
	return thinness{
		accounts: sketch.NewRecent(mem, o.tableBytes(accountShare), window.NewcomerHours),
		texts:    sketch.NewEchoes(mem, o.tableBytes(echoShare), window.EchoHours),
		seed:     seed,
	}
}

// newcomer notes that an account posted, and reports whether it is a newcomer.
func (t *thinness) newcomer(pf *platform, author uint64, hour int64) bool {
	return pf.arrivals.Note(hour, t.accounts.Renew(author, hour))
}

// echo notes what a post says, and reports whether the last who said it was
// somebody else.
func (t *thinness) echo(pf *platform, text string, author uint64, hour int64) bool {
	if len(text) < term.MinPlain {
		return false
	}
	t.plain = term.AppendPlain(t.plain[:0], text)
	if !term.Comparable(t.plain) {
		return false
	}
	said := xxh3.HashSeed(t.plain, t.seed)
	return t.texts.Say(sketch.Mix(said, uint64(pf.number)), author, hour)
}
