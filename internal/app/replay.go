package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/swell-radar/swell/engine"
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

	// SnapshotEvery is the real time between snapshots. Zero: 15 seconds.
	SnapshotEvery time.Duration
	// MaxLine is the longest line accepted, in bytes. Zero: 1 MiB.
	MaxLine int

	Engine         engine.Options
	Store          store.Options // its Logger is replaced by Log
	Version        string
	Now            func() time.Time
	Log            *slog.Logger
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Terminal       bool // Stderr is a terminal
	// Done is called when everything has been replayed, with the last view and
	// the address served at (empty if none). Serving goes on until ctx ends.
	Done func(*engine.View, string)
}

// Summary says how a replay went.
type Summary struct {
	Records  uint64 // delivered by this run
	Bad      int64  // lines set aside by this run
	Damaged  []string
	Resumed  bool
	Elapsed  time.Duration
	Counters engine.Counters // of the engine, earlier runs included
}

// ErrInterrupted says that a replay was stopped before its end.
var ErrInterrupted = errors.New("interrupted")

// Replay feeds archives through the engine, keeps what it finds and, if asked,
// serves it. With a data directory it goes on where an earlier run over the same
// files was stopped, however it was stopped. When ctx ends before everything is
// replayed, the error is [ErrInterrupted].
func Replay(ctx context.Context, o ReplayOptions) (Summary, error) {
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
	data    *dataDir
	engine  *engine.Engine
	drain   *drain
	input   *push.Merged
	pacer   pacer
	bad     badLog
	summary Summary
	serving *serving

	// For the endpoint's goroutines.
	records atomic.Uint64
	done    atomic.Bool
}

const defaultSnapshotEvery = 15 * time.Second

func (r *replay) run(ctx context.Context) error {
	state, err := restore(r.data, &r.Engine, r.Log)
	if err != nil {
		return err
	}
	r.engine, r.summary.Resumed = state.engine, state.resumed
	defer r.engine.Close()
	dead, err := r.data.deadLetter()
	if err != nil {
		return err
	}
	defer dead.Close()
	if err := r.open(state, dead); err != nil {
		return err
	}
	defer r.input.Close()
	file, err := createDetections(r.Detections, r.Stdout, r.data.store)
	if err != nil {
		return err
	}
	if r.Listen != "" {
		r.serving, err = startServing(r.Listen, r.engine, r.data.store, r.Version, r.Now, r.Log, r.loading)
		if err != nil {
			return err
		}
		defer r.serving.close()
	}
	if state.resumed {
		r.Log.Info("going on from a snapshot", "as_of", rfc3339(state.asOf), "data", r.data.path)
	}

	draining, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.drain = newDrain(state, r.data, file, r.Engine, r.Now, r.Log)
	go r.drain.run(draining)
	err = r.feed(ctx)
	if err == nil {
		err = r.finish()
	}
	stop()
	<-r.drain.done
	r.summary.Counters = r.engine.View().Counters
	if cerr := file.close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return r.stay(ctx)
}

// open opens the inputs, each at its place in the snapshot.
func (r *replay) open(state restored, dead *push.DeadLetter) error {
	r.bad.log = r.Log
	var inputs []*push.Reader
	for i, path := range r.Files {
		opt := push.Options{MaxLine: r.MaxLine, DeadLetter: dead, OnBad: r.bad.add}
		resume, err := r.place(state, i)
		opt.Resume = resume
		var in *push.Reader
		if err == nil {
			in, err = push.Open(path, opt)
		}
		if err != nil {
			for _, in := range inputs {
				in.Close()
			}
			return err
		}
		inputs = append(inputs, in)
	}
	r.input = push.Merge(inputs...)
	return nil
}

// place returns where to go on in the i-th input, nil for its beginning. A data
// directory goes on with the files it was fed from; once they are finished it
// takes others.
func (r *replay) place(state restored, i int) (*push.Cursor, error) {
	if i < len(state.note.Cursors) && state.note.Cursors[i].Path == r.Files[i] && r.Files[i] != push.Stdin {
		return &state.note.Cursors[i], nil
	}
	for _, c := range state.note.Cursors {
		if !c.Ended && c.Path != push.Stdin {
			return nil, fmt.Errorf("the data directory %s is in the middle of %s (line %d): replay that first, in the same order of files, or name another --data", r.data.path, c.Path, c.Line)
		}
	}
	return nil, nil
}

// feed delivers every record to the engine.
func (r *replay) feed(ctx context.Context) error {
	every := r.SnapshotEvery
	if every == 0 {
		every = defaultSnapshotEvery
	}
	start := r.Now()
	nextCut := start.Add(every)
	read, _ := r.input.Progress()
	bar := newProgress(r.ReplayOptions, read)
	defer func() {
		bar.finish()
		r.summary.Records, r.summary.Elapsed = r.records.Load(), r.Now().Sub(start)
	}()
	r.pacer = pacer{speed: r.Speed, now: r.Now}
	from, until := r.From.UnixMicro(), r.Until.UnixMicro()
	var rec term.Record
	var before []push.Cursor // places of the inputs, while a cut is due
	for n := uint64(0); ; n++ {
		if n%256 == 0 {
			if err := r.stopped(ctx); err != nil {
				return err
			}
			read, total := r.input.Progress()
			bar.at(r.records.Load(), uint64(r.bad.count), rec.TS/1e6, read, total)
			if before == nil && !r.data.temp && r.Now().After(nextCut) && !r.drain.cutting.Load() {
				before = r.input.Cursors()
			}
		} else if before != nil {
			before = r.input.Cursors()
		}
		_, err := r.input.Next(&rec)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if !r.From.IsZero() && rec.TS < from || !r.Until.IsZero() && rec.TS >= until {
			continue
		}
		if err := r.pacer.wait(ctx, rec.TS); err != nil {
			return fmt.Errorf("%w at %s", ErrInterrupted, rfc3339(rec.TS/1e6))
		}
		r.records.Add(1)
		// The cut lies before this record: a run that goes on from it reads the
		// record again.
		if r.engine.Advance(rec.TS) > 0 && before != nil {
			if err := r.cut(before); err != nil {
				return err
			}
			before, nextCut = nil, r.Now().Add(every)
		}
		r.engine.Observe(&rec)
	}
	return nil
}

// stopped tells whether the run must end: by the user, or because what was found
// cannot be kept.
func (r *replay) stopped(ctx context.Context) error {
	select {
	case <-r.drain.failed:
		return r.drain.err
	case <-ctx.Done():
		return ErrInterrupted
	default:
		return nil
	}
}

func (r *replay) cut(cursors []push.Cursor) error {
	enc, err := json.Marshal(note{Cursors: cursors, Engine: r.Engine})
	if err != nil {
		return fmt.Errorf("cannot encode the places in the inputs: %w", err)
	}
	r.drain.cutting.Store(true)
	return r.engine.Cut(enc)
}

// finish closes what is open and keeps the end state.
func (r *replay) finish() error {
	r.bad.finish()
	for _, in := range r.input.Inputs() {
		st := in.Stats()
		r.summary.Bad += st.BadLines()
		if st.Damage != "" {
			r.summary.Damaged = append(r.summary.Damaged, fmt.Sprintf("%s: %s", in.Name(), st.Damage))
		}
	}
	r.engine.Flush()
	if !r.data.temp {
		if err := r.cut(r.input.Cursors()); err != nil {
			return err
		}
	}
	return r.drain.wait(r.engine.Marks())
}

// loading tells the endpoint how far the replay is. Any goroutine may ask.
func (r *replay) loading() serve.Progress {
	p := serve.Progress{Phase: "replaying", Ready: r.done.Load(), Records: r.records.Load()}
	if p.Ready {
		p.Phase = "replayed"
	}
	p.Done, p.Total = r.input.Progress()
	return p
}

// stay announces the end and serves until ctx ends, if serving was asked for.
func (r *replay) stay(ctx context.Context) error {
	r.done.Store(true)
	address := ""
	if r.serving != nil {
		address = r.serving.address
	}
	if r.Done != nil {
		r.Done(r.engine.View(), address)
	}
	if r.serving == nil {
		return nil
	}
	return r.serving.wait(ctx)
}
