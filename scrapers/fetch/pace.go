package fetch

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/swell-radar/swell/scrapers"
)

// hosts are the paces of all hosts that were asked lately. Safe for concurrent use.
type hosts struct {
	o       *Options
	paces   map[string]Pace
	longest time.Duration // that anybody waits here; longer is a trouble

	mu  sync.Mutex
	all map[string]*host
}

// mostHosts is how many hosts' paces are remembered; beyond, the one is forgotten that has been free for longest.
const mostHosts = 4096

// longestHold is the longest time that a server can have us stay away for.
const longestHold = 24 * time.Hour

// host is the pace of one host. What is not final is guarded by hosts.mu.
type host struct {
	name    string
	pace    Pace
	limiter *rate.Limiter
	held    time.Time // not asked before then
	used    time.Time
	users   int           // who wait here, or are about to
	taken   bool          // one of them has a turn of the limiter, which lies ahead
	turn    chan struct{} // holds whoever is next
}

func newHosts(o *Options, longest time.Duration) *hosts {
	hs := &hosts{o: o, paces: map[string]Pace{}, longest: longest, all: map[string]*host{}}
	for name, pace := range o.Paces {
		hs.paces[strings.ToLower(name)] = pace.orDefault()
	}
	return hs
}

// hostOf returns what a pace is kept by: the host, with the port where it is not the scheme's.
func hostOf(u *url.URL) string {
	name := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if port := u.Port(); port != "" && !(port == "80" && u.Scheme == "http") && !(port == "443" && u.Scheme == "https") {
		name += ":" + port
	}
	return name
}

// of returns a host. The caller has hs.mu.
func (hs *hosts) of(name string, now time.Time) *host {
	h := hs.all[name]
	if h == nil {
		if len(hs.all) >= mostHosts {
			hs.forget()
		}
		pace := hs.o.Pace
		if p, ok := hs.paces[name]; ok {
			pace = p
		}
		h = &host{name: name, pace: pace, limiter: rate.NewLimiter(limit(pace.Every), pace.Burst), turn: make(chan struct{}, 1)}
		hs.all[name] = h
	}
	h.used = now
	return h
}

func limit(every time.Duration) rate.Limit {
	if every < 0 {
		return rate.Inf
	}
	return rate.Every(every)
}

// forget drops the host that is free and will not be missed for longest. The caller has hs.mu.
func (hs *hosts) forget() {
	var oldest *host
	free := func(h *host) time.Time {
		if h.held.After(h.used) {
			return h.held
		}
		return h.used
	}
	for _, h := range hs.all {
		if h.users == 0 && (oldest == nil || free(h).Before(free(oldest)) || free(h).Equal(free(oldest)) && h.name < oldest.name) {
			oldest = h
		}
	}
	if oldest != nil {
		delete(hs.all, oldest.name)
	}
}

// wait returns when it is the caller's turn to ask a host. It returns a trouble with [scrapers.Throttled] where
// that is further ahead than anybody should wait here, or ctx's error.
//
// Only one at a time has a turn of the limiter ahead of it, so that it can be given back
// whole by whoever gives up; the others wait to be next.
func (hs *hosts) wait(ctx context.Context, u *url.URL) error {
	name := hostOf(u)
	hs.mu.Lock()
	defer hs.mu.Unlock()
	h := hs.of(name, hs.o.Now())
	if d := h.queue(hs.o.Now()); d > hs.longest {
		return tooFar(name, d)
	}
	h.users++
	defer func() { h.users--; h.used = hs.o.Now() }()
	if err := hs.next(ctx, h); err != nil {
		return err
	}
	defer func() { <-h.turn }()
	for {
		if held := h.held.Sub(hs.o.Now()); held > 0 {
			if err := hs.pause(ctx, name, held); err != nil {
				return err
			}
			continue // it may be held for longer meanwhile
		}
		now := hs.o.Now()
		turn := h.limiter.ReserveN(now, 1)
		delay := turn.DelayFrom(now)
		if delay <= 0 {
			return ctx.Err()
		}
		h.taken = true
		err := hs.pause(ctx, name, delay)
		h.taken = false
		if err != nil {
			turn.CancelAt(hs.o.Now())
			return err
		}
		if !h.held.After(hs.o.Now()) {
			return nil
		}
	}
}

// queue returns how long a newcomer would wait.
func (h *host) queue(now time.Time) time.Duration {
	ahead := float64(h.users)
	if h.taken {
		ahead--
	}
	d := h.held.Sub(now)
	if missing := ahead + 1 - h.limiter.TokensAt(now); missing > 0 && h.limiter.Limit() != rate.Inf {
		d = max(d, duration(missing/float64(h.limiter.Limit())))
	}
	return d
}

// next returns when the caller is the next to have a turn of a host. It waits without the lock.
func (hs *hosts) next(ctx context.Context, h *host) error {
	hs.mu.Unlock()
	defer hs.mu.Lock()
	select {
	case h.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pause sleeps without the lock.
func (hs *hosts) pause(ctx context.Context, name string, d time.Duration) error {
	if d > hs.longest {
		return tooFar(name, d)
	}
	hs.mu.Unlock()
	defer hs.mu.Lock()
	return hs.o.Sleep(ctx, d)
}

func tooFar(name string, d time.Duration) error {
	t := scrapers.NewTrouble(scrapers.Throttled, "%s is left alone, as it asked for or because it was asked enough; its turn is in %s", name, d.Round(time.Second))
	t.After = d
	return t
}

// hold has everybody leave a host alone for d, and up to a tenth more, so that not all come back at once.
func (hs *hosts) hold(u *url.URL, d time.Duration) {
	if d <= 0 {
		return
	}
	d = min(d, longestHold)
	d += hs.o.Jitter(min(d/10, time.Minute))
	hs.mu.Lock()
	defer hs.mu.Unlock()
	now := hs.o.Now()
	h := hs.of(hostOf(u), now)
	if until := now.Add(d); until.After(h.held) {
		h.held = until
	}
}

// slow sets the pace of a host to one request in delay where it was faster, and back where it was slowed before. It is
// for Crawl-delay; 0 is none.
func (hs *hosts) slow(u *url.URL, delay time.Duration) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	now := hs.o.Now()
	h := hs.of(hostOf(u), now)
	every, burst := h.pace.Every, h.pace.Burst
	if delay > every {
		every, burst = min(delay, longestHold), 1
	}
	if h.limiter.Limit() != limit(every) || h.limiter.Burst() != burst {
		h.limiter.SetLimitAt(now, limit(every))
		h.limiter.SetBurstAt(now, burst)
	}
}
