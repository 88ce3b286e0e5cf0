package judge

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

const (
	// overAfter is for how long a rise has to be gone to be over, in seconds. One that comes back sooner was never
	// away.
	overAfter = 6 * hour
	// forgetAfter is for how long a rise has to be gone to be a new one when it comes back: what rises every evening
	// is told of once.
	forgetAfter = 36 * hour
	// quietFor is how long a thread of which a change was told is left alone, in seconds.
	quietFor = hour
	// stillHolds is the part of its thresholds above which a rule that held goes on to hold.
	stillHolds = 0.7
	// maxThreads bounds what is remembered; those not seen for the longest go first.
	maxThreads = 2000
)

// threadKey is what a thread is found by.
type threadKey struct {
	kind  term.Kind
	group uint64 // of spellings, over platforms
	rule  string // of mentions: a crisis and a loss of share are two things; else empty
}

// thread is one rise of which something was told, or could have been. The fields that are written out are in the
// stored form.
type thread struct {
	Kind  kind   `json:"kind"`
	Group uint64 `json:"group"`
	Rule  string `json:"rule,omitempty"`
	ID    string `json:"id"`
	Seen  int64  `json:"seen"` // when it was there last, Unix seconds
	Over  bool   `json:"over,omitempty"`
	Told  []told `json:"told"` // by rule, in the order of names
	// Known: somebody was told of it by a rule that is gone.
	Known bool `json:"known,omitempty"`
	// Phase and Places are what whoever follows the thread was told last, at Shown.
	Phase  detect.Phase `json:"phase,omitempty"`
	Places []string     `json:"places,omitempty"`
	Shown  int64        `json:"shown,omitempty"`
}

// told is what one rule has told of a thread.
type told struct {
	Rule   string       `json:"rule"`
	Phase  detect.Phase `json:"phase,omitempty"`  // the furthest
	Places []string     `json:"places,omitempty"` // of rules that ask for platforms; sorted
	Held   int64        `json:"held"`             // when it held last, by the lower thresholds
	Alerts bool         `json:"alerts,omitempty"` // there were some: it did not only hold before anybody asked
}

func (t *thread) key() threadKey { return threadKey{term.Kind(t.Kind), t.Group, t.Rule} }

// told returns what a rule has told, or nil.
func (t *thread) told(rule string) *told {
	for i := range t.Told {
		if t.Told[i].Rule == rule {
			return &t.Told[i]
		}
	}
	return nil
}

// alerted reports whether anybody can know of the thread.
func (t *thread) alerted() bool {
	return t.Known || slices.ContainsFunc(t.Told, func(x told) bool { return x.Alerts })
}

// drop forgets what rules told that are gone.
func (t *thread) drop(gone func(rule string) bool) {
	t.Told = slices.DeleteFunc(t.Told, func(x told) bool {
		if !gone(x.Rule) {
			return false
		}
		t.Known = t.Known || x.Alerts
		return true
	})
}

// note takes in that a rule has told of a phase, and of platforms if it asks for them.
func (t *thread) note(rule string, phase detect.Phase, places []string, at int64, alert bool) {
	x := t.told(rule)
	if x == nil {
		i, _ := slices.BinarySearchFunc(t.Told, rule, func(x told, name string) int { return strings.Compare(x.Rule, name) })
		t.Told = slices.Insert(t.Told, i, told{Rule: rule})
		x = &t.Told[i]
	}
	x.Phase = max(x.Phase, phase)
	x.Places = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(places), x.Places...))))
	x.Held, x.Alerts = at, x.Alerts || alert
}

// isNews reports whether a rule that holds for the thread has something to tell.
func (t *thread) isNews(rule string, phase detect.Phase, places []string) bool {
	if t == nil {
		return true
	}
	x := t.told(rule)
	return x == nil || phase > x.Phase || slices.ContainsFunc(places, func(p string) bool { return !slices.Contains(x.Places, p) })
}

// forget is after how long without it a rise is a new one.
func (t *thread) forget() int64 {
	if t.Rule != "" {
		return overAfter
	}
	return forgetAfter
}

// newest returns the threads, those seen last first.
func (j *Judge) newest() []*thread {
	return slices.SortedFunc(maps.Values(j.threads), func(a, b *thread) int {
		return cmp.Or(cmp.Compare(b.Seen, a.Seen), strings.Compare(a.ID, b.ID))
	})
}

// keep forgets all threads but these.
func (j *Judge) keep(threads []*thread) {
	if len(threads) == len(j.threads) {
		return
	}
	j.threads = make(map[threadKey]*thread, len(threads))
	for _, t := range threads {
		j.threads[t.key()] = t
	}
}

// trim forgets what there is too much of.
func (j *Judge) trim() {
	if len(j.threads) > maxThreads {
		j.keep(j.newest()[:maxThreads])
	}
}

// digest returns letters and digits that stand for the parts.
func digest(n int, parts ...any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%#v", parts))
	return hex.EncodeToString(sum[:])[:n]
}

// sum stands for all that a rule asks, apart from how it is called.
func (r *Rule) sum() uint64 {
	var text strings.Builder
	fmt.Fprint(&text, r.Off, r.Severity, r.Mentions, r.Once)
	for _, list := range [][]string{r.Platforms, r.Kinds, r.Watches, r.Purposes, r.Phases} {
		fmt.Fprintf(&text, "%q", list)
	}
	for _, b := range bounds(&r.Rule) {
		fmt.Fprintf(&text, " %g", float64(*b.value))
	}
	sum := sha256.Sum256([]byte(text.String()))
	var n uint64
	for _, b := range sum[:8] {
		n = n<<8 | uint64(b)
	}
	return n
}

// AlertTime returns when the alert of an ID was found, and whether it is one.
func AlertTime(id string) (time.Time, bool) {
	if len(id) != len(idLayout)+idDigits || strings.Trim(id, "0123456789abcdef-") != "" {
		return time.Time{}, false
	}
	t, err := time.Parse(idLayout, id[:len(idLayout)])
	return t, err == nil
}

const (
	idLayout = "20060102-1504-" // so that IDs are in the order of time
	idDigits = 12
)

func alertID(a *api.Alert, places []string) string {
	return a.TS.Format(idLayout) + digest(idDigits, a.Rule, a.Thread, a.Phase, places)
}
