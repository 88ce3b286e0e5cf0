package export

import (
	"cmp"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/rows"
	"github.com/swell-radar/swell/internal/store"
)

// LongRow is a row of the long layout: what was counted of a term in an hour. An hour
// in which it was not used has none.
type LongRow struct {
	Start        time.Time `json:"start"` // of the hour
	Kind         string    `json:"kind"`
	Key          string    `json:"key"`
	Term         string    `json:"term"` // the most frequent spelling
	Platform     string    `json:"platform"`
	Posts        uint32    `json:"posts"`
	FreshAuthors float64   `json:"fresh_authors"` // not seen with the term for a day; a repost's counts half
}

// WideRow is a row of the wide layout: what was counted of a term in a day. The hours
// are its posts by UTC hour, null where the hour was not counted at all.
type WideRow struct {
	Start        time.Time `json:"start"` // of the day
	Kind         string    `json:"kind"`
	Key          string    `json:"key"`
	Term         string    `json:"term"`
	Platform     string    `json:"platform"`
	Posts        uint64    `json:"posts"`
	FreshAuthors float64   `json:"fresh_authors"`
	H00          *uint32   `json:"h00"`
	H01          *uint32   `json:"h01"`
	H02          *uint32   `json:"h02"`
	H03          *uint32   `json:"h03"`
	H04          *uint32   `json:"h04"`
	H05          *uint32   `json:"h05"`
	H06          *uint32   `json:"h06"`
	H07          *uint32   `json:"h07"`
	H08          *uint32   `json:"h08"`
	H09          *uint32   `json:"h09"`
	H10          *uint32   `json:"h10"`
	H11          *uint32   `json:"h11"`
	H12          *uint32   `json:"h12"`
	H13          *uint32   `json:"h13"`
	H14          *uint32   `json:"h14"`
	H15          *uint32   `json:"h15"`
	H16          *uint32   `json:"h16"`
	H17          *uint32   `json:"h17"`
	H18          *uint32   `json:"h18"`
	H19          *uint32   `json:"h19"`
	H20          *uint32   `json:"h20"`
	H21          *uint32   `json:"h21"`
	H22          *uint32   `json:"h22"`
	H23          *uint32   `json:"h23"`
}

// hours returns where the row has its hours.
func (r *WideRow) hours() [24]**uint32 {
	return [24]**uint32{
		&r.H00, &r.H01, &r.H02, &r.H03, &r.H04, &r.H05, &r.H06, &r.H07, &r.H08, &r.H09, &r.H10, &r.H11,
		&r.H12, &r.H13, &r.H14, &r.H15, &r.H16, &r.H17, &r.H18, &r.H19, &r.H20, &r.H21, &r.H22, &r.H23,
	}
}

// rowType returns the type of the rows of a layout.
func (l Layout) rowType() reflect.Type {
	if l == Wide {
		return reflect.TypeFor[WideRow]()
	}
	return reflect.TypeFor[LongRow]()
}

// table writes terms as rows of a kind of file.
type table struct {
	out   *rows.Writer
	kind  Kind
	hours uint32 // that were counted, by bit
	n     int64  // rows written
	long  []LongRow
	wide  [1]WideRow
}

// add writes what was counted of one term.
func (t *table) add(d *store.TermDay) error {
	if t.kind.Layout == Wide {
		return t.addWide(d)
	}
	t.long = t.long[:0]
	for h, posts := range d.Posts {
		if posts == 0 && d.Fresh[h] == 0 {
			continue
		}
		t.long = append(t.long, LongRow{
			Start: time.Unix(t.kind.Day*daySeconds+int64(h)*3600, 0).UTC(), Kind: d.Kind.String(), Key: d.Key, Term: cmp.Or(d.Display, d.Key), Platform: d.Platform,
			Posts: posts, FreshAuthors: float64(d.Fresh[h]) / 2,
		})
	}
	t.n += int64(len(t.long))
	return t.out.Write(t.long)
}

func (t *table) addWide(d *store.TermDay) error {
	row := &t.wide[0]
	*row = WideRow{Start: time.Unix(t.kind.Day*daySeconds, 0).UTC(), Kind: d.Kind.String(), Key: d.Key, Term: cmp.Or(d.Display, d.Key), Platform: d.Platform}
	for h, place := range row.hours() {
		row.Posts += uint64(d.Posts[h])
		row.FreshAuthors += float64(d.Fresh[h]) / 2
		if t.hours&(1<<h) != 0 {
			*place = &d.Posts[h]
		}
	}
	t.n++
	return t.out.Write(t.wide[:])
}

// notes are what a file says of itself, where its format has room for that.
func (t *table) notes() map[string]string {
	return map[string]string{
		"swell.day": Date(t.kind.Day), "swell.layout": t.kind.Layout.String(), "swell.hours_not_counted": strings.Join(missing(t.hours), ";"),
	}
}

// missing returns the hours that are not among those given by bit.
func missing(hours uint32) []string {
	var out []string
	for h := range 24 {
		if hours&(1<<h) == 0 {
			out = append(out, strconv.Itoa(h))
		}
	}
	return out
}
