package window

import "github.com/swell-radar/swell/term"

// record is what a shard knows of one tracked term: two cache lines, the second
// of which holds its first uses. Records hold no pointer, so the collector has
// nothing to scan in them.
type record struct {
	id         term.ID
	since      int32   // pane from which the counts are exact
	first      int32   // oldest pane seen since it is tracked
	newest     int32   // newest pane counted
	heat       float32 // posts, weighed by [warmth]: what eviction looks at
	before     uint32  // the doorkeeper's estimate at admission
	lifetime   uint32  // posts since it is tracked; stops at the top
	gen        uint32  // counts the terms that have used this slot
	text       uint32  // place of the name
	body       uint32  // block of log, narrow or wide ring, as form says
	people     uint32  // block of distinct authors, as authors says
	platform   uint16
	votes      uint16 // majority vote on the display spelling
	shown      uint16 // hash of the display spelling
	keyLen     uint8
	displayLen uint8 // zero: the key is the display spelling
	kind       term.Kind
	form       form
	authors    authorsForm
	flags      uint8
	len        uint8 // uses in the log, or authors in the set
	_          [3]uint8
	log        [logInline]use
}

// form says where a term's counts are.
type form uint8

const (
	formNone   form = iota // the slot is free
	formInline             // the log in the record
	formLog                // a log of its own
	formNarrow             // rings of 16-bit counters
	formWide               // rings of 32-bit counters
)

const (
	flagFull    = 1 << iota // a counter of the doorkeeper was full: before may be too few
	flagBlurred             // uses were merged for want of room: some authors are unknown
	flagStopped             // a counter reached its top
)

func (r *record) used() bool  { return r.form != formNone }
func (r *record) rings() bool { return r.form >= formNarrow }

func (r *record) has(flag uint8) bool { return r.flags&flag != 0 }
