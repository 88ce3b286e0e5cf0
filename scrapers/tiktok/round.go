package tiktok

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/poll"
)

// round asks for the pages of one host in turn, one with each poll.
type round struct {
	pages []page
	pace  time.Duration
	net   *fetch.Client
	host  scrapers.Host
}

const (
	// tries is how often a page without numbers, or without an answer, is asked for before the next one.
	tries = 3
	// dryAfter is how many answers in a row without numbers are no chance any more.
	dryAfter = 12

	firstRest = 2 * time.Hour // after the first refusal
	longest   = 24 * time.Hour
)

// place is where a round is: its cursor.
type place struct {
	Next    string            `json:"next"`             // page
	Tries   int               `json:"tries,omitempty"`  // of it so far
	Asked   int64             `json:"asked"`            // when the last page was, in seconds since 1970
	Answers int               `json:"answers"`          // in this round
	Without int               `json:"without"`          // those of them that had no numbers
	Dry     int               `json:"dry,omitempty"`    // answers in a row without numbers
	Barred  int               `json:"barred,omitempty"` // pages in a row that robots.txt does not allow
	Refused int               `json:"refused,omitempty"`
	Until   int64             `json:"until,omitempty"` // nothing is asked before then
	Why     string            `json:"why,omitempty"`
	Stamps  map[string]uint64 `json:"stamps,omitempty"` // of lists, by page
}

// turn asks for the next page, as [poll.Target] has it.
func (r *round) turn(ctx context.Context, t poll.Turn) (scrapers.Delivery, error) {
	var at place
	_ = json.Unmarshal(t.Cursor, &at) // one that cannot be read begins a round
	if trouble := at.resting(t.Now); trouble != nil {
		return scrapers.Delivery{}, trouble
	}
	now := t.Now
	if wait := time.Unix(at.Asked, 0).Add(r.pace).Sub(now); wait > 0 {
		if err := r.host.Sleep(ctx, min(wait, r.pace)); err != nil {
			return scrapers.Delivery{}, err
		}
		now = r.host.Now()
	}
	i := r.index(at.Next)
	p := r.pages[i]
	at.Next, at.Asked = p.name, now.Unix()
	answer, err := r.net.Page(ctx, fetch.Request{URL: p.address})
	if err != nil {
		return r.failed(&at, i, now, err)
	}
	at.Barred, at.Refused, at.Until, at.Why = 0, 0, 0, ""
	at.Answers++

	got, err := p.read(answer)
	if errors.Is(err, errNoNumbers) {
		at.Dry++
		at.Without++
		if at.Tries++; at.Tries < tries {
			return r.deliver(&at, reading{}, now, at.dry())
		}
		word := r.advance(&at, i)
		if trouble := at.dry(); trouble != nil {
			word = trouble
		}
		return r.deliver(&at, reading{}, now, word)
	}
	at.Dry = 0
	if err != nil {
		_ = r.advance(&at, i) // what is the matter is said already
		return r.deliver(&at, reading{}, now, fmt.Errorf("%s: %w", p.name, err))
	}
	if got.stamp != 0 {
		if at.Stamps[p.name] == got.stamp {
			got.rows = nil
		} else {
			if at.Stamps == nil {
				at.Stamps = map[string]uint64{}
			}
			at.Stamps[p.name] = got.stamp
		}
	}
	return r.deliver(&at, got, now, r.advance(&at, i))
}

// index returns the page with a name, the first one where there is none.
func (r *round) index(name string) int {
	for i := range r.pages {
		if r.pages[i].name == name {
			return i
		}
	}
	return 0
}

// advance goes on to the next page. At the end of a round it says, as no more than a word, how
// many answers had no numbers.
func (r *round) advance(at *place, i int) error {
	at.Tries = 0
	at.Next = r.pages[(i+1)%len(r.pages)].name
	if i+1 < len(r.pages) {
		return nil
	}
	answers, without := at.Answers, at.Without
	at.Answers, at.Without = 0, 0
	if without == 0 {
		return nil
	}
	return scrapers.NewTrouble(scrapers.OK, "no numbers in %d of %d answers of the last round: TikTok gives them to browsers alone, at times", without, answers)
}

// dry returns the trouble of too many answers without numbers, or nil.
func (at *place) dry() error {
	if at.Dry < dryAfter {
		return nil
	}
	return scrapers.NewTrouble(scrapers.SchemaChanged, "none of the last %d answers had numbers in it: TikTok gives us none, or its pages have another form now", at.Dry)
}

// failed is what becomes of a page that did not come. None keeps the others from being read: one
// that is not there or that robots.txt does not allow costs itself alone; where there is no answer the page is
// asked for again, as often as one without numbers; where TikTok does not want to be asked it
// is left alone for hours, longer each time, and then asked for the next page.
func (r *round) failed(at *place, i int, now time.Time, err error) (scrapers.Delivery, error) {
	var t *scrapers.Trouble
	if !errors.As(err, &t) {
		return scrapers.Delivery{}, err
	}
	if !t.Robots {
		at.Barred = 0
	} else if at.Barred++; at.Barred < len(r.pages) {
		return r.missing(at, i, now, t)
	}
	switch {
	case t.Status == http.StatusNotFound || t.Status == http.StatusGone:
		return r.missing(at, i, now, t)
	case t.State == scrapers.SchemaChanged:
		_ = r.advance(at, i) // what is the matter is said already
		return r.deliver(at, reading{}, now, err)
	case t.State == scrapers.Unreachable || t.State == scrapers.Throttled:
		if at.Tries++; at.Tries >= tries {
			_ = r.advance(at, i)
		}
		return r.deliver(at, reading{}, now, err)
	case t.State != scrapers.Blocked && t.State != scrapers.LoginWall:
		return scrapers.Delivery{}, err
	}
	_ = r.advance(at, i)
	at.Barred = min(at.Barred, len(r.pages)-1) // the next one that is not allowed is still one too many
	rest := min(firstRest<<min(at.Refused, 8), longest)
	rest = max(rest, min(t.After, longest))
	at.Refused++
	at.Until, at.Why = now.Add(rest).Unix(), fmt.Sprintf("%.300s", t.Why)
	return r.deliver(at, reading{}, now, at.rest(t.State, rest))
}

// missing goes on from a page that cannot be read, which is a rejected item.
func (r *round) missing(at *place, i int, now time.Time, why error) (scrapers.Delivery, error) {
	got := reading{items: 1}.reject(r.pages[i].name, why)
	return r.deliver(at, got, now, r.advance(at, i))
}

// resting returns the trouble of a round that asks for nothing yet, or nil. A clock that was set
// back does not make it longer.
func (at *place) resting(now time.Time) error {
	left := min(time.Unix(at.Until, 0).Sub(now), longest)
	if at.Until == 0 || left <= 0 {
		return nil
	}
	return at.rest(scrapers.Blocked, left)
}

func (at *place) rest(s scrapers.State, left time.Duration) error {
	t := scrapers.NewTrouble(s, "%s; nothing is asked for %s", at.Why, left.Round(time.Minute))
	t.After = left
	return t
}

// deliver returns what a poll delivers.
func (r *round) deliver(at *place, got reading, now time.Time, trouble error) (scrapers.Delivery, error) {
	d := scrapers.Delivery{Items: max(1, got.items), Rejected: got.rejected}
	var err error
	if d.Cursor, err = json.Marshal(at); err != nil {
		return scrapers.Delivery{}, fmt.Errorf("cannot keep where the round is: %w", err)
	}
	records, rejected := got.list.Records(now, got.rows)
	d.Records, d.Rejected = records, append(d.Rejected, rejected...)
	d.Items = max(d.Items, len(d.Rejected))
	return d, trouble
}
