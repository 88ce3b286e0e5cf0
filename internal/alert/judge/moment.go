package judge

import (
	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// Moment is what was known when a pane was closed. It is not changed.
type Moment struct {
	At   int64 // event time, the end of the pane in Unix seconds
	View *engine.View
	// Lists are the watch lists, and Mentions the figures of those that were mentioned, each once. No order
	// is asked for.
	Lists    []List
	Mentions []Mentions
	// Words returns the words that the posts that mention a list have more often than before, the surest first. Nil:
	// nobody knows any.
	Words func(list string) []api.AlertWord
	// Authors returns an estimate of how many distinct authors mentioned a list on a platform in the last 24 hours, with its
	// relative standard error. It is asked once at most for each, and only where it decides something. Nil, or not ok: nobody counted
	// them, and what [PlatformMentions] has is a bound.
	Authors func(list, platform string) (estimate uint64, stderr float64, ok bool)
	// Company returns what comes in the same posts as a list, the strongest first. It is asked only of what is told. Nil:
	// nobody knows.
	Company func(list string) []api.Related
}

// List is a watch list as rules see it.
type List struct {
	Name    string
	Title   string // for people; empty: the name is
	Purpose string // one of [watch.Purposes], or empty
	// Since is since when the posts that it matches now are counted, in Unix seconds: what was counted before is
	// not of them. 0: not known.
	Since int64
	// Has reports whether a term is on it, on a platform, or is the keyword of a phrase that is looked for there.
	Has func(kind term.Kind, key, platform string) bool
}

// ListOf returns a watch list as rules see it.
func ListOf(l *watch.List) List {
	out := List{Name: l.Name, Title: l.Title, Purpose: l.Purpose, Has: l.Names}
	if since := l.Alike(); !since.IsZero() {
		out.Since = since.Unix()
	}
	return out
}

// Watch is the kind that mentions of a watch list are counted as: the name of the list is the key.
const Watch = term.Watch

// Mentions are the figures of one watch list.
type Mentions struct {
	List      string // name
	Platforms []PlatformMentions
}

// PlatformMentions are the mentions of a watch list on one platform. Posts are counted, not estimated.
type PlatformMentions struct {
	Platform string
	Hour     float64 // posts in the last 60 minutes
	Day      uint64  // posts in the last 24 hours
	Week     uint64  // posts in the 168 hours before those
	// Unknown is of how many of these 168 hours nobody knows: nothing was counted, or not yet what the list matches.
	Unknown int
	// Authors are how many people wrote those of the last 24 hours at least: those who had not mentioned the list for a day
	// before. Negative: nobody knows.
	Authors float64
	Usual   Usual    // of 60 minutes at this time
	Hours   []uint32 // posts of the last 72 UTC hours, oldest first; nil where they are not known
}
