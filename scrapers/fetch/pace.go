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
	users   int // who wait for their turn
}

func newHosts(o *Options, longest time.Duration) *hosts {
	return &hosts{o: o, longest: longest, all: map[string]*host{}}
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
		if p, ok := hs.o.Paces[name]; ok {
			pace = p.orDefault()
		}
		h = &host{name: name, pace: pace, limiter: rate.NewLimiter(limit(pace.Every), pace.Burst)}
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
func (hs *hosts) wait(ctx context.Context, u *url.URL) error {
	name := hostOf(u)
	hs.mu.Lock()
	defer hs.mu.Unlock()
	h := hs.of(name, hs.o.Now())
	h.users++
	defer func() { h.users--; h.used = hs.o.Now() }()
	for {
		now := hs.o.Now()
		if held := h.held.Sub(now); held > 0 {
			if err := hs.pause(ctx, held, "%s has asked to be left alone", name); err != nil {
				return err
			}
			continue // others may have held it for longer meanwhile
		}
		turn := h.limiter.ReserveN(now, 1)
		delay := turn.DelayFrom(now)
		if delay <= 0 {
			return ctx.Err()
		}
		if err := hs.pause(ctx, delay, "%s is asked as often as its pace allows", name); err != nil {
			turn.CancelAt(hs.o.Now())
			return err
		}
		if !h.held.After(hs.o.Now()) {
			return nil
		}
	}
}

// pause sleeps without the lock.
func (hs *hosts) pause(ctx context.Context, d time.Duration, why, name string) error {
	if d > hs.longest {
		t := scrapers.NewTrouble(scrapers.Throttled, why+"; its turn is in %s", name, d.Round(time.Second))
		t.After = d
		return t
	}
	hs.mu.Unlock()
	defer hs.mu.Lock()
	return hs.o.Sleep(ctx, d)
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
