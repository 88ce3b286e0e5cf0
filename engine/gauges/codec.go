package gauges

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

const bookVersion = 1

// bookJSON is the stored form: a book is small beside the core, so that it can
// afford to be readable.
type bookJSON struct {
	Version int
	Refused uint64
	Entries []*Entry
	Lists   []listJSON
}

type listJSON struct {
	Platform uint16
	Name     string
	First    int64
	Polled   int64
	Size     int
	IDs      []term.ID
	Spread   map[string]detect.Spread
}

// AppendBinary appends the book's encoding to dst: equal books give equal bytes.
func (b *Book) AppendBinary(dst []byte) ([]byte, error) {
	doc := bookJSON{Version: bookVersion, Refused: b.refused}
	for _, id := range b.ids() {
		doc.Entries = append(doc.Entries, b.entries[id])
	}
	for key, l := range b.lists {
		doc.Lists = append(doc.Lists, listJSON{key.platform, key.name, l.first, l.polled, l.size, l.ids, l.spread})
	}
	slices.SortFunc(doc.Lists, func(a, b listJSON) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Name, b.Name))
	})
	enc, err := json.Marshal(doc)
	if err != nil {
		return dst, fmt.Errorf("gauges: cannot encode the book: %w", err)
	}
	return append(dst, enc...), nil
}

// Decode reads what [Book.AppendBinary] wrote.
func Decode(data []byte) (*Book, error) {
	var doc bookJSON
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if doc.Version != bookVersion {
		return nil, fmt.Errorf("%w: version %d, this program reads %d", ErrCorrupt, doc.Version, bookVersion)
	}
	b := NewBook()
	b.refused = doc.Refused
	for _, l := range doc.Lists {
		b.lists[listKey{l.Platform, l.Name}] = &list{l.First, l.Polled, l.Size, l.IDs, l.Spread}
	}
	for _, e := range doc.Entries {
		if e == nil || b.entries[e.ID] != nil {
			return nil, fmt.Errorf("%w: an entry is empty or comes twice", ErrCorrupt)
		}
		for _, s := range e.Series {
			ordered := slices.IsSortedFunc(s.Readings, func(a, b detect.Reading) int { return cmp.Compare(a.At, b.At) })
			if b.lists[listKey{e.Platform, s.List}] == nil || len(s.Readings) == 0 || !ordered {
				return nil, fmt.Errorf("%w: %s %q: a series without a list or readings, or out of order", ErrCorrupt, e.Term.Kind, e.Term.Key)
			}
		}
		b.entries[e.ID] = e
	}
	return b, nil
}
