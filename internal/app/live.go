package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/feed"
	"github.com/swell-radar/swell/internal/journal"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/scrapers"
)

// ServeOptions say what to serve, and how to take records in. Data, Listen,
// Version, Now and Log are required.
type ServeOptions struct {
	Data    string // data directory; made if there is none
	Listen  string
	Hosts   []string // further names that it may be asked under, as by a proxy
	Version string

	// Endpoint says who may ask.
	Endpoint EndpointOptions

	// Settings returns the settings to count with, given those that the data
	// directory was begun with; nil where it is new. Nil: those, or the defaults.
	Settings func(stored *engine.Options) (engine.Options, error)

	// Admin is the listener for whoever runs the program, beside the endpoint.
	Admin AdminOptions

	// Journal says where accepted records wait to be counted. The zero value: in the
	// data directory.
	Journal JournalOptions

	// Notify says who is told of what.
	Notify NotifyOptions
	// Sources are what records come from, beside those that are sent in.
	Sources SourceOptions

	// SnapshotEvery is the real time between snapshots, but that they are cut where a
	// pane is closed, and sooner where much was counted since. Zero: 15 seconds.
	SnapshotEvery time.Duration

	// Retention says for how long history is kept.
	Retention store.Retention

	Store store.Options // its Logger is replaced by Log
	Now   func() time.Time
	Log   *slog.Logger
	// Announce is called once the endpoint answers.
	Announce func(*engine.View, string) error
}

// Serve takes records in, counts them and answers, until ctx ends. What it has
// accepted is counted once, whenever and however it is stopped.
//
// When ctx ends it refuses further records, counts those that wait, as far as
// that takes no longer than some seconds, and returns.
func Serve(ctx context.Context, o ServeOptions) error {
	if err := o.Retention.Validate(); err != nil {
		return err
	}
	data, err := openDataDir(o.Data, o.Store, o.Log)
	if err != nil {
		return err
	}
	l := newLive(o, data)
	err = l.run(ctx)
	closed := make(chan error, 1)
	go func() { closed <- data.close() }()
	select {
	case cerr := <-closed:
		if err == nil && cerr != nil {
			err = fmt.Errorf("cannot close the data directory: %w", cerr)
		}
	case <-time.After(closing):
		o.Log.Info("leaving the database in the middle of its work; nothing is lost by that")
	}
	return err
}

// closing is how long the database may take to close: where it is compacting, that
// ends as it would in a crash.
const closing = time.Second

// live is one run of Serve.
type live struct {
	ServeOptions
	data   *dataDir
	note   note
	engine *engine.Engine
	events *feed.Feed
	meter  *meter
	drain  *drain
	inbox  *inbox
	watch  *watching
	ledger *journal.Ledger // the counting goroutine's
	// When the next snapshot is due, and what the last one had counted. The
	// counting goroutine's.
	nextCut     time.Time
	cutCounters engine.Counters
	nextRoom    time.Time // not before then is one taken to make room in the journal
	cutBytes    int64     // of entries counted since
	// Entries that snapshots count next: of the last one cut, which is the drain's
	// until that is stored, and of the last one stored, which is the drain's.
	cutAt, storedAt uint64
	serving         *serving
	tells           *notifier
	stop            chan struct{} // closed when counting has to come to its end

	counting atomic.Bool // the counting goroutine runs

	supervisor *scrapers.Supervisor
	begun      chan map[string][]byte // gets the sources' cursors when all accepted before is counted

	// For the endpoint's goroutines.
	ready  atomic.Bool
	target atomic.Uint64 // entry before which everything was there at the start
	older  atomic.Uint64 // entry that the older of the two stored snapshots counts next
	read   atomic.Uint64 // records of the journal
}

func newLive(o ServeOptions, data *dataDir) *live {
	return &live{ServeOptions: o, data: data, stop: make(chan struct{}), begun: make(chan map[string][]byte, 1)}
}

func (l *live) run(ctx context.Context) error {
	state, err := restore(l.data, l.settings, l.Log)
	if err != nil {
		return err
	}
	l.engine, l.ledger, l.note, l.storedAt = state.engine, state.ledger, state.note, state.ledger.Next().Entry
	defer func() {
		// Its memory may not go while it is counted in.
		if !l.counting.Load() {
			l.engine.Close()
		}
	}()
	if asOf := l.engine.View().AsOf; asOf != 0 {
		l.Log.Info("going on from a snapshot", "as_of", rfc3339(asOf), "data", l.data.path)
	}
	if l.watch, err = newWatching(l.Sources.Keywords, l.Log); err != nil {
		return err
	}
	if err := l.watch.loadWords(l.data.store, l.Log); err != nil {
		return err
	}
	l.newInbox(state.options)
	if err := l.newSupervisor(state.options.Window.Lateness); err != nil {
		return err
	}
	if l.Journal.URL == "" {
		l.data.journal = l.inbox.peek
	}
	defer l.closeJournal()
	named := l.note.ID != ""
	if named {
		// What may refuse comes before anything is changed.
		if err := l.openExisting(ctx); err != nil {
			return err
		}
	}
	if err := l.data.rewind(state); err != nil {
		return err
	}
	id := l.note.ID
	if !named {
		id = rand.Text()
	}
	if l.events, err = newFeed(state, id); err != nil {
		return err
	}
	l.meter = &meter{
		engine: l.engine, store: l.data.store, lateness: state.options.Window.Lateness,
		loading: l.progress, intake: l.inbox, sources: l.sourceHealth,
	}
	if err := l.meter.begin(l.Version, l.Now); err != nil {
		return err
	}
	l.inbox.meter = l.meter
	keeping, stopKeeping := context.WithCancel(context.WithoutCancel(ctx))
	l.drain = newDrain(state, l.data, nil, nil, state.options, l.Now, l.Log)
	l.drain.patient, l.drain.onStored, l.drain.retention, l.drain.feed = l.stop, l.stored, l.Retention, l.events
	l.drain.meter, l.drain.examples = l.meter, l.Endpoint.examples()
	l.drain.follow(l.engine.View())
	if l.ready.Load() {
		l.drain.settleAfter(l.engine.Marks()) // nothing was left to be counted
	}
	go l.drain.run(keeping)
	defer func() {
		stopKeeping()
		select {
		case <-l.drain.done:
		case <-time.After(settling): // it waits for a slow disk
		}
	}()
	if !named {
		if err := l.begin(state, id); err != nil {
			return err
		}
		if err := l.openExisting(ctx); err != nil {
			return err
		}
	}
	if l.tells, err = newNotifier(l.Notify, l.data.store, l.Sources.Demo, l.Now, l.Log); err != nil {
		return err
	}
	l.tells.words, l.tells.counts = l.watch.wordsOf, l.engine
	l.meter.outbox = l.tells.outbox
	l.serving, err = startServing(l.Listen, servingOptions{
		hosts: l.Hosts, engine: l.engine, data: l.data, feed: l.events, meter: l.meter, intake: l.inbox, version: l.Version, now: l.Now, log: l.Log, loading: l.progress,
		sources: l.sourceHealth, demo: l.Sources.Demo, tells: l.tells, endpoint: l.Endpoint, watched: l.watch.set, examples: l.drain.examples,
	})
	if err != nil {
		return err
	}
	defer l.serving.close()
	if l.Admin.Listen != "" {
		a, err := startAdmin(l.Admin, l.meter.Handler(), l.serving.server.Handler, l.serving.tokens, l.Log)
		if err != nil {
			return err
		}
		defer a.close()
		l.Log.Info("the admin listener answers", "address", a.address)
	}
	if l.Announce != nil {
		if err := l.Announce(l.engine.View(), l.serving.address); err != nil {
			return err
		}
	}
	return l.work(ctx)
}

// begin keeps what the counts are made with, and the directory's ID, before there is
// anything in the journal.
func (l *live) begin(state restored, id string) error {
	if !state.resumed {
		l.note = note{Engine: state.options}
	}
	l.note.Version, l.note.ID = stateVersion, id
	if err := l.cut(); err != nil {
		return err
	}
	l.settle()
	return l.drain.wait(l.engine.Marks())
}

// settings is the run's settler.
func (l *live) settings(stored *engine.Options) (*engine.Options, error) {
	switch {
	case l.Settings != nil:
		opt, err := l.Settings(stored)
		return &opt, err
	case stored != nil:
		return stored, nil
	}
	opt := engine.DefaultOptions()
	return &opt, nil
}

// newInbox makes the way into the journal.
func (l *live) newInbox(opt engine.Options) {
	l.inbox = &inbox{
		key: opt.AuthorKey, watch: l.watch, now: l.Now, start: l.Now(), opened: make(chan struct{}), quit: make(chan struct{}), numbers: newNumbers(l.ledger), once: newOnce(l.ledger, l.Now), ready: l.ready.Load,
		catching: l.catching,
		open:     l.openJournal,
	}
}

// progress tells the endpoint how far the journal was counted.
func (l *live) progress() api.Progress {
	p := api.Progress{Phase: "counting what was accepted before", Ready: l.ready.Load(), Records: l.read.Load()}
	if p.Ready {
		p.Phase = "live"
	}
	return p
}
