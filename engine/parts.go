package engine

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Part is a piece of a named part of a snapshot, or says that the part is that of the
// snapshot before.
type Part struct {
	Name string
	Keep bool   // as in the snapshot before; there is no Data
	Data []byte // follows what came of the part before; valid until the next piece
}

// Source is a stored snapshot, as [Restore] reads it.
type Source interface {
	// Names returns the names of its parts.
	Names() []string
	// Open returns a reader of the bytes of a part.
	Open(name string) (io.Reader, error)
}

// The parts. Those of rhythms end in a number. A unit, which is large, is stored as
// its head and, as it was cut, in parts that are numbered by the cut: the newest full
// one and all that came after it.
const (
	partFeeder    = "feeder"
	partConductor = "conductor"
	partJudge     = "judge"
	partGauges    = "gauges"
	partRhythm    = "rhythm/"
	partView      = "view"

	unitSeen   = "seen"
	unitKnown  = "known"
	unitSaid   = "said"
	unitShard  = "shard/"
	unitMemory = "memory/"
	unitPairs  = "pairs/"

	headOf = "/head"
)

func cutName(unit string, number uint64) string { return fmt.Sprint(unit, "/", number) }

// source is a snapshot with its units sorted out.
type source struct {
	Source
	cuts   map[string][]uint64 // of a unit, rising
	newest uint64
	whole  bool // of the format before, in which units are not cut
}

func newSource(from Source) *source {
	s := &source{Source: from, cuts: map[string][]uint64{}}
	for _, name := range from.Names() {
		s.whole = s.whole || name == unitSeen
		i := strings.LastIndexByte(name, '/')
		if i < 0 {
			continue
		}
		unit := name[:i]
		n, err := strconv.ParseUint(name[i+1:], 10, 64)
		if err != nil || unit+"/" == partRhythm || unit+"/" == partUntold || unit+"/" == unitShard || unit+"/" == unitMemory || unit+"/" == unitPairs {
			continue
		}
		s.cuts[unit] = append(s.cuts[unit], n)
		s.newest = max(s.newest, n)
	}
	for _, numbers := range s.cuts {
		slices.Sort(numbers)
	}
	return s
}

// has reports whether there is a part of the name.
func (s *source) has(name string) bool { return slices.Contains(s.Names(), name) }

// read returns a small part as a whole.
func (s *source) read(name string) ([]byte, error) {
	r, err := s.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return data, nil
}

// unit calls restore with what each cut wrote of a unit, the newest first.
func (s *source) unit(unit string, restore func(io.Reader) error) error {
	for _, n := range slices.Backward(s.cuts[unit]) {
		name := cutName(unit, n)
		r, err := s.Open(name)
		if err != nil {
			return err
		}
		if err := restore(r); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
