package mastodon

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/poll"
)

const (
	perPage    = 40      // the most that the interface gives
	mostOfPage = 8 << 20 // bytes; 40 long posts with everything around them are 400 KB
)

// timeline is a list of statuses, newest first, that is read forward. It is polled by one goroutine at
// a time.
type timeline struct {
	in      *instance
	path    string
	query   url.Values
	feeds   string // what the instance says of who may read it stands under this name
	local   bool   // only statuses of the instance's own people
	overlap time.Duration

	taken poll.Seen // statuses that were delivered, for those that are read twice
	quiet time.Time // since when nothing has come; zero: something has
}

// quietFor is how long nothing may come behind the newest status that was taken until it is looked
// whether that is still the newest: an instance may have been made anew, or have said an ID that was
// none.
const quietFor = 15 * time.Minute

// place is the cursor: the newest status that was taken, by the instance's own ID.
type place struct {
	ID string `json:"id"`
}

// poll reads what has come since the last poll, in as many pages as are allowed; those of what is read
// again, in the overlap, are beside them, and as many at most. When that was not all it goes on with the
// newest page, and says what lies between as a rejected item.
func (tl *timeline) poll(ctx context.Context, t poll.Turn) (scrapers.Delivery, error) {
	var d scrapers.Delivery
	access, err := tl.in.allowed(ctx, t.Now)
	if err != nil {
		return d, err
	}
	only, err := access.choose(tl.feeds, tl.local, tl.in.host)
	if err != nil {
		return d, err
	}
	var at place
	if len(t.Cursor) > 0 && json.Unmarshal(t.Cursor, &at) != nil {
		at = place{} // it begins with the newest page, at worst
	}
	next, from := at, before(at.ID, tl.overlap)
	for pages, again := 0, 0; pages < tl.in.c.Pages; {
		p, err := tl.page(ctx, t, only, from)
		if err != nil {
			return tl.deliver(d, at, next), err
		}
		tl.take(&d, p)
		next.ID = later(next.ID, p.newest)
		if from != "" && p.statuses == 0 && d.Items == 0 {
			return tl.silent(ctx, t, only, at)
		}
		tl.quiet = time.Time{}
		ahead := later(at.ID, p.newest) != at.ID
		// The interface leaves out what a reader may not see after it has cut a page: a short
		// page is an end where it is ahead, and of now, as far as its IDs tell.
		short := p.statuses < perPage/2 && ahead && !olderThan(p.newest, t.Now.Add(-time.Duration(tl.in.c.Every)))
		if from == "" || later(from, p.newest) == from || short {
			return tl.deliver(d, at, next), nil
		}
		from = p.newest
		if ahead {
			pages++
		} else if again++; again == tl.in.c.Pages {
			from = at.ID // the overlap is more than can be read again
		}
	}
	return tl.skip(ctx, t, only, d, at, next)
}

// skip goes on with the newest page of a timeline that is left behind.
func (tl *timeline) skip(ctx context.Context, t poll.Turn, only string, d scrapers.Delivery, at, next place) (scrapers.Delivery, error) {
	newest, err := tl.page(ctx, t, only, "")
	if err != nil {
		return tl.deliver(d, at, next), err
	}
	if newest.oldest != "" && later(next.ID, newest.oldest) != next.ID {
		d.Items++
		d.Rejected = append(d.Rejected, scrapers.Reject{
			Where: fmt.Sprintf("statuses %s to %s", next.ID, newest.oldest),
			Why: fmt.Errorf("passed over: more came than %d pages of %d; raise pages, lower every, or choose timeline = %q",
				tl.in.c.Pages, perPage, timelineLocal),
		})
	}
	tl.take(&d, newest)
	next.ID = later(next.ID, newest.newest)
	return tl.deliver(d, at, next), nil
}

// silent is a poll to which nothing came. Now and then it sees that the place is still the end
// of the timeline. If not, that is a first look at another one: it is taken as such.
func (tl *timeline) silent(ctx context.Context, t poll.Turn, only string, at place) (scrapers.Delivery, error) {
	switch since := t.Now.Sub(tl.quiet); {
	case tl.quiet.IsZero() || since < 0:
		tl.quiet = t.Now
		return scrapers.Delivery{}, nil
	case since < quietFor:
		return scrapers.Delivery{}, nil
	}
	t.Last = time.Time{}
	newest, err := tl.page(ctx, t, only, "")
	if err != nil {
		return scrapers.Delivery{}, err
	}
	tl.quiet = time.Time{}
	if newest.newest == "" || newest.newest == at.ID {
		return scrapers.Delivery{}, nil
	}
	var d scrapers.Delivery
	tl.take(&d, newest)
	return tl.deliver(d, at, place{newest.newest}), nil
}

// page reads up to 40 statuses: those right after one, or the newest.
func (tl *timeline) page(ctx context.Context, t poll.Turn, only, from string) (page, error) {
	q := url.Values{"limit": {strconv.Itoa(perPage)}}
	for key, values := range tl.query {
		q[key] = values
	}
	if only != "" {
		q.Set(only, "true")
	}
	if from != "" {
		q.Set("min_id", from)
	}
	answer, err := tl.in.net.Get(ctx, fetch.Request{
		URL: tl.in.base + tl.path + "?" + q.Encode(), Accept: []string{"application/json"}, MaxBytes: mostOfPage, API: true,
	})
	if err != nil {
		return page{}, err
	}
	return decode(answer.Body, tl.in.host, tl.in.c.Bots, t)
}

// take adds a page to the delivery, without what was delivered before.
func (tl *timeline) take(d *scrapers.Delivery, p page) {
	d.Items += p.statuses
	d.Rejected = append(d.Rejected, p.rejected...)
	for i := range p.records {
		if tl.taken.Add(p.records[i].ID) {
			d.Records = append(d.Records, p.records[i])
		}
	}
}

// deliver adds the cursor, where it moved.
func (tl *timeline) deliver(d scrapers.Delivery, at, next place) scrapers.Delivery {
	if next != at {
		d.Cursor, _ = json.Marshal(next) // a string always can be written
	}
	return d
}

// later returns the later of two IDs of statuses. They grow with time: numbers on Mastodon, words of
// one length that sort like times on others.
func later(a, b string) string {
	if len(a) > len(b) || len(a) == len(b) && a > b {
		return a
	}
	return b
}

// before returns an ID so long before that of a status. IDs that tell no time stay what they are.
func before(id string, d time.Duration) string {
	if n := timedID(id); n != 0 && d > 0 {
		return strconv.FormatInt(n-d.Milliseconds()<<16, 10)
	}
	return id
}

// olderThan reports an ID that tells of a time before t.
func olderThan(id string, t time.Time) bool {
	n := timedID(id)
	return n != 0 && n>>16 < t.UnixMilli()
}

// timedID returns an ID of Mastodon, which begins with the milliseconds since 1970, above 16 bits of a
// sequence; 0 for others.
func timedID(id string) int64 {
	const oldest = 1_000_000_000_000 << 16 // of 2001: IDs of a plain sequence are below
	if n, err := strconv.ParseInt(id, 10, 64); err == nil && n >= oldest {
		return n
	}
	return 0
}
