package gauges

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

const bookVersion = 2 // 1 knew no polls

// bookJSON is the stored form: a book is small beside the core, so that it can
// afford to be readable.
type bookJSON struct {
	Version int
	Refused uint64
	Numbers uint32
	Entries []*Entry
	Lists   []listJSON
}

type listJSON struct {
	Platform uint16
	Name     string
	First    int64
	Polled   int64
	Size     int `json:",omitzero"` // of version 1
	IDs      []term.ID
	Spread   map[string]detect.Spread

	Number          uint32
	Changed         int64
	Polls           []detect.Poll
	Interval, Every float64
}

// AppendBinary appends the book's encoding to dst: equal books give equal bytes.
func (b *Book) AppendBinary(dst []byte) ([]byte, error) {
	doc := bookJSON{Version: bookVersion, Refused: b.refused, Numbers: b.numbers}
	for _, id := range b.ids() {
		doc.Entries = append(doc.Entries, b.entries[id])
	}
	for key, l := range b.lists {
		doc.Lists = append(doc.Lists, listJSON{
			Platform: key.platform, Name: key.name, First: l.first, Polled: l.polled, IDs: l.ids, Spread: l.spread,
			Number: l.number, Changed: l.changed, Polls: l.Polls, Interval: l.Interval, Every: l.Every,
		})
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

// Decode reads what [Book.AppendBinary] wrote, or that of version 1, whose lists are
// taken as seen for the first time.
func Decode(data []byte) (*Book, error) {
	var doc bookJSON
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if doc.Version < 1 || doc.Version > bookVersion {
		return nil, fmt.Errorf("%w: version %d, this program reads %d", ErrCorrupt, doc.Version, bookVersion)
	}
	b := NewBook()
	b.refused, b.numbers = doc.Refused, doc.Numbers
	numbers := map[uint32]bool{}
	for _, l := range doc.Lists {
		if doc.Version == 1 {
			b.numbers++
			l.Number = b.numbers
		}
		ordered := slices.IsSortedFunc(l.Polls, func(a, b detect.Poll) int { return cmp.Compare(a.At, b.At) })
		if numbers[l.Number] || l.Number == 0 || l.Number > b.numbers || !ordered || l.Interval < 0 || l.Every < 0 {
			return nil, fmt.Errorf("%w: list %q of number %d", ErrCorrupt, l.Name, l.Number)
		}
		numbers[l.Number] = true
		b.lists[listKey{l.Platform, l.Name}] = &list{
			List:   detect.List{Polls: l.Polls, Interval: l.Interval, Every: l.Every},
			number: l.Number, first: l.First, polled: l.Polled, changed: l.Changed, ids: l.IDs, spread: l.Spread,
		}
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
