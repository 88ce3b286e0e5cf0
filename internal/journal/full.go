package journal

import (
	"fmt"
	"sync"
	"time"
)

// fullness is whether there is room, why not, and since when.
type fullness struct {
	mu    sync.Mutex
	why   string // empty: there is room
	since time.Time
}

// set notes that there is no room and returns the error that says so.
func (f *fullness) set(now time.Time, why string) error {
	f.mu.Lock()
	if f.why == "" {
		f.since = now
	}
	f.why = why
	f.mu.Unlock()
	return f.err()
}

func (f *fullness) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.why, f.since = "", time.Time{}
}

func (f *fullness) get() (why string, since time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.why, f.since
}

func (f *fullness) err() error {
	why, _ := f.get()
	return fmt.Errorf("%w: %s", ErrFull, why)
}

// room fails with ErrFull where an entry of this size would not fit. The
// committer alone calls it.
func (j *Journal) room(size int64) error {
	if l := j.links.now(); l.ctx.Err() != nil {
		if err := j.ended(); err != nil {
			return err
		}
		if _, err := j.links.usable(j.life, reviveWait, j.failed); err != nil {
			if err := j.Err(); err != nil {
				return err
			}
			return j.full.err()
		}
	}
	if why := j.noSpace(size); why != "" {
		return j.full.set(j.opts.Now(), why)
	}
	if j.opts.MaxBytes > 0 && j.tail.size()+size > j.opts.MaxBytes {
		if err := j.reclaim(size); err != nil {
			return err
		}
	}
	j.full.clear()
	return nil
}

// afterFull is what has to be free, beside the entry twice, before a server that
// ran out of room is tried again: each try that fails costs a start of the server.
const afterFull = 2 << 20

// noSpace says how the volume is below its floor, or "". A volume that does not
// tell its space is taken to have enough.
func (j *Journal) noSpace(size int64) string {
	floor := j.floor
	if j.ranOut.Load() {
		floor = max(floor, afterFull+2*size)
	}
	if floor == 0 || j.opts.Dir == "" {
		return ""
	}
	free, _, err := j.opts.Space(j.opts.Dir)
	if err != nil || free >= floor {
		return ""
	}
	return fmt.Sprintf("%d MiB free at %s, the floor is %d MiB; free space there, or name another volume", free>>20, j.opts.Dir, floor>>20)
}
