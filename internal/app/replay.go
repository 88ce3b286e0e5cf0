package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/example"
	"github.com/swell-radar/swell/internal/feed"
	"github.com/swell-radar/swell/internal/serve"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/scrapers/push"
	"github.com/swell-radar/swell/term"
)

// ReplayOptions say what to replay and how. Files, Engine, Now, Log, Stdout and
// Stderr are required.
type ReplayOptions struct {
	Files      []string  // NDJSON, plain or compressed; "-" is standard input
	Data       string    // data directory; empty: a temporary one
	Detections string    // file for detections; "-" is Stdout, empty is none
	Speed      float64   // event time per real time; 0 is as fast as it goes
	From       time.Time // records before it are passed over; zero: none
	Until      time.Time // records from it on are passed over; zero: none
	Listen     string    // address to serve at, during and after; empty: do not serve
	Hosts      []string  // further names that it may be asked under, as by a proxy

	// Endpoint says who may ask there.
	Endpoint EndpointOptions

	// SnapshotEvery is the real time between snapshots. Zero: 15 seconds.
	SnapshotEvery time.Duration
	// MaxLine is the longest line accepted, in bytes. Zero: 1 MiB.
	MaxLine int

	// Retention says for how long history is kept.
	Retention store.Retention

	Engine         engine.Options
	Store          store.Options // its Logger is replaced by Log
	Version        string
	Now            func() time.Time
	Log            *slog.Logger
	Stdout, Stderr io.Writer
	Terminal       bool // Stderr is a terminal
	// Done is called when everything has been replayed, with the last view and
	// the address served at (empty if none). Serving goes on until ctx ends.
	Done func(*engine.View, string) error
}

// Summary says how a replay went. All numbers are of this run alone.
type Summary struct {
	Records     uint64 // counted, or found to be late or twice
	Read        int64  // good lines, those outside of the bounds included
	Bad         int64  // lines set aside
	DeadLetters string // the file they are kept in; empty: they are not kept
	Damaged     []string
	Resumed     bool
	Elapsed     time.Duration
	Duplicates  uint64
	Late        uint64
	Dropped     uint64 // terms beyond what one record may have
}

// Replay feeds archives through the engine, keeps what it finds and, if asked,
// serves it. With a data directory it goes on where an earlier run over the same
// files was stopped, however it was stopped. When ctx ends before everything is
// replayed, the error is [ErrInterrupted].
func Replay(ctx context.Context, o ReplayOptions) (Summary, error) {
	if err := separate(o.Detections, append([]string{filepath.Join(o.Data, deadLetterName)}, o.Files...)); err != nil {
		return Summary{}, err
	}
	if err := o.Retention.Validate(); err != nil {
		return Summary{}, err
	}
	data, err := openDataDir(o.Data, o.Store, o.Log)
	if err != nil {
		return Summary{}, err
	}
	r := &replay{ReplayOptions: o, data: data}
	err = r.run(ctx)
	if cerr := data.close(); err == nil && cerr != nil {
		err = fmt.Errorf("cannot close the data directory: %w", cerr)
	}
	return r.summary, err
}

// replay is one run of Replay.
type replay struct {
	ReplayOptions
	data     *dataDir
	engine   *engine.Engine
	events   *feed.Feed
	meter    *meter
	drain    *drain
	finished []push.Cursor
	input    *push.Merged
	pacer    pacer
	watching *watching
	bad      badLog
	summary  Summary
	serving  *serving
	started  time.Time

	// For the endpoint's goroutines.
	records atomic.Uint64
	done    atomic.Bool
}

const defaultSnapshotEvery = 15 * time.Second

func (r *replay) run(ctx context.Context) error {
	if err := r.data.onlyArchives(); err != nil {
		return err
	}
	if err := r.watchLists(); err != nil {
		return err
	}
	state, err := restore(r.data, given(&r.Engine), r.Log)
	if err != nil {
		return err
	}
	r.engine, r.summary.Resumed = state.engine, state.resumed
	defer func() {
		// Its memory may not go while what it found is kept.
		if r.drain == nil || r.drain.hasEnded() {
			r.engine.Close()
		}
	}()
	if err := r.sameBounds(state); err != nil {
		return err
	}
	dead, err := r.data.deadLetter(state.note.DeadLetters)
	if err != nil {
		return err
	}
	defer dead.Close()
	if !r.data.temp {
		r.summary.DeadLetters = filepath.Join(r.data.path, deadLetterName)
	}
	stop := make(chan struct{})
	if err := r.open(state, dead, stop); err != nil {
		return err
	}
	defer r.input.Close()
	if err := r.data.rewind(state); err != nil {
		return err
	}
	r.started = r.Now()
	if r.events, err = newFeed(state, r.life()); err != nil {
		return err
	}
	r.meter = &meter{engine: r.engine, store: r.data.store, lateness: r.Engine.Window.Lateness, loading: r.loading}
	if err := r.meter.begin(r.Version, r.Now); err != nil {
		return err
	}
	var examples *example.Book
	if r.Listen != "" {
		examples = r.Endpoint.examples()
		r.serving, err = startServing(r.Listen, servingOptions{
			hosts: r.Hosts, engine: r.engine, data: r.data, feed: r.events, meter: r.meter, version: r.Version, now: r.Now, log: r.Log, loading: r.loading, endpoint: r.Endpoint,
			watched: r.watching.set, examples: examples,
		})
		if err != nil {
			return err
		}
		defer r.serving.close()
		r.Log.Info("serving while replaying", "address", r.serving.address)
	}
	file, err := createDetections(r.Detections, r.Stdout, r.data.store)
	if err != nil {
		return err
	}
	if state.resumed {
		r.Log.Info("going on from a snapshot", "as_of", rfc3339(state.asOf), "data", r.data.path)
	}

	draining, stopDraining := context.WithCancel(context.WithoutCancel(ctx))
	r.drain = newDrain(state, r.data, file, dead, r.Engine, r.Now, r.Log)
	r.drain.retention, r.drain.feed = r.Retention, r.events
	r.drain.meter, r.drain.examples = r.meter, examples
	r.drain.follow(r.engine.View())
	go r.drain.run(draining)
	go r.watch(ctx, stop)
	before := r.engine.Counters()
	err = r.feed(ctx)
	if err == nil {
		err = r.finish()
	}
	r.sum(before)
	stopDraining()
	select {
	case <-r.drain.done:
	case <-r.data.store.Failed(): // it may wait in vain
	}
	if cerr := file.close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return r.stay(ctx)
}

// life names the events of the replay: those of one directory that is filled from the
// same inputs, however often that is interrupted.
func (r *replay) life() string {
	if r.data.temp {
		return rand.Text()
	}
	return fmt.Sprintf("%s %s %q %q", r.data.path, configHash(r.Engine), bound(r.From), bound(r.Until))
}

// watchLists looks for what the watch lists of the data directory have.
func (r *replay) watchLists() (err error) {
	if r.watching, err = newWatching(nil, r.Log); err != nil {
		return err
	}
	if err := r.watching.loadWords(r.data.store, r.Log); err != nil {
		return err
	}
	lists, err := serve.WatchLists(r.data.store, r.Log)
	if err != nil {
		return err
	}
	r.watching.set(lists)
	return nil
}

// sameBounds refuses bounds other than those that the data directory was made
// with: what they left out has been passed for good.
func (r *replay) sameBounds(state restored) error {
	if !state.resumed || state.note.From == bound(r.From) && state.note.Until == bound(r.Until) {
		return nil
	}
	return fmt.Errorf("%w: the data directory %s was fed with --from %q --until %q; use those, or another --data", ErrInput, r.data.path, state.note.From, state.note.Until)
}

// open opens the inputs, each at its place in the snapshot.
func (r *replay) open(state restored, dead *push.DeadLetter, stop <-chan struct{}) error {
	r.bad.log = r.Log
	in := inputs{data: r.data.path, log: r.Log, old: append(state.note.Cursors, state.note.Finished...)}
	readers, err := in.open(r.Files, push.Options{MaxLine: r.MaxLine, DeadLetter: dead, OnBad: r.bad.add, Stop: stop})
	if err != nil {
		return err
	}
	r.finished, r.input = in.finished, push.Merge(readers...)
	return nil
}

// lingering is how long a run that the user stops looks for a place to cut its
// last snapshot.
const lingering = 2 * time.Second

// watch ends the wait for input when the run has to end.
func (r *replay) watch(ctx context.Context, stop chan<- struct{}) {
	select {
	case <-r.drain.done:
	case <-r.drain.failed:
		close(stop)
	case <-ctx.Done():
		select {
		case <-r.drain.done:
		case <-r.drain.failed:
			close(stop)
		case <-time.After(lingering):
			close(stop)
		}
	}
}

// feed delivers every record to the engine.
func (r *replay) feed(ctx context.Context) error {
	every := r.SnapshotEvery
	if every == 0 {
		every = defaultSnapshotEvery
	}
	nextCut := r.started.Add(every)
	read, _ := r.input.Progress()
	bar := newProgress(r.ReplayOptions, read)
	defer bar.finish()
	r.pacer = pacer{speed: r.Speed, now: r.Now}
	from, until := r.From.UnixMicro(), r.Until.UnixMicro()
	var rec term.Record
	var before []push.Cursor // places of the inputs, while a cut is due
	for n := uint64(0); ; n++ {
		if n%256 == 0 || r.Speed > 0 {
			if err := r.failure(); err != nil {
				return err
			}
			if ctx.Err() != nil && r.data.temp {
				return ErrInterrupted
			}
			read, total := r.input.Progress()
			bar.at(r.records.Load(), uint64(r.bad.count), rec.TS/1e6, read, total)
			due := ctx.Err() != nil || r.Now().After(nextCut)
			if before == nil && !r.data.temp && due && !r.drain.cutting.Load() {
				before = r.input.Cursors()
			}
		}
		if before != nil {
			before = r.input.Cursors()
		}
		input, err := r.input.Next(&rec)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, push.ErrStopped):
			if err := r.failure(); err != nil {
				return err
			}
			return ErrInterrupted
		case err != nil:
			return err
		}
		if !r.From.IsZero() && rec.TS < from || !r.Until.IsZero() && rec.TS >= until {
			continue
		}
		r.pacer.wait(ctx, rec.TS)
		r.records.Add(1)
		// The cut lies before this record: a run that goes on from it reads the
		// record again.
		if r.engine.Advance(&rec) > 0 && before != nil {
			if err := r.cut(before); err != nil {
				return err
			}
			before, nextCut = nil, r.Now().Add(every)
			if ctx.Err() != nil {
				if err := r.drain.wait(r.engine.Marks()); err != nil {
					return err
				}
				r.saveWords()
				return ErrInterrupted
			}
		}
		r.observe(&rec, input)
	}
}

// observe counts a record and says so if it had too many terms.
func (r *replay) observe(rec *term.Record, input int) {
	dropped := r.engine.Counters().TermsDropped
	r.watching.one(rec)
	r.watching.words.Note(rec, math.MaxInt64)
	r.engine.Observe(rec)
	if n := r.engine.Counters().TermsDropped - dropped; n > 0 {
		in := r.input.Inputs()[input]
		r.bad.crowded(in.Name(), in.Cursor().Line, n)
	}
}

// failure returns what the drain could not keep.
func (r *replay) failure() error {
	select {
	case <-r.drain.failed:
		return r.drain.err
	default:
		return nil
	}
}

func (r *replay) cut(cursors []push.Cursor) error {
	n := note{
		Version: stateVersion, Cursors: cursors, Finished: r.finished, From: bound(r.From), Until: bound(r.Until), Engine: r.Engine,
	}
	if len(cursors) > 0 {
		n.DeadLetters = cursors[0].DeadLetter // the same in all
	}
	enc, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("cannot encode the places in the inputs: %w", err)
	}
	r.drain.cutting.Store(true)
	if err := r.engine.Cut(enc); err != nil {
		return err
	}
	// The feeder's part is saved at once: the next record may be long in coming, or
	// never come, and the drain would wait for it.
	for r.engine.Work() {
	}
	return nil
}

// finish closes what is open and keeps the end state.
func (r *replay) finish() error {
	r.engine.Flush()
	if r.data.temp {
		return r.drain.wait(r.engine.Marks())
	}
	// Where the first keeps something that turns out to be damaged, the second keeps
	// nothing.
	for range 2 {
		if err := r.cut(r.input.Cursors()); err != nil {
			return err
		}
		if err := r.drain.wait(r.engine.Marks()); err != nil {
			return err
		}
		if r.drain.stored.Load() {
			r.saveWords()
			return nil
		}
	}
	return fmt.Errorf("cannot keep the last snapshot in %s: the store is damaged; the log says where", r.data.path)
}

// saveWords saves the words that come with watch lists, where a snapshot has the records that they are from: were they
// saved at other times, a run that goes on would count some twice.
func (r *replay) saveWords() {
	if err := r.watching.saveWords(r.data.store); err != nil {
		r.Log.Warn("words that come with watch lists are not kept", "err", err)
	}
}

// sum fills the summary in.
func (r *replay) sum(before engine.Counters) {
	r.bad.finish()
	now := r.engine.Counters()
	s := &r.summary
	s.Records, s.Elapsed = r.records.Load(), r.Now().Sub(r.started)
	s.Duplicates, s.Late, s.Dropped = now.Duplicates-before.Duplicates, now.Late-before.Late, now.TermsDropped-before.TermsDropped
	for _, in := range r.input.Inputs() {
		st := in.Stats()
		s.Bad += st.BadLines()
		s.Read += st.Records
		if st.Damage != "" {
			s.Damaged = append(s.Damaged, fmt.Sprintf("%s: %s", in.Name(), st.Damage))
		}
	}
}

// loading tells the endpoint how far the replay is. Any goroutine may ask.
func (r *replay) loading() api.Progress {
	p := api.Progress{Phase: "replaying", Ready: r.done.Load(), Records: r.records.Load()}
	p.Done, p.Total = r.input.Progress()
	switch {
	case p.Ready:
		p.Phase = "replayed"
	case p.Total > 0 && p.Done > 0:
		eta := r.Now().Sub(r.started).Seconds() * float64(p.Total-p.Done) / float64(p.Done)
		p.ETASeconds = &eta
	}
	return p
}

// stay announces the end and serves until ctx ends, if serving was asked for.
func (r *replay) stay(ctx context.Context) error {
	r.done.Store(true)
	r.events.Settle()
	address := ""
	if r.serving != nil {
		address = r.serving.address
	}
	if r.Done != nil {
		if err := r.Done(r.engine.View(), address); err != nil {
			return err
		}
	}
	if r.serving == nil {
		return nil
	}
	return r.serving.wait(ctx)
}
