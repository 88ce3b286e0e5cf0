package journal

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/swell-radar/swell/internal/fault"
)

// Trim says that no entry below before is needed any more. Such entries go, unless
// [Options].MaxAge keeps them longer: one that is older than that, by its ingest,
// and all in front of it go; and whatever is not needed goes, oldest first, when
// the journal reaches [Options].MaxBytes. What is needed never goes. The newest
// entry always stays, so that the journal knows where it ends and what time it was.
//
// What was said holds until the journal is closed; a journal that was opened anew
// has to be told again. A lower before than last time changes nothing.
func (j *Journal) Trim(ctx context.Context, before uint64) error {
	if err := j.ended(); err != nil {
		return err
	}
	j.trimming.Lock()
	defer j.trimming.Unlock()
	j.needed = max(j.needed, before)
	info, err := j.info(ctx)
	if err != nil {
		return err
	}
	first, next := streamBounds(info.State)
	if first == next {
		return nil
	}
	last := min(j.needed, next-1) // the cut may be here at most
	cut := last
	if j.opts.MaxAge > 0 {
		if cut, err = j.firstKept(ctx, first, last); err != nil {
			return err
		}
	}
	if excess := int64(info.State.Bytes) - j.opts.MaxBytes; j.opts.MaxBytes > 0 && excess > 0 {
		cut = max(cut, cutForBytes(first, last, info.State, excess))
	}
	return j.purge(ctx, first, cut)
}

// firstKept returns the lowest number in [first, last] whose entry is young enough
// to be kept, or last. Ingest times never fall, so it is a binary search.
func (j *Journal) firstKept(ctx context.Context, first, last uint64) (uint64, error) {
	oldest := j.opts.Now().Add(-j.opts.MaxAge).UnixMicro()
	lo, hi := first, last
	for lo < hi {
		mid := lo + (hi-lo)/2
		raw, err := j.get(ctx, mid)
		if err != nil {
			if errors.Is(err, errNotFound) {
				return 0, &GapError{From: mid, To: mid}
			}
			return 0, err
		}
		var e Entry
		if err := e.open(mid, raw, nil); err != nil {
			return 0, err
		}
		if e.Ingest < oldest {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, nil
}

// cutForBytes returns the number below which entries have to go to give back
// about that many bytes, at most last.
func cutForBytes(first, last uint64, s jetstream.StreamState, excess int64) uint64 {
	each := max(int64(s.Bytes)/int64(s.Msgs), 1)
	return min(last, first+uint64(excess/each)+1)
}

// purge removes the entries from first up to cut, without cut.
func (j *Journal) purge(ctx context.Context, first, cut uint64) error {
	if cut <= first {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	fault.Point("journal.trim")
	s, err := j.links.now().js.Stream(ctx, j.opts.Stream)
	if err == nil {
		err = s.Purge(ctx, jetstream.WithPurgeSequence(cut))
	}
	if err != nil {
		return fmt.Errorf("cannot trim the journal below entry %d: %w", cut, err)
	}
	fault.Point("journal.trimmed")
	info, err := j.info(ctx)
	if err != nil {
		return err
	}
	j.tail.set(info.State)
	return nil
}

// reclaim makes room for an entry of this size within MaxBytes, or fails with ErrFull.
func (j *Journal) reclaim(size int64) error {
	j.trimming.Lock()
	defer j.trimming.Unlock()
	// What is asked for at once is more than one entry takes, so that it is rare.
	most := j.opts.MaxBytes
	want := size + most/16
	for {
		info, err := j.info(j.life)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrFull, err)
		}
		j.tail.set(info.State)
		first, next := streamBounds(info.State)
		excess := int64(info.State.Bytes) + want - most
		last := min(j.needed, next-1)
		if first == next || excess <= 0 || last <= first {
			if int64(info.State.Bytes)+size > most {
				return j.full.set(j.opts.Now(), fmt.Sprintf("the journal holds %d MiB of at most %d MiB, all of them needed; wait until counting has gone on, or raise the bound",
					info.State.Bytes>>20, most>>20))
			}
			return nil
		}
		if err := j.purge(j.life, first, cutForBytes(first, last, info.State, excess)); err != nil {
			return fmt.Errorf("%w: %w", ErrFull, err)
		}
	}
}
