package engine

import (
	"strings"
	"sync/atomic"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// Spread says what stands for the people behind a platform's posts.
type Spread string

// What a platform's records name: authors, communities in their place, or
// neither, so that every post counts as somebody new.
const (
	SpreadAuthors Spread = "authors"
	SpreadGroups  Spread = "groups"
	SpreadPosts   Spread = "posts"
	SpreadUnknown Spread = "unknown"
)

// platform is what the feeder keeps of one platform.
type platform struct {
	name     string
	number   uint16
	scopes   [term.Watch + 1]term.Scope
	records  uint64
	since    int64     // pane of the first record; 0: not known
	who      [3]uint64 // posts by author, group, post ID
	arrivals window.Arrivals
	gaps     []gap   // of open panes, rising
	tallies  []tally // of open panes, rising
}

// maxPlatforms bounds what hostile records can make the engine remember; further
// names are counted under otherPlatform.
const (
	maxPlatforms  = window.MaxPlatforms
	otherPlatform = "other"
)

// platforms numbers the platforms in the order they are met. The feeder owns it;
// others read the names it published.
type platforms struct {
	byName map[string]*platform
	recent [16]*platform            // those looked up last, by recentSlot: streams repeat
	names  atomic.Pointer[[]string] // by number; replaced, never changed
}

func newPlatforms(names []string) *platforms {
	p := &platforms{byName: map[string]*platform{}}
	p.names.Store(new([]string))
	for _, name := range names {
		p.add(name)
	}
	return p
}

func (p *platforms) add(name string) *platform {
	name = strings.Clone(name)
	names := *p.names.Load()
	pf := &platform{name: name, number: uint16(len(names))}
	for _, k := range term.Kinds() {
		pf.scopes[k] = term.ScopeOf(k, name)
	}
	grown := append(append(make([]string, 0, len(names)+1), names...), name)
	p.names.Store(&grown)
	p.byName[name] = pf
	return pf
}

// recentSlot spreads names that differ in length, first or last letter.
func recentSlot(name string) int {
	n := len(name)
	if n == 0 {
		return 0
	}
	return (n ^ int(name[0]) ^ int(name[n-1])<<1) & 15
}

func (p *platforms) get(name string) *platform {
	slot := &p.recent[recentSlot(name)]
	if pf := *slot; pf != nil && pf.name == name {
		return pf
	}
	pf := p.byName[name]
	if pf == nil {
		if len(p.byName) >= maxPlatforms-1 && name != otherPlatform {
			return p.get(otherPlatform)
		}
		pf = p.add(name)
	}
	*slot = pf
	return pf
}

// name returns the name of a platform's number. Any goroutine may ask.
func (p *platforms) name(number uint16) string { return (*p.names.Load())[number] }

// meet counts a record of a pane.
func (pf *platform) meet(pane int64) {
	if pf.records == 0 || pane < pf.since {
		pf.since = pane
	}
	pf.records++
}

// spread returns what stood for people in most of the platform's records.
func (pf *platform) spread() Spread {
	best, spread := uint64(0), SpreadUnknown
	for i, s := range [...]Spread{SpreadAuthors, SpreadGroups, SpreadPosts} {
		if pf.who[i] > best {
			best, spread = pf.who[i], s
		}
	}
	return spread
}

// list describes the platforms by number.
func (p *platforms) list() []Platform {
	names := *p.names.Load()
	out := make([]Platform, len(names))
	for i, name := range names {
		pf := p.byName[name]
		out[i] = Platform{Name: name, Spread: pf.spread(), Records: pf.records, Since: detect.PaneStart(pf.since)}
	}
	return out
}
