package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/digest"
	"github.com/swell-radar/swell/internal/fault"
	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/outbox"
	"github.com/swell-radar/swell/internal/serve"
	"github.com/swell-radar/swell/internal/store"
)

// DailyDigest is a digest that is sent every day.
type DailyDigest struct {
	Name               string
	Schedule           digest.Schedule
	Audience           string   // one of the api.Audience constants
	Sinks              []string // names
	Platforms, Watches []string // as of [serve.DigestQuery]
	// Week is the day of the week whose digest has the week in review; nil: none has.
	Week *time.Weekday
}

// drawer is the part of a [store.Store] that belongs to what people are told.
type drawer interface {
	Item(key string) ([]byte, error)
	PutItems(items ...store.Item) error
	Items(prefix, from string) iter.Seq2[store.Item, error]
}

const (
	// digestLook is how often the clock is looked at: it may be set, and the machine may sleep.
	digestLook = time.Second
	// digestPatience is how long a digest waits for the day to be counted to its end. Then it says what was seen.
	digestPatience = time.Hour
	// digestSilence is how long it waits for anything at all to be counted of the day or later. Then it says that nothing
	// was seen, but not of a time that far ahead of all that was counted, as of a clock that leapt.
	digestSilence = 2 * time.Hour
	digestAhead   = 7 * 24 * time.Hour
	// digestAgain is how long it waits where it could not be made.
	digestAgain = time.Minute
)

// digester has one digest sent every day. Its fields are of the goroutine of run, but those that do not change and asking.
type digester struct {
	DailyDigest
	drawer drawer
	outbox *outbox.Outbox
	ask    func(ctx context.Context, q serve.DigestQuery) (*api.Digest, error)
	// counted returns up to when all was counted; zero: nothing was.
	counted func() time.Time
	base    string
	guarded bool
	demo    bool
	now     func() time.Time
	log     *slog.Logger

	asking sync.Mutex // held by again from its look until the message is kept

	due     string    // the date that is being waited for
	noticed time.Time // when it was first
	after   time.Time // not to be tried before
	told    string    // what went wrong, as it was told last
}

// digestMark says up to which day a digest was sent.
type digestMark struct {
	Version int    `json:"v"`
	Date    string `json:"date"`
}

func (d *digester) key() string { return "digest/" + d.Name }

// run sends until ctx ends.
func (d *digester) run(ctx context.Context) {
	tick := time.NewTicker(digestLook)
	defer tick.Stop()
	for {
		if err := d.look(ctx); err != nil && ctx.Err() == nil && err.Error() != d.told {
			d.told = err.Error()
			d.log.Error("a digest waits", "digest", d.Name, "date", d.due, "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look sends the digest that is due, if there is one: the newest alone, however long nobody looked. A digest of
// which nothing is known waits for its next hour. Dates only rise, so that no clock and no zone sends one twice.
func (d *digester) look(ctx context.Context) error {
	now := d.now()
	due := d.Schedule.Due(now)
	if now.Before(d.after) && d.after.Sub(now) <= digestAgain && due == d.due {
		return nil
	}
	last, err := d.last()
	if err != nil {
		return err
	}
	if last == "" {
		return d.drawer.PutItems(d.mark(due))
	}
	if due <= last {
		return nil
	}
	if wait := now.Sub(d.noticed); due != d.due || wait < 0 {
		d.due, d.noticed, d.told = due, now, ""
	}
	from, to, _ := digest.DayOf(due, d.Schedule.Zone)
	counted, waited := d.counted(), now.Sub(d.noticed)
	if counted.Before(to) && waited < digestPatience { // making one is work
		d.after = now.Add(digestLook)
		return nil
	}
	d.after = now.Add(digestAgain)
	var found *api.Digest
	if silent := !counted.IsZero() && !counted.After(from); silent && waited >= digestSilence && now.Sub(counted) <= digestAhead {
		found = digest.Nothing(due, d.Schedule.Zone, d.demo)
	} else if found, err = d.make(ctx, due); err != nil {
		return err
	}
	fault.Point("app.digest.made")
	items, err := d.items(found, d.id(due))
	if errors.Is(err, outbox.ErrInvalid) {
		d.log.Error("a digest cannot be sent and is left out", "digest", d.Name, "date", due, "err", err)
		items = nil
	} else if err != nil {
		return err
	}
	if err := d.drawer.PutItems(append(items, d.mark(due))...); err != nil {
		return err
	}
	fault.Point("app.digest.kept")
	d.outbox.Wake()
	d.log.Info("a digest goes out", "digest", d.Name, "date", due, "sinks", strings.Join(d.Sinks, ","))
	return nil
}

// last returns the date that was sent last; empty: none ever was. A mark that is damaged is as one that was made now:
// rather none than two.
func (d *digester) last() (string, error) {
	data, err := d.drawer.Item(d.key())
	if err == nil && data == nil {
		return "", nil
	}
	var m digestMark
	if err == nil && json.Unmarshal(data, &m) == nil && m.Version == 1 && m.Date != "" {
		return m.Date, nil
	}
	if err != nil && !errors.Is(err, store.ErrDamaged) {
		return "", err
	}
	d.log.Error("it is not known which digest was sent last; the next one is that of its next hour", "digest", d.Name)
	return "", nil
}

func (d *digester) mark(date string) store.Item {
	data, err := json.Marshal(digestMark{1, date})
	if err != nil {
		data = []byte{} // cannot be
	}
	return store.Item{Key: d.key(), Value: data}
}

// make asks for a digest.
func (d *digester) make(ctx context.Context, date string) (*api.Digest, error) {
	q := serve.DigestQuery{Date: date, Zone: d.Schedule.Zone, Platforms: d.Platforms, Watches: d.Watches, Lenient: true}
	if day, err := time.Parse(time.DateOnly, date); err == nil && d.Week != nil {
		q.Week = day.Weekday() == *d.Week
	}
	return d.ask(ctx, q)
}

func (d *digester) id(date string) string { return "digest-" + d.Name + "-" + date }

func (d *digester) items(found *api.Digest, id string) ([]store.Item, error) {
	return d.outbox.Items(message.Message{
		ID: id, Kind: message.Digest, Made: d.now().UTC(), Base: d.base, Guarded: d.guarded, Demo: d.demo, Zone: d.Schedule.Zone.String(), Digest: found,
		Name: d.Name, Audience: d.Audience, Platforms: d.Platforms, Watches: d.Watches,
	}, d.Sinks...)
}

// again sends a digest because somebody wants it: once more, perhaps, but not while it waits to be sent. An error wraps
// [serve.ErrDigestWaits] then. Any goroutine may call it.
func (d *digester) again(ctx context.Context, date string) (ids []string, err error) {
	found, err := d.make(ctx, date)
	if err != nil {
		return nil, err
	}
	d.asking.Lock()
	defer d.asking.Unlock()
	if d.outbox.Waits(d.id(found.Date)) {
		return nil, fmt.Errorf("%w: that of %s named %s", serve.ErrDigestWaits, found.Date, d.Name)
	}
	id := d.id(found.Date) + "-" + rand.Text()[:8]
	items, err := d.items(found, id)
	if err != nil {
		return nil, fmt.Errorf("cannot send the digest %s: %w", d.Name, err)
	}
	if err := d.drawer.PutItems(items...); err != nil {
		return nil, err
	}
	d.outbox.Wake()
	for _, name := range d.Sinks {
		ids = append(ids, name+"."+id)
	}
	return ids, nil
}
