package watch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/swell-radar/swell/term"
)

// listVersion is that of the stored form. Version 1, which is read as well, had terms alone.
const listVersion = 2

// listJSON is the stored form: lists are small, so that they can afford to be readable.
// Keys are not in it: they follow from the spellings.
type listJSON struct {
	Version   int          `json:"version"`
	Name      string       `json:"name"`
	Title     string       `json:"title,omitempty"`
	Purpose   string       `json:"purpose,omitempty"`
	Changed   int64        `json:"changed"`         // µs since 1970
	Since     *int64       `json:"since,omitempty"` // the same
	Altered   *int64       `json:"altered,omitempty"`
	Terms     []termJSON   `json:"terms"`
	Phrases   []phraseJSON `json:"phrases,omitempty"`
	Exclude   []string     `json:"exclude,omitempty"`
	Languages []string     `json:"languages,omitempty"`
}

type termJSON struct {
	Kind      term.Kind `json:"kind"`
	Spelling  string    `json:"term"`
	Platforms []string  `json:"platforms,omitempty"`
}

type phraseJSON struct {
	Spelling  string   `json:"phrase"`
	Exclude   []string `json:"exclude,omitempty"`
	Languages []string `json:"languages,omitempty"`
	Platforms []string `json:"platforms,omitempty"`
}

// AppendBinary appends the list's encoding to dst: equal lists give equal bytes.
func (l *List) AppendBinary(dst []byte) ([]byte, error) {
	doc := listJSON{
		Version: listVersion, Name: l.Name, Title: l.Title, Purpose: l.Purpose, Changed: l.Changed.UnixMicro(),
		Terms: make([]termJSON, 0, len(l.Terms)), Exclude: l.Exclude, Languages: l.Languages,
	}
	if !l.Since.IsZero() {
		since := l.Since.UnixMicro()
		doc.Since = &since
	}
	if !l.Altered.IsZero() {
		altered := l.Altered.UnixMicro()
		doc.Altered = &altered
	}
	for _, t := range l.Terms {
		doc.Terms = append(doc.Terms, termJSON{t.Kind, t.Spelling, t.Platforms})
	}
	for _, p := range l.Phrases {
		doc.Phrases = append(doc.Phrases, phraseJSON{p.Spelling, p.Exclude, p.Languages, p.Platforms})
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
	if head.Version < 1 {
		return nil, fmt.Errorf("%w: version %d", ErrCorrupt, head.Version)
	}
	var doc listJSON
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(&doc); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	d := Draft{
		Name: doc.Name, Title: doc.Title, Purpose: doc.Purpose, Changed: time.UnixMicro(doc.Changed),
		Exclude: doc.Exclude, Languages: doc.Languages,
	}
	if doc.Since != nil {
		d.Since = time.UnixMicro(*doc.Since)
	}
	if doc.Altered != nil {
		d.Altered = time.UnixMicro(*doc.Altered)
	}
	for _, t := range doc.Terms {
		d.Terms = append(d.Terms, Term{Kind: t.Kind, Spelling: t.Spelling, Platforms: t.Platforms})
	}
	for _, p := range doc.Phrases {
		d.Phrases = append(d.Phrases, Phrase{Spelling: p.Spelling, Exclude: p.Exclude, Languages: p.Languages, Platforms: p.Platforms})
	}
	l, err := Make(d)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return l, nil
}
