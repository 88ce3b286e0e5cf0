package store

import "fmt"

// Severity says how bad a [Finding] is.
type Severity uint8

// The severities, rising.
const (
	Repairable Severity = iota + 1 // the next start makes it good, nothing is lost
	Lost                           // some of what was stored is gone; the rest can be used
	Unreadable                     // the store cannot be opened as it is
)

var severities = [...]string{Repairable: "repairable", Lost: "lost", Unreadable: "unreadable"}

// String returns the severity as one word.
func (s Severity) String() string {
	if int(s) < len(severities) && s > 0 {
		return severities[s]
	}
	return fmt.Sprintf("severity %d", uint8(s))
}

// MarshalText returns the severity as one word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Finding is something about a store that is not as it should be.
type Finding struct {
	Severity Severity `json:"severity"`
	Where    string   `json:"where"`   // a file or a key
	What     string   `json:"what"`    // was found there
	Means    string   `json:"means"`   // for the user
	Out      string   `json:"way_out"` // what to do
	More     int      `json:"more"`    // further ones of the same sort, which are not listed
}

// sameListed is how many findings of a sort are listed.
const sameListed = 8

// findings lists the first of each sort and counts the others.
type findings struct {
	all    []Finding
	sorts  map[string]int // how many were found
	listed map[string]int // place of the last that is listed
}

func (l *findings) add(sort string, f Finding) {
	if l.sorts == nil {
		l.sorts, l.listed = make(map[string]int), make(map[string]int)
	}
	l.sorts[sort]++
	if l.sorts[sort] > sameListed {
		l.all[l.listed[sort]].More++
		return
	}
	l.listed[sort] = len(l.all)
	l.all = append(l.all, f)
}

// Ways out that several findings share.
const (
	outNextStart = "nothing: the next start does it"
	outBackup    = "restore a backup, or replay the archives, if what is lost matters"
)
