package watch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/swell-radar/swell/term"
)

// listVersion is that of the stored form.
const listVersion = 1

// listJSON is the stored form: lists are small, so that they can afford to be readable.
// Keys are not in it: they follow from the spellings.
type listJSON struct {
	Version int        `json:"version"`
	Name    string     `json:"name"`
	Title   string     `json:"title,omitempty"`
	Changed int64      `json:"changed"` // µs since 1970
	Terms   []termJSON `json:"terms"`
}

type termJSON struct {
	Kind      term.Kind `json:"kind"`
	Spelling  string    `json:"term"`
	Platforms []string  `json:"platforms,omitempty"`
}

// AppendBinary appends the list's encoding to dst: equal lists give equal bytes.
func (l *List) AppendBinary(dst []byte) ([]byte, error) {
	doc := listJSON{Version: listVersion, Name: l.Name, Title: l.Title, Changed: l.Changed.UnixMicro(), Terms: make([]termJSON, 0, len(l.Terms))}
	for _, t := range l.Terms {
		doc.Terms = append(doc.Terms, termJSON{t.Kind, t.Spelling, t.Platforms})
	}
	enc, err := json.Marshal(doc)
	if err != nil {
		return dst, fmt.Errorf("watch: cannot encode the list %q: %w", l.Name, err)
	}
	return append(dst, enc...), nil
}

// Decode reads what [List.AppendBinary] wrote. Errors wrap [ErrCorrupt] or [ErrNewer].
func Decode(data []byte) (*List, error) {
	var head struct{ Version int }
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if head.Version > listVersion {
		return nil, fmt.Errorf("%w: version %d, this program reads %d; use the version that wrote it", ErrNewer, head.Version, listVersion)
	}
	if head.Version != listVersion {
		return nil, fmt.Errorf("%w: version %d", ErrCorrupt, head.Version)
	}
	var doc listJSON
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(&doc); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	terms := make([]Term, 0, len(doc.Terms))
	for _, t := range doc.Terms {
		terms = append(terms, Term{Kind: t.Kind, Spelling: t.Spelling, Platforms: t.Platforms})
	}
	l, err := New(doc.Name, doc.Title, time.UnixMicro(doc.Changed), terms)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return l, nil
}
