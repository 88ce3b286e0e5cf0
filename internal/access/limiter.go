package access

import (
	"container/list"
	"math"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits bound what one client may ask. The zero value bounds nothing.
type Limits struct {
	PerSecond float64 // requests a second in the long run; 0: no bound
	Burst     int     // requests at once, after a pause
	AtOnce    int     // requests being answered at the same time; 0: no bound
}

// maxClients is how many clients are remembered. Beyond it the one that was silent for
// longest is forgotten, which gives it its burst back: nothing, if it was silent for as
// long as that takes to fill up.
const maxClients = 4096

// Limiter keeps account of what clients ask, in bounded memory. Make it with [NewLimiter].
type Limiter struct {
	limits Limits
	now    func() time.Time

	mu      sync.Mutex
	clients map[string]*list.Element // of *client
	recent  *list.List               // the one heard of last in front
}

type client struct {
	name   string
	tokens *rate.Limiter
	active int
}

// NewLimiter returns an account of clients of whom nobody has asked anything yet.
func NewLimiter(l Limits, now func() time.Time) *Limiter {
	return &Limiter{limits: l, now: now, clients: map[string]*list.Element{}, recent: list.New()}
}

// Verdict says whether a request may be answered, and what its client has left.
type Verdict struct {
	OK        bool
	Crowded   bool          // it has too many requests under way; else it asks too often
	Remaining int           // requests that may follow at once
	Reset     time.Duration // until there is one more
	// Done has to be called when the request was answered. Nil where it is not to be.
	Done func()
}

// Bounds reports whether anything is bounded.
func (l *Limiter) Bounds() bool { return l.limits.PerSecond > 0 || l.limits.AtOnce > 0 }

// Limits returns what it was made with.
func (l *Limiter) Limits() Limits { return l.limits }

// Admit takes a request of a client into account. It never waits.
func (l *Limiter) Admit(name string) Verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.client(name)
	if l.limits.AtOnce > 0 && c.active >= l.limits.AtOnce {
		return Verdict{Crowded: true, Reset: time.Second}
	}
	v := Verdict{OK: true, Done: func() {}}
	if l.limits.PerSecond > 0 {
		now := l.now()
		v.OK = c.tokens.AllowN(now, 1)
		left := c.tokens.TokensAt(now)
		v.Remaining = max(0, int(left))
		need := 1 - (left - math.Floor(left))
		v.Reset = time.Duration(need / l.limits.PerSecond * float64(time.Second))
	}
	if !v.OK {
		v.Done = nil
		return v
	}
	if l.limits.AtOnce > 0 {
		c.active++
		v.Done = sync.OnceFunc(func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			c.active--
		})
	}
	return v
}

// client returns the client of that name, which is heard of now.
func (l *Limiter) client(name string) *client {
	if e := l.clients[name]; e != nil {
		l.recent.MoveToFront(e)
		return e.Value.(*client)
	}
	if l.recent.Len() >= maxClients {
		l.forget()
	}
	c := &client{name: name, tokens: rate.NewLimiter(rate.Limit(l.limits.PerSecond), l.limits.Burst)}
	l.clients[name] = l.recent.PushFront(c)
	return c
}

// forget drops the client silent for longest of whom nothing is being answered, or the
// one silent for longest.
func (l *Limiter) forget() {
	victim := l.recent.Back()
	for e, tries := victim, 0; e != nil && tries < 16; e, tries = e.Prev(), tries+1 {
		if e.Value.(*client).active == 0 {
			victim = e
			break
		}
	}
	delete(l.clients, victim.Value.(*client).name)
	l.recent.Remove(victim)
}

// Clients returns how many clients are remembered.
func (l *Limiter) Clients() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.clients)
}

// ClientOf names the client behind an address, as in 192.0.2.7:40312: the address, and
// of IPv6 the network of 64 bits, as a single line or machine has all addresses of one.
// Addresses that are none are all one client.
func ClientOf(remote string) string {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return "?"
	}
	ip := at.Addr().Unmap().WithZone("")
	if ip.Is6() && !ip.IsLoopback() {
		network, err := ip.Prefix(64)
		if err != nil {
			return "?"
		}
		return network.String()
	}
	return ip.String()
}
