package crash

import (
	"path/filepath"
	"testing"
	"time"
)

// A server whose power is cut again and again ends like one that ran through:
// everything is there that was answered for, and it is counted once.
//
// What a loop device has of its image is what was synced, and what the system
// happened to write. It keeps the order of the file system's own journal, and tears no
// sector.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	rng := random(t)
	cuts := max(3, *roundsFlag/25)
	all := deliveries(posts(t, rng.Uint64(), 1, 0.02), 10, "p")
	v := newVolume(t, 128)
	through := filepath.Join(t.TempDir(), "through")
	unbroken(t, through, all)
	l := life{t: t, rng: rng, all: all}
	for n := range cuts {
		p := serveOn(t, filepath.Join(v.at, "data"), launch{}).mustServe()
		if !l.feed(p, 1+rng.IntN(2*(len(all)-l.next)/(cuts-n)+1)) {
			t.Fatalf("delivery %d is not answered", l.next+1)
		}
		p.killAfter(time.Duration(rng.IntN(25_000)) * time.Microsecond)
		l.feed(p, len(all))
		p.wait()
		p.noPanic()
		p.noBroken()
		image := v.cut()
		v.unmount()
		v = mount(t, image)
	}
	dir := filepath.Join(v.at, "data")
	p := serveOn(t, dir, launch{}).mustServe()
	if !l.feed(p, len(all)) {
		t.Fatalf("delivery %d is not answered", l.next+1)
	}
	p.stop()
	endAlike(t, dir, through, all)
}
