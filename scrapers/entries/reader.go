package entries

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/poll"
	"github.com/swell-radar/swell/term"
)

// Reader asks for one feed.
type Reader struct {
	Net   *fetch.Client
	URL   string // as it is configured
	Key   string // of the configuration that the URL comes from, for what people are told
	Every time.Duration

	// AsReader says that the user has named the feed to be read as a feed reader does:
	// robots.txt is not asked.
	AsReader bool

	// Record makes an occurrence of an entry: all but its time. An error rejects the entry;
	// [term.ErrNothingToCount] leaves it out. The ID has to be the same each time.
	Record func(f *Feed, e *Entry) (term.Record, error)

	Parsers *Parsers // shared by readers that are asked at the same time; nil: no bound

	notBefore time.Time // the feed wants to be left alone until then
}

const (
	mostOfFeed  = 8 << 20        // bytes
	firstLook   = time.Hour      // how old entries may be that a first look takes
	oldNews     = 24 * time.Hour // entries that are older by their own word are no news when they turn up: the feed was made anew, or was not seen for days
	longestTTL  = 6 * time.Hour  // that a feed is left alone because it wants to
	longestRest = 31 * time.Hour // the same with skipped hours; longer is a clock that was set back
)

// cursor is what is kept of a feed.
type cursor struct {
	Moved string           `json:"moved,omitempty"` // where the feed is now, if not where it is configured
	Known fetch.Validators `json:"known"`
	Seen  poll.Seen        `json:"seen"`
}

// Ask asks once, as a [poll.Target] does: the delivery has the entries that are new. A feed that has moved is
// followed, and that is told; one that is gone has ended.
func (r *Reader) Ask(ctx context.Context, t poll.Turn) (scrapers.Delivery, error) {
	if t.Now.Before(r.notBefore) && r.notBefore.Sub(t.Now) <= longestRest {
		return scrapers.Delivery{}, nil
	}
	var at cursor
	if len(t.Cursor) > 0 && json.Unmarshal(t.Cursor, &at) != nil {
		at = cursor{} // what was taken is told by its IDs, at worst
	}
	q := fetch.Request{
		URL: r.URL, Known: at.Known, MaxBytes: mostOfFeed, API: r.AsReader,
		Accept: []string{"*+xml", "application/xml", "text/xml", "*+json", "application/json", "text/plain"},
	}
	if at.Moved != "" {
		q.URL = at.Moved
	}
	answer, err := r.Net.Get(ctx, q)
	if err != nil {
		return r.failed(at, err)
	}
	var word error
	moved := answer.Moved != "" && answer.Moved != at.Moved && len(answer.Moved) <= term.MaxFieldBytes
	if moved {
		at.Moved = answer.Moved
		word = scrapers.NewTrouble(scrapers.OK, "it has moved for good and is read at its new address; put that into %s", r.Key)
	}
	if answer.Unchanged {
		r.wait(t.Now, answer.Header, &Feed{})
		if !moved {
			return scrapers.Delivery{}, nil
		}
		return scrapers.Delivery{Cursor: at.kept()}, word
	}
	d, f, err := r.read(ctx, answer.Body, &at, t)
	if err != nil {
		return scrapers.Delivery{}, err
	}
	r.wait(t.Now, answer.Header, f)
	at.Known = answer.Validators
	d.Cursor = at.kept()
	return d, word
}

// kept returns the cursor as it is kept. An ETag of kilobytes is left out: without it the feed is
// read whole each time.
func (at cursor) kept() []byte {
	kept, err := json.Marshal(at)
	if err == nil && len(kept) > poll.MaxCursor {
		at.Known = fetch.Validators{}
		kept, err = json.Marshal(at)
	}
	if err != nil {
		return nil // strings and numbers can always be written
	}
	return kept
}

// Read makes of a body what Ask makes of an answer with it, when nothing was taken before: for tests
// of sources. It keeps nothing.
func (r *Reader) Read(body []byte, t poll.Turn) (scrapers.Delivery, error) {
	d, _, err := r.read(context.Background(), body, &cursor{}, t)
	return d, err
}

func (r *Reader) read(ctx context.Context, body []byte, at *cursor, t poll.Turn) (scrapers.Delivery, *Feed, error) {
	f, err := r.Parsers.parse(ctx, body)
	if err != nil {
		return scrapers.Delivery{}, nil, err
	}
	return r.deliver(f, at, t), f, nil
}

// failed says what an answer that is none means.
func (r *Reader) failed(at cursor, err error) (scrapers.Delivery, error) {
	var t *scrapers.Trouble
	if !errors.As(err, &t) || t.Status != http.StatusGone && t.Status != http.StatusNotFound {
		return scrapers.Delivery{}, err
	}
	if at.Moved != "" {
		// Not there any more: the old address is tried again.
		at.Moved, at.Known = "", fetch.Validators{}
		return scrapers.Delivery{Cursor: at.kept()}, err
	}
	if t.Status == http.StatusGone {
		return scrapers.Delivery{}, &scrapers.Trouble{
			State: scrapers.Ended, Status: t.Status, Err: err,
			Why: fmt.Sprintf("the feed is gone for good, and not asked for again until Swell is started anew; remove it from %s", r.Key),
		}
	}
	return scrapers.Delivery{}, err
}

// deliver makes records of the entries that are news, oldest first.
func (r *Reader) deliver(f *Feed, at *cursor, t poll.Turn) scrapers.Delivery {
	d := scrapers.Delivery{Items: f.Items}
	for i := range f.Entries {
		e := &f.Entries[i]
		rec, err := r.Record(f, e)
		if err == nil && !at.Seen.Add(rec.ID) {
			continue
		}
		if err == nil && !dated(&rec, e.Published, t) {
			continue
		}
		if err == nil {
			err = scrapers.Fit(&rec)
		}
		switch {
		case errors.Is(err, term.ErrNothingToCount):
		case err != nil:
			d.Rejected = append(d.Rejected, scrapers.Reject{Where: e.Where, Why: err})
		default:
			d.Records = append(d.Records, rec)
		}
	}
	slices.SortStableFunc(d.Records, func(a, b term.Record) int { return int(min(max(a.TS-b.TS, -1), 1)) })
	return d
}

// dated sets the record's time, and reports whether it is news.
func dated(rec *term.Record, published time.Time, t poll.Turn) bool {
	if !published.IsZero() && published.Before(t.Now.Add(-oldNews)) {
		return false
	}
	at, news := scrapers.Arrival(published, t.Last, t.Now, firstLook)
	rec.TS = scrapers.InTime(at, t.Now).UnixMicro()
	return news
}
