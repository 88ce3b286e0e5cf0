package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/swell-radar/swell/internal/fault"
)

// publishTimeout is how long the server may take to store an entry before it is
// asked what became of it.
const publishTimeout = 10 * time.Second

// commit is the committer, the one goroutine that stores entries: one after the
// other, each made of the batches that came while the one before was stored.
func (j *Journal) commit() {
	var group []*waiting
	for {
		limit := min(groupBytes, j.links.now().payload()-entryHead-entryTail)
		var ok bool
		if group, ok = j.queue.take(group[:0], limit); !ok {
			break
		}
		number, err := j.store(group)
		for i, w := range group {
			w.answer <- answer{place: Place{Entry: number, Batch: i}, ingest: j.ingest, err: err}
		}
		clear(group)
	}
	for _, w := range j.queue.drain() {
		w.answer <- answer{err: j.ended()}
	}
}

// store stores the group as one entry and returns its number.
//
// The server takes an entry only behind the one that is named with it. So an entry
// that was sent and not answered can be sent again: of the two at most one is
// stored, and what stands at its number says whether it is ours. Other processes
// may append to the same stream.
func (j *Journal) store(group []*waiting) (uint64, error) {
	j.frames = j.frames[:0]
	size := entryHead + entryTail
	for _, w := range group {
		j.frames = append(j.frames, w.frame)
		size += len(w.frame)
	}
	_, next := j.tail.bounds()
	if err := j.room(messageBytes(j.opts.Stream, next, size)); err != nil {
		return 0, err
	}
	for doubt := false; ; {
		_, number := j.tail.bounds()
		if w := group[0]; w.whole && binary.LittleEndian.Uint64(w.frame[1:]) != number {
			return 0, fmt.Errorf("%w: another process appended entry %d", ErrExists, number-1)
		}
		j.encode(number, group[0].whole)
		l := j.links.now()
		err := j.publish(l, number)
		unanswered := errors.Is(err, errUnanswered)
		doubt = doubt || unanswered
		switch {
		case err == nil:
			return number, j.stored(l, number)
		case !doubt && !errors.Is(err, errTaken):
			return 0, err
		}
		ours, lookErr := j.look(group, number)
		switch {
		case ours:
			return number, j.stored(l, number)
		case lookErr != nil:
			return 0, lookErr
		case l.ranOut():
			return 0, j.full.err() // and what was sent is not there
		case !unanswered && !errors.Is(err, errTaken):
			return 0, inDoubt(err)
		}
	}
}

// encode makes the entry in j.buf of the frames of the group.
func (j *Journal) encode(number uint64, whole bool) {
	if whole {
		j.buf = append(j.buf[:0], j.frames[0]...)
		return
	}
	j.ingest = max(j.ingest, j.opts.Now().UnixMicro())
	j.buf = appendEntry(j.buf[:0], number, j.ingest, j.frames...)
}

// stored returns once the entry's file is on the disk with its name, too.
func (j *Journal) stored(l *link, number uint64) error {
	fault.Point("journal.acknowledged")
	if err := l.dirs.sync(); err != nil {
		return j.fail(fmt.Errorf("%w: cannot sync the journal's directory: %w; see to the disk, and start again", ErrFailed, err))
	}
	fault.Point("journal.durable")
	j.ranOut.Store(false)
	j.tail.add(number, messageBytes(j.opts.Stream, number, len(j.buf)))
	return nil
}

// What publish says of an entry that was not stored, or not as far as is known.
var (
	errUnanswered = errors.New("journal: the server did not answer")
	errTaken      = errors.New("journal: the number is taken")
)

// publish sends the entry in j.buf and waits until the server has stored it.
func (j *Journal) publish(l *link, number uint64) error {
	ctx, cancel := context.WithTimeout(l.ctx, publishTimeout)
	defer cancel()
	msg := &nats.Msg{Subject: subject(j.opts.Stream), Data: j.buf}
	ack, err := l.js.PublishMsg(ctx, msg,
		jetstream.WithExpectStream(j.opts.Stream), jetstream.WithExpectLastSequence(number-1), jetstream.WithRetryAttempts(0))
	if err == nil {
		if ack.Sequence != number {
			return j.fail(fmt.Errorf("%w: the server gave number %d to entry %d; see that nothing else writes to subject %s",
				ErrFailed, ack.Sequence, number, msg.Subject))
		}
		return nil
	}
	var api *jetstream.APIError
	if !errors.As(err, &api) {
		return fmt.Errorf("%w: %w", errUnanswered, err)
	}
	switch api.ErrorCode {
	case jetstream.JSErrCodeStreamWrongLastSequence, jetstream.JSErrCodeStreamWrongLastSequenceConstant:
		return errTaken
	case jetstream.JSErrCodeStreamMessageExceedsMaximum:
		return tooLarge("an entry of %d KiB is more than the server takes; raise max_msg_size there, or send smaller batches", len(j.buf)>>10)
	case errCodeResources, errCodeAccount, errCodeStorage, errCodeStoreFailed:
		return j.full.set(j.opts.Now(), "the server says: "+api.Description)
	}
	return fmt.Errorf("%w: %w", errUnanswered, err)
}

// The server's codes for want of room.
const (
	errCodeAccount     jetstream.ErrorCode = 10002
	errCodeResources   jetstream.ErrorCode = 10023
	errCodeStorage     jetstream.ErrorCode = 10047
	errCodeStoreFailed jetstream.ErrorCode = 10077 // a limit of the stream; errors of the disk are not answered
)

// look finds out whether the entry in j.buf stands at the number, and where the
// journal ends now. It asks until there is an answer, all who wait for the entry
// have given up, or the journal ends.
func (j *Journal) look(group []*waiting, number uint64) (ours bool, err error) {
	for delay := 5 * time.Millisecond; ; delay = min(2*delay, time.Second) {
		l, err := j.links.usable(j.life, reviveWait, j.failed)
		if j.Err() != nil {
			return false, j.Err()
		}
		if err != nil {
			return false, inDoubt(j.full.err())
		}
		ours, err := j.ask(l, number)
		if err == nil {
			return ours, nil
		}
		if j.Err() != nil {
			return false, j.Err()
		}
		j.opts.Log.Debug("the journal's server has not said yet what became of an entry", "entry", number, "error", err)
		if allGivenUp(group) {
			return false, ErrInDoubt
		}
		select {
		case <-j.life.Done():
			return false, fmt.Errorf("%w: %w", ErrInDoubt, ErrClosed)
		case <-time.After(delay):
		}
	}
}

// inDoubt returns an ErrInDoubt that tells why, but is nothing of what why is: for
// an ErrFull nothing was accepted, and of this batch that is not known.
func inDoubt(why error) error { return fmt.Errorf("%w: %v", ErrInDoubt, why) }

// reviveWait is how long batches wait for an embedded server to come back.
const reviveWait = 5 * time.Second

func allGivenUp(group []*waiting) bool {
	for _, w := range group {
		if !w.givenUp() {
			return false
		}
	}
	return true
}

// ask asks once. Where another process was first it takes over the new end.
func (j *Journal) ask(l *link, number uint64) (ours bool, err error) {
	info, err := j.info(l.ctx)
	if err != nil {
		return false, err
	}
	switch _, next := streamBounds(info.State); {
	case next == number:
		return false, nil
	case next < number && l.srv != nil:
		return false, j.lost(next, number)
	case next < number:
		// A leader that was replaced and does not know it yet says so, for seconds.
		return false, fmt.Errorf("the server's last entry is %d, and %d was accepted", next-1, number-1)
	}
	raw, err := j.get(l.ctx, number)
	if err != nil {
		return false, err
	}
	if bytes.Equal(raw, j.buf) {
		return true, nil
	}
	j.tail.set(info.State)
	return false, j.readIngest(l.ctx)
}

// lost makes the journal fail because accepted entries are gone.
func (j *Journal) lost(next, number uint64) error {
	return j.fail(fmt.Errorf("%w: %w: entries %d to %d were accepted and are gone; see to the disk, and restore the journal from a backup",
		ErrFailed, ErrDamaged, next, number-1))
}
