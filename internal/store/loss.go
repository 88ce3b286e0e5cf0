package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/swell-radar/swell/term"
)

// keyRange is from ≤ key ≤ to; without to it has no end.
type keyRange struct{ from, to []byte }

func (r keyRange) touches(from, to []byte) bool {
	return bytes.Compare(r.from, to) <= 0 && (r.to == nil || bytes.Compare(from, r.to) <= 0)
}

func (r keyRange) String() string {
	if r.to == nil {
		return keyString(r.from) + " on"
	}
	return keyString(r.from) + " to " + keyString(r.to)
}

// loss says which keys may be missing, or be there as they were before, since a
// table was damaged. It lies in a file of its own beside the tables: it must be
// there before the database opens. What needs a key of the loss is an error,
// but for hours after the horizon: these were written, or written again, since.
type loss struct {
	table  string
	ranges []keyRange
	size   uint64 // bytes of the blocks

	settled bool   // the two below are known
	horizon uint32 // last hour that may have been in the store
	seq     uint64 // above the number of every snapshot at the time
}

const (
	lossFormat = 1
	lossExt    = ".lost"
)

func (l *loss) touches(from, to []byte) bool {
	return slices.ContainsFunc(l.ranges, func(r keyRange) bool { return r.touches(from, to) })
}

func (l *loss) touchesTable(prefix ...byte) bool {
	return l.touches(prefix, append(bytes.Clone(prefix), bytes.Repeat([]byte{0xff}, 16)...))
}

func (l *loss) String() string {
	names := make([]string, len(l.ranges))
	for i, r := range l.ranges {
		names[i] = r.String()
	}
	return strings.Join(names, ", ")
}

func (l *loss) err(what string) error {
	return fmt.Errorf("%w: %s may have been lost with table %s", ErrDamaged, what, l.table)
}

func (l *loss) encode() []byte {
	settled := byte(0)
	if l.settled {
		settled = 1
	}
	b := binary.AppendUvarint([]byte{lossFormat, settled}, uint64(l.horizon))
	b = binary.AppendUvarint(b, l.seq)
	b = binary.AppendUvarint(b, l.size)
	b = binary.AppendUvarint(b, uint64(len(l.ranges)))
	for _, r := range l.ranges {
		b = appendString(b, string(r.from))
		b = appendString(b, string(r.to)) // no key is empty
	}
	return b
}

func decodeLoss(body []byte) (*loss, error) {
	r := reader{buf: body}
	r.format(lossFormat)
	l := &loss{settled: r.byte() == 1, horizon: r.uint32(), seq: r.uvarint(), size: r.uvarint()}
	l.ranges = make([]keyRange, r.count(2))
	for i := range l.ranges {
		l.ranges[i].from = []byte(r.string())
		if to := r.string(); to != "" {
			l.ranges[i].to = []byte(to)
		}
	}
	return l, r.end()
}

func (s *Store) lossPath(table string) string {
	return filepath.Join(s.dir, strings.TrimSuffix(table, filepath.Ext(table))+lossExt)
}

// addLoss writes a loss down, together with one that the same table had before.
func (s *Store) addLoss(l *loss) error {
	old, err := s.readLoss(s.lossPath(l.table))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if old != nil {
		l.size += old.size
		l.ranges = append(old.ranges, l.ranges...)
	}
	return s.writeLoss(l)
}

func (s *Store) writeLoss(l *loss) error {
	path := s.lossPath(l.table)
	return replaceFile(path, seal([]byte(filepath.Base(path)), l.encode()))
}

func (s *Store) readLoss(path string) (*loss, error) {
	value, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	name := filepath.Base(path)
	body, err := unseal([]byte(name), value)
	if err != nil {
		return nil, fmt.Errorf("%w: %s, which says what was lost, does not verify; %s", ErrDamaged, name, wayOut)
	}
	l, err := decodeLoss(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %s, which says what was lost: %v; %s", ErrDamaged, name, err, wayOut)
	}
	l.table = strings.TrimSuffix(name, lossExt) + ".sst"
	return l, nil
}

// loadLosses reads what was lost earlier. It runs after all else is loaded.
func (s *Store) loadLosses() error {
	paths, err := filepath.Glob(filepath.Join(s.dir, "*"+lossExt))
	if err != nil {
		return err
	}
	newest := s.snapshots.next
	var all []*loss
	for _, path := range paths {
		l, err := s.readLoss(path)
		if err != nil {
			return err
		}
		if l.settled && s.outlived(l) && !s.readOnly {
			if err := os.Remove(path); err != nil {
				return err
			}
			continue
		}
		if !l.settled {
			last, err := s.lastActivity()
			if err != nil {
				return err
			}
			l.settled, l.horizon, l.seq = true, max(s.horizon(), last), newest
			// More than the ordinals that were lost: none is to be given twice.
			s.terms.next = uint32(min(uint64(s.terms.next)+l.size, maxOrdinal))
			s.gauges.next = uint32(min(uint64(s.gauges.next)+l.size, maxOrdinal))
			if !s.readOnly {
				if err := s.mendIndex(l); err != nil {
					return err
				}
				if err := s.writeLoss(l); err != nil {
					return err
				}
			}
		}
		if l.touchesTable(tabManifest) && l.seq >= newest {
			s.snapshots.all = append(s.snapshots.all, candidate{seq: l.seq, err: l.err("its manifest")})
			s.snapshots.next = max(s.snapshots.next, l.seq+1)
		}
		s.opts.Logger.Warn("part of the store was lost with a damaged table",
			"dir", s.dir, "table", l.table, "until hour", l.horizon, "keys", l.String())
		all = append(all, l)
	}
	s.losses.Store(&all)
	return nil
}

// outlived tells whether retention has left all that a loss may be about.
func (s *Store) outlived(l *loss) bool {
	floor := min(s.counts.index.Load().floor, s.values.index.Load().floor, s.panes.index.Load().floor/PanesPerHour)
	return l.horizon/24 < floor && l.seq < s.snapshots.next
}

// horizon returns the last hour for which the store may have held something
// that is not written again after the snapshot.
func (s *Store) horizon() (hour uint32) {
	hour = max(s.counts.lastHour(), s.panes.lastHour(), s.values.lastHour())
	for _, c := range s.snapshots.all {
		if c.err == nil {
			hour = max(hour, rangeOf(0, c.manifest.meta.Watermark/3600e6).to)
		}
	}
	return hour
}

// lastHour returns the last hour that the series may hold something of.
func (t *series[V]) lastHour() (hour uint32) {
	idx := t.index.Load()
	if n := len(idx.pending); n > 0 {
		hour = idx.pending[n-1] / t.perHour
	}
	if n := len(idx.days); n > 0 {
		hour = max(hour, (idx.days[n-1]*24+23)/t.perHour)
	}
	return hour
}

// dropLosses forgets what was lost.
func (s *Store) dropLosses() error {
	for _, l := range *s.losses.Load() {
		if err := os.Remove(s.lossPath(l.table)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	s.losses.Store(&[]*loss{})
	return syncDir(s.dir)
}

// checkLost fails if a key in from to to may have been lost that says
// something about hours from hour on.
func (s *Store) checkLost(hour int64, what string, from, to []byte) error {
	for _, l := range *s.losses.Load() {
		if hour <= int64(l.horizon) && l.touches(from, to) {
			return l.err(what)
		}
	}
	return nil
}

// checkLostTerm fails if entries of a term in a dictionary may have been lost.
func (s *Store) checkLostTerm(hour int64, table byte, id term.ID) error {
	return s.checkLost(hour, fmt.Sprintf("an entry of term %016x", uint64(id)), dictKey(table, id, 0), dictKey(table, id, maxOrdinal))
}

// checkLostHours fails if a head or a record of the hours in range may have
// been lost: the hours would seem not to have been recorded.
func (t *series[V]) checkLostHours(r hourRange) error {
	from := max(r.from, t.index.Load().floor*24)
	for _, l := range *t.store.losses.Load() {
		to := min(r.to, uint32(min(uint64(l.horizon+1)*uint64(t.perHour), maxHour)))
		if from >= to {
			continue
		}
		if l.touches(hourKey(t.fam, from), hourKey(t.fam, to-1)) || l.touches(dayKey(t.fam, from/24), dayKey(t.fam, (to-1)/24)) {
			return l.err(fmt.Sprintf("%ss from %d to %d", t.unit, from, to-1))
		}
	}
	return nil
}
