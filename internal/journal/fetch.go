package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// errNotFound says that the server has no entry with a number.
var errNotFound = errors.New("journal: no such entry")

// request is a question of the server's direct-get interface.
type request struct {
	Seq      uint64 `json:"seq"`
	Batch    int    `json:"batch,omitempty"`
	MaxBytes int    `json:"max_bytes,omitempty"`
}

// get returns the bytes of one entry.
func (j *Journal) get(ctx context.Context, number uint64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	l := j.links.now()
	question, err := json.Marshal(request{Seq: number})
	if err != nil {
		return nil, err
	}
	msg, err := l.nc.RequestWithContext(ctx, "$JS.API.DIRECT.GET."+j.opts.Stream, question)
	if err != nil {
		return nil, fmt.Errorf("cannot read entry %d: %w", number, err)
	}
	switch status := msg.Header.Get("Status"); status {
	case "":
		return msg.Data, nil
	case "404":
		if l.srv == nil {
			return j.getFromLeader(ctx, l, number)
		}
		return nil, errNotFound
	default:
		return nil, fmt.Errorf("cannot read entry %d: the server says %s %s", number, status, msg.Header.Get("Description"))
	}
}

// getFromLeader asks the one server of a cluster that knows: another may be behind.
func (j *Journal) getFromLeader(ctx context.Context, l *link, number uint64) ([]byte, error) {
	question, err := json.Marshal(request{Seq: number})
	if err != nil {
		return nil, err
	}
	msg, err := l.nc.RequestWithContext(ctx, "$JS.API.STREAM.MSG.GET."+j.opts.Stream, question)
	if err != nil {
		return nil, fmt.Errorf("cannot read entry %d: %w", number, err)
	}
	var reply struct {
		Error   *jetstream.APIError `json:"error"`
		Message *struct {
			Seq  uint64 `json:"seq"`
			Data []byte `json:"data"`
		} `json:"message"`
	}
	switch err := json.Unmarshal(msg.Data, &reply); {
	case err != nil:
		return nil, fmt.Errorf("cannot read entry %d: %w", number, err)
	case reply.Error != nil && reply.Error.ErrorCode == jetstream.JSErrCodeMessageNotFound:
		return nil, errNotFound
	case reply.Error != nil:
		return nil, fmt.Errorf("cannot read entry %d: %w", number, reply.Error)
	case reply.Message == nil || reply.Message.Seq != number:
		return nil, fmt.Errorf("cannot read entry %d: the server answered something else", number)
	}
	return reply.Message.Data, nil
}

// How much a reader asks for at once, and how long it waits for it before it asks
// for one entry alone.
const (
	fetchCount   = 64
	fetchBytes   = 2 << 20
	fetchTimeout = 2 * time.Second
)

// fetch asks for the entries from a number on and returns those that came, which
// are the ones from the lowest that exists on. It may be none.
func (j *Journal) fetch(ctx context.Context, from uint64, into []fetched) ([]fetched, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	l := j.links.now()
	question, err := json.Marshal(request{Seq: from, Batch: fetchCount, MaxBytes: fetchBytes})
	if err != nil {
		return into, err
	}
	inbox := l.nc.NewInbox()
	sub, err := l.nc.SubscribeSync(inbox)
	if err != nil {
		return into, err
	}
	defer func() { _ = sub.Unsubscribe() }() // the connection may be gone, and the subscription with it
	if err := sub.SetPendingLimits(-1, -1); err != nil {
		return into, err
	}
	if err := l.nc.PublishRequest("$JS.API.DIRECT.GET."+j.opts.Stream, inbox, question); err != nil {
		return into, err
	}
	for {
		msg, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			if len(into) > 0 {
				return into, nil // the rest is asked for again
			}
			return into, err
		}
		switch status := msg.Header.Get("Status"); status {
		case "":
			number, err := strconv.ParseUint(msg.Header.Get(jetstream.SequenceHeader), 10, 64)
			if err != nil {
				return into, fmt.Errorf("cannot read entries from %d: the server gave no number", from)
			}
			into = append(into, fetched{number, msg.Data})
		case "204", "404":
			return into, nil
		case "503":
			return into, nats.ErrNoResponders
		default:
			return into, fmt.Errorf("cannot read entries from %d: the server says %s %s", from, status, msg.Header.Get("Description"))
		}
	}
}

// fetched is an entry that has not been looked at.
type fetched struct {
	number uint64
	raw    []byte
}

// messageBytes returns what the server counts for an entry.
func messageBytes(stream string, number uint64, size int) int64 {
	header := len("NATS/1.0\r\n") + len("Nats-Expected-Stream: \r\n") + len(stream) +
		len("Nats-Expected-Last-Sequence: \r\n") + len(strconv.FormatUint(number-1, 10)) + len("\r\n")
	return int64(22 + len(subject(stream)) + 4 + header + size + 8)
}

// pause waits a little, unless ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
