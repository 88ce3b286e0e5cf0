package engine

import (
	"slices"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// Activity is what happened on a platform in one hour: posts in their own hour, as far
// as they came before it was closed.
type Activity struct {
	Platform string
	Posts    uint64 // reposts not among them
	Reposts  uint64
	// Measured are the posts that came with numbers of reactions (likes, shares, comments
	// and the like, views not among them), and Reactions the sum of these. Those that
	// come with a repost are of the post it repeats, and left out.
	Measured, Reactions uint64
}

// tally counts the posts of a platform in a pane, or in an hour.
type tally struct {
	Pane                int64  `json:",omitzero"`
	Posts, Reposts      uint64 `json:",omitzero"`
	Measured, Reactions uint64 `json:",omitzero"`
	Termed              uint64 `json:",omitzero"` // posts that have a term, reposts among them
}

// mostReactions is more than a post can have: a larger number says something else.
// maxReactions is where their sum stops.
const (
	mostReactions = 1e11
	maxReactions  = 1 << 62
)

// note counts a post.
func (t *tally) note(rec *term.Record, terms int) {
	if terms > 0 {
		t.Termed++
	}
	if rec.Repost {
		t.Reposts++
		return
	}
	t.Posts++
	measured := false
	for i := range rec.Metrics {
		m := &rec.Metrics[i]
		if m.Value >= 0 && m.Value <= mostReactions && isReaction(m.Name) {
			measured = true
			t.Reactions = min(t.Reactions+uint64(m.Value), maxReactions)
		}
	}
	if measured {
		t.Measured++
	}
}

func (t *tally) add(u *tally) {
	t.Posts += u.Posts
	t.Reposts += u.Reposts
	t.Termed += u.Termed
	t.Measured += u.Measured
	t.Reactions = min(t.Reactions+u.Reactions, maxReactions)
}

// isReaction reports whether a metric of that name counts what people did in response to
// a post. That they saw it is none.
func isReaction(name string) bool {
	switch name {
	case "like", "likes", "favourite", "favourites", "favorite", "favorites", "digg", "diggs", "upvote", "upvotes", "reaction", "reactions",
		"share", "shares", "repost", "reposts", "retweet", "retweets", "reblog", "reblogs", "boost", "boosts", "quote", "quotes",
		"comment", "comments", "reply", "replies", "save", "saves", "bookmark", "bookmarks", "collect", "collects", "pin", "pins":
		return true
	}
	return false
}

// tally returns the tally of an open pane. It is valid until the next call.
func (pf *platform) tally(pane int64) *tally {
	at := len(pf.tallies)
	for at > 0 && pf.tallies[at-1].Pane > pane {
		at--
	}
	if at == 0 || pf.tallies[at-1].Pane != pane {
		pf.tallies = slices.Insert(pf.tallies, at, tally{Pane: pane})
		at++
	}
	return &pf.tallies[at-1]
}

// platformTally is the tally of a platform, by number.
type platformTally struct {
	Platform uint16
	tally
}

// tallies returns what was counted in the panes up to the given one, and begins with
// later ones alone.
func (p *platforms) tallies(through int64) (out []platformTally) {
	for _, name := range *p.names.Load() {
		pf := p.byName[name]
		n := 0
		for ; n < len(pf.tallies) && pf.tallies[n].Pane <= through; n++ {
			out = append(out, platformTally{pf.number, pf.tallies[n]})
		}
		pf.tallies = slices.Delete(pf.tallies, 0, n)
	}
	return out
}

// activity adds up the panes of an hour. The conductor owns it.
type activity struct {
	Hour int64
	// Whole is the first hour that was counted from its beginning: a snapshot of a format
	// before has nothing of the one it was cut in.
	Whole int64   `json:",omitzero"`
	Rows  []tally // by platform
}

// add counts the posts of a pane.
func (a *activity) add(pane int64, tallies []platformTally) {
	if hour := detect.HourOf(pane); hour != a.Hour {
		a.Hour, a.Rows = hour, a.Rows[:0]
	}
	for i := range tallies {
		t := &tallies[i]
		for len(a.Rows) <= int(t.Platform) {
			a.Rows = append(a.Rows, tally{})
		}
		a.Rows[t.Platform].add(&t.tally)
	}
}

// list returns what happened in the hour, which has ended: platforms where anything did.
func (a *activity) list(name func(uint16) string) []Activity {
	var out []Activity
	if a.Hour < a.Whole {
		return nil
	}
	for p := range a.Rows {
		if t := &a.Rows[p]; t.Posts > 0 || t.Reposts > 0 {
			out = append(out, Activity{name(uint16(p)), t.Posts, t.Reposts, t.Measured, t.Reactions})
		}
	}
	return out
}
