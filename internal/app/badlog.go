package app

import (
	"log/slog"

	"github.com/swell-radar/swell/scrapers/push"
	"github.com/swell-radar/swell/term"
)

// badLog reports bad lines without drowning the terminal: the first few of each
// class one by one, the others as a count at the end. The dead-letter file has
// them all.
type badLog struct {
	log     *slog.Logger
	count   int64
	byClass [push.Classes]int64
	crowds  int64
}

const badEach = 3

func (b *badLog) add(line push.BadLine) {
	b.count++
	b.byClass[line.Class]++
	if b.byClass[line.Class] <= badEach {
		b.log.Warn("bad line set aside", "file", line.File, "line", line.Line, "byte", line.Offset, "reason", line.Reason)
	}
}

// crowded reports a record of whose terms some were left out.
func (b *badLog) crowded(file string, line int64, left uint64) {
	if b.crowds++; b.crowds <= badEach {
		b.log.Warn("too many terms in one record: the first are counted", "file", file, "line", line, "counted", term.MaxTerms, "left_out", left)
	}
}

func (b *badLog) finish() {
	if b.crowds > badEach {
		b.log.Warn("more records with too many terms", "records", b.crowds-badEach)
	}
	for class, n := range b.byClass {
		if n > badEach {
			b.log.Warn("more bad lines set aside", "class", push.Class(class).String(), "lines", n-badEach)
		}
	}
}
