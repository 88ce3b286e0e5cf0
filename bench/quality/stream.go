package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/bench/quality/truth"
	"github.com/swell-radar/swell/bench/quality/worlds"
	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/scrapers/push"
	"github.com/swell-radar/swell/term"
)

// stream is one stream, counted, with its truth.
type stream struct {
	trace *trace.Trace
	set   truth.Set
	from  int64 // Unix second from which on things count
	to    int64 // end
	names names
}

// source is where a stream comes from: a world and a seed, or an archive.
type source struct {
	World string
	Seed  uint64
	// Deep: Swell is run with all budgets and without each of its parts.
	Deep bool
	// Archive is a file of records, Truth what is known of it.
	Archive, Truth string
}

// String returns a name for people.
func (s source) String() string {
	if s.Archive != "" {
		name := filepath.Base(s.Archive)
		name, _, _ = strings.Cut(name, ".")
		return name
	}
	return fmt.Sprintf("%s %d", s.World, s.Seed)
}

// open counts the stream. A warm-up is given for archives only, in days.
func (s source) open(o *options) (*stream, error) {
	if s.Archive != "" {
		return openArchive(s, o.warmup)
	}
	cfg, err := worlds.Config(s.World, s.Seed)
	if err != nil {
		return nil, err
	}
	if o.shrink != nil {
		o.shrink(&cfg)
	}
	t, set, err := generate(s.String(), cfg)
	if err != nil {
		return nil, err
	}
	return newStream(t, set, float64(cfg.Days)*worlds.WarmUp/worlds.Days), nil
}

// newStream puts a trace and its truth together.
func newStream(t *trace.Trace, set truth.Set, warmup float64) *stream {
	if !set.Oracle {
		set = spelledOut(t, set)
	}
	s := &stream{
		trace: t, set: set, names: newNames(t, set),
		from: detect.PaneStart(t.First) + int64(warmup*24)*3600, to: detect.PaneStart(t.Last() + 1),
	}
	if set.Oracle {
		s.from = detect.PaneStart(t.First) // its own first row says more
	}
	return s
}

// generate makes up a stream.
func generate(name string, cfg workload.Config) (*trace.Trace, truth.Set, error) {
	g, err := workload.New(cfg)
	if err != nil {
		return nil, truth.Set{}, err
	}
	b := trace.NewBuilder(name)
	var rec term.Record
	for g.Next(&rec) {
		b.Add(&rec)
	}
	var set truth.Set
	for i, p := range g.Truth() {
		set.Rows = append(set.Rows, truth.Row{
			Kind: p.Term.Kind, Key: p.Term.Key, Platform: p.Platform, Type: truth.Type(p.Type.String()), Shape: p.Shape.String(),
			Onset: p.Onset.Unix(), Peak: p.Peak.Unix(), End: p.End.Unix(), Event: i,
		})
	}
	t := b.Trace()
	nameSolos(t, set)
	return t, set, nil
}

// openArchive reads a file of records and its truth.
func openArchive(s source, warmup float64) (*stream, error) {
	r, err := push.Open(s.Archive, push.Options{})
	if err != nil {
		return nil, err
	}
	b := trace.NewBuilder(s.String())
	var rec term.Record
	for err == nil {
		if _, err = r.Next(&rec); err == nil {
			b.Add(&rec)
		}
	}
	if closing := r.Close(); err == io.EOF {
		err = closing
	}
	if err != nil {
		return nil, err
	}
	f, err := os.Open(s.Truth)
	if err != nil {
		return nil, err
	}
	set, err := truth.Load(f, s.Truth)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	t := b.Trace()
	if len(t.Panes) == 0 {
		return nil, fmt.Errorf("archive %s holds no record", s.Archive)
	}
	return newStream(t, set, warmup), nil
}

// life is how long, in seconds, a trend is taken to live whose end is not known.
const life = 72 * 3600

// spelledOut makes rows that are about any kind of term or any platform ones about each
// term of that key that there is, and ends those whose end is not known.
func spelledOut(t *trace.Trace, set truth.Set) truth.Set {
	byKey := map[string][]*trace.Term{}
	for i := range t.Terms {
		x := &t.Terms[i]
		byKey[x.Key] = append(byKey[x.Key], x)
	}
	out := truth.Set{}
	for _, r := range set.Rows {
		if r.End == 0 {
			r.End = max(r.Onset+life, r.Peak)
		}
		if r.Kind != 0 && r.Platform != "" {
			out.Rows = append(out.Rows, r)
			continue
		}
		for _, x := range byKey[r.Key] {
			own := r
			own.Kind, own.Platform = x.Kind, t.Platforms[x.Platform]
			if (r.Kind == 0 || r.Kind == own.Kind) && (r.Platform == "" || r.Platform == own.Platform) {
				out.Rows = append(out.Rows, own)
			}
		}
	}
	return out
}
