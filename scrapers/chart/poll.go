package chart

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/poll"
)

// Poll is a list and how it is asked for.
type Poll struct {
	List    List
	Net     *fetch.Client
	Request fetch.Request // of the list; what is known of it is set here
	// Decode reads an answer. Its errors are troubles; it is not called with an empty body of
	// status 204.
	Decode func(body []byte) (Page, error)
}

// cursor is what is kept of a list: which version of it was taken.
type cursor struct {
	URL   string           `json:"url"` // it was read at
	Stamp string           `json:"stamp,omitempty"`
	Known fetch.Validators `json:"known"`
}

func open(kept []byte) cursor {
	var c cursor
	if json.Unmarshal(kept, &c) != nil {
		return cursor{} // none, or one that cannot be read: it is read again, at worst
	}
	return c
}

// Taken returns the address of the version that was taken last, empty if there was none.
func Taken(t poll.Turn) string { return open(t.Cursor).URL }

// Ask asks once, as a [poll.Target] does: the delivery has a reading of every row, or
// none where nothing has changed since the turn's cursor.
func (p *Poll) Ask(ctx context.Context, t poll.Turn) (scrapers.Delivery, error) {
	last := open(t.Cursor)
	q := p.Request
	if last.URL == q.URL {
		q.Known = last.Known
	}
	answer, err := p.Net.Get(ctx, q)
	if err != nil {
		return scrapers.Delivery{}, err
	}
	if answer.Unchanged || answer.Status == 204 {
		return scrapers.Delivery{}, nil
	}
	page, err := p.Decode(answer.Body)
	if err != nil {
		return scrapers.Delivery{}, err
	}
	next := cursor{URL: q.URL, Stamp: clip(page.Stamp), Known: answer.Validators}
	d := scrapers.Delivery{Rejected: page.Rejected}
	if d.Cursor, err = json.Marshal(next); err != nil {
		return scrapers.Delivery{}, fmt.Errorf("cannot keep the cursor of %s: %w", p.List.Name, err)
	}
	if next.Stamp != "" && next.Stamp == last.Stamp {
		d.Rejected = nil // they were told with the version's first reading
		return d, nil
	}
	d.Items = max(page.Items, len(page.Rows)+len(page.Rejected))
	records, rejected := p.List.Records(t.Now, page.Rows)
	d.Records, d.Rejected = records, append(d.Rejected, rejected...)
	if len(records) == 0 && len(d.Rejected) > 0 {
		return scrapers.Delivery{}, scrapers.NewTrouble(scrapers.SchemaChanged, "none of the %d rows of %s was understood; the first, %s: %v",
			d.Items, p.List.Name, d.Rejected[0].Where, d.Rejected[0].Why)
	}
	return d, nil
}

// Missing is the trouble of an answer that does not have what it has to have.
func Missing(path string) error {
	return scrapers.NewTrouble(scrapers.SchemaChanged, "%s is missing: its answers have another form now", path)
}

// NotJSON is the trouble of an answer that cannot be read at all.
func NotJSON(err error) error {
	return &scrapers.Trouble{State: scrapers.SchemaChanged, Why: "the answer is not the JSON that it should be", Err: err}
}
