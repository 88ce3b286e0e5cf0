package crash

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// On a full disk nothing more is accepted, and nothing that was is lost. The server
// stays up and answers, is killed and starts again or refuses with the reason, and goes on
// by itself once there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	rng := random(t)
	all := deliveries(posts(t, rng.Uint64(), 2, 0.05), 20, "p")
	v := newVolume(t, 200)
	dir := filepath.Join(v.at, "data")
	p := serveOn(t, dir, launch{}).mustServe()
	next := 0
	send := func(p *process, n int) {
		for until := next + n; next < until; next++ {
			p.mustAccept(all[next])
		}
	}
	send(p, 40)

	// A disk that others fill, down to the last byte.
	ballast := v.fill("ballast", 0)
	full := p.untilFull(all, &next)
	if !strings.Contains(full.text, "free") {
		t.Errorf("the answer does not say what to do: %s", full.text)
	}
	p.answers()
	remove(t, ballast)
	p.untilRoom(all[next])
	next++
	send(p, 10)

	// Killed while full, and started on the full disk.
	ballast = v.fill("ballast", 0)
	p.untilFull(all, &next)
	p.kill()
	p.noPanic()
	p = serveOn(t, dir, launch{})
	if p.address != "" {
		p.untilFull(all, &next)
		p.answers()
		p.kill()
	} else if code := p.wait(); code != 1 || !strings.Contains(p.reason(), "free space") {
		t.Errorf("started on a full disk it ended with %d: %s", code, p.reason())
	}
	p.noPanic()
	remove(t, ballast)
	p = serveOn(t, dir, launch{}).mustServe()
	send(p, 10)

	// A disk that fills while the server writes.
	ballast = v.fill("ballast", 66<<20)
	p.untilFull(all, &next)
	p.answers()
	remove(t, ballast)
	p.untilRoom(all[next])
	next++
	send(p, 10)

	// All of it is taken at once, in the middle of what the server writes.
	for n := range 3 {
		taken, path := make(chan error, 1), filepath.Join(v.at, "ballast")
		go func() {
			time.Sleep(time.Duration(10+20*n) * time.Millisecond)
			taken <- takeSpace(path, 0)
		}()
		p.untilFull(all, &next)
		if err := <-taken; err != nil && !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
		p.answers()
		remove(t, path)
		p.untilRoom(all[next])
		next++
	}
	end := closing(all[:next], 1)
	p.mustAccept(end)
	newModel(append(all[:next:next], end)...).agrees(p, 60)
	p.stop()
	p.noPanic()
}

// untilFull sends deliveries until the server has no room for one.
func (p *process) untilFull(all []*delivery, next *int) outcome {
	p.t.Helper()
	for ; *next < len(all)-100; *next++ {
		switch o := p.send(all[*next]); {
		case o.status == http.StatusInsufficientStorage:
			return o
		case !o.accepted():
			p.t.Fatalf("delivery %d on a full disk: %v\n%s", *next+1, o, tailOf(p.log.String(), 40))
		}
	}
	p.t.Fatal("the disk is full, and all is accepted")
	return outcome{}
}

// untilRoom sends a delivery until it is accepted.
func (p *process) untilRoom(d *delivery) {
	p.t.Helper()
	p.eventually(func() error {
		o := p.send(d)
		if o.status != http.StatusInsufficientStorage && !o.accepted() {
			p.t.Fatal(o)
		}
		if !o.accepted() {
			return fmt.Errorf("there is room, and it says %v", o)
		}
		return nil
	})
}

// answers fails the test unless the server answers questions.
func (p *process) answers() {
	p.t.Helper()
	for _, path := range []string{"/api/v1/status", "/api/v1/trends"} {
		if status, body, err := p.get(path); status != http.StatusOK || err != nil {
			p.t.Errorf("%s: status %d %v: %s", path, status, err, body)
		}
	}
	if !p.isUp() {
		p.t.Fatal(errors.New("it has ended"))
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}
