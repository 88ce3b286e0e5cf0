package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/example"
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

// JournalOptions are the settings of the journal.
type JournalOptions struct {
	URL         string        // of an outside NATS server or cluster; empty: embedded
	Stream      string        // in it; empty: SWELL. Each data directory needs its own
	Credentials string        // file with those for the outside server
	Replicas    int           // in a cluster; 0 is 1
	MaxBytes    int64         // beyond it no record is accepted; 0: no bound
	MaxAge      time.Duration // how long counted records are kept; 0: until two snapshots hold them
	// AcceptLoss goes on where entries are missing. Else that ends the program.
	AcceptLoss bool
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

const (
	// draining is how long a run that has to end goes on counting what waits.
	draining = 2 * time.Second
	// settling is how long it then waits for what was found to be kept.
	settling = time.Second
	// sending is how long a message may be on its way then.
	sending = 3 * time.Second
	// closing is how long the database may take to close: where it is compacting, that
	// ends as it would in a crash.
	closing = time.Second
)

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
	l.drain.meter, l.drain.examples = l.meter, example.New()
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

// journalDir is where the embedded journal lies in a data directory.
func journalDir(data string) string { return filepath.Join(data, "journal") }

// openExisting opens the journal if there is one, and checks that the state and
// the journal belong together.
func (l *live) openExisting(ctx context.Context) error {
	if l.Journal.URL == "" {
		if _, err := os.Stat(journalDir(l.data.path)); errors.Is(err, os.ErrNotExist) {
			if next := l.ledger.Next(); next.Entry > 1 {
				return l.journalGone(ctx, next)
			}
			l.caughtUp()
			return nil
		}
	}
	_, err := l.inbox.get(ctx)
	return err
}

// journalGone refuses to go on, or begins the journal anew where counting goes on: what
// was in it and in no snapshot is lost.
func (l *live) journalGone(ctx context.Context, next journal.Place) error {
	dir := journalDir(l.data.path)
	if !l.Journal.AcceptLoss {
		return fmt.Errorf("the journal of the data directory %s is gone, and the state has counted it up to entry %d: bring %s back, restore a backup, or go on without it with --accept-loss",
			l.data.path, next.Entry, dir)
	}
	if next != (journal.Place{Entry: next.Entry}) {
		next = journal.Place{Entry: next.Entry + 1}
	}
	l.Log.Error("the journal is gone and begins anew, as --accept-loss says", "journal", dir, "entry", next.Entry)
	l.inbox.lost.Add(1) // at least; nothing tells how many there were
	l.ledger.SetNext(next)
	none := func(func([]byte, error) bool) {}
	if err := journal.Import(ctx, l.journalOptions(), next.Entry, none); err != nil {
		return fmt.Errorf("cannot begin the journal anew: %w", err)
	}
	_, err := l.inbox.get(ctx)
	return err
}

func (l *live) journalOptions() journal.Options {
	o := journal.Options{
		ID: l.note.ID, Stream: l.Journal.Stream, URL: l.Journal.URL, Creds: l.Journal.Credentials, Replicas: l.Journal.Replicas,
		MaxBytes: l.Journal.MaxBytes, MaxAge: l.Journal.MaxAge, Now: l.Now, Log: l.Log,
		Space: l.Store.Space, MinFree: l.journalFloor(),
	}
	if o.URL == "" {
		o.Dir = journalDir(l.data.path)
	}
	return o
}

// openJournal opens the journal at the place where counting goes on.
func (l *live) openJournal(ctx context.Context) (*journal.Journal, error) {
	j, err := journal.Open(ctx, l.journalOptions())
	if l.Journal.URL == "" && (errors.Is(err, journal.ErrDamaged) || errors.Is(err, journal.ErrGap)) {
		return nil, fmt.Errorf("cannot open the journal: %w; or move %s away and go on without what no snapshot has counted, with --accept-loss", err, journalDir(l.data.path))
	}
	if errors.Is(err, journal.ErrOther) {
		return nil, fmt.Errorf("cannot open the journal: %w; bring the right one back, or name another stream with --journal-stream", err)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot open the journal: %w", err)
	}
	if err := l.fits(ctx, j); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// journalFloor is the free space below which no record is accepted. It is above
// that of the store, whose snapshots are what makes room in the journal.
func (l *live) journalFloor() int64 {
	if l.Store.MinFree < 0 {
		return -1
	}
	floor := l.data.store.Floor()
	return floor + floor/4
}

// fits refuses a journal that does not hold what the state has not counted yet.
func (l *live) fits(ctx context.Context, j *journal.Journal) error {
	first, next, err := j.Bounds(ctx)
	if err != nil {
		return fmt.Errorf("cannot look into the journal: %w", err)
	}
	at := l.ledger.Next()
	l.target.Store(next)
	switch {
	case at.Entry > next || at.Entry == next && at != (journal.Place{Entry: next}):
		return fmt.Errorf("%w: the snapshot in %s has counted the journal up to entry %d, and that ends before %d: accepted records are lost, or this is another journal; bring the right one back, restore a backup, or move the journal away and go on without it with --accept-loss",
			journal.ErrBehind, l.data.path, at.Entry, next)
	case at.Entry < first && !l.Journal.AcceptLoss:
		return fmt.Errorf("%w: entries %d to %d are missing at the beginning of the journal, and the snapshot in %s has not counted them; restore a backup, or go on without them with --accept-loss",
			journal.ErrGap, at.Entry, first-1, l.data.path)
	case at.Entry < first:
		l.lose(at.Entry, first)
	}
	return nil
}

// lose passes over entries that are gone.
func (l *live) lose(from, to uint64) {
	l.Log.Error("entries of the journal are lost and are passed over, as --accept-loss says", "from", from, "to", to-1)
	l.inbox.lost.Add(to - from)
	l.ledger.SetNext(journal.Place{Entry: to})
}

func (l *live) closeJournal() {
	if j := l.inbox.peek(); j != nil {
		if err := j.Close(); err != nil {
			l.Log.Warn("cannot close the journal in good order; nothing is lost by that", "err", err)
		}
	}
}

// work counts and serves until ctx ends or something fails for good.
func (l *live) work(ctx context.Context) error {
	counting, stopCounting := context.WithCancel(context.WithoutCancel(ctx))
	defer stopCounting()
	counted := make(chan error, 1)
	l.counting.Store(true)
	go func() {
		err := l.count(counting)
		l.counting.Store(false)
		counted <- err
	}()
	sourcing, stopSources := context.WithCancel(ctx)
	sourced := make(chan struct{})
	go func() { l.runSources(sourcing); close(sourced) }()
	minuted := make(chan struct{})
	go func() { l.watch.keepWords(sourcing, l.data.store, l.Log); close(minuted) }()
	told := make(chan struct{})
	go func() { l.tells.run(sourcing, l.serving.handler, l.events); close(told) }()
	var err error
	select {
	case <-ctx.Done():
	case err = <-counted:
	case err = <-l.serving.ended:
		err = fmt.Errorf("serving at %s ended: %w", l.serving.address, err)
	case <-l.drain.failed:
		err = l.drain.err
	}
	stopSources()
	l.inbox.shut()
	select {
	case <-sourced:
	case <-time.After(settling): // one that does not end when it should
		l.Log.Warn("a source did not end in time; what it delivers now is not accepted, and comes again with the next start")
	}
	worded := make(chan struct{})
	go func() {
		defer close(worded)
		<-minuted
		if err := l.watch.saveWords(l.data.store); err != nil {
			l.Log.Warn("words that come with watch lists are not kept for the next start", "err", err)
		}
	}()
	select {
	case <-worded:
	case <-time.After(settling): // it waits for a slow disk
	}
	select {
	case <-told:
	case <-time.After(sending):
		l.Log.Warn("a message was being sent until the end; whether it arrived is not known")
	}
	close(l.stop)
	if err == nil {
		return l.finish(counted, stopCounting)
	}
	stopCounting()
	if l.counting.Load() {
		select {
		case <-counted:
		case <-time.After(settling):
		}
	}
	return err
}

// finish counts what waits, for a while, and ends serving. What is not counted by
// then is counted by the next run.
func (l *live) finish(counted <-chan error, stopCounting func()) error {
	served := make(chan error, 1)
	go func() { served <- l.serving.shutdown() }()
	var err error
	select {
	case err = <-counted:
	case <-time.After(draining):
		l.Log.Info("stopping before all is counted; the next start goes on with it", "waiting_records", l.inbox.waiting())
		stopCounting()
		select {
		case err = <-counted:
		case <-time.After(settling):
			return errors.New("counting did not come to its end in time; nothing accepted is lost by that")
		}
	}
	if err == nil {
		err = l.drain.waitFor(l.engine.Marks(), settling)
	}
	return errors.Join(err, <-served)
}

// progress tells the endpoint how far the journal was counted.
func (l *live) progress() api.Progress {
	p := api.Progress{Phase: "counting what was accepted before", Ready: l.ready.Load(), Records: l.read.Load()}
	if p.Ready {
		p.Phase = "live"
	}
	return p
}
