package serve

import (
	"context"
	"sync"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/syndicate"
	"github.com/swell-radar/swell/term"
)

// maxChanges is how many lines of the log are looked at, the newest ones: those of some days on a large stream.
// A trend that was raised before them is not told of. It takes a fifth of a second to read them all, which is
// done once.
const maxChanges = 20_000

// raises are the trends of the log that were raised, each as it was after its last change. It follows the log:
// a line is read once. Any goroutine may ask.
type raises struct {
	limit uint64 // how many lines are looked at

	mu   sync.Mutex // of the rest
	end  uint64     // the line of the log that comes next
	all  []*raised  // in the order of their raise
	last map[raisedKey]*raised
}

// raised is a trend that was raised.
type raised struct {
	syndicate.Rise
	line uint64 // of its raise
	kind term.Kind
	sure api.Number // the highest confidence that it had
}

// raisedKey tells trends apart that are open at the same time.
type raisedKey struct {
	kind                term.Kind
	key, platform, from string
}

// follow reads the log to its end. The mutex is held. What was read stays so if it fails.
func (k *raises) follow(ctx context.Context, log *detectionLog) error {
	oldest := log.first
	if log.end > k.limit {
		oldest = max(oldest, log.end-k.limit)
	}
	if k.last == nil || k.end > log.end { // the first time; or the log was cut
		k.end, k.all, k.last = 0, nil, map[raisedKey]*raised{}
	}
	k.forget(oldest)
	for k.end = max(k.end, oldest); k.end < log.end; k.end++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		d, err := log.read(k.end)
		if err != nil {
			return err
		}
		k.add(d, k.end)
	}
	return nil
}

// forget drops the trends that were raised before a line.
func (k *raises) forget(oldest uint64) {
	n := 0
	for n < len(k.all) && k.all[n].line < oldest {
		if t := k.all[n]; k.last[t.key()] == t {
			delete(k.last, t.key())
		}
		n++
	}
	k.all = k.all[n:]
}

// add takes in a line. A trend begins with a raise, which is the one way to the phase emerging; what is told
// of others began before the lines that are looked at, or is held back.
func (k *raises) add(d *detection, line uint64) {
	now := d.answer()
	if d.Phase == detect.Emerging.String() {
		t := &raised{Rise: syndicate.Rise{Last: now, Raised: now.TS}, line: line, kind: d.Kind, sure: now.Confidence}
		k.all, k.last[t.key()] = append(k.all, t), t
		return
	}
	t := k.last[raisedKey{d.Kind, d.Key, d.Platform, now.From}]
	if t == nil {
		return
	}
	t.Last, t.Changes = now, t.Changes+1
	t.sure = max(t.sure, now.Confidence)
	if t.Over() {
		delete(k.last, t.key())
	}
}

func (t *raised) key() raisedKey { return raisedKey{t.kind, t.Last.Key, t.Last.Platform, t.Last.From} }
