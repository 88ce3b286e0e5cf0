package sketch

import "github.com/swell-radar/swell/internal/cow"

// tagTable is a power of two of lines of tags, and knows which of them changed.
type tagTable struct {
	lines []tagLine
	mask  uint64
	table *cow.Table
}

func newTagTable(lines []tagLine) tagTable {
	return tagTable{
		lines: lines, mask: uint64(len(lines) - 1),
		table: cow.NewTable(&wordsOf[tagLine, *tagLine]{[][]tagLine{lines}, len(lines)}, len(lines)*lineWords, wordBytes),
	}
}

// put overwrites an entry of line n.
func (t *tagTable) put(n, at int, tag, state uint16) {
	t.table.Touch(n, 0x11<<(at/4))
	t.lines[n].put(at, tag, state)
}

// drop takes an entry out of line n, as [tagLine.drop] does.
func (t *tagTable) drop(n, at int) {
	t.table.Touch(n, 0xff)
	t.lines[n].drop(at)
}

// setState changes the state of an entry of line n, if it is another.
func (t *tagTable) setState(n, at int, state uint16) {
	line := &t.lines[n]
	if line.state(at) != state {
		t.table.Touch(n, 0x10<<(at/4))
		line.setState(at, state)
	}
}

// clear empties all lines.
func (t *tagTable) clear() {
	t.table.TouchLines(0, len(t.lines))
	clear(t.lines)
}
