package journal

import (
	"context"
	"fmt"
	"iter"
)

// Import makes a journal of entries as [Entry.Raw] gives them, with the numbers
// that they have: first is that of the first one. The journal must be new or have
// no entries; when there are none to import either it still begins at first. Each
// entry is verified before it is stored. On an error the entries before the one at
// fault are in the journal, which has to be removed before another try.
func Import(ctx context.Context, o Options, first uint64, raw iter.Seq2[[]byte, error]) error {
	o, err := o.withDefaults()
	if err != nil {
		return err
	}
	if first == 0 {
		return invalid("entries are numbered from 1")
	}
	j, err := open(ctx, o, first)
	if err != nil {
		return err
	}
	err = j.importAll(ctx, first, raw)
	if closeErr := j.Close(); err == nil {
		err = closeErr
	}
	return err
}

func (j *Journal) importAll(ctx context.Context, first uint64, raw iter.Seq2[[]byte, error]) error {
	kept, next := j.tail.bounds()
	if kept != next || next != first {
		return fmt.Errorf("%w: it has the entries %d to %d, and the import begins at %d; name an empty directory or another stream",
			ErrExists, kept, next-1, first)
	}
	var e Entry
	number := first
	for entry, err := range raw {
		if err == nil {
			err = e.open(number, entry, &decoder{})
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("cannot import entry %d: %w", number, err)
		}
		if err := j.importOne(entry); err != nil {
			return fmt.Errorf("cannot import entry %d: %w", number, err)
		}
		number++
	}
	return nil
}

// importOne stores the entry as it is. Nobody else appends: it has its group to itself.
func (j *Journal) importOne(raw []byte) error {
	w := &waiting{frame: raw, whole: true, answer: make(chan answer, 1)}
	if len(raw) > j.links.now().payload() {
		return tooLarge("%d KiB, and the server takes %d KiB; raise max_payload there", len(raw)>>10, j.links.now().payload()>>10)
	}
	if !j.queue.put(w) {
		return j.ended()
	}
	// The bytes belong to the caller: whatever ctx says, they are waited for.
	a := <-w.answer
	return a.err
}
