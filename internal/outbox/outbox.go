package outbox

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/sink"
	"github.com/swell-radar/swell/internal/store"
)

// The limits of what is kept.
const (
	MaxWaiting = 10_000              // messages; beyond it the oldest are given up, digests last
	MaxDead    = 1_000               // those that were given up
	Remembered = 30 * 24 * time.Hour // how long dead ones are kept, and how long an ID is not taken again
)

// Drawer is where messages wait: a [store.Store].
type Drawer interface {
	Item(key string) ([]byte, error)
	PutItems(items ...store.Item) error
	Items(prefix, from string) iter.Seq2[store.Item, error]
	// Sync returns once everything put so far is on the disk.
	Sync() error
}

// Target is a sink and what kind it is of, as the configuration calls it.
type Target struct {
	sink.Sink
	Kind string
}

// Options are the settings of an [Outbox]. All but Sinks are required.
type Options struct {
	Drawer Drawer
	Sinks  map[string]Target // by name; names have no dot. Nil: which there are is not known, and nothing is sent
	Now    func() time.Time
	// Jitter returns a duration in 0 ≤ d < most, at random: it keeps programs from trying again in step.
	Jitter func(most time.Duration) time.Duration
	// Unwanted says why a message is not to be sent to a sink any more, or nothing: much may have changed since it was
	// put here. It is asked before each attempt, but for messages that somebody had tried again. Nil: all are
	// wanted. It is called by the goroutine of the sink, and may not call the outbox.
	Unwanted func(sink string, m *message.Message) string
	Log      *slog.Logger
}

// Outbox keeps messages and sends them. Make it with [Open].
type Outbox struct {
	opt   Options
	codec codec

	mu      sync.Mutex
	entries map[string]*entry // by ID: those that wait and those that are dead
	lanes   map[string]*lane  // by name of the sink, those that are not configured any more included
	swept   time.Time         // when old marks were last looked for
}

// entry is a message to a sink. All of it is changed under the lock alone.
type entry struct {
	record
	id, message string
	lane        *lane
	found       bool // its attempt had begun when the outbox was opened
	busy        bool // it is on its way
}

// lane is what waits for one sink, and how that is doing. But for the first three, fields are under the lock.
type lane struct {
	name   string
	target Target // without a Sink where it is not configured any more
	bell   chan struct{}

	waiting []*entry // oldest first
	dead    int
	rest    time.Time // nothing is tried before
	last    *time.Time
	err     string
	off     bool
	sent    uint64
	failed  uint64
	streak  int  // attempts in a row that failed
	stuck   bool // what was to be kept could not be, and that was told
}

// Open reads what waits in the drawer. It changes nothing there.
func Open(o Options) (*Outbox, error) {
	c, err := newCodec()
	if err != nil {
		return nil, fmt.Errorf("cannot open the outbox: %w", err)
	}
	b := &Outbox{opt: o, codec: c, entries: map[string]*entry{}, lanes: map[string]*lane{}}
	for name, target := range o.Sinks {
		b.lane(name).target = target
	}
	for _, prefix := range []string{prefixWaiting, prefixDead} {
		if err := b.load(prefix, true); err != nil {
			return nil, fmt.Errorf("cannot open the outbox: %w", err)
		}
	}
	return b, nil
}

// lane returns that of a sink, which is made where there is none.
func (b *Outbox) lane(name string) *lane {
	l := b.lanes[name]
	if l == nil {
		l = &lane{name: name, bell: make(chan struct{}, 1)}
		b.lanes[name] = l
	}
	return l
}

// load takes in what is new under a prefix. What cannot be read is a dead letter that says so.
func (b *Outbox) load(prefix string, opening bool) error {
	for item, err := range b.opt.Drawer.Items(prefix, "") {
		if err != nil && item.Key == "" {
			return err
		}
		id := item.Key[len(prefix):]
		if b.entries[id] != nil {
			continue
		}
		name, about, ok := splitID(id)
		if !ok {
			b.opt.Log.Error("something in the outbox is no message, and is left alone", "key", item.Key)
			continue
		}
		e := &entry{id: id, message: about}
		if err == nil {
			e.record, err = decodeRecord(item.Value)
		}
		if err != nil {
			b.opt.Log.Error("a message in the outbox cannot be read, and is given up", "id", id, "err", err)
			e.record = b.salvaged(about, err)
		}
		e.found = opening && e.Sending
		b.add(b.lane(name), e)
	}
	return nil
}

// salvaged is the record of a message whose own is damaged: by what it says, if that can be read.
func (b *Outbox) salvaged(id string, cause error) record {
	now := b.opt.Now().UTC()
	r := record{Kind: message.Digest, Made: now, Queued: now, Dead: now, Error: cut("it is not known whether it was sent: "+cause.Error(), maxReason)}
	if body, err := b.opt.Drawer.Item(prefixBody + id); err == nil {
		if m, err := b.codec.decode(body); err == nil {
			r.Kind, r.Title, r.Made = m.Kind, cut(m.Title(), maxTitle), m.Made
			if m.Alert != nil {
				r.Thread = cut(m.Alert.Thread, maxThread)
			}
		}
	}
	return r
}

// add puts an entry where it belongs.
func (b *Outbox) add(l *lane, e *entry) {
	e.lane = l
	b.entries[e.id] = e
	if !e.Dead.IsZero() {
		l.dead++
		return
	}
	i, _ := slices.BinarySearchFunc(l.waiting, e, older)
	l.waiting = slices.Insert(l.waiting, i, e)
}

// remove takes an entry out.
func (b *Outbox) remove(e *entry) {
	delete(b.entries, e.id)
	if !e.Dead.IsZero() {
		e.lane.dead--
		return
	}
	if i, ok := slices.BinarySearchFunc(e.lane.waiting, e, older); ok {
		e.lane.waiting = slices.Delete(e.lane.waiting, i, i+1)
	}
}

// older orders messages. What a step makes of one thread has one time: its alert comes first, and that it is over last.
func older(a, b *entry) int {
	return cmp.Or(a.Made.Compare(b.Made), cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(a.id, b.id))
}

func rank(k message.Kind) int {
	switch k {
	case message.Change:
		return 1
	case message.Over:
		return 2
	}
	return 0
}

// Items returns what has to be put into the drawer for a message to wait for the sinks: together with whatever
// belongs to the same step, and before [Outbox.Wake]. Sinks that do not take its kind are passed over, and those
// that have had a message with its ID. There are no items where none are left. The error is [ErrInvalid] for a
// message that cannot be kept and [ErrNoSink] for a name that the configuration does not have; others are the drawer's.
func (b *Outbox) Items(m message.Message, sinks ...string) ([]store.Item, error) {
	if !validID(m.ID) {
		return nil, fmt.Errorf("%w: it is called %.120q; use up to %d letters, digits, '-' and '_'", ErrInvalid, m.ID, maxID)
	}
	now := b.opt.Now().UTC()
	r := record{Kind: m.Kind, Title: cut(m.Title(), maxTitle), Made: m.Made.UTC(), Queued: now, Next: now}
	if m.Alert != nil {
		r.Thread = cut(m.Alert.Thread, maxThread)
	}
	var out []store.Item
	for _, name := range sinks {
		target, ok := b.opt.Sinks[name]
		if !ok {
			return nil, fmt.Errorf("%w: %.40q", ErrNoSink, name)
		}
		if (m.Kind == message.Change || m.Kind == message.Over) && !target.Follows() {
			continue
		}
		id := idOf(name, m.ID)
		known, err := b.knows(id)
		if err != nil {
			return nil, err
		}
		if !known && !slices.ContainsFunc(out, func(item store.Item) bool { return item.Key == prefixWaiting+id }) {
			out = append(out, store.Item{Key: prefixWaiting + id, Value: r.encode()})
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	body, err := b.codec.encode(&m)
	if err != nil {
		return nil, err
	}
	return append(out, store.Item{Key: prefixBody + m.ID, Value: body}), nil
}

// knows reports whether an ID waits or was here. A mark that is damaged says so as well as a whole one.
func (b *Outbox) knows(id string) (bool, error) {
	for _, prefix := range []string{prefixWaiting, prefixDead, prefixMark} {
		value, err := b.opt.Drawer.Item(prefix + id)
		if value != nil || errors.Is(err, store.ErrDamaged) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
	return false, nil
}

// Wake says that something was put into the drawer.
func (b *Outbox) Wake() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.load(prefixWaiting, false); err != nil {
		b.opt.Log.Error("cannot look for messages that wait; they are found at the next one, or the next start", "err", err)
	}
	for _, l := range b.lanes {
		l.ring()
	}
}

func (l *lane) ring() {
	select {
	case l.bell <- struct{}{}:
	default:
	}
}

// State tells how the sinks are doing, by name: those of the configuration, and those for which something is here
// nevertheless.
func (b *Outbox) State() []api.SinkStatus {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := []api.SinkStatus{}
	for _, name := range slices.Sorted(maps.Keys(b.lanes)) {
		l := b.lanes[name]
		if l.target.Sink == nil && l.dead == 0 && len(l.waiting) == 0 {
			continue
		}
		s := api.SinkStatus{Name: name, Kind: l.target.Kind, Waiting: len(l.waiting), Dead: l.dead, Sent: l.sent, Failed: l.failed, LastOK: l.last, Error: l.err, Off: l.off}
		if l.target.Sink == nil && b.opt.Sinks != nil {
			s.Error = "it is not in the configuration any more: what waits for it is given up when it is too old"
		}
		out = append(out, s)
	}
	return out
}

// Waits reports whether a message waits, for any sink, that has the given ID or one that begins with it and a dash. Those
// that were given up do not.
func (b *Outbox) Waits(message string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		if _, id, ok := splitID(e.id); ok && e.Dead.IsZero() && (id == message || strings.HasPrefix(id, message+"-")) {
			return true
		}
	}
	return false
}

// Messages are those that wait and those that were given up, oldest first, at most 1,000.
func (b *Outbox) Messages() []api.OutboxMessage {
	b.mu.Lock()
	defer b.mu.Unlock()
	const most = 1000
	sorted := slices.SortedFunc(maps.Values(b.entries), older)
	out := []api.OutboxMessage{}
	for _, e := range sorted[:min(most, len(sorted))] {
		m := api.OutboxMessage{
			ID: e.id, Sink: e.lane.name, Kind: string(e.Kind), Title: e.Title, Made: e.Made.UTC(), Attempts: e.Attempts, Dead: !e.Dead.IsZero(), Error: e.Error,
		}
		if !m.Dead {
			next := e.Next.UTC()
			m.Next = &next
		}
		out = append(out, m)
	}
	return out
}
