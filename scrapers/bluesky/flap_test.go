package bluesky

import (
	"context"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
)

// sessions has a run see connections that end: each has held for so long, and has come so far in the events,
// as session says. It returns by server how many there were, and the longest wait.
func sessions(t *testing.T, fill, long time.Duration, most int, session func() (held, events time.Duration)) (used map[int]int, longest time.Duration) {
	t.Helper()
	h := contract.NewHost(began, 1)
	c := Default()
	c.Fill = scrapers.Duration(fill)
	s, err := New(c, h.Client(t))
	if err != nil {
		t.Fatal(err)
	}
	w := &watch{Source: s, host: h, until: make([]time.Time, len(s.hosts)), listen: newListener(s, h)}
	used = map[int]int{}
	for n := 0; n < most && h.Now().Sub(began) < long; n++ {
		used[w.current]++
		w.listen.begin("server")
		held, events := session()
		h.Leap(held)
		w.listen.began = true
		w.listen.position = min(h.Now().UnixMicro(), w.listen.position+events.Microseconds())
		wait, ok := w.after(scrapers.NewTrouble(scrapers.Unreachable, "closed"))
		if !ok {
			t.Fatal("it gave up")
		}
		longest = max(longest, wait)
		h.Leap(wait)
	}
	return used, longest
}

// Servers that close every connection after two seconds are asked in turn, and not more often than a day's
// budget has room for.
func TestFlappingServersAreSpared(t *testing.T) {
	used, _ := sessions(t, time.Minute, 24*time.Hour, 1<<30, func() (held, events time.Duration) { return 2 * time.Second, 48 * time.Hour })
	all := 0
	for _, n := range used {
		all += n
	}
	if all > Default().RequestsPerDay*3/4 {
		t.Errorf("%d connections in a day", all)
	}
	for i := range Default().Hosts {
		if used[i] < all/8 {
			t.Errorf("server %d has %d of %d connections", i, used[i], all)
		}
	}
}

// A server that tells what was before, and breaks off now and then, is gone on with at once; so is one that
// holds for minutes.
func TestUsefulServersAreKept(t *testing.T) {
	for name, session := range map[string]func() (held, events time.Duration){
		"replay": func() (held, events time.Duration) { return 5 * time.Second, 20 * time.Minute },
		"steady": func() (held, events time.Duration) { return 3 * time.Minute, 4 * time.Minute },
	} {
		used, longest := sessions(t, 30*time.Hour, 100*time.Hour, 80, session)
		if len(used) != 1 || longest > time.Second {
			t.Errorf("%s: connections by server %v, the longest wait %v", name, used, longest)
		}
	}
}

// A server that has refused is left alone over restarts; others are asked meanwhile, and where there are
// none the run ends with when it may be.
func TestARefusalStandsOverRestarts(t *testing.T) {
	h := contract.NewHost(began, 1)
	c := Default()
	c.Hosts = c.Hosts[:2]
	s, err := New(c, h.Client(t))
	if err != nil {
		t.Fatal(err)
	}
	start := func() *watch {
		return &watch{Source: s, host: h, until: make([]time.Time, len(s.hosts)), listen: newListener(s, h)}
	}
	w := start()
	w.listen.begin("server")
	if wait, ok := w.after(scrapers.NewTrouble(scrapers.Blocked, "403")); !ok || wait > time.Minute || w.current != 1 {
		t.Fatalf("after a refusal: server %d in %v, %v", w.current, wait, ok)
	}
	h.Leap(time.Second)
	w = start()
	if err := w.takeUp(context.Background()); err != nil || w.current != 1 {
		t.Fatalf("after a restart: server %d, %v", w.current, err)
	}
	w.listen.begin("server")
	if wait, ok := w.after(scrapers.NewTrouble(scrapers.LoginWall, "401")); ok || wait < 50*time.Minute {
		t.Fatalf("after the second refusal: %v, %v", wait, ok)
	}
	w = start()
	if err := w.takeUp(context.Background()); scrapers.StateOf(err) != scrapers.Blocked || scrapers.AfterOf(err) < 59*time.Minute {
		t.Errorf("where all have refused: %v after %v", err, scrapers.AfterOf(err))
	}
	h.Leap(2 * time.Hour)
	if err := start().takeUp(context.Background()); err != nil {
		t.Errorf("when it is over: %v", err)
	}
}
