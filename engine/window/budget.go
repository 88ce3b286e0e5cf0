package window

import (
	"math/bits"
	"unsafe"

	"github.com/swell-radar/swell/sketch"
)

// scarcePrecision is that of the registers a term gets when those of full
// precision are all in use: about 1 KiB a term, and a standard error of 13 %.
const scarcePrecision = 6

// MergePrecision is the highest precision of registers that the authors of every
// term can be added to.
const MergePrecision = scarcePrecision

// Shares of a shard's memory, in percent. The rest, 58 %, is for the terms.
const (
	registersShare  = 6
	scarceShare     = 8
	doorkeeperShare = 9
	meetingsShare   = 18
	thinShare       = 1
)

// Of a hundred slots, so many can have a block of log, narrow rings and wide
// rings. On streams with a Zipf exponent of 0.9 to 1.4 about a third of the terms
// seen twice outgrow their record, and half of these outgrow their log.
const (
	logsPerCent   = 50
	narrowPerCent = 35
	widePerMille  = 2
	textPerSlot   = 40 // bytes of key and display, in chunks
)

// budget splits the memory between the parts of one shard.
type budget struct {
	slots              int // terms
	logs, narrow, wide int // blocks
	text               int // bytes of names
	registers, scarce  int // blocks
	doorkeeper         int // bytes
	meetings           int // bytes
	thin               int // bytes
}

const recordBytes = int(unsafe.Sizeof(record{}))

// leastShard is what a shard needs beside the batches on their way to it.
const leastShard = 256 << 10

// least is the least memory for the shards and so many producers.
func (c Config) least(producers int) int64 {
	return int64(c.Shards) * int64(producers*batchesPerWay*batchBytes+leastShard)
}

// budget returns the sizes of a shard's parts. What batches take comes first.
func (c Config) budget(producers int) budget {
	g := newGeometry(c)
	perShard := int(c.Memory/int64(c.Shards)) - producers*batchesPerWay*batchBytes
	share := func(percent int) int { return perShard / 100 * percent }
	b := budget{
		registers:  share(registersShare) / (8*sketch.RegistersWords(c.AuthorPrecision) + 4),
		scarce:     share(scarceShare) / (8*sketch.RegistersWords(scarcePrecision) + 4),
		doorkeeper: share(doorkeeperShare),
		meetings:   share(meetingsShare),
		thin:       share(thinShare),
	}
	// A term is noted in every open pane that it was used in: seldom in more than
	// a few of many.
	touched := 4 * int(min(g.notes(), 8))
	perSlot := recordBytes + 2*indexCell + textPerSlot + touched + 4 + int(c.PerTerm)
	perHundred := 100*perSlot + logsPerCent*(8*logRoom+4) + narrowPerCent*(4*g.cells()+4) + widePerMille*(8*g.cells()+4)/10
	b.slots = share(100-registersShare-scarceShare-doorkeeperShare-meetingsShare-thinShare) * 100 / perHundred
	b.logs = b.slots * logsPerCent / 100
	b.narrow = b.slots * narrowPerCent / 100
	b.wide = max(b.slots*widePerMille/1000, 8)
	b.text = b.slots * textPerSlot
	return b
}

// reserve is the memory that the budget's parts take together in one region.
func (b budget) reserve(c Config) int64 {
	g := newGeometry(c)
	const slack = 1 << 16 // alignment of the parts
	return slack + int64(b.slots)*(int64(recordBytes+4)+4*g.notes()) + int64(indexCells(b.slots))*indexCell +
		int64(b.logs)*(8*logRoom+8) + int64(b.narrow)*int64(4*g.cells()+8) + int64(b.wide)*int64(8*g.cells()+8) +
		int64(b.text) +
		int64(b.registers)*int64(8*sketch.RegistersWords(c.AuthorPrecision)+8) +
		int64(b.scarce)*int64(8*sketch.RegistersWords(scarcePrecision)+8) +
		int64(b.doorkeeper) + int64(b.meetings) + int64(max(b.thin, thinLeast*g.thinPanes()))
}

// indexCells is the size of the index: a power of two, at most three quarters
// full.
func indexCells(slots int) int { return 1 << bits.Len(uint(slots*4/3)) }
