package fetch

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch/robots"
)

// For how long a robots.txt is believed (RFC 9309, 2.4), and for how long it is that it cannot be had.
const (
	robotsFor     = 24 * time.Hour
	noRobotsFor   = 30 * time.Minute
	mostRobots    = 1024     // files that are kept
	mostRobotSize = 16 << 20 // bytes of them together
)

// robotsCache is what the robots.txt of each origin says to us. Safe for concurrent use.
type robotsCache struct {
	product string

	mu   sync.Mutex
	all  map[string]*robotsEntry // by origin
	size int
}

// robotsEntry is the robots.txt of one origin: being asked for, or known. What is
// not final is set before done is closed, and not changed after.
type robotsEntry struct {
	done    chan struct{}
	rules   *robots.Rules
	trouble *scrapers.Trouble // why it cannot be had
	dropped bool              // nobody learned anything: whoever waits asks again
	expires time.Time
}

func newRobotsCache(product string) *robotsCache {
	return &robotsCache{product: product, all: map[string]*robotsEntry{}}
}

// origin returns the address that a robots.txt speaks for.
func origin(u *url.URL) string { return u.Scheme + "://" + hostOf(u) }

// allowed returns nil where robots.txt allows an address to be asked for, and has its host's pace follow a
// Crawl-delay. Else it returns a trouble, with Robots set where a rule forbids the address, or ctx's error.
func (f *Fetcher) allowed(ctx context.Context, c *Client, u *url.URL) error {
	for {
		e, err := f.robotsOf(ctx, c, u)
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-e.done:
		}
		switch {
		case e.dropped:
			continue
		case e.trouble != nil:
			t := *e.trouble
			t.After = max(t.After, e.expires.Sub(f.o.Now()))
			return &t
		}
		f.hosts.slow(u, e.rules.CrawlDelay())
		if ok, rule := e.rules.Allowed(u); !ok {
			t := scrapers.NewTrouble(scrapers.Blocked, "%s is not asked: %s/robots.txt does not allow it to %s (%.100s)", shown(u), origin(u), f.robots.product, rule)
			t.Robots = true
			return t
		}
		return nil
	}
}

// robotsOf returns the entry of an origin. Where there is none, the caller is the one who pays for asking, and everybody
// else waits for the same answer.
func (f *Fetcher) robotsOf(ctx context.Context, c *Client, u *url.URL) (*robotsEntry, error) {
	of := origin(u)
	rc := f.robots
	rc.mu.Lock()
	e := rc.all[of]
	if e != nil && e.known() && !f.o.Now().Before(e.expires) {
		rc.remove(of, e)
		e = nil
	}
	if e != nil {
		rc.mu.Unlock()
		return e, nil
	}
	if f.ctx.Err() != nil {
		rc.mu.Unlock()
		return nil, scrapers.NewTrouble(scrapers.Unreachable, "%s is not asked: Swell is about to end", shown(u))
	}
	e = &robotsEntry{done: make(chan struct{})}
	rc.all[of] = e
	f.asks.Add(1)
	rc.mu.Unlock()
	err := ctx.Err()
	if err == nil {
		err = c.budget.Spend(1)
	}
	if err != nil {
		rc.drop(of, e)
		f.asks.Done()
		return nil, err
	}
	// On behalf of all who wait: it goes on when the one that pays does not.
	go f.askRobots(c, &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}, e)
	return e, nil
}

func (e *robotsEntry) known() bool {
	select {
	case <-e.done:
		return true
	default:
		return false
	}
}

// drop ends an entry that came to nothing.
func (rc *robotsCache) drop(of string, e *robotsEntry) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	e.dropped = true
	close(e.done)
	rc.remove(of, e)
}

// remove takes an entry out. The caller has rc.mu.
func (rc *robotsCache) remove(of string, e *robotsEntry) {
	if rc.all[of] == e {
		delete(rc.all, of)
		rc.size -= e.rules.Size()
	}
}

// settle ends an entry with what was learned, and makes room for it.
func (rc *robotsCache) settle(of string, e *robotsEntry) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	rc.size += e.rules.Size()
	close(e.done)
	for len(rc.all) > mostRobots || rc.size > mostRobotSize && len(rc.all) > 1 {
		var name string
		var oldest *robotsEntry
		for n, o := range rc.all {
			if o != e && o.known() && (oldest == nil || o.expires.Before(oldest.expires) || o.expires.Equal(oldest.expires) && n < name) {
				name, oldest = n, o
			}
		}
		if oldest == nil {
			return
		}
		rc.remove(name, oldest)
	}
}

// askRobots asks for a robots.txt and settles its entry.
func (f *Fetcher) askRobots(c *Client, u *url.URL, e *robotsEntry) {
	defer f.asks.Done()
	ctx, cancel := context.WithTimeout(f.ctx, f.limits.timeout())
	defer cancel()
	of := origin(u)
	x := &exchange{c: c, kind: robotsFile, limit: robots.MaxBytes}
	r := (&http.Request{Method: http.MethodGet, URL: u, Header: http.Header{"Accept": {"text/plain, */*;q=0.1"}}}).WithContext(ctx)
	res, err := x.client().Do(r)
	if err == nil {
		_ = res.Body.Close() // it is memory: x.body
		if res.StatusCode == http.StatusNotModified {
			err = scrapers.NewTrouble(scrapers.Unreachable, "%s: it says that nothing has changed (304), and was not asked whether", shown(u))
		}
	}
	if f.ctx.Err() != nil {
		f.robots.drop(of, e)
		return
	}
	e.expires = f.o.Now().Add(robotsFor)
	if err != nil {
		e.expires = f.o.Now().Add(noRobotsFor)
		e.trouble = missingRobots(u, asTrouble(f.ctx, u, err))
		if after := e.trouble.After; after > 0 {
			e.expires = f.o.Now().Add(min(after, time.Hour))
		}
	} else {
		e.rules = robots.Parse(x.body, f.robots.product)
	}
	f.robots.settle(of, e)
}

// missingRobots returns what it means that a robots.txt cannot be had: that nothing is asked (RFC 9309, 2.3.1.4).
func missingRobots(u *url.URL, err error) *scrapers.Trouble {
	t := &scrapers.Trouble{State: scrapers.Unreachable, Err: err, After: scrapers.AfterOf(err),
		Why: fmt.Sprintf("nothing is asked there as long as %s cannot be had", shown(u))}
	if s := scrapers.StateOf(err); s == scrapers.Throttled || s == scrapers.Blocked {
		t.State = s
	}
	return t
}
