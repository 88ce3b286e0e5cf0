package pairs

import (
	"math"
	"math/bits"

	"github.com/swell-radar/swell/internal/cow"
	"github.com/swell-radar/swell/internal/offheap"
	"github.com/swell-radar/swell/sketch"
)

// The window of a table is the newest so many periods, each of so many hours.
const (
	Periods = 6
	Period  = 12
)

// PeriodOf returns the period of a Unix hour.
func PeriodOf(hour int64) int64 {
	if hour < 0 {
		hour -= Period - 1
	}
	return hour / Period
}

// MaxCompanions is how many companions of a term there can be room for.
const MaxCompanions = reach * setEntries

const (
	// reach is how many sets the companions of a term may stand in, anywhere in the table:
	// so many that those of a busy term are no crowd in any, and still few to be looked through.
	reach      = 1 << reachBits
	reachBits  = 7
	nearbyBits = 4 // sets that share what is known of those turned away: 16
	stageSize  = 32

	placeSalt = 0xC2B2AE3D27D4EB4F
	reachSalt = 0x9E3779B97F4A7C15
)

// Table counts pairs. See the package's documentation.
type Table struct {
	sets  []set
	door  *sketch.CountMin // pairs that have no entry, by period
	cells *cow.Table

	newest int64             // period
	lost   [Periods][]uint16 // by period modulo Periods and nearby sets: the most that a pair came without an entry
	missed [Periods]uint32   // posts that nothing is known of
	used   bool              // anything was counted since the table was made
	stage  [stageSize]staged // pairs that are put off until their lines are here
	staged int
	sink   uint64 // what Touch has read
}

// staged is a pair on its way.
type staged struct {
	set int
	tag uint32
	key uint64
}

// Term is where the companions of a term stand, and what tells them from others there.
type Term struct {
	hash uint64
	tag  uint32
}

// sizes returns what of so many bytes the sets and the doorkeeper take.
func sizes(size int) (sets, door int) {
	door = 1 << (bits.Len(uint(max(size/2, 128))) - 1)
	return max((size-door)/(setWords*wordBytes), 1), door
}

// Bytes returns how many bytes of memory a table takes that may take so many. It takes
// more only of less than 4 KiB.
func Bytes(size int) int {
	sets, door := sizes(size)
	return sets*setWords*wordBytes + door
}

// New returns an empty table that takes [Bytes] of mem, or of the Go heap if mem is nil
// or full, and an eighth of a byte for each of these beside it.
func New(mem *offheap.Region, size int) *Table {
	sets, door := sizes(size)
	t := &Table{sets: offheap.Slice[set](mem, sets), door: sketch.NewCountMin(mem, door)}
	t.cells = cow.NewTable(cells(t.sets), len(t.sets)*setWords, wordBytes)
	for p := range t.lost {
		t.lost[p] = make([]uint16, (len(t.sets)>>nearbyBits)+1)
	}
	return t
}

// Tables returns what knows which words changed since the last cut: of the sets, and of
// the doorkeeper.
func (t *Table) Tables() []*cow.Table { return []*cow.Table{t.cells, t.door.Table()} }

// Newest returns the newest period.
func (t *Table) Newest() int64 { return t.newest }

// Advance makes a period the newest one and forgets those that leave the window by that.
// An older one changes nothing. It costs a pass over the table.
func (t *Table) Advance(period int64) {
	if period <= t.newest {
		return
	}
	t.Flush()
	t.door.Advance(period)
	before := t.newest
	t.newest = period
	if !t.used {
		return // clearing takes memory that the system has not given yet
	}
	for p := max(before+1, period-Periods+1); p <= period; p++ {
		t.leave(int(p % Periods))
	}
}

func (t *Table) leave(period int) {
	clear(t.lost[period])
	t.missed[period] = 0
	for n := range t.sets {
		s := &t.sets[n]
		for i := range setEntries {
			if s.key(i) != 0 {
				t.touch(n, words(i))
				s.leave(i, period)
			}
		}
	}
}

// touch says that words of a set are about to change.
func (t *Table) touch(n int, words uint16) {
	t.cells.Touch(2*n, uint8(words))
	t.cells.Touch(2*n+1, uint8(words>>lineWords))
}

// Of returns where the companions of a term are counted.
func (t *Table) Of(term uint64) Term {
	h := sketch.Mix(term, placeSalt)
	return Term{h, uint32(h & (1<<tagBits - 1))}
}

// place returns which of the sets of a term a companion may stand in: its place among
// them.
func place(key uint64) uint64 { return key * reachSalt >> (64 - reachBits) }

// setAt returns the set at a place among those of a term.
func (t *Table) setAt(of Term, place uint64) int {
	n, _ := bits.Mul64(sketch.Mix(of.hash, place*placeSalt), uint64(len(t.sets)))
	return int(n)
}

// Add counts a post of the newest period in which a term came with another one, whose
// key is not 0. It may put that off until [Table.Flush].
func (t *Table) Add(of Term, key uint64) {
	n := t.setAt(of, place(key))
	t.sink ^= t.sets[n][0] ^ t.sets[n][setWords-1]
	t.stage[t.staged] = staged{n, of.tag, key}
	if t.staged++; t.staged == stageSize {
		t.Flush()
	}
}

// Flush counts what was put off: first those that have an entry, and meanwhile the
// lines of the doorkeeper come for the others. So where it is called matters to who gets
// room, and has to depend on the pairs alone; with nothing put off it does nothing.
func (t *Table) Flush() {
	period, misses := int(t.newest%Periods), 0
	for i := range t.staged {
		g := &t.stage[i]
		if !t.grow(g, period) {
			t.sink ^= t.door.Touch(doorKey(g.set, g.tag, g.key))
			t.stage[misses] = *g
			misses++
		}
	}
	for i := range misses {
		if g := &t.stage[i]; !t.grow(g, period) { // one before may have made an entry
			t.enter(g, period)
		}
	}
	t.staged = 0
}

// doorKey is the key of a pair in the doorkeeper: made of what an entry still knows.
func doorKey(set int, tag uint32, key uint64) uint64 {
	return sketch.Mix(key, uint64(set)<<tagBits|uint64(tag))
}

// grow counts a pair that has an entry, and reports whether it has.
func (t *Table) grow(g *staged, period int) bool {
	s := &t.sets[g.set]
	i := s.find(g.key, g.tag)
	if i < 0 {
		return false
	}
	t.touch(g.set, 2<<(3*i+period/4))
	s.grow(i, period)
	return true
}

// enter counts a pair that has no entry, and gives it one if it deserves it.
func (t *Table) enter(g *staged, period int) {
	s := &t.sets[g.set]
	t.used = true
	key := doorKey(g.set, g.tag, g.key)
	at, weight := s.weakest(period)
	came := uint32(1)
	if weight == 0 {
		before, _ := t.door.Estimate(key)
		came += before
	} else if came = t.door.Add(key, 1); came <= weight {
		t.lose(g.set, period, came)
		return
	}
	if old := s.key(at); old != 0 {
		n := s.total(at)
		t.lose(g.set, period, weight)
		t.door.Add(doorKey(g.set, s.tag(at), old), n)
	}
	t.touch(g.set, words(at))
	s.put(at, g.key, g.tag, period, came-1)
}

// lose notes that a pair that came so often has no entry.
func (t *Table) lose(set, period int, came uint32) {
	lost := &t.lost[period][set>>nearbyBits]
	*lost = max(*lost, uint16(min(came, mostCount)))
}

// earlier bounds how often a pair that was admitted in a period, by number modulo
// Periods, came in the window before the two periods that the doorkeeper knew of then.
func (t *Table) earlier(set, admitted int) (n uint32) {
	if admitted == longAgo {
		return 0
	}
	since := t.newest - (t.newest-int64(admitted)+Periods)%Periods
	for p := max(t.newest-Periods+1, 0); p < since-1; p++ {
		n += uint32(t.lost[p%Periods][set>>nearbyBits])
	}
	return n
}

// Miss says that nothing is known of so many posts of the newest period: each may have
// had any pair.
func (t *Table) Miss(posts uint32) {
	if posts > 0 {
		t.used = true
		m := &t.missed[t.newest%Periods]
		*m = uint32(min(uint64(*m)+uint64(posts), math.MaxUint32))
	}
}

// Companion is a term that came in posts with another one.
type Companion struct {
	Key   uint64
	Count uint32 // posts of the window with both, at least
	Over  uint32 // how many more there may have been, at most; [Unknown]: no bound is known
}

// Unknown is the bound of a count that has none.
const Unknown = math.MaxUint32

// Companions appends the companions of a term to dst, at most [MaxCompanions], in no
// order that means anything.
func (t *Table) Companions(dst []Companion, term uint64) []Companion {
	t.Flush()
	missed := uint64(0)
	for _, n := range t.missed {
		missed += uint64(n)
	}
	of := t.Of(term)
	for at := range uint64(reach) {
		n := t.setAt(of, at)
		s := &t.sets[n]
		for i := range setEntries {
			if s.key(i) == 0 || s.tag(i) != of.tag || place(s.key(i)) != at {
				continue
			}
			over := uint32(min(uint64(s.over(i))+uint64(t.earlier(n, s.admitted(i)))+missed, Unknown))
			if s.stopped(i) || s.over(i) == mostCount {
				over = Unknown
			}
			dst = append(dst, Companion{s.key(i), s.total(i), over})
		}
	}
	return dst
}
