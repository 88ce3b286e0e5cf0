package main

import (
	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/bench/quality/truth"
	"github.com/swell-radar/swell/term"
)

// names finds under which spelling the truth knows a term.
type names struct {
	trace *trace.Trace
	keys  map[spellings]string
	known map[known]bool
}

type spellings struct {
	group    uint32
	platform uint16
}

type known struct {
	kind          term.Kind
	platform, key string
}

func newNames(t *trace.Trace, set truth.Set) names {
	n := names{trace: t, keys: map[spellings]string{}, known: map[known]bool{}}
	for i := range set.Rows {
		r := &set.Rows[i]
		n.known[known{r.Kind, r.Platform, r.Key}] = true
	}
	for i := range t.Terms {
		x := &t.Terms[i]
		at := spellings{x.Group, x.Platform}
		if _, ok := n.keys[at]; !ok && n.known[known{x.Kind, t.Platforms[x.Platform], x.Key}] {
			n.keys[at] = x.Key
		}
	}
	return n
}

// key returns the key of the term or, if only another spelling of it stands in the truth,
// of that.
func (n *names) key(id uint32) string {
	x := &n.trace.Terms[id]
	if n.known[known{x.Kind, n.trace.Platforms[x.Platform], x.Key}] {
		return x.Key
	}
	if key, ok := n.keys[spellings{x.Group, x.Platform}]; ok {
		return key
	}
	return x.Key
}
