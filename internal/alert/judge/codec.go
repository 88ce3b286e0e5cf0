package judge

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

const (
	stateVersion = 1
	// maxState bounds the stored form, in bytes: it is one value of the store's drawer, and what is found goes with it in
	// one change.
	maxState = store.MaxItemValue * 3 / 4
	// maxPlain bounds it before it is packed: one thread of every rule there can be has some ten kilobytes.
	maxPlain = 64 << 20
)

// stateJSON is the stored form: it is small, so that it can afford to be readable.
type stateJSON struct {
	Version int               `json:"version"`
	At      int64             `json:"at"`
	Rules   map[string]uint64 `json:"rules"`
	Threads []*thread         `json:"threads"` // in the order in which they were seen last, then of IDs
}

// AppendBinary appends the judge's encoding to dst: equal ones give equal bytes. Of more threads than fit, those
// not seen for the longest are forgotten, by the judge as well: one that is read again goes on as this one does.
func (j *Judge) AppendBinary(dst []byte) ([]byte, error) {
	doc := stateJSON{Version: stateVersion, At: j.at, Rules: j.known, Threads: j.newest()}
	for {
		plain, err := json.Marshal(doc)
		if err != nil {
			return dst, fmt.Errorf("judge: cannot encode what was told: %w", err)
		}
		packed, err := pack(plain)
		if err != nil {
			return dst, fmt.Errorf("judge: cannot pack what was told: %w", err)
		}
		if over := max(float64(len(packed))/maxState, float64(len(plain))/maxPlain); over > 1 && len(doc.Threads) > 0 {
			doc.Threads = doc.Threads[:int(0.95*float64(len(doc.Threads))/over)]
			continue
		}
		j.keep(doc.Threads)
		return append(dst, packed...), nil
	}
}

// pack makes it small: names of rules come again in every thread.
func pack(plain []byte) ([]byte, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, err
	}
	return enc.EncodeAll(plain, nil), nil
}

func unpack(packed []byte) ([]byte, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxPlain))
	if err != nil {
		return nil, err
	}
	defer dec.Close()
	return dec.DecodeAll(packed, nil)
}

// Decode reads what [Judge.AppendBinary] wrote. Errors wrap [ErrCorrupt] or [ErrNewer].
func Decode(packed []byte) (*Judge, error) {
	data, err := unpack(packed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	var head struct{ Version int }
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if head.Version > stateVersion {
		return nil, fmt.Errorf("%w: version %d, this program reads %d; use the version that wrote it", ErrNewer, head.Version, stateVersion)
	}
	if head.Version != stateVersion {
		return nil, fmt.Errorf("%w: version %d", ErrCorrupt, head.Version)
	}
	var doc stateJSON
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(&doc); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if len(doc.Threads) > maxThreads || len(doc.Rules) > MaxRules {
		return nil, fmt.Errorf("%w: %d threads and %d rules", ErrCorrupt, len(doc.Threads), len(doc.Rules))
	}
	j := &Judge{at: doc.At, known: doc.Rules, threads: make(map[threadKey]*thread, len(doc.Threads))}
	for _, t := range doc.Threads {
		if err := t.check(); err != nil {
			return nil, err
		}
		if j.threads[t.key()] != nil {
			return nil, fmt.Errorf("%w: thread %.40q twice", ErrCorrupt, t.ID)
		}
		j.threads[t.key()] = t
	}
	return j, nil
}

// kind is a kind of term that is stored by its name.
type kind term.Kind

// MarshalText implements [encoding.TextMarshaler].
func (k kind) MarshalText() ([]byte, error) { return []byte(term.Kind(k).String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (k *kind) UnmarshalText(text []byte) error {
	if *k = kind(kindOf(string(text))); *k == 0 {
		return fmt.Errorf("%w: kind %.40q", ErrCorrupt, text)
	}
	return nil
}

func (t *thread) check() error {
	if t == nil || t.Kind == 0 || t.ID == "" || len(t.Told) > MaxRules || t.Phase > detect.Fading || t.Rule != "" && watch.CheckName(t.Rule) != nil {
		return fmt.Errorf("%w: a thread that cannot be", ErrCorrupt)
	}
	for i, x := range t.Told {
		if watch.CheckName(x.Rule) != nil || x.Phase > detect.Fading || i > 0 && t.Told[i-1].Rule >= x.Rule {
			return fmt.Errorf("%w: thread %.40q with rule %.80q", ErrCorrupt, t.ID, x.Rule)
		}
	}
	return nil
}
