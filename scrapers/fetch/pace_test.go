package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/scrapers"
)

// Whatever is asked when, no host is asked more often than its pace allows, nor while it is to be left alone; and what was
// refused says truly when it can be tried again.
func TestPaceModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		pace := Pace{
			Every: time.Duration(rapid.IntRange(1, 90_000).Draw(t, "every")) * time.Millisecond,
			Burst: rapid.IntRange(1, 5).Draw(t, "burst"),
		}
		o := &Options{Agent: "x", Now: c.Now, Sleep: c.Sleep, Pace: pace}
		if err := o.complete(); err != nil {
			t.Fatal(err)
		}
		hs := newHosts(o, time.Minute)
		u := &url.URL{Scheme: "https", Host: "example.org"}
		var turns []time.Time
		var held time.Time
		every := pace.Every
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 6).Draw(t, "step") {
			case 0:
				_ = c.Sleep(context.Background(), time.Duration(rapid.IntRange(0, 200_000).Draw(t, "idle"))*time.Millisecond)
			case 1:
				d := time.Duration(rapid.IntRange(0, 100).Draw(t, "hold")) * time.Second
				hs.hold(u, d)
				if until := c.Now().Add(d); until.After(held) {
					held = until
				}
			case 2:
				d := time.Duration(rapid.IntRange(0, 100).Draw(t, "crawl delay")) * time.Second
				hs.slow(u, d)
				if d > pace.Every && d != every {
					// From here on it is slower: what came before does not count.
					turns, every = nil, d
				} else if d <= pace.Every {
					turns, every = nil, pace.Every
				}
			default:
				err := hs.wait(context.Background(), u)
				now := c.Now()
				if err != nil {
					after := scrapers.AfterOf(err)
					if scrapers.StateOf(err) != scrapers.Throttled || after <= time.Minute || after > 101*time.Second {
						t.Fatalf("got %v, after %s", err, after)
					}
					continue
				}
				if now.Before(held) {
					t.Fatalf("asked at %s, to be left alone until %s", now, held)
				}
				turns = append(turns, now)
				// In any stretch of time no more than the burst and what the pace gives in it. A microsecond
				// for floating point.
				for i := range turns {
					n := len(turns) - i
					if most := pace.Burst + int((now.Sub(turns[i])+time.Microsecond)/every); n > most {
						t.Fatalf("%d requests within %s at a pace of %s, %d at once", n, now.Sub(turns[i]), every, pace.Burst)
					}
				}
			}
		}
	})
}

func TestPaces(t *testing.T) {
	c := newClock()
	o := &Options{Agent: "x", Now: c.Now, Sleep: c.Sleep, Paces: map[string]Pace{"Slow.example": {Every: 30 * time.Second, Burst: 1}, "slow.example:8080": {Every: -1}}}
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	hs := newHosts(o, time.Minute)
	for raw, want := range map[string]time.Duration{
		"https://Slow.example./": 90 * time.Second, "http://slow.example:80/": 90 * time.Second, // the same host: one after the other
		"http://slow.example:8080": 0, "https://other.example": 2 * time.Second,
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		fresh := newHosts(o, time.Minute)
		began := c.Now()
		for range 4 {
			if err := fresh.wait(t.Context(), u); err != nil {
				t.Fatal(err)
			}
		}
		if got := c.Now().Sub(began); got != want {
			t.Errorf("%s: 4 requests took %s, want %s", raw, got, want)
		}
	}
	// What is remembered of hosts is bounded, and does not forget those that are to be left alone.
	hs.hold(&url.URL{Scheme: "https", Host: "held.example"}, time.Hour)
	for i := range mostHosts + 50 {
		_ = c.Sleep(t.Context(), time.Millisecond)
		if err := hs.wait(t.Context(), &url.URL{Scheme: "https", Host: fmt.Sprintf("%d.example", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if len(hs.all) > mostHosts || hs.all["held.example"] == nil {
		t.Errorf("%d hosts are remembered, the one held: %v", len(hs.all), hs.all["held.example"])
	}
}

// Who gives up gives their turn back.
func TestPaceCancel(t *testing.T) {
	c := newClock()
	o := &Options{Agent: "x", Now: c.Now, Pace: Pace{Every: 10 * time.Second, Burst: 1}}
	o.Sleep = func(ctx context.Context, _ time.Duration) error { <-ctx.Done(); return ctx.Err() }
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	hs := newHosts(o, time.Minute)
	u := &url.URL{Scheme: "https", Host: "example.org"}
	if err := hs.wait(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if err := hs.wait(ctx, u); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
	}
	cancel()
	wg.Wait()
	o.Sleep = c.Sleep
	if err := hs.wait(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	if got := c.total(); got > 20*time.Second {
		t.Errorf("the next turn came after %s", got)
	}
	if h := hs.all["example.org"]; h.users != 0 {
		t.Errorf("%d still wait", h.users)
	}
}

// Who would wait for too long behind others is told so at once.
func TestPaceQueue(t *testing.T) {
	c := newClock()
	o := &Options{Agent: "x", Now: c.Now, Pace: Pace{Every: 20 * time.Second, Burst: 1}}
	o.Sleep = func(ctx context.Context, _ time.Duration) error { <-ctx.Done(); return ctx.Err() }
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	hs := newHosts(o, time.Minute)
	u := &url.URL{Scheme: "https", Host: "example.org"}
	if err := hs.wait(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 3 { // their turns are in 20, 40 and 60 seconds
		wg.Go(func() { _ = hs.wait(ctx, u) })
	}
	for waiting := 0; waiting < 3; time.Sleep(time.Millisecond) {
		hs.mu.Lock()
		waiting = hs.all["example.org"].users
		hs.mu.Unlock()
	}
	err := hs.wait(ctx, u)
	if trouble := state(t, err, scrapers.Throttled); trouble.After.Round(time.Second) != 80*time.Second {
		t.Errorf("to be tried after %s", trouble.After)
	}
	cancel()
	wg.Wait()
}
